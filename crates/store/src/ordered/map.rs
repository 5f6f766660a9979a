//! The mechanism of the ordered containers: two representations behind one set of verbs.

use std::marker::PhantomData;
use std::mem;
use std::sync::Arc;

use im::OrdMap;

use super::iter::PropertyIter;
use super::place::{Order, Place};
use crate::cost;

/// More entries than this are kept in trees.
const SMALL_MAX: usize = 8;
/// Trees with no more entries than this become a list again.
///
/// Lower than [`SMALL_MAX`], so that a map at the boundary does not go to and fro.
const SMALL_AGAIN: usize = 4;

pub(super) type Entry<V> = (Arc<str>, V);

/// A persistent map from strings, iterated in the order `O`.
pub(super) struct Ordered<V, O> {
    repr: Repr<V>,
    order: PhantomData<fn() -> O>,
}

pub(super) enum Repr<V> {
    Empty,
    /// One to [`SMALL_MAX`] entries in the order of iteration.
    Small(Arc<Vec<Entry<V>>>),
    /// More than [`SMALL_AGAIN`] entries.
    Large(Arc<Large<V>>),
}

/// Entries by place, so that iteration needs no look-up and overwriting one copies no index.
#[derive(Clone)]
pub(super) struct Large<V> {
    pub(super) entries: OrdMap<Place, Entry<V>>,
    /// The creation sequence of every key in `entries` that is no index: those spell their place.
    sequences: OrdMap<Arc<str>, u64>,
    /// Above every sequence in `sequences`.
    next: u64,
}

/// A found entry: its position in a small map, its place in a large one.
#[derive(Clone, Copy)]
enum Slot {
    Small(usize),
    Large(Place),
}

impl<V> Large<V> {
    fn place<O: Order>(&self, key: &str) -> Option<Place> {
        match O::index(key) {
            Some(index) => Some(Place::Index(index)),
            None => self.sequences.get(key).copied().map(Place::Created),
        }
    }
}

impl<V: Clone> Large<V> {
    fn new<O: Order>(entries: impl IntoIterator<Item = Entry<V>>) -> Self {
        let mut large = Self { entries: OrdMap::new(), sequences: OrdMap::new(), next: 0 };
        for (key, value) in entries {
            large.add::<O>(key, value);
        }
        large
    }

    /// Adds a key that is not there yet.
    fn add<O: Order>(&mut self, key: Arc<str>, value: V) -> Place {
        let place = match O::index(&key) {
            Some(index) => Place::Index(index),
            None => {
                let sequence = self.next;
                self.next += 1;
                self.sequences.insert(Arc::clone(&key), sequence);
                Place::Created(sequence)
            }
        };
        self.entries.insert(place, (key, value));
        place
    }
}

impl<V, O> Ordered<V, O> {
    pub(super) const fn new() -> Self {
        Self { repr: Repr::Empty, order: PhantomData }
    }

    pub(super) fn len(&self) -> usize {
        match &self.repr {
            Repr::Empty => 0,
            Repr::Small(entries) => entries.len(),
            Repr::Large(large) => large.entries.len(),
        }
    }

    pub(super) fn ptr_eq(&self, other: &Self) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Empty, Repr::Empty) => true,
            (Repr::Small(a), Repr::Small(b)) => Arc::ptr_eq(a, b),
            (Repr::Large(a), Repr::Large(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    pub(super) fn iter(&self) -> PropertyIter<'_, V> {
        PropertyIter::new(&self.repr)
    }

    pub(super) fn first(&self) -> Option<&Entry<V>> {
        cost::visit(1);
        match &self.repr {
            Repr::Empty => None,
            Repr::Small(entries) => entries.first(),
            Repr::Large(large) => large.entries.get_min().map(|(_, entry)| entry),
        }
    }

    pub(super) fn last(&self) -> Option<&Entry<V>> {
        cost::visit(1);
        match &self.repr {
            Repr::Empty => None,
            Repr::Small(entries) => entries.last(),
            Repr::Large(large) => large.entries.get_max().map(|(_, entry)| entry),
        }
    }
}

impl<V, O: Order> Ordered<V, O> {
    pub(super) fn get(&self, key: &str) -> Option<&Entry<V>> {
        cost::visit(1);
        match &self.repr {
            Repr::Empty => None,
            Repr::Small(entries) => entries.get(scan(entries, key)?),
            Repr::Large(large) => large.entries.get(&large.place::<O>(key)?),
        }
    }

    /// Finds `key` without touching what is shared: a miss must not copy anything.
    fn find(&self, key: &str) -> Option<Slot> {
        cost::visit(1);
        match &self.repr {
            Repr::Empty => None,
            Repr::Small(entries) => scan(entries, key).map(Slot::Small),
            Repr::Large(large) => {
                let place = large.place::<O>(key)?;
                large.entries.contains_key(&place).then_some(Slot::Large(place))
            }
        }
    }
}

impl<V: Clone, O: Order> Ordered<V, O> {
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.find(key).map(|slot| self.slot_mut(slot))
    }

    pub(super) fn insert<K: AsRef<str> + Into<Arc<str>>>(&mut self, key: K, value: V) -> Option<V> {
        match self.find(key.as_ref()) {
            Some(slot) => Some(mem::replace(self.slot_mut(slot), value)),
            None => {
                self.add(key.into(), value);
                None
            }
        }
    }

    /// Inserts `key` unless it is there, which leaves the memory shared; says whether it did.
    pub(super) fn insert_new<K: AsRef<str> + Into<Arc<str>>>(&mut self, key: K, value: V) -> bool {
        let is_new = self.find(key.as_ref()).is_none();
        if is_new {
            self.add(key.into(), value);
        }
        is_new
    }

    pub(super) fn get_or_insert_with(&mut self, key: &str, value: impl FnOnce() -> V) -> &mut V {
        let slot = match self.find(key) {
            Some(slot) => slot,
            None => self.add(key.into(), value()),
        };
        self.slot_mut(slot)
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<V> {
        let slot = self.find(key)?;
        let removed = match (&mut self.repr, slot) {
            (Repr::Small(entries), Slot::Small(position)) => {
                Some(Arc::make_mut(entries).remove(position).1)
            }
            (Repr::Large(large), Slot::Large(place)) => {
                let large = Arc::make_mut(large);
                if let Place::Created(_) = place {
                    large.sequences.remove(key);
                }
                large.entries.remove(&place).map(|(_, value)| value)
            }
            _ => unreachable!("a slot is used at once, on the map that it was found in"),
        };
        self.shrink();
        removed
    }

    /// Adds a key that is not there yet.
    fn add(&mut self, key: Arc<str>, value: V) -> Slot {
        match &mut self.repr {
            Repr::Empty => {
                self.repr = Repr::Small(Arc::new(vec![(key, value)]));
                Slot::Small(0)
            }
            Repr::Small(entries) if entries.len() < SMALL_MAX => {
                let position = match O::index(&key) {
                    None => entries.len(),
                    Some(index) => {
                        cost::visit(entries.len() as u64);
                        let before =
                            |(key, _): &Entry<V>| O::index(key).is_some_and(|it| it < index);
                        entries.partition_point(before)
                    }
                };
                Arc::make_mut(entries).insert(position, (key, value));
                Slot::Small(position)
            }
            Repr::Small(entries) => {
                cost::visit(entries.len() as u64);
                let mut large = Large::new::<O>(entries.iter().cloned());
                let place = large.add::<O>(key, value);
                self.repr = Repr::Large(Arc::new(large));
                Slot::Large(place)
            }
            Repr::Large(large) => Slot::Large(Arc::make_mut(large).add::<O>(key, value)),
        }
    }

    fn slot_mut(&mut self, slot: Slot) -> &mut V {
        match (&mut self.repr, slot) {
            (Repr::Small(entries), Slot::Small(position)) => {
                &mut Arc::make_mut(entries)[position].1
            }
            (Repr::Large(large), Slot::Large(place)) => &mut Arc::make_mut(large).entries[&place].1,
            _ => unreachable!("a slot is used at once, on the map that it was found in"),
        }
    }

    fn shrink(&mut self) {
        match &self.repr {
            Repr::Small(entries) if entries.is_empty() => self.repr = Repr::Empty,
            Repr::Large(large) if large.entries.len() <= SMALL_AGAIN => {
                cost::visit(large.entries.len() as u64);
                self.repr = Repr::Small(Arc::new(large.entries.values().cloned().collect()));
            }
            _ => {}
        }
    }
}

fn scan<V>(entries: &[Entry<V>], key: &str) -> Option<usize> {
    let position = entries.iter().position(|(it, _)| **it == *key);
    cost::visit(position.map_or(entries.len(), |position| position + 1) as u64);
    position
}

// Not derived: neither needs anything of `V` or `O`.
impl<V> Clone for Repr<V> {
    fn clone(&self) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::Small(entries) => Self::Small(Arc::clone(entries)),
            Self::Large(large) => Self::Large(Arc::clone(large)),
        }
    }
}

impl<V, O> Clone for Ordered<V, O> {
    fn clone(&self) -> Self {
        Self { repr: self.repr.clone(), order: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use super::super::place::PropertyOrder;
    use super::*;

    fn form(map: &Ordered<usize, PropertyOrder>) -> &'static str {
        match map.repr {
            Repr::Empty => "empty",
            Repr::Small(_) => "small",
            Repr::Large(_) => "large",
        }
    }

    #[test]
    fn the_representation_follows_the_length_with_hysteresis() {
        let mut map = Ordered::<usize, PropertyOrder>::new();
        assert_eq!(form(&map), "empty");
        for n in 0..SMALL_MAX {
            map.insert(format!("k{n}"), n);
            assert_eq!(form(&map), "small", "{n}");
        }
        map.insert("7", 7);
        assert_eq!(form(&map), "large");
        for n in 0..SMALL_MAX {
            map.remove(&format!("k{n}"));
            let form_for_len = match map.len() {
                0..=SMALL_AGAIN => "small",
                _ => "large",
            };
            assert_eq!(form(&map), form_for_len, "{n}");
        }
        map.remove("7");
        assert_eq!(form(&map), "empty");
    }

    #[test]
    fn only_canonical_array_indices_are_indices() {
        for (key, index) in [
            ("0", Some(0)),
            ("10", Some(10)),
            ("4294967294", Some(u32::MAX - 1)),
            ("4294967295", None),
            ("4294967296", None),
            ("9999999999", None),
            ("01", None),
            ("00", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            (" 1", None),
            ("", None),
            ("\u{661}", None),
        ] {
            assert_eq!(PropertyOrder::index(key), index, "{key:?}");
        }
    }
}
