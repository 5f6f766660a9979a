//! A persistent list of distinct keys.

use std::fmt;
use std::sync::Arc;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::iter::KeyIter;
use super::map::Ordered;
use super::place::CreationOrder;

/// A persistent list of distinct strings in the order in which they were pushed.
///
/// What a JavaScript program keeps in an array that it pushes to unless `includes`; here
/// neither the question nor the removal is a search. A clone shares everything with its
/// original. Two lists are equal when they hold the same keys in the same order.
///
/// JSON: an array of strings. Reading one drops repetitions.
///
/// Time: O(1) to clone and compare by pointer, O(log n) to push, remove and look up, O(n) to
/// iterate. An empty list allocates nothing, and up to 8 keys are one allocation.
///
/// # Examples
/// ```
/// use retake_store::KeyList;
/// let mut list: KeyList = ["getPost(5)", "getPost(1)"].into_iter().collect();
/// assert!(!list.push("getPost(5)"));
/// assert!(list.push("9"));
/// assert_eq!(serde_json::to_string(&list)?, r#"["getPost(5)","getPost(1)","9"]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct KeyList(Ordered<(), CreationOrder>);

impl KeyList {
    /// Returns an empty list; nothing is allocated.
    ///
    /// # Examples
    /// ```
    /// assert!(retake_store::KeyList::new().is_empty());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self(Ordered::new())
    }

    /// Returns the number of keys.
    ///
    /// # Examples
    /// ```
    /// let list: retake_store::KeyList = ["a", "b", "a"].into_iter().collect();
    /// assert_eq!(list.len(), 2);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no keys.
    ///
    /// # Examples
    /// ```
    /// let list: retake_store::KeyList = ["a"].into_iter().collect();
    /// assert!(!list.is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether both lists are the same memory, and thus equal.
    ///
    /// True of a list and its clone until one of them changes, and of two empty lists. False
    /// says nothing about equality.
    ///
    /// Time: O(1).
    ///
    /// # Examples
    /// ```
    /// let list: retake_store::KeyList = ["a"].into_iter().collect();
    /// let mut other = list.clone();
    /// other.push("a");
    /// assert!(list.ptr_eq(&other));
    /// other.push("b");
    /// assert!(!list.ptr_eq(&other));
    /// ```
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }

    /// Returns whether `key` is there.
    ///
    /// # Examples
    /// ```
    /// let list: retake_store::KeyList = ["a"].into_iter().collect();
    /// assert!(list.contains("a"));
    /// ```
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.0.get(key).is_some()
    }

    /// Returns `key` as this list holds it, to be shared instead of allocated again.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// let key: Arc<str> = "a".into();
    /// let list: retake_store::KeyList = [Arc::clone(&key)].into_iter().collect();
    /// assert!(list.key("a").is_some_and(|it| Arc::ptr_eq(it, &key)));
    /// ```
    #[must_use]
    pub fn key(&self, key: &str) -> Option<&Arc<str>> {
        self.0.get(key).map(|(key, ())| key)
    }

    /// Returns the first key in order.
    ///
    /// # Examples
    /// ```
    /// let list: retake_store::KeyList = ["b", "a"].into_iter().collect();
    /// assert_eq!(list.first().map(|key| &**key), Some("b"));
    /// ```
    #[must_use]
    pub fn first(&self) -> Option<&Arc<str>> {
        self.0.first().map(|(key, ())| key)
    }

    /// Returns the last key in order.
    ///
    /// # Examples
    /// ```
    /// let list: retake_store::KeyList = ["b", "a"].into_iter().collect();
    /// assert_eq!(list.last().map(|key| &**key), Some("a"));
    /// ```
    #[must_use]
    pub fn last(&self) -> Option<&Arc<str>> {
        self.0.last().map(|(key, ())| key)
    }

    /// Returns the keys in order.
    ///
    /// # Examples
    /// ```
    /// let list: retake_store::KeyList = ["b", "a"].into_iter().collect();
    /// assert_eq!(list.iter().map(|key| &**key).collect::<Vec<_>>(), ["b", "a"]);
    /// ```
    pub fn iter(&self) -> KeyIter<'_> {
        KeyIter(self.0.iter())
    }

    /// Appends `key` unless it is there, and returns whether it was appended.
    ///
    /// # Examples
    /// ```
    /// let mut list = retake_store::KeyList::new();
    /// assert!(list.push("a"));
    /// assert!(!list.push("a"));
    /// ```
    pub fn push(&mut self, key: impl AsRef<str> + Into<Arc<str>>) -> bool {
        self.0.insert_new(key, ())
    }

    /// Removes `key` and returns whether it was there.
    ///
    /// # Examples
    /// ```
    /// let mut list: retake_store::KeyList = ["b", "a"].into_iter().collect();
    /// assert!(list.remove("b"));
    /// assert!(!list.remove("b"));
    /// assert_eq!(list.len(), 1);
    /// ```
    pub fn remove(&mut self, key: &str) -> bool {
        self.0.remove(key).is_some()
    }

    /// Removes everything.
    ///
    /// # Examples
    /// ```
    /// let mut list: retake_store::KeyList = ["a"].into_iter().collect();
    /// list.clear();
    /// assert!(list.is_empty());
    /// ```
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl Default for KeyList {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for KeyList {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || (self.len() == other.len() && self.iter().eq(other))
    }
}

impl Eq for KeyList {}

impl fmt::Debug for KeyList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<K: AsRef<str> + Into<Arc<str>>> Extend<K> for KeyList {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        for key in keys {
            self.push(key);
        }
    }
}

impl<K: AsRef<str> + Into<Arc<str>>> FromIterator<K> for KeyList {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut list = Self::new();
        list.extend(keys);
        list
    }
}

impl<'a> IntoIterator for &'a KeyList {
    type Item = &'a Arc<str>;
    type IntoIter = KeyIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for KeyList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|key| &**key))
    }
}

impl<'de> Deserialize<'de> for KeyList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Elements)
    }
}

/// Reads elements in the order of the text.
struct Elements;

impl<'de> Visitor<'de> for Elements {
    type Value = KeyList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = KeyList::new();
        while let Some(key) = elements.next_element::<String>()? {
            list.push(key);
        }
        Ok(list)
    }
}
