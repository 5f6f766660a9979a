//! From an action to its JSON form.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    EntryRef, Meta, MutationRef, QueryDescription, Retake, SubscriptionRef, Upserted, action_type,
    status,
};
use crate::action::{WireAction, WireError};
use crate::cache::{
    CacheAction, Delta, Fulfilled, InfiniteQueryDirection, Request, Step, UpsertedEntry,
};
use crate::patch::PatchOp;

pub(crate) fn to_wire(path: &str, action: &CacheAction) -> Result<WireAction, WireError> {
    let kind = action_type(path, action);
    let wire = WireAction::new(kind.as_ref());
    match action {
        CacheAction::Query(request) => {
            let key = &request.arg.query_cache_key;
            let mut retake = Retake { upsert: request.upsert, ..Retake::default() };
            match &request.step {
                Step::Fulfilled(Fulfilled { tags, merged, .. }) => {
                    retake.tags.insert(Arc::clone(key), tags.clone());
                    if let Some(merged) = merged {
                        retake.patches.insert(Arc::clone(key), patches(&kind, merged)?);
                    }
                }
                Step::Rejected(rejected) if rejected.payload.is_some() => {
                    retake.tags.insert(Arc::clone(key), rejected.tags.clone());
                }
                _ => {}
            }
            write_request(wire, request, request.arg.page.direction, retake)
        }
        CacheAction::Mutation(request) => write_request(wire, request, None, Retake::default()),
        CacheAction::RemoveQueryResult { query_cache_key } => {
            wire.with_payload(&EntryRef { query_cache_key: (&**query_cache_key).into() })
        }
        CacheAction::QueryResultPatched { query_cache_key, patches: delta } => wire.with_payload(
            &json!({"queryCacheKey": query_cache_key, "patches": patches(&kind, delta)?}),
        ),
        CacheAction::CacheEntriesUpserted { entries, request_id, timestamp } => {
            write_upserted(wire, entries, request_id, *timestamp)
        }
        CacheAction::RemoveMutationResult { request_id, fixed_cache_key } => {
            wire.with_payload(&MutationRef {
                request_id: Arc::clone(request_id),
                fixed_cache_key: fixed_cache_key.clone(),
            })
        }
        CacheAction::UpdateProvidedBy(entries) => wire.with_payload(entries),
        CacheAction::UpdateSubscriptionOptions {
            endpoint_name,
            request_id,
            query_cache_key,
            options,
        } => wire.with_payload(&SubscriptionRef {
            endpoint_name: Some(Arc::clone(endpoint_name)),
            request_id: Arc::clone(request_id),
            query_cache_key: Arc::clone(query_cache_key),
            options: Some(*options),
        }),
        CacheAction::UnsubscribeQueryResult { request_id, query_cache_key } => {
            wire.with_payload(&SubscriptionRef {
                endpoint_name: None,
                request_id: Arc::clone(request_id),
                query_cache_key: Arc::clone(query_cache_key),
                options: None,
            })
        }
        CacheAction::InvalidateTags(tags) => wire.with_payload(tags),
        CacheAction::Rehydrate(saved) => wire.with_payload(saved),
        CacheAction::ResetApiState | CacheAction::MiddlewareRegistered | CacheAction::Window(_) => {
            Ok(wire)
        }
    }
}

fn patches(kind: &str, delta: &Delta) -> Result<Vec<PatchOp>, WireError> {
    delta
        .patches()
        .map(<[PatchOp]>::to_vec)
        .map_err(|error| WireError::new(kind, "cannot be written as patches", &error))
}

fn write_meta<Arg: Serialize>(wire: &mut WireAction, meta: &Meta<Arg>) -> Result<(), WireError> {
    let meta = serde_json::to_value(meta)
        .map_err(|error| WireError::new(&wire.kind, "has a meta without JSON form", &error))?;
    wire.meta = Some(meta);
    Ok(())
}

fn write_request<Arg: Serialize>(
    mut wire: WireAction,
    request: &Request<Arg>,
    direction: Option<InfiniteQueryDirection>,
    retake: Retake,
) -> Result<WireAction, WireError> {
    let mut meta = Meta {
        started_time_stamp: None,
        fulfilled_time_stamp: None,
        direction: None,
        base_query_meta: None,
        arg: Some(&*request.arg),
        request_id: Some(Arc::clone(&request.request_id)),
        request_status: Some(status(request).into()),
        rejected_with_value: None,
        condition: None,
        aborted: None,
        timestamp: None,
        retake,
    };
    match &request.step {
        Step::Pending { started_time_stamp } => {
            meta.started_time_stamp = Some(*started_time_stamp);
            meta.direction = direction;
        }
        Step::Fulfilled(fulfilled) => {
            meta.started_time_stamp = Some(fulfilled.started_time_stamp);
            meta.fulfilled_time_stamp = Some(fulfilled.fulfilled_time_stamp);
            meta.base_query_meta.clone_from(&fulfilled.base_query_meta);
            wire = wire.with_payload(&fulfilled.payload)?;
        }
        Step::Rejected(rejected) => {
            meta.started_time_stamp = rejected.started_time_stamp;
            meta.base_query_meta.clone_from(&rejected.base_query_meta);
            meta.rejected_with_value = Some(rejected.payload.is_some());
            meta.condition = Some(rejected.condition);
            meta.aborted = Some(rejected.aborted);
            wire.payload = rejected.payload.as_ref().map(|payload| Value::clone(payload));
            wire.error = Some(json!(rejected.error));
        }
    }
    write_meta(&mut wire, &meta)?;
    Ok(wire)
}

fn write_upserted(
    wire: WireAction,
    entries: &[UpsertedEntry],
    request_id: &Arc<str>,
    timestamp: u64,
) -> Result<WireAction, WireError> {
    let mut retake = Retake::default();
    for entry in entries {
        if let Some(merged) = &entry.merged {
            let patches = patches(&wire.kind, merged)?;
            retake.patches.insert(Arc::clone(&entry.query_cache_key), patches);
        }
    }
    let payload: Vec<_> = entries
        .iter()
        .map(|entry| Upserted {
            query_description: QueryDescription {
                endpoint_name: Arc::clone(&entry.endpoint_name),
                original_args: entry.original_args.clone(),
                query_cache_key: Arc::clone(&entry.query_cache_key),
            },
            value: Some(entry.value.clone()),
            provided_tags: entry.provided_tags.clone(),
        })
        .collect();
    let mut wire = wire.with_payload(&payload)?;
    let meta = Meta::<()> {
        request_id: Some(Arc::clone(request_id)),
        timestamp: Some(timestamp),
        retake,
        ..Meta::default()
    };
    write_meta(&mut wire, &meta)?;
    Ok(wire)
}
