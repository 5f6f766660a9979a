//! The actions of the server cache.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::action::{Action, WireAction, WireError};
use crate::cache::entry::present;
use crate::cache::{
    Api, CacheData, Delta, PageArg, Refetch, Rehydration, SerializedError, SubscriptionOptions,
    TagDescription, Tags, wire,
};
use crate::topic::Topic;

/// An action of the server cache. Times are milliseconds since the Unix epoch.
///
/// Everything a user's closure computes is in here as data: the transformed payload, the
/// tags, the patches of a merge. The reducer needs nothing else, and so a log can be folded
/// without the application's endpoints.
///
/// Source: RTK Query's action types and payloads; what RTK computes in reducers is in
/// `meta.retake`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CacheAction {
    /// `executeQuery/pending`, `fulfilled`, `rejected`: a query's request.
    Query(Request<QueryArg>),
    /// `executeMutation/pending`, `fulfilled`, `rejected`: a mutation's request.
    Mutation(Request<MutationArg>),
    /// `queries/removeQueryResult`: an entry leaves the cache.
    RemoveQueryResult {
        /// The entry.
        query_cache_key: Arc<str>,
    },
    /// `queries/queryResultPatched`: an entry's data is edited.
    QueryResultPatched {
        /// The entry.
        query_cache_key: Arc<str>,
        /// The edit.
        patches: Delta,
    },
    /// `queries/cacheEntriesUpserted`: data is put into the cache without a request.
    CacheEntriesUpserted {
        /// What goes where.
        entries: Vec<UpsertedEntry>,
        /// The request id that new entries get.
        request_id: Arc<str>,
        /// When it happened.
        timestamp: u64,
    },
    /// `mutations/removeMutationResult`: a mutation's entry leaves the cache.
    RemoveMutationResult {
        /// The request that the entry belongs to.
        request_id: Arc<str>,
        /// The key that several triggers share.
        fixed_cache_key: Option<Arc<str>>,
    },
    /// `invalidation/updateProvidedBy`: entries provide other tags.
    UpdateProvidedBy(Vec<ProvidedTags>),
    /// `subscriptions/updateSubscriptionOptions`: a subscription gets other options.
    UpdateSubscriptionOptions {
        /// The endpoint.
        endpoint_name: Arc<str>,
        /// The subscription.
        request_id: Arc<str>,
        /// The entry.
        query_cache_key: Arc<str>,
        /// The options, replacing all of the old ones.
        options: SubscriptionOptions,
    },
    /// `subscriptions/unsubscribeQueryResult`: a subscription ends.
    UnsubscribeQueryResult {
        /// The subscription.
        request_id: Arc<str>,
        /// The entry.
        query_cache_key: Arc<str>,
    },
    /// `invalidateTags`: what provides these tags is fetched again, or removed.
    InvalidateTags(Vec<TagDescription>),
    /// `rehydrate`: entries of another process come back. Handlers see an action of the
    /// application that carries a saved slice as this one, too.
    Rehydrate(Rehydration),
    /// `resetApiState`: everything goes back to the beginning.
    ResetApiState,
    /// `config/middlewareRegistered`: the api's middleware is part of the store.
    MiddlewareRegistered,
    /// `__rtkq/focused` and its like: what happened to the window.
    Window(WindowAction),
}

/// One step of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request<Arg> {
    /// What was asked for.
    pub arg: Arc<Arg>,
    /// The request.
    pub request_id: Arc<str>,
    /// Whether the data comes from `upsert_query_data`, not from a server.
    pub upsert: bool,
    /// What happened.
    pub step: Step,
}

/// What happened to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// It started.
    Pending {
        /// When.
        started_time_stamp: u64,
    },
    /// It succeeded.
    Fulfilled(Fulfilled),
    /// It failed, was aborted, or did not start.
    Rejected(Rejected),
}

/// How a request succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct Fulfilled {
    /// The data, after `transform_response`.
    pub payload: CacheData,
    /// When the request started.
    pub started_time_stamp: u64,
    /// When the data came.
    pub fulfilled_time_stamp: u64,
    /// What the base query says beside the data.
    pub base_query_meta: Option<Arc<Value>>,
    /// What `merge` made of the cached data, if the endpoint merges.
    pub merged: Option<Delta>,
    /// The tags that the data provides (a query), or that the mutation invalidates.
    pub tags: Tags,
}

/// How a request failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejected {
    /// The answer, after `transform_error_response`; `None` when there was none.
    pub payload: Option<Arc<Value>>,
    /// What went wrong; for an answer only that it was a rejection.
    pub error: SerializedError,
    /// Whether the request was aborted.
    pub aborted: bool,
    /// Whether its condition did not let it start: a cache hit, for example.
    pub condition: bool,
    /// When the request started, if it did.
    pub started_time_stamp: Option<u64>,
    /// What the base query says beside the error.
    pub base_query_meta: Option<Arc<Value>>,
    /// The tags that the error provides (a query), or that the mutation invalidates.
    pub tags: Tags,
}

impl Rejected {
    /// Returns the failure of a request that its condition did not let start.
    #[must_use]
    pub fn by_condition() -> Self {
        Self {
            payload: None,
            error: SerializedError::condition(),
            aborted: false,
            condition: true,
            started_time_stamp: None,
            base_query_meta: None,
            tags: Tags::none(),
        }
    }
}

/// What a query was asked: `meta.arg`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "query", rename_all = "camelCase")]
pub struct QueryArg {
    /// Whether whoever asked subscribes to the entry.
    pub subscribe: bool,
    /// Whether to fetch although there is data; `None`: as the api is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force_refetch: Option<Refetch>,
    /// The options of the subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription_options: Option<SubscriptionOptions>,
    /// The endpoint.
    pub endpoint_name: Arc<str>,
    /// The endpoint's argument; absent for an endpoint without one.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub original_args: Option<Arc<Value>>,
    /// The entry.
    pub query_cache_key: Arc<str>,
    /// Which pages of an infinite query.
    #[serde(flatten)]
    pub page: PageArg,
}

/// What a mutation was asked: `meta.arg`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "mutation", rename_all = "camelCase")]
pub struct MutationArg {
    /// The endpoint.
    pub endpoint_name: Arc<str>,
    /// The endpoint's argument; absent for an endpoint without one.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub original_args: Option<Arc<Value>>,
    /// Whether the result is kept in the state.
    pub track: bool,
    /// The key that several triggers share; `None`: the request id is the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_cache_key: Option<Arc<str>>,
}

/// An entry that is put into the cache.
#[derive(Clone, Debug, PartialEq)]
pub struct UpsertedEntry {
    /// The endpoint.
    pub endpoint_name: Arc<str>,
    /// The endpoint's argument.
    pub original_args: Option<Arc<Value>>,
    /// The entry.
    pub query_cache_key: Arc<str>,
    /// The data.
    pub value: CacheData,
    /// The tags that it provides.
    pub provided_tags: Tags,
    /// What `merge` made of the cached data, if the endpoint merges.
    pub merged: Option<Delta>,
}

/// The tags that an entry provides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvidedTags {
    /// The entry.
    pub query_cache_key: Arc<str>,
    /// Its tags.
    pub provided_tags: Tags,
}

/// What happened to the window or the network; every api of the store sees it.
///
/// Source: RTK Query, `setupListeners`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowAction {
    /// `__rtkq/focused`: the window got the focus.
    Focused,
    /// `__rtkq/unfocused`: the window lost the focus.
    Unfocused,
    /// `__rtkq/online`: the network is back.
    Online,
    /// `__rtkq/offline`: the network is gone.
    Offline,
}

impl CacheAction {
    /// Calls `visit` with the key of each entry that this action may change; `false` when
    /// it may change any.
    pub fn visit_keys(&self, visit: &mut dyn FnMut(&Arc<str>)) -> bool {
        match self {
            Self::Query(request) => visit(&request.arg.query_cache_key),
            Self::RemoveQueryResult { query_cache_key }
            | Self::QueryResultPatched { query_cache_key, .. }
            | Self::UpdateSubscriptionOptions { query_cache_key, .. }
            | Self::UnsubscribeQueryResult { query_cache_key, .. } => visit(query_cache_key),
            Self::CacheEntriesUpserted { entries, .. } => {
                entries.iter().for_each(|entry| visit(&entry.query_cache_key));
            }
            Self::Mutation(request) => visit(request.mutation_key()),
            Self::RemoveMutationResult { request_id, fixed_cache_key } => {
                visit(fixed_cache_key.as_ref().unwrap_or(request_id));
            }
            Self::UpdateProvidedBy(entries) => {
                entries.iter().for_each(|entry| visit(&entry.query_cache_key));
            }
            Self::Rehydrate(saved) => {
                saved.queries().keys().chain(saved.mutations().keys()).for_each(visit);
            }
            Self::InvalidateTags(_) | Self::MiddlewareRegistered | Self::Window(_) => {}
            Self::ResetApiState => return false,
        }
        true
    }
}

impl Request<MutationArg> {
    /// Returns the key of the mutation's entry.
    #[must_use]
    pub fn mutation_key(&self) -> &Arc<str> {
        self.arg.fixed_cache_key.as_ref().unwrap_or(&self.request_id)
    }
}

/// An action of the api `P`, as a variant of the application's root action holds it.
///
/// It is cheap to clone. JSON: `{"type": "<reducerPath>/..", ..}`, as in RTK Query.
pub struct ApiAction<P>(Arc<CacheAction>, PhantomData<fn() -> P>);

impl<P> ApiAction<P> {
    /// Returns the action as one of the api `P`.
    #[must_use]
    pub fn new(action: impl Into<Arc<CacheAction>>) -> Self {
        Self(action.into(), PhantomData)
    }

    /// Returns what happened.
    #[must_use]
    pub fn action(&self) -> &Arc<CacheAction> {
        &self.0
    }
}

impl<P> From<CacheAction> for ApiAction<P> {
    fn from(action: CacheAction) -> Self {
        Self::new(action)
    }
}

impl<P> Clone for ApiAction<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), PhantomData)
    }
}

impl<P> fmt::Debug for ApiAction<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<P> PartialEq for ApiAction<P> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<P: Api> Action for ApiAction<P> {
    fn action_type(&self) -> Cow<'_, str> {
        wire::action_type(P::REDUCER_PATH, &self.0)
    }

    /// What happens to the window concerns every api: its leaf is the [`WindowAction`].
    fn leaf(&self) -> &dyn Any {
        match &*self.0 {
            CacheAction::Window(action) => action,
            _ => self,
        }
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        wire::to_wire(P::REDUCER_PATH, &self.0)
    }

    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        wire::from_wire(P::REDUCER_PATH, wire).map(|action| action.map(Self::from))
    }

    fn affects(&self, visit: &mut dyn FnMut(Topic<'_>)) {
        if !self.0.visit_keys(&mut |key| visit(Topic::entry(P::REDUCER_PATH, &**key))) {
            visit(Topic::slice(P::REDUCER_PATH));
        }
    }
}

impl<P: Api> Serialize for ApiAction<P> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_wire().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de, P: Api> Deserialize<'de> for ApiAction<P> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let wire = WireAction::deserialize(deserializer)?;
        match Self::from_wire(&wire) {
            Some(action) => action.map_err(D::Error::custom),
            None => Err(D::Error::custom(format_args!(
                "`{}` is no action of the api `{}`",
                wire.kind,
                P::REDUCER_PATH
            ))),
        }
    }
}
