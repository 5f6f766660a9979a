//! What an action did to the state.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;
use std::sync::Arc;

use retake_store::PropertyMap;
use retake_store::cache::CacheState;
use retake_store::log::Difference;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::recording::state::{Slice, State};
use crate::recording::verification::within;

/// What is different between two states, as far as a log tells.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// The outermost parts that differ, slice by slice.
    pub(crate) differences: Vec<Difference>,
    /// The slices that the log does not tell in both states, and up to which entry it does.
    pub(crate) untold: BTreeMap<String, u64>,
}

impl Changes {
    /// Compares two states. What they share is not looked into.
    pub(crate) fn between(before: &State, after: &State) -> Self {
        let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) =
            (before.slices().into_iter().collect(), after.slices().into_iter().collect());
        let mut changes = Self::default();
        for name in old.keys().chain(new.keys()).copied().collect::<BTreeSet<&str>>() {
            let (old, new) = (old.get(name), new.get(name));
            let is_known = |slice: Option<&Slice<'_>>, state: &State| {
                let known_until = slice.and_then(Slice::known_until);
                known_until.is_none_or(|until| until == state.seq())
            };
            if !is_known(old, before) || !is_known(new, after) {
                let until = new.or(old).and_then(Slice::known_until);
                changes.untold.insert(name.to_owned(), until.unwrap_or_default());
                continue;
            }
            changes.differences.extend(match (old, new) {
                (Some(Slice::Api(old)), Some(Slice::Api(new))) => {
                    within(name, Some(&unlike(old, new)), Some(&unlike(new, old)))
                }
                (Some(Slice::Recorded(old)), Some(Slice::Recorded(new)))
                    if ptr::eq(old.value(), new.value()) =>
                {
                    Vec::new()
                }
                (old, new) => {
                    let (old, new) = (old.map(Slice::json), new.map(Slice::json));
                    within(name, old.as_deref(), new.as_deref())
                }
            });
        }
        changes
    }
}

/// Returns the JSON form of `slice` without the entries that it shares with `other`: an action
/// changes few of many, and serialising them all would take its time.
fn unlike(slice: &CacheState, other: &CacheState) -> Value {
    let mut parts = Map::new();
    let queries = unshared(slice.queries(), other.queries(), Arc::ptr_eq);
    let mutations = unshared(slice.mutations(), other.mutations(), Arc::ptr_eq);
    let subscriptions = unshared(slice.subscriptions(), other.subscriptions(), PropertyMap::ptr_eq);
    parts.insert("queries".into(), queries);
    parts.insert("mutations".into(), mutations);
    parts.insert("subscriptions".into(), subscriptions);
    if slice.provided() != other.provided() {
        parts.insert("provided".into(), json(slice.provided()));
    }
    parts.insert("config".into(), json(slice.config()));
    Value::Object(parts)
}

fn unshared<V: Serialize>(
    map: &PropertyMap<V>,
    other: &PropertyMap<V>,
    is_shared: impl Fn(&V, &V) -> bool,
) -> Value {
    if map.ptr_eq(other) {
        return Value::Object(Map::new());
    }
    let is_unshared = |(key, value): &(&Arc<str>, &V)| {
        other.get(key).is_none_or(|other| !is_shared(value, other))
    };
    let entries = map.iter().filter(is_unshared);
    Value::Object(entries.map(|(key, value)| (key.to_string(), json(value))).collect())
}

/// Returns the JSON form of a part of a state that came from JSON, and so has one.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
