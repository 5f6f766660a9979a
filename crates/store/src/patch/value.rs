//! JSON values: patches by member and by position, as Immer makes them.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::apply::Edit;
use super::diff::Diff;
use super::error::PatchError;
use super::impls::members::{self, Members};
use super::patchable::Patchable;
use super::path::Path;
use super::rows;

/// Objects are compared by member and lists by position; a slot of a list that holds another
/// object than before, by its `id` or because the rows shifted, is replaced as a whole.
///
/// Source: Immer, `produceWithPatches`.
impl Patchable for Value {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    fn is_equal(&self, other: &Self) -> bool {
        self == other
    }

    fn share_with(&mut self, old: &Self) -> bool {
        self == old
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        match (self, next) {
            (Self::Object(old), Self::Object(next)) => diff_members(old, next, diff),
            (Self::Array(old), Self::Array(next)) => diff_slots(old, next, diff),
            (old, next) => {
                if old != next {
                    diff.replaced_json(old.clone(), next.clone());
                }
                Ok(())
            }
        }
    }

    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        let Some((token, rest)) = path.split() else { return edit.assign(self, path) };
        match self {
            Self::Object(map) => members::apply(map, &token, rest, edit),
            Self::Array(list) => rows::apply(list, &token, rest, edit),
            _ => Err(rest.unresolved()),
        }
    }

    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        let Some((token, rest)) = path.split() else { return Ok(self.clone()) };
        match self {
            Self::Object(map) => members::value_at(map, &token, rest),
            Self::Array(list) => rows::value_at(list, &token, rest),
            _ => Err(rest.unresolved()),
        }
    }

    /// Returns the text of a number or string, or that of the member `id`.
    fn key(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::String(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Object(map) => map.get("id").filter(|id| !id.is_object())?.key(),
            Self::Null | Self::Bool(_) | Self::Array(_) => None,
        }
    }
}

fn diff_members(
    old: &Map<String, Value>,
    next: &Map<String, Value>,
    diff: &mut Diff,
) -> Result<(), PatchError> {
    for (name, old) in old {
        diff.within(name, |diff| match next.get(name) {
            Some(next) => old.diff_into(next, diff),
            None => {
                diff.removed_json(old.clone());
                Ok(())
            }
        })?;
    }
    for (name, next) in next.iter().filter(|(name, _)| !old.contains_key(*name)) {
        diff.within(name, |diff| {
            diff.added_json(next.clone());
            Ok(())
        })?;
    }
    Ok(())
}

fn diff_slots(old: &[Value], next: &[Value], diff: &mut Diff) -> Result<(), PatchError> {
    let (common, moved) = (old.len().min(next.len()), first_moved(old, next));
    for (index, (before, after)) in old.iter().zip(next).enumerate() {
        let shifted = (index + old.len()).checked_sub(next.len()).and_then(|it| old.get(it));
        diff.within_row(index, |diff| {
            let is_moved = index >= moved && (before.is_object() || before.is_array());
            if is_moved || is_other_object(before, after, shifted) {
                diff.replaced_json(before.clone(), after.clone());
                Ok(())
            } else {
                before.diff_into(after, diff)
            }
        })?;
    }
    // Rows come and go at the end only, so the way back of a removal from the last one down
    // is an addition from the first one up, and the other way round.
    diff.tail(common, &old[common..], &next[common..]);
    Ok(())
}

/// Returns the first slot that holds a row of another slot, since rows before it were inserted
/// or removed; equal rows after it have moved, too, which their values do not show.
///
/// Of equal neighbours the first counts as the removed one, which is the one that a search
/// finds, and an insertion as one behind them: the values do not tell.
fn first_moved(old: &[Value], next: &[Value]) -> usize {
    let after = old.iter().rev().zip(next.iter().rev()).take_while(|(old, next)| old == next);
    let after = after.count();
    match next.len().cmp(&old.len()) {
        Ordering::Less => next.len() - after,
        Ordering::Equal => old.len(),
        Ordering::Greater => {
            let before = old.iter().zip(next).take_while(|(old, next)| old == next).count();
            before.max(old.len() - after)
        }
    }
}

/// Whether slot `before` got another object, not a changed one: `shifted` is what the slot
/// gets when rows before it were inserted or removed.
fn is_other_object(before: &Value, after: &Value, shifted: Option<&Value>) -> bool {
    match (before, after) {
        (Value::Object(old), Value::Object(next)) => {
            let has_other_id = old.get("id") != next.get("id") && old.contains_key("id");
            has_other_id || (shifted == Some(after) && before != after)
        }
        (Value::Array(_), Value::Array(_)) => shifted == Some(after) && before != after,
        _ => false,
    }
}

/// Returns whether the values are equal as RFC 6902 `test` has it: numbers by their value,
/// so that 1 equals 1.0.
pub(super) fn is_json_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || ((a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_json_equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| is_json_equal(a, b)))
        }
        _ => left == right,
    }
}

impl Members for Map<String, Value> {
    type Key = String;
    type Member = Value;

    fn read_key(name: &str) -> Result<String, String> {
        Ok(name.to_owned())
    }

    fn member(&self, key: &String) -> Option<&Value> {
        self.get(key)
    }

    fn member_mut(&mut self, key: &String) -> Option<&mut Value> {
        self.get_mut(key)
    }

    fn set_member(&mut self, key: String, value: Value) {
        self.insert(key, value);
    }

    fn remove_member(&mut self, key: &String) -> bool {
        self.remove(key).is_some()
    }
}
