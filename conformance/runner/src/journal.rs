//! The journal: what happens during a step.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use retake::store::WireAction;
use retake::store::cache::CacheState;
use serde_json::{Map, Value};

/// An action that was reduced, and the slices of the apis after it.
#[derive(Clone, Debug)]
pub struct Reduced {
    /// When, in milliseconds since the Unix epoch.
    pub at: u64,
    /// The JSON form of the action, with the path of the runner's own api type.
    pub action: WireAction,
    /// The slices of the apis after it, in their order.
    pub slices: Vec<CacheState>,
}

/// A line that a script wrote; lines are sorted by time and then by script.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) at: u64,
    pub(crate) script: u64,
    pub(crate) content: Map<String, Value>,
}

/// What happened since the last step.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub(crate) actions: Vec<Reduced>,
    pub(crate) requests: Vec<Value>,
    pub(crate) aborts: Vec<Value>,
    pub(crate) schema_failures: Vec<Value>,
    pub(crate) lifecycle: Vec<Line>,
    /// The handle, how it was waited for, and the rest.
    pub(crate) settled: Vec<(String, &'static str, Value)>,
}

/// Where the parts of a run write what happens; clones are one journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal(Arc<Mutex<Events>>);

impl Journal {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Events> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what happened and begins anew.
    pub(crate) fn take(&self) -> Events {
        std::mem::take(&mut *self.lock())
    }
}
