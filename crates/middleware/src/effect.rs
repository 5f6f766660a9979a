//! Effects: everything a handler can want.

use std::sync::Arc;
use std::time::Duration;

use retake_store::cache::{CacheAction, InvalidatedEntry};
use retake_thunks::EntryEvent;

/// What a handler wants done; the driver does it before it asks the handler again.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Dispatch this action.
    Dispatch(CacheAction),
    /// Fetch this entry again.
    Refetch(InvalidatedEntry),
    /// Start what runs with the request of the action at hand.
    StartLifecycle,
    /// Tell what runs with the request of the action at hand how the request ended.
    SettleLifecycle,
    /// Tell what runs with an entry what happened to it; start it with an added one.
    Entry(EntryEvent),
    /// Abort the request of this entry, if one is under way.
    Abort(Arc<str>),
    /// Abort every request under way.
    AbortAll,
    /// Call the handler back after some time; replaces a timer with the same key.
    SetTimer {
        /// Which timer.
        key: TimerKey,
        /// When.
        after: Duration,
    },
    /// Forget this timer.
    ClearTimer(TimerKey),
    /// Forget every timer of this kind.
    ClearTimers(TimerKind),
}

/// Which timer: what it is for, and which entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimerKey {
    /// What it is for.
    pub kind: TimerKind,
    /// The entry.
    pub entry: Arc<str>,
}

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TimerKind {
    /// Removing an entry that nobody subscribes to.
    Removal,
    /// Fetching an entry again that is polled.
    Poll,
    /// Looking at the subscriptions that have changed; one timer for all entries.
    PollChanges,
}
