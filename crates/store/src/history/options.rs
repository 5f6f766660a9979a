//! How a history behaves.

use std::num::{NonZeroU64, NonZeroUsize};

use serde::{Deserialize, Serialize};

/// How a history behaves.
///
/// The JSON form has what differs from the default, but for the lock: it is what the header of
/// an action log says, so that a replay goes through the same history.
///
/// ```
/// use retake_store::history::HistoryOptions;
/// let options = HistoryOptions::default().max_age(50).start_locked(true);
/// assert_eq!(serde_json::to_string(&options)?, r#"{"maxAge":50}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Source: Redux DevTools, the options of `instrument`; `max_bytes` is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct HistoryOptions {
    /// How many states are kept, the first one included; when one more comes, the oldest action
    /// is committed. At least 2. `None`, the default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<NonZeroUsize>,
    /// How many bytes the actions may have in their JSON forms, together, `meta.retake` not
    /// counted; when one more comes, the oldest are committed. The last one is always kept. Each
    /// action is serialised once for it, at its dispatch. `None`, the default: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<NonZeroU64>,
    /// Whether a reducer that panics becomes an error of its step; otherwise the panic goes on,
    /// and the history is as before. Default: `false`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub catch_errors: bool,
    /// Whether pausing adds a step that takes in all that happens until recording goes on;
    /// otherwise the history collapses into the state it has. Default: `false`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pause_step: bool,
    /// Whether actions are refused from the start. Default: `false`.
    #[serde(skip)]
    pub start_locked: bool,
    /// Whether nothing is recorded from the start. Default: `false`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub start_paused: bool,
}

impl HistoryOptions {
    /// Returns the options with this many states kept; less than 2 is 2.
    #[must_use]
    pub fn max_age(mut self, states: usize) -> Self {
        self.max_age = NonZeroUsize::new(states.max(2));
        self
    }

    /// Returns the options with this many bytes of actions kept; 0 keeps the last action only.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(NonZeroU64::new(bytes).unwrap_or(NonZeroU64::MIN));
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
