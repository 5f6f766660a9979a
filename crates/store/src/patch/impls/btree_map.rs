//! `BTreeMap`: a map that is copied when it is cloned.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::members::{self, Members, diff_member};
use crate::patch::{Diff, Edit, PatchError, Patchable, Path};

/// Keys are strings, or what JSON writes as one. For large maps prefer `im::OrdMap`.
impl<K, V> Patchable for BTreeMap<K, V>
where
    K: Serialize + DeserializeOwned + Ord + Clone + Send + Sync + 'static,
    V: Patchable,
{
    fn is_same(&self, other: &Self) -> bool {
        is_alike(self, other, V::is_same)
    }

    fn is_equal(&self, other: &Self) -> bool {
        is_alike(self, other, V::is_equal)
    }

    fn share_with(&mut self, old: &Self) -> bool {
        let mut is_equal = self.len() == old.len();
        for (key, own) in self {
            is_equal &= old.get(key).is_some_and(|old| own.share_with(old));
        }
        is_equal
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        let (mut olds, mut nexts) = (self.iter().peekable(), next.iter().peekable());
        loop {
            let order = match (olds.peek(), nexts.peek()) {
                (Some((old, _)), Some((next, _))) => old.cmp(next),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return Ok(()),
            };
            let old = if order.is_le() { olds.next() } else { None };
            let next = if order.is_ge() { nexts.next() } else { None };
            match (old, next) {
                (Some((_, old)), Some((_, next))) if old.is_same(next) => {}
                (Some((key, old)), Some((_, next))) => {
                    diff_member(key, diff, |diff| old.diff_into(next, diff))?;
                }
                (Some((key, old)), None) => diff_member(key, diff, |diff| diff.removed(old))?,
                (None, Some((key, next))) => diff_member(key, diff, |diff| diff.added(next))?,
                (None, None) => return Ok(()),
            }
        }
    }

    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        match path.split() {
            None => edit.assign(self, path),
            Some((name, rest)) => members::apply(self, &name, rest, edit),
        }
    }

    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        match path.split() {
            None => path.value(self),
            Some((name, rest)) => members::value_at(self, &name, rest),
        }
    }
}

fn is_alike<K: Ord, V>(
    own: &BTreeMap<K, V>,
    other: &BTreeMap<K, V>,
    alike: fn(&V, &V) -> bool,
) -> bool {
    own.len() == other.len()
        && own
            .iter()
            .zip(other)
            .all(|((key, own), (other_key, other))| key.cmp(other_key).is_eq() && alike(own, other))
}

impl<K, V> Members for BTreeMap<K, V>
where
    K: Serialize + DeserializeOwned + Ord + Clone + Send + Sync + 'static,
    V: Patchable,
{
    type Key = K;
    type Member = V;

    fn read_key(name: &str) -> Result<K, String> {
        members::read_key(name)
    }

    fn member(&self, key: &K) -> Option<&V> {
        self.get(key)
    }

    fn member_mut(&mut self, key: &K) -> Option<&mut V> {
        self.get_mut(key)
    }

    fn set_member(&mut self, key: K, value: V) {
        self.insert(key, value);
    }

    fn remove_member(&mut self, key: &K) -> bool {
        self.remove(key).is_some()
    }
}
