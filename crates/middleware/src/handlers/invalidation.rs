//! Invalidation by tags: what is outdated is fetched again or removed.

use std::collections::BTreeSet;
use std::sync::Arc;

use retake_store::cache::{
    CacheAction, CacheState, InvalidationBehavior, Step, Tag, TagDescription, Tags,
};

use crate::effect::Effect;
use crate::handler::{Frame, Handler, HandlerContext};
use crate::handlers::was_requested;

/// Fetches again the entries that provide an invalidated tag, or removes them if nobody
/// subscribes to them.
///
/// With delayed invalidation it holds tags back until no request is under way: an answer
/// that was on its way when something changed would be outdated when it comes.
///
/// Source: RTK Query, `invalidationByTags`.
#[derive(Clone, Debug, Default)]
pub struct Invalidation {
    /// The requests under way.
    pending: BTreeSet<Arc<str>>,
    /// Tags that wait for the requests to end.
    held: Vec<Tag>,
}

impl Invalidation {
    /// Follows the requests, and returns the tags that the action invalidates; `None` when
    /// it is no occasion to invalidate anything.
    fn observe(&mut self, action: &CacheAction) -> Option<Tags> {
        let (request_id, step, is_mutation) = match action {
            CacheAction::Query(request) => (&request.request_id, &request.step, false),
            CacheAction::Mutation(request) => (&request.request_id, &request.step, true),
            CacheAction::InvalidateTags(tags) => {
                return Some(tags.iter().filter_map(TagDescription::to_tag).collect());
            }
            CacheAction::ResetApiState => {
                *self = Self::default();
                return None;
            }
            _ => return None,
        };
        if let Step::Pending { .. } = step {
            self.pending.insert(Arc::clone(request_id));
            return None;
        }
        self.pending.remove(request_id);
        Some(match step {
            Step::Fulfilled(fulfilled) if is_mutation => fulfilled.tags.clone(),
            Step::Rejected(rejected) if is_mutation && rejected.payload.is_some() => {
                rejected.tags.clone()
            }
            _ => Tags::none(),
        })
    }

    fn release(&mut self, now: &CacheState) -> Vec<Tag> {
        let is_delayed = now.config().invalidation_behavior == InvalidationBehavior::Delayed;
        if is_delayed && !self.pending.is_empty() {
            return Vec::new();
        }
        std::mem::take(&mut self.held)
    }
}

impl Handler for Invalidation {
    fn abandoned(&mut self, request_id: &str) {
        self.pending.remove(request_id);
    }

    fn step(&mut self, cx: &HandlerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        if frame.steps == 0 {
            let tags = self.observe(cx.action)?;
            self.held.extend(tags.iter().cloned());
            let released = self.release(cx.now);
            frame.entries.extend(cx.now.select_invalidated_by(&released));
        }
        // Which entries are outdated was decided above; who subscribes to them is not.
        while let Some(entry) = frame.entries.pop_front() {
            if !cx.now.is_subscribed(&entry.query_cache_key) {
                let query_cache_key = entry.query_cache_key;
                return Some(Effect::Dispatch(CacheAction::RemoveQueryResult { query_cache_key }));
            }
            if was_requested(cx.now, &entry.query_cache_key) {
                return Some(Effect::Refetch(entry));
            }
        }
        None
    }
}
