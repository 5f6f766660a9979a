//! From its JSON form to an action.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    EXECUTE_MUTATION, EXECUTE_QUERY, EntryRef, Meta, MutationRef, QueryDescription, Retake,
    SubscriptionRef, Upserted, window_action,
};
use crate::action::{WireAction, WireError};
use crate::cache::{
    CacheAction, CacheData, Delta, Fulfilled, MutationArg, ProvidedTags, QueryArg, Rejected,
    Request, SerializedError, Step, Tags, UpsertedEntry,
};
use crate::patch::PatchOp;

pub(crate) fn from_wire(path: &str, wire: &WireAction) -> Option<Result<CacheAction, WireError>> {
    if let Some(action) = window_action(&wire.kind) {
        return Some(Ok(CacheAction::Window(action)));
    }
    let suffix = wire.kind.strip_prefix(path)?.strip_prefix('/')?;
    read(suffix, wire)
}

fn read(suffix: &str, wire: &WireAction) -> Option<Result<CacheAction, WireError>> {
    let action = match suffix {
        "queries/removeQueryResult" => wire.payload_as().map(|EntryRef { query_cache_key }| {
            CacheAction::RemoveQueryResult { query_cache_key: query_cache_key.into() }
        }),
        "queries/queryResultPatched" => read_patched(wire),
        "queries/cacheEntriesUpserted" => read_upserted(wire),
        "mutations/removeMutationResult" => {
            wire.payload_as().map(|MutationRef { request_id, fixed_cache_key }| {
                CacheAction::RemoveMutationResult { request_id, fixed_cache_key }
            })
        }
        "invalidation/updateProvidedBy" => {
            wire.payload_as::<Vec<ProvidedTags>>().map(CacheAction::UpdateProvidedBy)
        }
        "subscriptions/updateSubscriptionOptions" => {
            wire.payload_as().map(|it: SubscriptionRef| CacheAction::UpdateSubscriptionOptions {
                endpoint_name: it.endpoint_name.unwrap_or_default(),
                request_id: it.request_id,
                query_cache_key: it.query_cache_key,
                options: it.options.unwrap_or_default(),
            })
        }
        "subscriptions/unsubscribeQueryResult" => {
            wire.payload_as().map(|it: SubscriptionRef| CacheAction::UnsubscribeQueryResult {
                request_id: it.request_id,
                query_cache_key: it.query_cache_key,
            })
        }
        "invalidateTags" => wire.payload_as().map(CacheAction::InvalidateTags),
        "rehydrate" => wire.payload_as().map(CacheAction::Rehydrate),
        "resetApiState" => Ok(CacheAction::ResetApiState),
        "config/middlewareRegistered" => Ok(CacheAction::MiddlewareRegistered),
        _ => {
            let (thunk, status) = suffix.split_once('/')?;
            return match thunk {
                EXECUTE_QUERY => read_query(wire, status).transpose(),
                EXECUTE_MUTATION => {
                    let request = read_request::<MutationArg>(wire, status).transpose()?;
                    Some(request.map(|(request, _)| CacheAction::Mutation(request)))
                }
                _ => None,
            };
        }
    };
    Some(action)
}

fn read_patched(wire: &WireAction) -> Result<CacheAction, WireError> {
    Ok(CacheAction::QueryResultPatched {
        query_cache_key: wire.member_as("queryCacheKey")?,
        patches: Delta::from_patches(wire.member_as::<Vec<PatchOp>>("patches")?),
    })
}

fn read_upserted(wire: &WireAction) -> Result<CacheAction, WireError> {
    let mut meta: Meta<()> = read_meta(wire)?;
    let entries = wire.payload_as::<Vec<Upserted>>()?.into_iter().map(|it| {
        let QueryDescription { endpoint_name, original_args, query_cache_key } =
            it.query_description;
        UpsertedEntry {
            endpoint_name,
            original_args,
            value: it.value.unwrap_or_else(|| CacheData::from_json(Arc::new(Value::Null))),
            provided_tags: it.provided_tags,
            merged: meta.retake.patches.remove(&query_cache_key).map(Delta::from_patches),
            query_cache_key,
        }
    });
    let entries = entries.collect();
    Ok(CacheAction::CacheEntriesUpserted {
        entries,
        request_id: required(wire, meta.request_id, "requestId")?,
        timestamp: required(wire, meta.timestamp, "timestamp")?,
    })
}

fn read_query(wire: &WireAction, status: &str) -> Result<Option<CacheAction>, WireError> {
    let Some((mut request, mut retake)) = read_request::<QueryArg>(wire, status)? else {
        return Ok(None);
    };
    request.upsert = retake.upsert;
    let key = &request.arg.query_cache_key;
    let provided = retake.tags.remove(key).unwrap_or_default();
    match &mut request.step {
        Step::Pending { .. } => {}
        Step::Fulfilled(Fulfilled { tags, merged, .. }) => {
            *tags = provided;
            *merged = retake.patches.remove(key).map(Delta::from_patches);
        }
        Step::Rejected(rejected) => rejected.tags = provided,
    }
    Ok(Some(CacheAction::Query(request)))
}

fn read_request<Arg: DeserializeOwned>(
    wire: &WireAction,
    status: &str,
) -> Result<Option<(Request<Arg>, Retake)>, WireError> {
    let meta: Meta<Arg> = read_meta(wire)?;
    let step = match status {
        "pending" => Step::Pending {
            started_time_stamp: required(wire, meta.started_time_stamp, "startedTimeStamp")?,
        },
        "fulfilled" => {
            let at = required(wire, meta.fulfilled_time_stamp, "fulfilledTimeStamp")?;
            let payload = wire.payload.clone().unwrap_or(Value::Null);
            Step::Fulfilled(Fulfilled {
                payload: CacheData::from_json(Arc::new(payload)),
                started_time_stamp: meta.started_time_stamp.unwrap_or(at),
                fulfilled_time_stamp: at,
                base_query_meta: meta.base_query_meta,
                merged: None,
                tags: Tags::none(),
            })
        }
        "rejected" => Step::Rejected(Rejected {
            payload: wire.payload.clone().map(Arc::new),
            error: wire
                .error
                .as_ref()
                .map_or_else(|| Ok(SerializedError::rejected()), SerializedError::deserialize)
                .map_err(|error| WireError::new(&wire.kind, "has an unexpected error", &error))?,
            aborted: meta.aborted.unwrap_or(false),
            condition: meta.condition.unwrap_or(false),
            started_time_stamp: meta.started_time_stamp,
            base_query_meta: meta.base_query_meta,
            tags: Tags::none(),
        }),
        _ => return Ok(None),
    };
    let request = Request {
        arg: Arc::new(required(wire, meta.arg, "arg")?),
        request_id: required(wire, meta.request_id, "requestId")?,
        upsert: false,
        step,
    };
    Ok(Some((request, meta.retake)))
}

fn read_meta<Arg: DeserializeOwned>(wire: &WireAction) -> Result<Meta<Arg>, WireError> {
    let Some(meta) = &wire.meta else {
        return Err(WireError::new(&wire.kind, "has no meta", &"it says what the request was"));
    };
    Meta::deserialize(meta)
        .map_err(|error| WireError::new(&wire.kind, "has an unexpected meta", &error))
}

fn required<T>(wire: &WireAction, member: Option<T>, name: &str) -> Result<T, WireError> {
    member.ok_or_else(|| {
        WireError::new(&wire.kind, "has an incomplete meta", &format!("`{name}` is missing"))
    })
}
