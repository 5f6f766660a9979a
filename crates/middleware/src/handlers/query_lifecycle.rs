//! The lifecycle of requests: `on_query_started`, and the answer it waits for.

use retake_store::cache::{CacheAction, Step};

use crate::effect::Effect;
use crate::handler::{Frame, Handler, HandlerContext};

/// Starts an endpoint's `on_query_started` with each request, and tells it how the request
/// ended.
///
/// Source: RTK Query, `queryLifecycle`.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueryLifecycle;

impl Handler for QueryLifecycle {
    fn step(&mut self, cx: &HandlerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        if frame.steps > 0 {
            return None;
        }
        let step = match cx.action {
            CacheAction::Query(request) => &request.step,
            CacheAction::Mutation(request) => &request.step,
            _ => return None,
        };
        Some(match step {
            Step::Pending { .. } => Effect::StartLifecycle,
            Step::Fulfilled(_) | Step::Rejected(_) => Effect::SettleLifecycle,
        })
    }
}
