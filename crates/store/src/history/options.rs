//! How a history behaves.

use std::num::NonZeroUsize;

/// How a history behaves.
///
/// Source: Redux DevTools, the options of `instrument`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryOptions {
    /// How many states are kept, the first one included; when one more comes, the oldest action
    /// is committed. At least 2. `None`, the default: all.
    pub max_age: Option<NonZeroUsize>,
    /// Whether a reducer that panics becomes an error of its step; otherwise the panic goes on,
    /// and the history is as before. Default: `false`.
    pub catch_errors: bool,
    /// Whether pausing adds a step that takes in all that happens until recording goes on;
    /// otherwise the history collapses into the state it has. Default: `false`.
    pub pause_step: bool,
    /// Whether actions are refused from the start. Default: `false`.
    pub start_locked: bool,
    /// Whether nothing is recorded from the start. Default: `false`.
    pub start_paused: bool,
}

impl HistoryOptions {
    /// Returns the options with this many states kept; less than 2 is 2.
    #[must_use]
    pub fn max_age(mut self, states: usize) -> Self {
        self.max_age = NonZeroUsize::new(states.max(2));
        self
    }

    /// Returns the options with panics of reducers as errors of their steps.
    #[must_use]
    pub fn catch_errors(mut self, catch: bool) -> Self {
        self.catch_errors = catch;
        self
    }

    /// Returns the options with a step for each pause.
    #[must_use]
    pub fn pause_step(mut self, step: bool) -> Self {
        self.pause_step = step;
        self
    }

    /// Returns the options with actions refused from the start.
    #[must_use]
    pub fn start_locked(mut self, locked: bool) -> Self {
        self.start_locked = locked;
        self
    }

    /// Returns the options with nothing recorded from the start.
    #[must_use]
    pub fn start_paused(mut self, paused: bool) -> Self {
        self.start_paused = paused;
        self
    }
}
