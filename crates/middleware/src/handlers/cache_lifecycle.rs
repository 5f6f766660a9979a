//! The lifecycle of entries: `on_cache_entry_added`, and what it waits for.

use std::sync::Arc;

use retake_store::cache::{CacheAction, MutationArg, QueryArg, Request, Step, UpsertedEntry};
use retake_thunks::{AddedEntry, EndpointKind, EntryEvent};

use crate::effect::Effect;
use crate::handler::{Frame, Handler, HandlerContext};

/// Starts an endpoint's `on_cache_entry_added` with each entry that was not there before, and
/// tells it when data comes and when the entry is removed.
///
/// A mutation that is triggered again with the same fixed cache key replaces the entry: what
/// runs with the old one is told that it was removed.
///
/// Source: RTK Query, `cacheLifecycle`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CacheLifecycle;

/// Returns whether the action added the query's entry `key`.
fn is_new(cx: &HandlerContext<'_>, key: &str) -> bool {
    !cx.before.queries().contains_key(key) && cx.now.queries().contains_key(key)
}

fn of_query(cx: &HandlerContext<'_>, request: &Request<QueryArg>) -> Option<EntryEvent> {
    let (arg, key) = (&request.arg, Arc::clone(&request.arg.query_cache_key));
    let request_id = Arc::clone(&request.request_id);
    match &request.step {
        Step::Pending { .. } if is_new(cx, &key) => Some(EntryEvent::Added(AddedEntry {
            kind: EndpointKind::Query,
            endpoint_name: Arc::clone(&arg.endpoint_name),
            original_args: arg.original_args.clone(),
            key,
            request_id,
        })),
        Step::Pending { .. } => Some(EntryEvent::Requested { key, request_id }),
        step => loaded(step, key, request_id),
    }
}

fn of_mutation(
    cx: &HandlerContext<'_>,
    request: &Request<MutationArg>,
    frame: &Frame,
) -> Option<EntryEvent> {
    let key = Arc::clone(request.mutation_key());
    let request_id = Arc::clone(&request.request_id);
    match (&request.step, frame.steps) {
        (Step::Pending { .. }, _) if cx.now.mutation(&key).is_none() => None,
        (Step::Pending { .. }, 0) => Some(EntryEvent::Removed(key)),
        (Step::Pending { .. }, 1) => Some(EntryEvent::Added(AddedEntry {
            kind: EndpointKind::Mutation,
            endpoint_name: Arc::clone(&request.arg.endpoint_name),
            original_args: request.arg.original_args.clone(),
            key,
            request_id,
        })),
        (step, 0) => loaded(step, key, request_id),
        _ => None,
    }
}

fn loaded(step: &Step, key: Arc<str>, request_id: Arc<str>) -> Option<EntryEvent> {
    let Step::Fulfilled(fulfilled) = step else { return None };
    Some(EntryEvent::Loaded {
        key,
        request_id: Some(request_id),
        data: fulfilled.payload.clone(),
        meta: fulfilled.base_query_meta.clone(),
    })
}

/// Each entry is looked at twice: it may be new, and has data in any case.
fn of_upsert(
    cx: &HandlerContext<'_>,
    entries: &[UpsertedEntry],
    request_id: &Arc<str>,
    frame: &mut Frame,
) -> Option<EntryEvent> {
    loop {
        let entry = entries.get(frame.looks / 2)?;
        let is_first_look = frame.looks.is_multiple_of(2);
        frame.looks += 1;
        let key = &entry.query_cache_key;
        if !is_first_look {
            return Some(EntryEvent::Loaded {
                key: Arc::clone(key),
                request_id: None,
                data: entry.value.clone(),
                meta: None,
            });
        }
        if is_new(cx, key) {
            return Some(EntryEvent::Added(AddedEntry {
                kind: EndpointKind::Query,
                endpoint_name: Arc::clone(&entry.endpoint_name),
                original_args: entry.original_args.clone(),
                key: Arc::clone(key),
                request_id: Arc::clone(request_id),
            }));
        }
    }
}

impl Handler for CacheLifecycle {
    fn step(&mut self, cx: &HandlerContext<'_>, frame: &mut Frame) -> Option<Effect> {
        let event = match cx.action {
            CacheAction::CacheEntriesUpserted { entries, request_id, .. } => {
                of_upsert(cx, entries, request_id, frame)
            }
            CacheAction::Mutation(request) => of_mutation(cx, request, frame),
            _ if frame.steps > 0 => None,
            CacheAction::Query(request) => of_query(cx, request),
            CacheAction::RemoveQueryResult { query_cache_key } => {
                Some(EntryEvent::Removed(Arc::clone(query_cache_key)))
            }
            CacheAction::RemoveMutationResult { request_id, fixed_cache_key } => {
                let key = fixed_cache_key.as_ref().unwrap_or(request_id);
                Some(EntryEvent::Removed(Arc::clone(key)))
            }
            CacheAction::ResetApiState => Some(EntryEvent::AllRemoved),
            _ => None,
        };
        event.map(Effect::Entry)
    }
}
