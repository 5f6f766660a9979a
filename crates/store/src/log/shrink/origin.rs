//! The log that is shrunk, and how a small one says what it says.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::to_raw_value;

use super::fault::names;
use super::tree::Tree;
use crate::log::entry::Entry;
use crate::log::error::{LogError, reason};
use crate::log::hash::{json_of, slice_hashes};
use crate::log::header::{AppInfo, Header};
use crate::patch::diff;

/// The header of the whole log, and what it means for the header of a small one.
pub(super) struct Origin {
    app: AppInfo,
    /// The members of its state, if the application's state is read from them.
    members: Option<Vec<(String, Tree)>>,
    /// The names of the slices that the replay knows.
    replayed: BTreeSet<String>,
}

impl Origin {
    /// Returns the origin of a log with `header`, whose replay begins with `state`.
    pub(super) fn new<S>(header: &Header, state: &S) -> Result<Self, LogError>
    where
        S: Serialize + DeserializeOwned,
    {
        let members = match header.read_state()? {
            Tree::Object(members) if header.read_state::<S>().is_ok() => Some(members),
            _ => None,
        };
        let replayed =
            names(&json_of(state).map_err(|error| unwritable(&error))?).into_iter().collect();
        Ok(Self { app: header.app.clone(), members, replayed })
    }

    /// Returns `state` as text, without the slices that the log does not know.
    pub(super) fn start<S: Serialize>(&self, state: &S) -> Result<String, LogError> {
        let text = serde_json::to_string(state).map_err(|error| unwritable(&error))?;
        let mut tree: Tree = serde_json::from_str(&text).map_err(|error| unwritable(&error))?;
        if let Tree::Object(members) = &mut tree {
            members.retain(|(name, _)| self.knows(name));
        }
        serde_json::to_string(&tree).map_err(|error| unwritable(&error))
    }

    /// Returns `state` without the slices that the log does not know.
    pub(super) fn known(&self, state: &Value) -> Value {
        let mut state = state.clone();
        if let Value::Object(slices) = &mut state {
            slices.retain(|name, _| self.knows(name));
        }
        state
    }

    fn knows(&self, name: &str) -> bool {
        self.members.as_ref().is_none_or(|members| members.iter().any(|(it, _)| it == name))
    }

    /// Returns whether `recorded` can stand in a small log as it is: its hashes count the members
    /// of `expected`, which has those that the application got later.
    pub(super) fn keeps(&self, recorded: &Entry, expected: Option<&Value>) -> bool {
        let (Some(hashes), Some(expected)) = (&recorded.hash, expected) else {
            return self.members.is_some();
        };
        let is_same = || slice_hashes(&self.known(expected)).is_ok_and(|it| it == *hashes);
        self.members.is_some() && (self.is_part() || is_same())
    }

    /// Returns whether a slice of the log is not replayed.
    fn is_part(&self) -> bool {
        let mut members = self.members.iter().flatten();
        members.any(|(name, _)| !self.replayed.contains(name))
    }

    /// Returns the header of a small log that begins with the state `start`. Slices that are not
    /// replayed are as the whole log begins with them.
    pub(super) fn header(&self, start: &Tree) -> Result<Header, LogError> {
        let others = self.members.iter().flatten();
        let others = others.filter(|(name, _)| !self.replayed.contains(name)).cloned();
        let state = match start {
            Tree::Object(members) => Tree::Object(members.iter().cloned().chain(others).collect()),
            whole => whole.clone(),
        };
        Header::new(self.app.clone(), &state).map_err(|error| unwritable(&error))
    }

    /// Returns `recorded` as an entry that leads from `before` to `after`, and says so in the
    /// ways in which it said something.
    pub(super) fn entry(&self, recorded: &Entry, before: &Value, after: &Value) -> Entry {
        let Entry { seq, at, content, .. } = recorded.clone();
        let (before, after) = (self.known(before), self.known(after));
        let mut entry = Entry::new(seq, at, content);
        if recorded.hash.is_some() && !self.is_part() {
            entry.hash = slice_hashes(&after).ok();
        }
        if recorded.patch.is_some() || recorded.snapshot.is_some() {
            match diff(&before, &after) {
                Ok(patches) => entry.patch = Some(patches.forward),
                Err(_) => entry.snapshot = to_raw_value(&after).ok(),
            }
        }
        entry
    }
}

pub(super) fn unwritable(error: &serde_json::Error) -> LogError {
    LogError::UnwritableState { line: 1, reason: reason(error) }
}
