//! What a recorder adds to actions that bring slices of apis back.

use std::fmt;

use retake_store::cache::Api;
use retake_store::log::with_rehydration;
use retake_store::{Action, WireAction, WireError};

/// The apis of a store, as its recorder has to know them: an extension of the store.
///
/// An action of the application that brings a slice back has it somewhere in its payload, and
/// only the api's [`extract_rehydration_info`](Api::extract_rehydration_info) knows where. The
/// recorder puts a copy where a replay without the application finds it. `configure_store` of
/// the facade adds the extension.
pub struct RecordedApis<A>(Vec<Addition<A>>);

/// Adds what the action brings back of one api to its JSON form.
type Addition<A> = fn(WireAction, &A) -> Result<WireAction, WireError>;

impl<A: Action> RecordedApis<A> {
    /// Returns no apis.
    #[must_use]
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the api `P`.
    pub fn add<P: Api<Action = A>>(&mut self) {
        self.0.push(with_rehydration::<P, A>);
    }

    /// Returns `action` as it is recorded.
    pub(super) fn to_wire(&self, action: &A) -> Result<WireAction, WireError> {
        self.0.iter().try_fold(action.to_wire()?, |wire, add| add(wire, action))
    }
}

impl<A: Action> Default for RecordedApis<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A> Clone for RecordedApis<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A> fmt::Debug for RecordedApis<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RecordedApis").field(&self.0.len()).finish()
    }
}
