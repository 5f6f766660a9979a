//! The JSON form of cache actions: RTK Query's types, payloads and meta.

mod read;
mod write;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cache::entry::present;
use crate::cache::{
    CacheAction, CacheData, InfiniteQueryDirection, Request, Step, SubscriptionOptions, Tags,
    WindowAction,
};
use crate::patch::PatchOp;

pub(crate) use read::from_wire;
pub(crate) use write::to_wire;

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
    /// For readers of the action; the reducer takes it from `arg`.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    direction: Option<InfiniteQueryDirection>,
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
        CacheAction::Rehydrate(_) => "rehydrate".into(),
        CacheAction::ResetApiState => "resetApiState".into(),
        CacheAction::MiddlewareRegistered => "config/middlewareRegistered".into(),
        CacheAction::Window(action) => return window_type(*action).into(),
    };
    format!("{path}/{suffix}").into()
}

/// Returns the reducer path of the api that has an action of the type `kind`, if any can.
///
/// A type of an application may look like one: whether there is such an api, the state says.
pub(crate) fn reducer_path(kind: &str) -> Option<&str> {
    const ENDS: [&str; 17] = [
        "/executeQuery/pending",
        "/executeQuery/fulfilled",
        "/executeQuery/rejected",
        "/executeMutation/pending",
        "/executeMutation/fulfilled",
        "/executeMutation/rejected",
        "/queries/removeQueryResult",
        "/queries/queryResultPatched",
        "/queries/cacheEntriesUpserted",
        "/mutations/removeMutationResult",
        "/invalidation/updateProvidedBy",
        "/subscriptions/updateSubscriptionOptions",
        "/subscriptions/unsubscribeQueryResult",
        "/invalidateTags",
        "/resetApiState",
        "/config/middlewareRegistered",
        "/rehydrate",
    ];
    ENDS.iter().find_map(|end| kind.strip_suffix(end))
}

/// Returns what happened to the window, if `kind` is the type of such an action.
pub(crate) fn window_action(kind: &str) -> Option<WindowAction> {
    use WindowAction::{Focused, Offline, Online, Unfocused};
    let all = [Focused, Unfocused, Online, Offline];
    all.into_iter().find(|action| window_type(*action) == kind)
}

fn window_type(action: WindowAction) -> &'static str {
    match action {
        WindowAction::Focused => "__rtkq/focused",
        WindowAction::Unfocused => "__rtkq/unfocused",
        WindowAction::Online => "__rtkq/online",
        WindowAction::Offline => "__rtkq/offline",
    }
}
