//! Removal of entries that nobody subscribes to.

use std::sync::Arc;
use std::time::Duration;

use retake_store::cache::{CacheAction, KeepUnusedData, QueryArg, Request, Step};

use crate::effect::{Effect, TimerKey, TimerKind};
use crate::handler::{Frame, Handler, HandlerContext, TimerContext};

/// The longest wait: RTK Query's, whose timers count milliseconds in 31 bits.
const LONGEST: Duration = Duration::from_millis(2_147_482_647);

/// Starts a timer when an entry is left without subscribers, and removes the entry, with
/// the request under way, if it still is when the timer fires.
///
/// Source: RTK Query, `cacheCollection`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CacheCollection;

fn timer(entry: &Arc<str>) -> TimerKey {
    TimerKey { kind: TimerKind::Removal, entry: Arc::clone(entry) }
}

/// A request that ends changes when its entry is collected, but a cache hit does not: it
/// must not keep data alive that nobody subscribes to.
fn ends(request: &Request<QueryArg>) -> bool {
    match &request.step {
        Step::Pending { .. } => false,
        Step::Fulfilled(_) => true,
        Step::Rejected(rejected) => !rejected.condition,
    }
}

fn subscribes(request: &Request<QueryArg>) -> bool {
    let is_start = match &request.step {
        Step::Pending { .. } => true,
        Step::Fulfilled(_) => false,
        Step::Rejected(rejected) => rejected.condition,
    };
    is_start && request.arg.subscribe
}

/// Returns the timer that removes the entry `key`, if nobody subscribes to it.
fn removal(cx: &HandlerContext<'_>, key: &Arc<str>) -> Option<Effect> {
    let entry = cx.now.query(key)?;
    if cx.now.is_subscribed(key) {
        return None;
    }
    let keep = cx.endpoints.keep_unused_data_for(&entry.endpoint_name);
    match keep.unwrap_or(cx.now.config().keep_unused_data_for) {
        KeepUnusedData::Forever => None,
        KeepUnusedData::For(time) => {
            Some(Effect::SetTimer { key: timer(key), after: time.min(LONGEST) })
        }
    }
}

/// Returns the timer of the next of the frame's entries that nobody subscribes to.
fn next_removal(cx: &HandlerContext<'_>, frame: &mut Frame) -> Option<Effect> {
    while let Some(key) = frame.keys.pop_front() {
        if let Some(effect) = removal(cx, &key) {
            return Some(effect);
        }
    }
    None
}

impl Handler for CacheCollection {
    fn step(&mut self, cx: &HandlerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        let step = frame.steps;
        match cx.action {
            CacheAction::Query(request) if step == 0 => {
                let key = &request.arg.query_cache_key;
                if subscribes(request) {
                    Some(Effect::ClearTimer(timer(key)))
                } else if ends(request) {
                    removal(cx, key)
                } else {
                    None
                }
            }
            CacheAction::UnsubscribeQueryResult { query_cache_key, .. } if step == 0 => {
                removal(cx, query_cache_key)
            }
            CacheAction::RemoveQueryResult { query_cache_key } if step == 0 => {
                Some(Effect::ClearTimer(timer(query_cache_key)))
            }
            CacheAction::CacheEntriesUpserted { entries, .. } => {
                if step == 0 {
                    frame.keys.extend(entries.iter().map(|it| Arc::clone(&it.query_cache_key)));
                }
                next_removal(cx, frame)
            }
            CacheAction::Rehydrate(saved) => {
                if step == 0 {
                    frame.keys.extend(saved.queries().keys().map(Arc::clone));
                }
                next_removal(cx, frame)
            }
            CacheAction::ResetApiState => match step {
                0 => Some(Effect::ClearTimers(TimerKind::Removal)),
                1 => Some(Effect::AbortAll),
                _ => None,
            },
            _ => None,
        }
    }

    fn fired(&mut self, cx: &TimerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        let TimerContext { timer, now, .. } = cx;
        if timer.kind != TimerKind::Removal || now.is_subscribed(&timer.entry) {
            return None;
        }
        match frame.steps {
            0 => Some(Effect::Abort(Arc::clone(&timer.entry))),
            1 => Some(Effect::Dispatch(CacheAction::RemoveQueryResult {
                query_cache_key: Arc::clone(&timer.entry),
            })),
            _ => None,
        }
    }
}
