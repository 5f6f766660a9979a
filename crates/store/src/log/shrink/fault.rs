//! What a small log has to show, to show the same fault.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::log::divergence::{Difference, Divergence, differences};
use crate::log::entry::Entry;
use crate::log::hash::slice_hashes;

/// How the whole log diverged.
pub(super) struct Fault {
    /// The names of the slices that differ.
    slices: BTreeSet<String>,
    /// The state before the action.
    pub(super) before: Value,
    /// The state after it, as it was replayed.
    pub(super) got: Value,
    differences: Vec<Difference>,
    /// The hashes that were recorded for the state after it.
    hashes: Option<BTreeMap<String, String>>,
    pub(super) restarted: Restarted,
}

/// What the action does to the state before it that was read back from its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Restarted {
    /// The same: the state is serialised in full, as far as this action looks at it.
    Same,
    /// What the log says.
    AsRecorded,
    /// Something else.
    Other,
}

/// Why the last entry of a small log fails.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Proof {
    /// The slices that differ were as in the whole log, and became what they became there.
    Recorded,
    /// So it was before parts of the state were cut, and this is where what was recorded leads.
    Cut { expected: Value },
    /// This is where the same action leads from the same JSON.
    Restarted { expected: Value },
}

impl Proof {
    /// Returns the state that the last entry expects, if more than its hashes is known: `now`
    /// is where its action led.
    pub(super) fn expected(&self, fault: &Fault, now: &Value) -> Option<Value> {
        match self {
            Self::Recorded => fault.expected(now),
            Self::Cut { expected } | Self::Restarted { expected } => Some(expected.clone()),
        }
    }
}

impl Fault {
    /// Returns the fault of `recorded`, an entry that led from `before` to `got`.
    pub(super) fn new(
        divergence: &Divergence,
        recorded: &Entry,
        before: Value,
        got: Value,
    ) -> Self {
        let mut slices: BTreeSet<_> = divergence.slices.iter().cloned().collect();
        if divergence.unapplied.is_some() {
            // Nobody knows where the patch would have led.
            slices.extend(names(&got));
        }
        let (differences, hashes) = (divergence.differences.clone(), recorded.hash.clone());
        Self { slices, before, got, differences, hashes, restarted: Restarted::Other }
    }

    /// Returns the state that the log says the action led to, if it says more than hashes:
    /// `now` is where it led in a replay.
    pub(super) fn expected(&self, now: &Value) -> Option<Value> {
        if self.differences.is_empty() {
            return None;
        }
        let mut expected = now.clone();
        for name in &self.slices {
            set_slice(&mut expected, name, slice(&self.got, name));
        }
        // Rows behind the end of a list go from the last one on.
        let (gone, there): (Vec<_>, Vec<_>) =
            self.differences.iter().partition(|it| it.expected.is_none());
        for difference in there.into_iter().chain(gone.into_iter().rev()) {
            correct(&mut expected, difference)?;
        }
        Some(expected)
    }

    /// Returns why an action that led from `before` to `now` shows this fault; `restart` says
    /// where it leads from the JSON of `before`.
    pub(super) fn proof(
        &self,
        before: &Value,
        now: &Value,
        restart: impl FnOnce() -> Option<Value>,
    ) -> Option<Proof> {
        let is_as_in = |name: &String| {
            slice(before, name) == slice(&self.before, name)
                && slice(now, name) == slice(&self.got, name)
        };
        if self.slices.iter().all(is_as_in) {
            return Some(Proof::Recorded);
        }
        if self.restarted != Restarted::AsRecorded {
            return None;
        }
        let expected = restart()?;
        let found = differences(&expected, now);
        let is_same = !found.is_empty() && self.is_like(&found);
        is_same.then_some(Proof::Restarted { expected })
    }

    /// Returns whether `found` are differences at the same places, positions in lists aside;
    /// if only hashes were recorded, in the same slices.
    fn is_like(&self, found: &[Difference]) -> bool {
        if self.differences.is_empty() {
            return found.iter().map(Difference::slice).collect::<BTreeSet<_>>() == self.slices;
        }
        let places =
            |all: &[Difference]| -> BTreeSet<Vec<String>> { all.iter().map(place).collect() };
        places(found) == places(&self.differences)
    }

    /// Returns whether `now` is what the log says, in the slices that differ.
    pub(super) fn is_as_recorded(&self, now: &Value) -> bool {
        if let Some(expected) = self.expected(&self.got) {
            return self.slices.iter().all(|name| slice(now, name) == slice(&expected, name));
        }
        let (Some(recorded), Ok(hashes)) = (&self.hashes, slice_hashes(now)) else { return false };
        self.slices.iter().all(|name| hashes.get(name) == recorded.get(name))
    }

    /// Returns the hashes of `now`, with the recorded ones of the slices that differ.
    pub(super) fn expected_hashes(&self, now: &Value) -> Option<BTreeMap<String, String>> {
        let mut hashes = slice_hashes(now).ok()?;
        for name in &self.slices {
            match self.hashes.as_ref()?.get(name) {
                Some(hash) => drop(hashes.insert(name.clone(), hash.clone())),
                None => drop(hashes.remove(name)),
            }
        }
        Some(hashes)
    }
}

/// Returns the path of a difference without positions in lists.
fn place(difference: &Difference) -> Vec<String> {
    let is_position = |token: &str| token.bytes().all(|byte| byte.is_ascii_digit());
    let tokens = difference.path.tokens();
    tokens.map(|it| if is_position(&it) { "*".to_owned() } else { it.into_owned() }).collect()
}

/// Puts what was expected in the place of what a replay has.
fn correct(state: &mut Value, difference: &Difference) -> Option<()> {
    let mut path = difference.path.clone();
    let Some(name) = path.pop() else {
        *state = difference.expected.clone()?;
        return Some(());
    };
    match (state.pointer_mut(path.as_str())?, &difference.expected) {
        (Value::Object(members), Some(value)) => drop(members.insert(name, value.clone())),
        (Value::Object(members), None) => drop(members.remove(&name)),
        (Value::Array(rows), expected) => {
            let index: usize = name.parse().ok()?;
            match expected {
                Some(value) if index < rows.len() => rows[index] = value.clone(),
                Some(value) => rows.push(value.clone()),
                None => rows.truncate(index),
            }
        }
        _ => return None,
    }
    Some(())
}

/// Returns the names of the slices of `state`; a state that is no object is one slice, `""`.
pub(super) fn names(state: &Value) -> Vec<String> {
    match state {
        Value::Object(slices) => slices.keys().cloned().collect(),
        _ => vec![String::new()],
    }
}

pub(super) fn slice<'a>(state: &'a Value, name: &str) -> Option<&'a Value> {
    match state {
        Value::Object(slices) => slices.get(name),
        whole => Some(whole),
    }
}

fn set_slice(state: &mut Value, name: &str, slice: Option<&Value>) {
    match (state, slice) {
        (Value::Object(slices), Some(slice)) => drop(slices.insert(name.to_owned(), slice.clone())),
        (Value::Object(slices), None) => drop(slices.remove(name)),
        (whole, slice) => *whole = slice.cloned().unwrap_or_default(),
    }
}
