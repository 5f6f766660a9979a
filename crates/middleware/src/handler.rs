//! Handlers: one behaviour each, as a state machine.

use std::collections::VecDeque;
use std::sync::Arc;

use retake_store::MaybeSend;
use retake_store::cache::{CacheAction, CacheState, InvalidatedEntry, KeepUnusedData};

use crate::effect::{Effect, TimerKey};

/// One behaviour of the server cache.
///
/// After an action was reduced, the driver calls [`step`](Handler::step) until it returns
/// `None`, and performs each effect before it calls again: a handler sees what its own
/// effects and those of earlier handlers have done. No handler is borrowed while an effect
/// is performed, for effects dispatch and come back here. So whatever belongs to the
/// handling of one action is kept in the [`Frame`], never in the handler.
///
/// Source: RTK Query, the internal handlers of `buildMiddleware`, and their order.
pub trait Handler: MaybeSend {
    /// Returns what to do next about the action; `None` when that is all.
    fn step(&mut self, cx: &HandlerContext<'_>, frame: &mut Frame) -> Option<Effect>;

    /// Forgets the request: its end was dispatched, but a reducer or a middleware panicked.
    fn abandoned(&mut self, request_id: &str) {
        let _ = request_id;
    }

    /// Returns what to do next about a timer that fired; `None` when that is all.
    fn fired(&mut self, cx: &TimerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        let _ = (cx, frame);
        None
    }
}

/// What a handler looks at.
pub struct HandlerContext<'a> {
    /// The action that was reduced.
    pub action: &'a CacheAction,
    /// The api's slice before the action.
    pub before: &'a CacheState,
    /// The api's slice at this step.
    pub now: &'a CacheState,
    /// The time, in milliseconds since the Unix epoch.
    pub at: u64,
    /// What the endpoints say.
    pub endpoints: &'a dyn Endpoints,
}

impl std::fmt::Debug for HandlerContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandlerContext").field("action", &self.action).finish_non_exhaustive()
    }
}

/// What a handler looks at when a timer fires.
#[derive(Debug)]
pub struct TimerContext<'a> {
    /// The timer.
    pub timer: &'a TimerKey,
    /// The api's slice at this step.
    pub now: &'a CacheState,
    /// The time, in milliseconds since the Unix epoch.
    pub at: u64,
}

/// What handlers need to know of endpoints.
pub trait Endpoints {
    /// Returns how long `endpoint` keeps an entry without subscribers, if it says.
    fn keep_unused_data_for(&self, endpoint: &str) -> Option<KeepUnusedData>;
}

impl Endpoints for retake_thunks::Engine {
    fn keep_unused_data_for(&self, endpoint: &str) -> Option<KeepUnusedData> {
        self.keep_unused_data_for(endpoint)
    }
}

/// The handling of one action, or of one timer, by one handler.
#[derive(Debug, Default)]
pub struct Frame {
    /// How often the handler was asked before.
    pub steps: usize,
    /// Entries still to be refetched or removed.
    pub entries: VecDeque<InvalidatedEntry>,
    /// How often a part of the action was looked at.
    pub looks: usize,
    /// Keys of entries still to be looked at.
    pub keys: VecDeque<Arc<str>>,
}
