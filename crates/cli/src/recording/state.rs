//! The state after an entry, as far as a log tells it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use retake_store::cache::CacheState;
use retake_store::log::{ApiSlices, Content, Entry, Head, Header, LogError, UntypedAction};
use serde_json::Value;

use super::recorded::{Known, Recorded};
use crate::output::printable;

/// The slices of the apis, replayed. A clone shares all of it.
#[derive(Clone, Debug)]
pub(crate) struct Apis(Head<ApiSlices, UntypedAction>);

impl Apis {
    /// Returns the slices at the beginning.
    ///
    /// # Errors
    /// [`LogError::UnreadableState`] when one of them does not have the form of one.
    pub(crate) fn at_start(header: &Header) -> Result<Self, LogError> {
        Ok(Self(Head::new(header, header.read_state()?)))
    }

    /// Returns the slices after the last entry.
    pub(crate) fn slices(&self) -> &ApiSlices {
        self.0.state()
    }

    /// Replays the entry of `line`, and returns whether anything may have changed.
    ///
    /// # Errors
    /// [`LogError`] when it cannot be replayed.
    pub(crate) fn advance(&mut self, entry: &Entry, line: usize) -> Result<bool, LogError> {
        let content = match &entry.content {
            Content::Action(action) => {
                let action = UntypedAction::from(action.clone());
                let malformed = |source| LogError::MalformedAction { line, source };
                self.slices().check(&action).map_err(malformed)?;
                Content::Action(action)
            }
            Content::Lifted(change) => Content::Lifted(change.clone()),
        };
        Ok(!self.0.perform(&content, entry.at, line)?.is_none())
    }
}

/// A slice of the state.
#[derive(Debug)]
pub(crate) enum Slice<'a> {
    /// The slice of an api: replayed, so it is what it was.
    Api(&'a CacheState),
    /// Another slice, as the lines of the log tell it.
    Recorded(&'a Known),
}

impl Slice<'_> {
    /// Returns the entry up to which the log tells it; `None` if it is known always.
    pub(crate) fn known_until(&self) -> Option<u64> {
        match self {
            Self::Api(_) => None,
            Self::Recorded(known) => Some(known.at()),
        }
    }

    /// Returns its JSON form.
    pub(crate) fn json(&self) -> Cow<'_, Value> {
        match self {
            // What came from JSON has a JSON form.
            Self::Api(slice) => Cow::Owned(serde_json::to_value(slice).unwrap_or_default()),
            Self::Recorded(known) => Cow::Borrowed(known.value()),
        }
    }
}

/// Returns the names of slices, for messages.
pub(crate) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names = names.into_iter().map(|name| format!("`{}`", printable(name)));
    names.collect::<Vec<_>>().join(", ")
}

/// Returns that the actions of the slices `names` were not replayed; `None` if there are none.
pub(crate) fn not_replayed<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [] => None,
        [""] => Some("actions were not replayed: their reducer is the application's".to_owned()),
        _ => Some(format!(
            "actions of {} were not replayed: their reducers are the application's",
            quoted(names)
        )),
    }
}

/// The state after an entry.
///
/// The slices of the apis are replayed; of the others it knows what the log's patches,
/// snapshots and hashes tell.
#[derive(Clone, Debug)]
pub(crate) struct State {
    apis: Apis,
    recorded: Recorded,
    seq: u64,
}

impl State {
    /// Returns the state at the beginning.
    ///
    /// # Errors
    /// [`LogError::UnreadableState`] when the header's state does not have the form of one.
    pub(crate) fn at_start(header: &Header) -> Result<Self, LogError> {
        let apis = Apis::at_start(header)?;
        let names: BTreeSet<_> = apis.slices().iter().map(|(name, _)| name.to_owned()).collect();
        Ok(Self { apis, recorded: Recorded::at_start(header, names)?, seq: 0 })
    }

    /// Returns the entry that this is the state after; 0: the beginning.
    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns all slices by name, in the order of the names.
    pub(crate) fn slices(&self) -> Vec<(&str, Slice<'_>)> {
        let apis = self.apis.slices().iter().map(|(name, slice)| (name, Slice::Api(slice)));
        let recorded = self.recorded.slices();
        let recorded = recorded.map(|(name, known)| (name, Slice::Recorded(known)));
        let mut all: Vec<_> = apis.chain(recorded).collect();
        all.sort_by_key(|(name, _)| *name);
        all
    }

    /// Returns the names of the slices that are not replayed.
    pub(crate) fn recorded(&self) -> impl Iterator<Item = &str> {
        self.recorded.slices().map(|(name, _)| name)
    }

    /// Goes on to the state after `entry`, which is the next one and stands in `line`.
    ///
    /// # Errors
    /// [`LogError`] when the slices of the apis cannot be replayed.
    pub(crate) fn advance(&mut self, entry: &Entry, line: usize) -> Result<(), LogError> {
        self.apis.advance(entry, line)?;
        self.seq = entry.seq;
        // A patch that does not apply leaves its slice unknown. `verify` says why.
        let _ = self.recorded.advance(entry);
        Ok(())
    }
}
