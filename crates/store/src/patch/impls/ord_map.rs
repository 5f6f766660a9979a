//! `im::OrdMap`: a map that shares its nodes with the maps it was made from.

use im::OrdMap;
use im::ordmap::DiffItem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::members::{self, Members, diff_member};
use crate::patch::{Diff, Edit, PatchError, Patchable, Path};

/// Keys are strings, or what JSON writes as one. Nodes that both maps share are skipped; in
/// the others, values that are `==` are skipped, so equality must mean that nothing differs.
impl<K, V> Patchable for OrdMap<K, V>
where
    K: Serialize + DeserializeOwned + Ord + Clone + Send + Sync + 'static,
    V: Patchable + PartialEq,
{
    fn is_same(&self, other: &Self) -> bool {
        self.ptr_eq(other) || (self.is_empty() && other.is_empty())
    }

    fn is_equal(&self, other: &Self) -> bool {
        self.ptr_eq(other)
            || (self.len() == other.len()
                && self.diff(other).all(|item| match item {
                    DiffItem::Update { old: (_, own), new: (_, other) } => own.is_equal(other),
                    DiffItem::Add(..) | DiffItem::Remove(..) => false,
                }))
    }

    fn share_with(&mut self, old: &Self) -> bool {
        if self.ptr_eq(old) {
            return true;
        }
        // Made from the old map, so that nodes without a change stay shared.
        let mut shared = old.clone();
        let mut is_equal = self.len() == old.len();
        for key in old.keys().filter(|key| !self.contains_key(*key)) {
            shared.remove(key);
        }
        for (key, mut value) in std::mem::take(self) {
            if !old.get(&key).is_some_and(|old| value.share_with(old)) {
                shared.insert(key, value);
                is_equal = false;
            }
        }
        *self = shared;
        is_equal
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        for item in self.diff(next) {
            match item {
                DiffItem::Add(key, next) => diff_member(key, diff, |diff| diff.added(next))?,
                DiffItem::Remove(key, old) => diff_member(key, diff, |diff| diff.removed(old))?,
                DiffItem::Update { old: (key, old), new: (_, next) } => {
                    diff_member(key, diff, |diff| old.diff_into(next, diff))?;
                }
            }
        }
        Ok(())
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

impl<K, V> Members for OrdMap<K, V>
where
    K: Serialize + DeserializeOwned + Ord + Clone + Send + Sync + 'static,
    V: Patchable + PartialEq,
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
