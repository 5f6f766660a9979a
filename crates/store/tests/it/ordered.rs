//! The ordered containers against lists that are searched from end to end.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

#[cfg(feature = "cost")]
mod cost;

use std::sync::Arc;

use proptest::prelude::*;
use retake_store::{KeyList, PropertyMap};

/// Keys that are indices, keys that look like some, and others.
const KEYS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "9",
    "10",
    "11",
    "100",
    "4294967294",
    "4294967295",
    "01",
    "-1",
    "",
    "a",
    "b",
    "getPost(1)",
    "getPost(10)",
    "\u{fc}",
    "__proto__",
    "length",
];

/// Entries in order of creation; JavaScript's order is a stable sort of it.
#[derive(Clone, Debug, Default)]
struct Model(Vec<(&'static str, u32)>);

impl Model {
    fn position(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|(it, _)| *it == key)
    }

    fn insert(&mut self, key: &'static str, value: u32) -> Option<u32> {
        match self.position(key) {
            Some(position) => Some(std::mem::replace(&mut self.0[position].1, value)),
            None => {
                self.0.push((key, value));
                None
            }
        }
    }

    fn remove(&mut self, key: &str) -> Option<u32> {
        self.position(key).map(|position| self.0.remove(position).1)
    }

    fn in_property_order(&self) -> Vec<(&'static str, u32)> {
        let mut entries = self.0.clone();
        entries.sort_by_key(|(key, _)| match key.parse::<u32>() {
            Ok(index) if index < u32::MAX && index.to_string() == *key => u64::from(index),
            _ => u64::MAX,
        });
        entries
    }
}

#[derive(Clone, Debug)]
enum Op {
    Insert(&'static str, u32),
    Remove(&'static str),
    Add(&'static str, u32),
    GetOrInsert(&'static str, u32),
    Snapshot,
    Clear,
}

/// Operations in phases that grow or shrink, so that the length wanders over all the keys.
fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = |removals: u32, insertions: u32| {
        let key = || proptest::sample::select(KEYS);
        prop_oneof![
            insertions => (key(), 0..9_u32).prop_map(|(key, value)| Op::Insert(key, value)),
            removals => key().prop_map(Op::Remove),
            2 => (key(), 0..9_u32).prop_map(|(key, value)| Op::Add(key, value)),
            1 => (key(), 0..9_u32).prop_map(|(key, value)| Op::GetOrInsert(key, value)),
            1 => Just(Op::Snapshot),
        ]
    };
    let phase = |removals, insertions| prop::collection::vec(op(removals, insertions), 0..40);
    (phase(1, 9), phase(12, 1), phase(2, 9), prop::option::of(Just(Op::Clear)), phase(5, 5))
        .prop_map(|(grow, shrink, again, clear, last)| {
            [grow, shrink, again, clear.into_iter().collect(), last].concat()
        })
}

#[track_caller]
fn check(map: &PropertyMap<u32>, model: &Model) {
    let expected = model.in_property_order();
    let entries: Vec<_> = map.iter().map(|(key, value)| (&**key, *value)).collect();
    assert_eq!(entries, expected);
    assert_eq!((map.len(), map.is_empty()), (expected.len(), expected.is_empty()));
    assert_eq!(map.iter().len(), expected.len());
    assert!(
        map.iter().rev().map(|(key, value)| (&**key, *value)).eq(expected.iter().copied().rev())
    );
    assert!(map.keys().map(|key| &**key).eq(expected.iter().map(|(key, _)| *key)));
    assert!(map.values().eq(expected.iter().map(|(_, value)| value)));
    let end =
        |entry: Option<(&Arc<str>, &u32)>| entry.map(|(key, value)| (key.to_string(), *value));
    let expected_end =
        |entry: Option<&(&str, u32)>| entry.map(|(key, value)| (key.to_string(), *value));
    assert_eq!(end(map.first()), expected_end(expected.first()));
    assert_eq!(end(map.last()), expected_end(expected.last()));
    for key in KEYS {
        let value = model.position(key).map(|position| &model.0[position].1);
        assert_eq!(map.get(key), value, "{key:?}");
        assert_eq!(map.contains_key(key), value.is_some(), "{key:?}");
        assert_eq!(map.key(key).map(|key| &**key), value.map(|_| *key));
    }
}

fn json_object(entries: &[(&str, u32)]) -> String {
    let members: Vec<_> = entries.iter().map(|(key, value)| format!("{key:?}:{value}")).collect();
    format!("{{{}}}", members.join(","))
}

proptest! {
    #[test]
    fn a_map_does_what_a_searched_list_does(ops in ops()) {
        let (mut map, mut model) = (PropertyMap::new(), Model::default());
        let mut snapshots = Vec::new();
        for op in ops {
            match op {
                Op::Insert(key, value) => {
                    assert_eq!(map.insert(key, value), model.insert(key, value));
                }
                Op::Remove(key) => assert_eq!(map.remove(key), model.remove(key)),
                Op::Add(key, more) => {
                    let added = map.get_mut(key).map(|value| *value += more);
                    let position = model.position(key);
                    assert_eq!(added.is_some(), position.is_some());
                    if let Some(position) = position {
                        model.0[position].1 += more;
                    }
                }
                Op::GetOrInsert(key, value) => {
                    let there = *map.get_or_insert_with(key, || value);
                    if model.position(key).is_none() {
                        model.insert(key, value);
                    }
                    assert_eq!(Some(there), model.position(key).map(|position| model.0[position].1));
                }
                Op::Snapshot => snapshots.push((map.clone(), model.clone())),
                Op::Clear => {
                    map.clear();
                    model = Model::default();
                }
            }
            check(&map, &model);
        }
        for (map, model) in snapshots {
            check(&map, &model);
        }
    }

    #[test]
    fn json_keeps_the_order(entries in prop::collection::vec((proptest::sample::select(KEYS), 0..9_u32), 0..40)) {
        let mut model = Model::default();
        for &(key, value) in &entries {
            model.insert(key, value);
        }
        let map: PropertyMap<u32> = entries.iter().copied().collect();
        let text = serde_json::to_string(&map).unwrap();
        assert_eq!(text, json_object(&model.in_property_order()));
        let read: PropertyMap<u32> = serde_json::from_str(&text).unwrap();
        assert_eq!(read, map);
        check(&read, &model);
        // Any order and any repetition in the text reads as JavaScript reads it.
        let read: PropertyMap<u32> = serde_json::from_str(&json_object(&entries)).unwrap();
        check(&read, &model);
    }

    #[test]
    fn maps_are_equal_when_they_iterate_the_same(ops in ops(), other in ops()) {
        let build = |ops: &[Op]| {
            let mut map = PropertyMap::new();
            for op in ops {
                match *op {
                    Op::Insert(key, value) => {
                        map.insert(key, value);
                    }
                    Op::Remove(key) => {
                        map.remove(key);
                    }
                    _ => {}
                }
            }
            map
        };
        let (map, other) = (build(&ops), build(&other));
        let rebuilt: PropertyMap<u32> = map.iter().map(|(key, &value)| (Arc::clone(key), value)).collect();
        assert_eq!(rebuilt, map);
        assert_eq!(map == other, map.iter().collect::<Vec<_>>() == other.iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_list_does_what_a_searched_list_does(ops in ops()) {
        let (mut list, mut model) = (KeyList::new(), Vec::new());
        let mut snapshots = Vec::new();
        for op in ops {
            match op {
                Op::Insert(key, _) | Op::Add(key, _) | Op::GetOrInsert(key, _) => {
                    let is_new = !model.contains(&key);
                    if is_new {
                        model.push(key);
                    }
                    assert_eq!(list.push(key), is_new);
                }
                Op::Remove(key) => {
                    let position = model.iter().position(|it| *it == key);
                    assert_eq!(list.remove(key), position.map(|it| model.remove(it)).is_some());
                }
                Op::Snapshot => snapshots.push((list.clone(), model.clone())),
                Op::Clear => {
                    list.clear();
                    model.clear();
                }
            }
            check_list(&list, &model);
        }
        for (list, model) in snapshots {
            check_list(&list, &model);
        }
    }

    #[test]
    fn deep_trees_keep_the_order(
        steps in prop::collection::vec((any::<bool>(), 0..200_u32, 0..4_u8), 0..1_500),
    ) {
        let (mut map, mut model) = (PropertyMap::new(), Vec::<(String, u32)>::new());
        for (at, (is_index, n, action)) in (0..).zip(steps) {
            let key = if is_index { n.to_string() } else { format!("k{n}") };
            let position = model.iter().position(|(it, _)| *it == key);
            match (action, position) {
                (0, Some(position)) => assert_eq!(map.remove(&key), Some(model.remove(position).1)),
                (0, None) => assert_eq!(map.remove(&key), None),
                (_, Some(position)) => {
                    assert_eq!(map.insert(key, at), Some(std::mem::replace(&mut model[position].1, at)));
                }
                (_, None) => {
                    assert_eq!(map.insert(key.as_str(), at), None);
                    model.push((key, at));
                }
            }
        }
        model.sort_by_key(|(key, _)| key.parse().unwrap_or(u32::MAX));
        assert!(map.iter().map(|(key, value)| (&**key, *value)).eq(model.iter().map(|(key, value)| (&**key, *value))));
        for (key, value) in &model {
            assert_eq!(map.get(key), Some(value));
        }
    }

    #[test]
    fn iteration_from_both_ends_meets(len in 0..60_usize, from_back in prop::collection::vec(any::<bool>(), 70)) {
        let map: PropertyMap<usize> = (0..len).map(|n| (format!("k{n}"), n)).collect();
        let (mut values, mut expected) = (map.values(), 0..len);
        for from_back in from_back {
            let (value, it) = match from_back {
                true => (values.next_back(), expected.next_back()),
                false => (values.next(), expected.next()),
            };
            assert_eq!(value.copied(), it);
            assert_eq!(values.len(), expected.len());
        }
    }
}

#[track_caller]
fn check_list(list: &KeyList, model: &[&'static str]) {
    assert!(list.iter().map(|key| &**key).eq(model.iter().copied()), "{list:?} is not {model:?}");
    assert!(list.iter().rev().map(|key| &**key).eq(model.iter().copied().rev()));
    assert_eq!((list.len(), list.is_empty()), (model.len(), model.is_empty()));
    assert_eq!(list.first().map(|key| &**key), model.first().copied());
    assert_eq!(list.last().map(|key| &**key), model.last().copied());
    for key in KEYS {
        assert_eq!(list.contains(key), model.contains(key), "{key:?}");
        assert_eq!(list.key(key).map(|key| &**key), model.contains(key).then_some(*key));
    }
    let text = serde_json::to_string(list).unwrap();
    assert_eq!(text, format!("{model:?}").replace("\", \"", "\",\""));
    assert_eq!(&serde_json::from_str::<KeyList>(&text).unwrap(), list);
}

fn numbered(len: usize) -> PropertyMap<usize> {
    (0..len).map(|n| (format!("getPost({n})"), n)).collect()
}

/// Both representations, and both sides of the boundary between them.
const LENGTHS: [usize; 6] = [0, 1, 8, 9, 10, 10_000];

#[test]
fn memory_is_shared_until_something_changes() {
    for len in LENGTHS {
        let map = numbered(len);
        let mut other = map.clone();
        assert!(map.ptr_eq(&other), "{len}");
        assert_eq!(other.remove("not there"), None);
        assert_eq!(other.remove("0"), None);
        assert_eq!(other.get_mut("not there"), None);
        assert!(map.ptr_eq(&other), "{len}: a miss copied");
        other.insert("0", 0);
        assert!(!map.ptr_eq(&other) && map != other, "{len}");
        other.remove("0");
        assert_eq!((map.ptr_eq(&other), &map), (len == 0, &other), "{len}");

        let list: KeyList = map.keys().cloned().collect();
        let mut other = list.clone();
        other.extend(map.keys().cloned());
        other.remove("not there");
        assert!(list.ptr_eq(&other), "{len}: nothing changed, and it was copied");
        other.push("0");
        assert!(!list.ptr_eq(&other) && list != other, "{len}");
    }
}

#[test]
fn order_is_a_part_of_equality() {
    let map = |keys: [&str; 3]| keys.map(|key| (key, 0)).into_iter().collect::<PropertyMap<u32>>();
    assert_ne!(map(["a", "b", "c"]), map(["b", "a", "c"]));
    assert_eq!(map(["1", "b", "2"]), map(["2", "1", "b"]));
    let list = |keys: [&str; 2]| keys.into_iter().collect::<KeyList>();
    assert_ne!(list(["1", "2"]), list(["2", "1"]));
}

#[test]
fn debug_shows_the_order() {
    let map: PropertyMap<u32> = [("b", 1), ("0", 2)].into_iter().collect();
    assert_eq!(format!("{map:?} {:?}", map.iter()), r#"{"0": 2, "b": 1} {"0": 2, "b": 1}"#);
    let list: KeyList = ["b", "0"].into_iter().collect();
    assert_eq!(format!("{list:?} {:?}", list.iter()), r#"["b", "0"] ["b", "0"]"#);
}

#[test]
fn json_of_another_kind_is_refused() {
    for text in ["[]", "null", "1", r#"{"a":"b"}"#, r#"{"a":1"#] {
        assert!(serde_json::from_str::<PropertyMap<u32>>(text).is_err(), "{text}");
    }
    for text in ["{}", "null", r#""a""#, "[1]", r#"["a""#] {
        assert!(serde_json::from_str::<KeyList>(text).is_err(), "{text}");
    }
    let nested: PropertyMap<PropertyMap<KeyList>> =
        serde_json::from_str(r#"{"Post":{"b":["x","1","x"],"7":[]}}"#).unwrap();
    assert_eq!(serde_json::to_string(&nested).unwrap(), r#"{"Post":{"7":[],"b":["x","1"]}}"#);
}

#[test]
fn maps_cross_threads_and_are_two_words() {
    fn crosses<T: Send + Sync>() -> usize {
        size_of::<T>()
    }
    assert_eq!(crosses::<PropertyMap<String>>(), 2 * size_of::<usize>());
    assert_eq!(crosses::<KeyList>(), 2 * size_of::<usize>());
}
