//! The JSON form of cache actions: RTK Query's types, payloads and meta.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::action::{WireAction, WireError};
use crate::cache::entry::present;
use crate::cache::{
    CacheAction, CacheData, Delta, Fulfilled, MutationArg, ProvidedTags, QueryArg, Rejected,
    Request, SerializedError, Step, SubscriptionOptions, Tags, UpsertedEntry, WindowAction,
};
use crate::patch::PatchOp;

const EXECUTE_QUERY: &str = "executeQuery";
const EXECUTE_MUTATION: &str = "executeMutation";

/// `meta` of every cache action, with whatever the action has of it.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta<Arg> {
    #[serde(skip_serializing_if = "Option::is_none")]
    started_time_stamp: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fulfilled_time_stamp: Option<u64>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    base_query_meta: Option<Arc<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arg: Option<Arg>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_status: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_with_value: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aborted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<u64>,
    #[serde(default, skip_serializing_if = "Retake::is_empty")]
    retake: Retake,
}

/// `meta.retake`: what the application's closures computed, by cache key.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Retake {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<Arc<str>, Tags>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    patches: BTreeMap<Arc<str>, Vec<PatchOp>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    upsert: bool,
}

impl Retake {
    fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.patches.is_empty() && !self.upsert
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryRef<'a> {
    query_cache_key: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MutationRef {
    request_id: Arc<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fixed_cache_key: Option<Arc<str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionRef {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoint_name: Option<Arc<str>>,
    request_id: Arc<str>,
    query_cache_key: Arc<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<SubscriptionOptions>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Upserted {
    query_description: QueryDescription,
    #[serde(deserialize_with = "present", default)]
    value: Option<CacheData>,
    #[serde(default)]
    provided_tags: Tags,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename = "query", rename_all = "camelCase")]
struct QueryDescription {
    endpoint_name: Arc<str>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    original_args: Option<Arc<Value>>,
    query_cache_key: Arc<str>,
}

fn status<Arg>(request: &Request<Arg>) -> &'static str {
    match request.step {
        Step::Pending { .. } => "pending",
        Step::Fulfilled(_) => "fulfilled",
        Step::Rejected(_) => "rejected",
    }
}

/// Returns the type string of `action` in the api at `path`.
pub(crate) fn action_type(path: &str, action: &CacheAction) -> Cow<'static, str> {
    let suffix: Cow<'static, str> = match action {
        CacheAction::Query(request) => format!("{EXECUTE_QUERY}/{}", status(request)).into(),
        CacheAction::Mutation(request) => format!("{EXECUTE_MUTATION}/{}", status(request)).into(),
        CacheAction::RemoveQueryResult { .. } => "queries/removeQueryResult".into(),
        CacheAction::QueryResultPatched { .. } => "queries/queryResultPatched".into(),
        CacheAction::CacheEntriesUpserted { .. } => "queries/cacheEntriesUpserted".into(),
        CacheAction::RemoveMutationResult { .. } => "mutations/removeMutationResult".into(),
        CacheAction::UpdateProvidedBy(_) => "invalidation/updateProvidedBy".into(),
        CacheAction::UpdateSubscriptionOptions { .. } => {
            "subscriptions/updateSubscriptionOptions".into()
        }
        CacheAction::UnsubscribeQueryResult { .. } => "subscriptions/unsubscribeQueryResult".into(),
        CacheAction::InvalidateTags(_) => "invalidateTags".into(),
        CacheAction::ResetApiState => "resetApiState".into(),
        CacheAction::MiddlewareRegistered => "config/middlewareRegistered".into(),
        CacheAction::Window(action) => return window_type(*action).into(),
    };
    format!("{path}/{suffix}").into()
}

fn window_type(action: WindowAction) -> &'static str {
    match action {
        WindowAction::Focused => "__rtkq/focused",
        WindowAction::Unfocused => "__rtkq/unfocused",
        WindowAction::Online => "__rtkq/online",
        WindowAction::Offline => "__rtkq/offline",
    }
}

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
            write_request(wire, request, retake)
        }
        CacheAction::Mutation(request) => write_request(wire, request, Retake::default()),
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
    retake: Retake,
) -> Result<WireAction, WireError> {
    let mut meta = Meta {
        started_time_stamp: None,
        fulfilled_time_stamp: None,
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
        Step::Pending { started_time_stamp } => meta.started_time_stamp = Some(*started_time_stamp),
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

pub(crate) fn from_wire(path: &str, wire: &WireAction) -> Option<Result<CacheAction, WireError>> {
    let window = [
        WindowAction::Focused,
        WindowAction::Unfocused,
        WindowAction::Online,
        WindowAction::Offline,
    ];
    if let Some(action) = window.into_iter().find(|action| window_type(*action) == wire.kind) {
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
