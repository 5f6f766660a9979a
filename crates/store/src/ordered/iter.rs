//! Iteration in order, counted.

use std::fmt;
use std::iter::FusedIterator;
use std::slice;
use std::sync::Arc;

use im::ordmap;
use im::shared_ptr::DefaultSharedPtr;

use super::map::{Entry, Repr};
use super::place::Place;
use crate::cost;

/// The entries of a [`PropertyMap`](crate::PropertyMap) in order.
///
/// # Examples
/// ```
/// use retake_store::{PropertyIter, PropertyMap};
/// let map: PropertyMap<u32> = [("b", 2), ("1", 1)].into_iter().collect();
/// let entries: PropertyIter<'_, u32> = map.iter();
/// assert_eq!(entries.map(|(key, &value)| (&**key, value)).collect::<Vec<_>>(), [("1", 1), ("b", 2)]);
/// ```
#[must_use = "iterators do nothing unless they are consumed"]
pub struct PropertyIter<'a, V> {
    inner: Inner<'a, V>,
}

enum Inner<'a, V> {
    Small(slice::Iter<'a, Entry<V>>),
    Large(ordmap::Iter<'a, Place, Entry<V>, DefaultSharedPtr>),
}

impl<'a, V> PropertyIter<'a, V> {
    pub(super) fn new(repr: &'a Repr<V>) -> Self {
        Self {
            inner: match repr {
                Repr::Empty => Inner::Small([].iter()),
                Repr::Small(entries) => Inner::Small(entries.iter()),
                Repr::Large(large) => Inner::Large(large.entries.iter()),
            },
        }
    }
}

fn yielded<V>(entry: Option<&Entry<V>>) -> Option<(&Arc<str>, &V)> {
    entry.map(|(key, value)| {
        cost::visit(1);
        (key, value)
    })
}

impl<'a, V> Iterator for PropertyIter<'a, V> {
    type Item = (&'a Arc<str>, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        yielded(match &mut self.inner {
            Inner::Small(entries) => entries.next(),
            Inner::Large(entries) => entries.next().map(|(_, entry)| entry),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.inner {
            Inner::Small(entries) => entries.size_hint(),
            Inner::Large(entries) => entries.size_hint(),
        }
    }
}

impl<V> DoubleEndedIterator for PropertyIter<'_, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        yielded(match &mut self.inner {
            Inner::Small(entries) => entries.next_back(),
            Inner::Large(entries) => entries.next_back().map(|(_, entry)| entry),
        })
    }
}

impl<V> ExactSizeIterator for PropertyIter<'_, V> {}
impl<V> FusedIterator for PropertyIter<'_, V> {}

impl<V> Clone for PropertyIter<'_, V> {
    fn clone(&self) -> Self {
        Self {
            inner: match &self.inner {
                Inner::Small(entries) => Inner::Small(entries.clone()),
                Inner::Large(entries) => Inner::Large(entries.clone()),
            },
        }
    }
}

impl<V: fmt::Debug> fmt::Debug for PropertyIter<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

/// The keys of a [`KeyList`](crate::KeyList) in order.
///
/// # Examples
/// ```
/// use retake_store::{KeyIter, KeyList};
/// let list: KeyList = ["b", "a"].into_iter().collect();
/// let mut keys: KeyIter<'_> = list.iter();
/// assert_eq!(keys.next_back().map(|key| &**key), Some("a"));
/// assert_eq!(keys.len(), 1);
/// ```
#[derive(Clone)]
#[must_use = "iterators do nothing unless they are consumed"]
pub struct KeyIter<'a>(pub(super) PropertyIter<'a, ()>);

impl<'a> Iterator for KeyIter<'a> {
    type Item = &'a Arc<str>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, ())| key)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for KeyIter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(key, ())| key)
    }
}

impl ExactSizeIterator for KeyIter<'_> {}
impl FusedIterator for KeyIter<'_> {}

impl fmt::Debug for KeyIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
