//! A persistent map in the order of JavaScript's properties.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::iter::PropertyIter;
use super::map::Ordered;
use super::place::PropertyOrder;

/// A persistent map from strings, iterated in JavaScript's property order.
///
/// Integer-like keys (`"0"`, `"1"`, up to 2^32 - 2, in canonical decimal) come first,
/// ascending; the other keys follow in order of creation. Overwriting keeps a key's place,
/// removing and inserting it again moves it to the end. A clone shares everything with its
/// original, and each change copies only what lies between it and the root; looking for a key
/// that is not there never copies.
///
/// Two maps are equal when they iterate the same entries in the same order; maps that
/// [share their memory](Self::ptr_eq) are equal without a look at the values.
///
/// JSON: an object whose members stand in the order of iteration. Reading one restores the
/// order; of members with the same name the first gives the place and the last the value.
///
/// Time: O(1) to clone and compare by pointer, O(log n) to get, insert and remove, O(n) to
/// iterate. An empty map allocates nothing, and up to 8 entries are one list. Changing one
/// entry of a shared map clones up to 16 of its neighbours: keep big values behind an `Arc`.
///
/// Source: ECMAScript, `OrdinaryOwnPropertyKeys`.
///
/// # Examples
/// ```
/// use retake_store::PropertyMap;
/// let mut map = PropertyMap::new();
/// for key in ["getPost(7)", "10", "getPost(5)", "9"] {
///     map.insert(key, key.len());
/// }
/// let before = map.clone();
/// map.insert("getPost(7)", 0);
/// assert_eq!(serde_json::to_string(&map)?, r#"{"9":1,"10":2,"getPost(7)":0,"getPost(5)":10}"#);
/// assert_eq!(before.get("getPost(7)"), Some(&10));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct PropertyMap<V>(Ordered<V, PropertyOrder>);

impl<V> PropertyMap<V> {
    /// Returns an empty map; nothing is allocated.
    ///
    /// # Examples
    /// ```
    /// assert!(retake_store::PropertyMap::<u32>::new().is_empty());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self(Ordered::new())
    }

    /// Returns the number of entries.
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("a", 1), ("a", 2)].into_iter().collect();
    /// assert_eq!(map.len(), 1);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no entries.
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("a", 1)].into_iter().collect();
    /// assert!(!map.is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether both maps are the same memory, and thus equal.
    ///
    /// True of a map and its clone until one of them changes, and of two empty maps. False
    /// says nothing about equality.
    ///
    /// Time: O(1).
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("a", 1)].into_iter().collect();
    /// let mut other = map.clone();
    /// other.remove("not there");
    /// assert!(map.ptr_eq(&other));
    /// other.insert("a", 1);
    /// assert!(!map.ptr_eq(&other) && map == other);
    /// ```
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }

    /// Returns the value of `key`.
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("a", 1)].into_iter().collect();
    /// assert_eq!((map.get("a"), map.get("b")), (Some(&1), None));
    /// ```
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&V> {
        self.0.get(key).map(|(_, value)| value)
    }

    /// Returns `key` as this map holds it, to be shared instead of allocated again.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// let key: Arc<str> = "a".into();
    /// let map: retake_store::PropertyMap<u32> = [(Arc::clone(&key), 1)].into_iter().collect();
    /// assert!(map.key("a").is_some_and(|it| Arc::ptr_eq(it, &key)));
    /// ```
    #[must_use]
    pub fn key(&self, key: &str) -> Option<&Arc<str>> {
        self.0.get(key).map(|(key, _)| key)
    }

    /// Returns whether `key` is there.
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("a", 1)].into_iter().collect();
    /// assert!(map.contains_key("a"));
    /// ```
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.0.get(key).is_some()
    }

    /// Returns the first entry in order.
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("a", 1), ("0", 2)].into_iter().collect();
    /// assert_eq!(map.first().map(|(key, _)| &**key), Some("0"));
    /// ```
    #[must_use]
    pub fn first(&self) -> Option<(&Arc<str>, &V)> {
        self.0.first().map(|(key, value)| (key, value))
    }

    /// Returns the last entry in order.
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("a", 1), ("0", 2)].into_iter().collect();
    /// assert_eq!(map.last().map(|(key, _)| &**key), Some("a"));
    /// ```
    #[must_use]
    pub fn last(&self) -> Option<(&Arc<str>, &V)> {
        self.0.last().map(|(key, value)| (key, value))
    }

    /// Returns the entries in order.
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("a", 1), ("0", 2)].into_iter().collect();
    /// let text: Vec<_> = map.iter().map(|(key, value)| format!("{key}={value}")).collect();
    /// assert_eq!(text, ["0=2", "a=1"]);
    /// ```
    pub fn iter(&self) -> PropertyIter<'_, V> {
        self.0.iter()
    }

    /// Returns the keys in order.
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("b", 1), ("a", 2)].into_iter().collect();
    /// assert_eq!(map.keys().map(|key| &**key).collect::<Vec<_>>(), ["b", "a"]);
    /// ```
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Arc<str>> + ExactSizeIterator + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// Returns the values in the order of their keys.
    ///
    /// # Examples
    /// ```
    /// let map: retake_store::PropertyMap<u32> = [("b", 1), ("a", 2)].into_iter().collect();
    /// assert_eq!(map.values().sum::<u32>(), 3);
    /// ```
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// Removes everything.
    ///
    /// # Examples
    /// ```
    /// let mut map: retake_store::PropertyMap<u32> = [("a", 1)].into_iter().collect();
    /// map.clear();
    /// assert!(map.is_empty());
    /// ```
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<V: Clone> PropertyMap<V> {
    /// Returns the value of `key` for changing it in place.
    ///
    /// # Examples
    /// ```
    /// let mut map: retake_store::PropertyMap<u32> = [("a", 1)].into_iter().collect();
    /// if let Some(value) = map.get_mut("a") {
    ///     *value += 1;
    /// }
    /// assert_eq!(map.get("a"), Some(&2));
    /// ```
    #[must_use]
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.0.get_mut(key)
    }

    /// Sets the value of `key` and returns the one it replaces.
    ///
    /// A key that is there already keeps its place and is not allocated again.
    ///
    /// # Examples
    /// ```
    /// let mut map: retake_store::PropertyMap<u32> = [("b", 1), ("a", 2)].into_iter().collect();
    /// assert_eq!(map.insert("b", 3), Some(1));
    /// assert_eq!(map.values().collect::<Vec<_>>(), [&3, &2]);
    /// ```
    pub fn insert(&mut self, key: impl AsRef<str> + Into<Arc<str>>, value: V) -> Option<V> {
        self.0.insert(key, value)
    }

    /// Returns the value of `key`, which becomes `value()` if there was none.
    ///
    /// The key is allocated only then.
    ///
    /// # Examples
    /// ```
    /// let mut map = retake_store::PropertyMap::new();
    /// for word in ["undo", "redo", "undo"] {
    ///     *map.get_or_insert_with(word, || 0) += 1;
    /// }
    /// assert_eq!(serde_json::to_string(&map)?, r#"{"undo":2,"redo":1}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn get_or_insert_with(&mut self, key: &str, value: impl FnOnce() -> V) -> &mut V {
        self.0.get_or_insert_with(key, value)
    }

    /// Removes `key` and returns its value.
    ///
    /// # Examples
    /// ```
    /// let mut map: retake_store::PropertyMap<u32> = [("b", 1), ("a", 2)].into_iter().collect();
    /// assert_eq!((map.remove("b"), map.remove("b")), (Some(1), None));
    /// map.insert("b", 1);
    /// assert_eq!(map.values().collect::<Vec<_>>(), [&2, &1]);
    /// ```
    pub fn remove(&mut self, key: &str) -> Option<V> {
        self.0.remove(key)
    }
}

// Not derived: neither needs anything of `V`.
impl<V> Clone for PropertyMap<V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<V> Default for PropertyMap<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V: PartialEq> PartialEq for PropertyMap<V> {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || (self.len() == other.len() && self.iter().eq(other))
    }
}

impl<V: Eq> Eq for PropertyMap<V> {}

impl<V: fmt::Debug> fmt::Debug for PropertyMap<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K: AsRef<str> + Into<Arc<str>>, V: Clone> Extend<(K, V)> for PropertyMap<V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: AsRef<str> + Into<Arc<str>>, V: Clone> FromIterator<(K, V)> for PropertyMap<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<'a, V> IntoIterator for &'a PropertyMap<V> {
    type Item = (&'a Arc<str>, &'a V);
    type IntoIter = PropertyIter<'a, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<V: Serialize> Serialize for PropertyMap<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de, V: Deserialize<'de> + Clone> Deserialize<'de> for PropertyMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// Reads members in the order of the text.
struct Members<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de> + Clone> Visitor<'de> for Members<V> {
    type Value = PropertyMap<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = PropertyMap::new();
        while let Some((key, value)) = members.next_entry::<String, V>()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}
