//! Maps: edits of single members, and the text of their keys.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::patch::{Change, Diff, Edit, PatchError, Patchable, Path};

/// A map whose members can be edited by name.
pub(in crate::patch) trait Members {
    type Key;
    type Member: Patchable;

    /// Reads a key from its text in JSON, or says why it is none.
    fn read_key(name: &str) -> Result<Self::Key, String>;
    fn member(&self, key: &Self::Key) -> Option<&Self::Member>;
    fn member_mut(&mut self, key: &Self::Key) -> Option<&mut Self::Member>;
    fn set_member(&mut self, key: Self::Key, value: Self::Member);
    /// Removes the member and returns whether it was there.
    fn remove_member(&mut self, key: &Self::Key) -> bool;
}

/// Applies `edit` to member `name`, or to its part at `rest`.
pub(in crate::patch) fn apply<M: Members>(
    map: &mut M,
    name: &str,
    rest: Path<'_>,
    edit: Edit<'_>,
) -> Result<(), PatchError> {
    let key = M::read_key(name).map_err(|reason| rest.mismatch(reason))?;
    if !rest.is_end() {
        return map.member_mut(&key).ok_or_else(|| rest.unresolved())?.apply_at(rest, edit);
    }
    match edit.change {
        Change::Remove => {
            if !map.remove_member(&key) && !edit.is_lenient() {
                return Err(rest.unresolved());
            }
        }
        Change::Replace(_) if !edit.is_lenient() && map.member(&key).is_none() => {
            return Err(rest.unresolved());
        }
        Change::Add(value) | Change::Replace(value) => map.set_member(key, rest.decode(value)?),
    }
    Ok(())
}

/// Returns the JSON form of member `name`, or of its part at `rest`.
pub(in crate::patch) fn value_at<M: Members>(
    map: &M,
    name: &str,
    rest: Path<'_>,
) -> Result<Value, PatchError> {
    let key = M::read_key(name).map_err(|reason| rest.mismatch(reason))?;
    map.member(&key).ok_or_else(|| rest.unresolved())?.value_at(rest)
}

/// What a map needs of its keys: their JSON form is a string, or becomes one, as that of
/// integers does.
pub(super) trait Key:
    Serialize + DeserializeOwned + Ord + Clone + Send + Sync + 'static
{
}

impl<K: Serialize + DeserializeOwned + Ord + Clone + Send + Sync + 'static> Key for K {}

/// Reads a key from the name of a member.
pub(super) fn read_key<K: Key>(name: &str) -> Result<K, String> {
    let mut member = Map::new();
    member.insert(name.to_owned(), Value::Null);
    let read = BTreeMap::<K, IgnoredAny>::deserialize(Value::Object(member));
    match read.map(BTreeMap::into_keys).as_mut().map(Iterator::next) {
        Ok(Some(key)) => Ok(key),
        Ok(None) => Err(format!("`{name}` is not a key of this map")),
        Err(error) => Err(format!("`{name}` is not a key of this map: {error}")),
    }
}

/// Runs `report` for the values of member `key`.
pub(super) fn diff_member<K: Key>(
    key: &K,
    diff: &mut Diff,
    report: impl FnOnce(&mut Diff) -> Result<(), PatchError>,
) -> Result<(), PatchError> {
    let name = match serde_json::to_value(BTreeMap::from([(key, ())])) {
        Ok(Value::Object(member)) => member.into_iter().next().map(|(name, _)| name),
        Ok(_) => None,
        Err(error) => return Err(diff.not_representable(error.to_string())),
    };
    match name {
        Some(name) if read_key::<K>(&name).is_ok_and(|read| read.cmp(key).is_eq()) => {
            diff.within(&name, report)
        }
        Some(name) => {
            Err(diff.not_representable(format!("the key `{name}` reads back as another one")))
        }
        None => Err(diff.not_representable("a key has no JSON form")),
    }
}
