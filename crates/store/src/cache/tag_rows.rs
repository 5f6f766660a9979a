//! The rows of one type of tag: which entries provide which id.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ordered::{KeyList, PropertyMap, is_index};

/// How many empty rows of a type keep their places.
const EMPTY_ROWS: usize = 64;

/// The rows of one type of tag, by id: whole numbers ascending, then the others in order of
/// creation.
///
/// A row that is empty keeps its place for when an entry provides its tag again, since the place
/// decides when an invalidation of the whole type visits the entry. When there are too many of
/// them, all go: ids come and go for as long as an application runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TagRows {
    rows: PropertyMap<KeyList>,
    /// The ids of rows that are empty; which they are follows from `rows`.
    empty: im::OrdSet<Arc<str>>,
}

impl TagRows {
    pub(super) fn all(&self) -> &PropertyMap<KeyList> {
        &self.rows
    }

    pub(super) fn get(&self, id: &str) -> Option<&KeyList> {
        self.rows.get(id)
    }

    /// Adds `key` to the row `id`. Time: O(log n).
    pub(super) fn enter(&mut self, id: &str, key: &Arc<str>) {
        if !self.empty.is_empty() {
            self.empty.remove(id);
        }
        self.rows.get_or_insert_with(id, KeyList::default).push(Arc::clone(key));
    }

    /// Takes `key` out of the row `id`; follow it by [`note_empty`](Self::note_empty).
    pub(super) fn leave(&mut self, id: &str, key: &str) {
        if let Some(row) = self.rows.get_mut(id) {
            row.remove(key);
        }
    }

    /// Looks whether the row `id` is empty. Time: O(log n), on average over many calls.
    pub(super) fn note_empty(&mut self, id: &str) {
        if !self.rows.get(id).is_some_and(KeyList::is_empty) {
            return;
        }
        // A whole number stands where its value says, whenever it comes.
        if is_index(id) {
            self.rows.remove(id);
            return;
        }
        self.empty.insert(id.into());
        if self.empty.len() > EMPTY_ROWS {
            for id in std::mem::take(&mut self.empty) {
                self.rows.remove(&id);
            }
        }
    }
}

impl Serialize for TagRows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TagRows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rows = PropertyMap::<KeyList>::deserialize(deserializer)?;
        let empty = rows.iter().filter(|(_, row)| row.is_empty()).map(|(id, _)| Arc::clone(id));
        let (indices, empty): (Vec<_>, Vec<_>) = empty.partition(|id| is_index(id));
        for id in indices {
            rows.remove(&id);
        }
        Ok(Self { rows, empty: empty.into_iter().collect() })
    }
}
