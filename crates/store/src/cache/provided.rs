//! The tag index: which entries provide which tags.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::cache::rehydration::{SavedTags, by_key};
use crate::cache::tag_rows::TagRows;
use crate::cache::{Tag, Tags};
use crate::ordered::{KeyList, PropertyMap};

/// Which entries provide which tags, in both directions.
///
/// Invariant: a cache key stands in the row of a tag exactly if the tag stands in the key's
/// list. JSON: `{tags: {type: {id: [key]}}, keys: {key: [tag]}}`.
///
/// Source: RTK Query, the `provided` slice; it keeps every row that is empty, here some of them
/// keep their places.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provided {
    tags: PropertyMap<TagRows>,
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
            rows.all().values().flat_map(KeyList::iter).for_each(visit);
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
        // Rows left empty are looked at last: a tag that stays provided leaves none.
        self.leave_rows(key, &outdated);
        for tag in tags {
            self.enter_row(&tag.place(), key);
        }
        self.note_empty(&outdated);
        self.keys.remove(key);
        self.keys.insert(Arc::clone(key), tags.clone());
        true
    }

    /// Returns the index as it is saved.
    pub(crate) fn save(&self) -> SavedTags {
        let tags = self.tags.iter().map(|(kind, rows)| (Arc::clone(kind), by_key(rows.all())));
        SavedTags { tags: tags.collect(), keys: by_key(&self.keys) }
    }

    /// Gives entries the tags that they have in `saved`, if `is_cached` says that they are
    /// there, and returns whether anything changed.
    ///
    /// Keys that are new to a row follow those in it, in the order of `saved`. Its rows are
    /// believed as far as the lists of its keys agree.
    ///
    /// Time: O(t log n) for t tags, old and new.
    pub(crate) fn add(&mut self, saved: &SavedTags, is_cached: impl Fn(&str) -> bool) -> bool {
        let is_news = |key: &str, tags: &Tags| is_cached(key) && self.keys.get(key) != Some(tags);
        let news: Vec<_> = saved.keys.iter().filter(|(key, tags)| is_news(key, tags)).collect();
        let mut wanted = BTreeMap::<&str, BTreeSet<_>>::new();
        for (key, tags) in &news {
            wanted.insert(key, tags.iter().map(Tag::place).collect());
        }
        let mut outdated = Vec::new();
        for (key, rows) in &wanted {
            let tags = self.keys.get(key).into_iter().flatten();
            let gone: Tags = tags.filter(|tag| !rows.contains(&tag.place())).cloned().collect();
            self.leave_rows(key, &gone);
            outdated.push(gone);
        }
        for (kind, rows) in &saved.tags {
            for (id, row) in rows {
                let place = (&**kind, Cow::Borrowed(&**id));
                let is_wanted = |key: &str| wanted.get(key).is_some_and(|it| it.contains(&place));
                row.iter().filter(|key| is_wanted(key)).for_each(|key| self.enter_row(&place, key));
            }
        }
        for (key, tags) in &news {
            tags.iter().for_each(|tag| self.enter_row(&tag.place(), key));
            self.keys.insert(Arc::clone(key), Tags::clone(tags));
        }
        outdated.iter().for_each(|tags| self.note_empty(tags));
        !news.is_empty()
    }

    /// Takes the entry `key` out of the index.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        let Some(outdated) = self.keys.remove(key) else { return false };
        self.leave_rows(key, &outdated);
        self.note_empty(&outdated);
        true
    }

    fn enter_row(&mut self, (kind, row): &(&str, Cow<'_, str>), key: &Arc<str>) {
        self.tags.get_or_insert_with(kind, TagRows::default).enter(row, key);
    }

    fn leave_rows(&mut self, key: &str, tags: &Tags) {
        for tag in tags {
            if let Some(rows) = self.tags.get_mut(&tag.kind) {
                rows.leave(&tag.row(), key);
            }
        }
    }

    fn note_empty(&mut self, tags: &Tags) {
        for tag in tags {
            if let Some(rows) = self.tags.get_mut(&tag.kind) {
                rows.note_empty(&tag.row());
                if rows.all().is_empty() {
                    self.tags.remove(&tag.kind);
                }
            }
        }
    }

    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        self.tags.ptr_eq(&other.tags) && self.keys.ptr_eq(&other.keys)
    }
}
