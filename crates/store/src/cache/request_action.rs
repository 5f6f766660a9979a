//! Requests of any endpoint, as their actions have them.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::cache::{CacheAction, EndpointKind, Fulfilled, Rejected, Step};

/// One step of a request of any endpoint, as [`Api::match_request`](crate::cache::Api::match_request)
/// finds it.
///
/// A dispatch that used what is cached made no request: its action is none of these.
///
/// Source: Redux Toolkit, `isPending`, `isFulfilled`, `isRejected`, `isRejectedWithValue`.
#[derive(Clone, Copy)]
#[must_use]
pub struct RequestAction<'a> {
    kind: EndpointKind,
    endpoint_name: &'a Arc<str>,
    request_id: &'a Arc<str>,
    cache_key: &'a Arc<str>,
    original_args: Option<&'a Value>,
    is_upsert: bool,
    step: &'a Step,
}

impl<'a> RequestAction<'a> {
    pub(crate) fn of(action: &'a CacheAction) -> Option<Self> {
        let found = match action {
            CacheAction::Query(request) => Self {
                kind: EndpointKind::Query,
                endpoint_name: &request.arg.endpoint_name,
                request_id: &request.request_id,
                cache_key: &request.arg.query_cache_key,
                original_args: request.arg.original_args.as_deref(),
                is_upsert: request.upsert,
                step: &request.step,
            },
            CacheAction::Mutation(request) => Self {
                kind: EndpointKind::Mutation,
                endpoint_name: &request.arg.endpoint_name,
                request_id: &request.request_id,
                cache_key: request.mutation_key(),
                original_args: request.arg.original_args.as_deref(),
                is_upsert: request.upsert,
                step: &request.step,
            },
            _ => return None,
        };
        let is_request = !matches!(found.step, Step::Rejected(rejected) if rejected.condition);
        is_request.then_some(found)
    }

    /// Returns whether the endpoint reads or writes.
    #[must_use]
    pub fn kind(&self) -> EndpointKind {
        self.kind
    }

    /// Returns the endpoint.
    #[must_use]
    pub fn endpoint_name(&self) -> &'a Arc<str> {
        self.endpoint_name
    }

    /// Returns the id of the request.
    #[must_use]
    pub fn request_id(&self) -> &'a Arc<str> {
        self.request_id
    }

    /// Returns the key of the entry: of a mutation, its fixed cache key or the id of the
    /// request.
    #[must_use]
    pub fn cache_key(&self) -> &'a Arc<str> {
        self.cache_key
    }

    /// Returns the argument as JSON; `None` for an endpoint without one.
    #[must_use]
    pub fn original_args(&self) -> Option<&'a Value> {
        self.original_args
    }

    /// Returns whether the data comes from `upsert_query_data`, not from a server.
    #[must_use]
    pub fn is_upsert(&self) -> bool {
        self.is_upsert
    }

    /// Returns when the request started, in milliseconds since the Unix epoch, if this is its
    /// start.
    #[must_use]
    pub fn pending(&self) -> Option<u64> {
        match *self.step {
            Step::Pending { started_time_stamp } => Some(started_time_stamp),
            _ => None,
        }
    }

    /// Returns how the request succeeded, if it did.
    #[must_use]
    pub fn fulfilled(&self) -> Option<&'a Fulfilled> {
        match self.step {
            Step::Fulfilled(fulfilled) => Some(fulfilled),
            _ => None,
        }
    }

    /// Returns how the request failed, if it did; with a payload, the server or the network
    /// answered.
    #[must_use]
    pub fn rejected(&self) -> Option<&'a Rejected> {
        match self.step {
            Step::Rejected(rejected) => Some(rejected),
            _ => None,
        }
    }
}

impl fmt::Debug for RequestAction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestAction")
            .field("endpoint_name", &self.endpoint_name)
            .field("request_id", &self.request_id)
            .field("cache_key", &self.cache_key)
            .finish_non_exhaustive()
    }
}
