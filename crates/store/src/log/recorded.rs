//! The state as a log says it is, where no application can say it.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::api_slices::ApiSlices;
use super::error::{LogError, reason};
use super::header::Header;
use super::verify::Evidence;
use crate::patch::{Mode, apply_op};

/// The whole state after an entry, from the patches and snapshots of a log.
///
/// It is not known after an entry that has neither, until the next snapshot.
pub(super) struct RecordedState {
    state: Option<Value>,
    /// The text that `state` was read from, if no patch has changed it since.
    text: Option<Box<RawValue>>,
    /// The last entry after which the state was known.
    known: u64,
}

impl RecordedState {
    /// Returns the state at the beginning of a log.
    pub(super) fn new(header: &Header) -> Result<Self, LogError> {
        Ok(Self { state: Some(header.read_state()?), text: Some(header.state.clone()), known: 0 })
    }

    /// Returns the last entry after which the state was known.
    pub(super) fn known(&self) -> u64 {
        self.known
    }

    /// Goes on to the state after the entry `seq`, which stands in `line`.
    pub(super) fn advance(
        &mut self,
        seq: u64,
        line: usize,
        evidence: &Evidence,
    ) -> Result<(), LogError> {
        if let Some(snapshot) = &evidence.snapshot {
            let state = serde_json::from_str(snapshot.get());
            let state = state
                .map_err(|error| LogError::UnreadableState { line, reason: reason(&error) })?;
            (self.state, self.text) = (Some(state), Some(snapshot.clone()));
        } else if let (Some(state), Some(patch)) = (&mut self.state, &evidence.patch) {
            for op in patch {
                apply_op(state, op, Mode::Strict)
                    .map_err(|source| LogError::UnappliedPatch { line, source })?;
                self.text = None;
            }
        } else {
            (self.state, self.text) = (None, None);
        }
        if self.state.is_some() {
            self.known = seq;
        }
        Ok(())
    }

    /// Returns the text of the state, with the slices of the apis as `slices` has them; `None`
    /// when it is not known.
    ///
    /// Patches do not say in which order properties stand; the slices of the apis know.
    pub(super) fn text(
        &self,
        slices: &ApiSlices,
    ) -> Result<Option<Box<RawValue>>, serde_json::Error> {
        match (&self.text, &self.state) {
            (Some(text), _) => Ok(Some(text.clone())),
            (None, Some(state)) => to_raw_value(&Merged { state, slices }).map(Some),
            (None, None) => Ok(None),
        }
    }
}

struct Merged<'a> {
    state: &'a Value,
    slices: &'a ApiSlices,
}

impl Serialize for Merged<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(members) = self.state else { return self.state.serialize(serializer) };
        let mut map = serializer.serialize_map(Some(members.len()))?;
        for (name, member) in members {
            match self.slices.slice(name) {
                Some(slice) => map.serialize_entry(name, slice)?,
                None => map.serialize_entry(name, member)?,
            }
        }
        map.end()
    }
}
