//! The tag index: which entries provide which tags.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::cache::{Tag, Tags};
use crate::ordered::{KeyList, PropertyMap};

/// Which entries provide which tags, in both directions.
///
/// Invariant: a cache key stands in the row of a tag exactly if the tag stands in the key's
/// list, and no row is empty. JSON: `{tags: {type: {id: [key]}}, keys: {key: [tag]}}`.
///
/// Source: RTK Query, the `provided` slice; its rows without keys are left out here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provided {
    tags: PropertyMap<PropertyMap<KeyList>>,
    keys: PropertyMap<Tags>,
}

impl Provided {
    /// Returns the tags that the entry `key` provides.
    #[must_use]
    pub fn tags_of(&self, key: &str) -> Option<&Tags> {
        self.keys.get(key)
    }

    /// Calls `visit` with the key of each entry that `tag` meets, perhaps more than once.
    ///
    /// A tag with an id meets its own row; one without meets every row of its type: ids
    /// that are whole numbers in ascending order, then the others in order of creation.
    pub fn visit_keys(&self, tag: &Tag, visit: &mut dyn FnMut(&Arc<str>)) {
        let Some(rows) = self.tags.get(&tag.kind) else { return };
        if tag.id.is_some() {
            rows.get(&tag.row()).into_iter().flat_map(KeyList::iter).for_each(visit);
        } else {
            rows.values().flat_map(KeyList::iter).for_each(visit);
        }
    }

    /// Sets the tags of the entry `key`; a list equal to the present one changes nothing.
    ///
    /// Time: O(t log n) for t tags, old and new.
    pub(crate) fn set(&mut self, key: &Arc<str>, tags: &Tags) -> bool {
        let present = self.keys.get(key);
        if present.is_some_and(|present| present.ptr_eq(tags) || present == tags) {
            return false;
        }
        let outdated = present.cloned().unwrap_or_default();
        // Rows left empty go last: a tag that stays provided keeps its row's place.
        self.leave_rows(key, &outdated);
        for tag in tags {
            let rows = self.tags.get_or_insert_with(&tag.kind, PropertyMap::default);
            rows.get_or_insert_with(&tag.row(), KeyList::default).push(Arc::clone(key));
        }
        self.prune_rows(&outdated);
        self.keys.remove(key);
        self.keys.insert(Arc::clone(key), tags.clone());
        true
    }

    /// Takes the entry `key` out of the index.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        let Some(outdated) = self.keys.remove(key) else { return false };
        self.leave_rows(key, &outdated);
        self.prune_rows(&outdated);
        true
    }

    fn leave_rows(&mut self, key: &str, tags: &Tags) {
        for tag in tags {
            if let Some(row) =
                self.tags.get_mut(&tag.kind).and_then(|rows| rows.get_mut(&tag.row()))
            {
                row.remove(key);
            }
        }
    }

    fn prune_rows(&mut self, tags: &Tags) {
        for tag in tags {
            let Some(rows) = self.tags.get_mut(&tag.kind) else { continue };
            if rows.get(&tag.row()).is_some_and(KeyList::is_empty) {
                rows.remove(&tag.row());
            }
            if rows.is_empty() {
                self.tags.remove(&tag.kind);
            }
        }
    }

    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        self.tags.ptr_eq(&other.tags) && self.keys.ptr_eq(&other.keys)
    }
}
