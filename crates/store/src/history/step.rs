//! What a history consists of: actions, and the states after them.

use std::sync::Arc;

/// An action of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct StagedAction<A> {
    /// What happened; `None` for what is no action: the beginning, and a pause.
    pub action: Option<A>,
    /// When, in milliseconds since the Unix epoch.
    pub timestamp: u64,
    /// The length of its JSON form; 0 unless the history is bounded in bytes.
    pub(super) bytes: u64,
}

impl<A> StagedAction<A> {
    pub(super) fn without_action(timestamp: u64) -> Self {
        Self { action: None, timestamp, bytes: 0 }
    }
}

/// The state after an action.
#[derive(Debug)]
pub struct Computed<S> {
    /// The state.
    pub state: Arc<S>,
    /// What the reducer panicked with, here or before.
    pub error: Option<Arc<str>>,
}

impl<S> Clone for Computed<S> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state), error: self.error.clone() }
    }
}

impl<S> Computed<S> {
    pub(super) fn new(state: Arc<S>) -> Self {
        Self { state, error: None }
    }
}
