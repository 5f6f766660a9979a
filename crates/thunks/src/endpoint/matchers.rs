//! Matchers: the actions of one endpoint, with its types.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use retake_store::Action;
use retake_store::cache::{
    Api, CacheData, DecodeError, EndpointKind, Fulfilled, QueryError, Rejected, RequestAction,
    SerializedError,
};
use retake_store::patch::Patchable;
use serde_json::Value;

use crate::endpoint::EndpointArg;
use crate::endpoint::arg::from_original_args;

/// Returns `action` if it is a step of a request of the query `endpoint`.
pub(crate) fn query_request<'a, P: Api, A: Action>(
    action: &'a A,
    endpoint: &str,
) -> Option<RequestAction<'a>> {
    request_of::<P, A>(action, EndpointKind::Query, endpoint)
}

/// Returns `action` if it is a step of a request of the mutation `endpoint`.
pub(crate) fn mutation_request<'a, P: Api, A: Action>(
    action: &'a A,
    endpoint: &str,
) -> Option<RequestAction<'a>> {
    request_of::<P, A>(action, EndpointKind::Mutation, endpoint)
}

fn request_of<'a, P: Api, A: Action>(
    action: &'a A,
    kind: EndpointKind,
    endpoint: &str,
) -> Option<RequestAction<'a>> {
    let request = P::match_request(action)?;
    (request.kind() == kind && **request.endpoint_name() == *endpoint).then_some(request)
}

macro_rules! request_accessors {
    ($name:ident<'a, $($param:ident),+>) => {
        impl<'a, $($param),+> $name<'a, $($param),+> {
            /// Returns the id of the request.
            #[must_use]
            pub fn request_id(&self) -> &'a Arc<str> {
                self.request.request_id()
            }

            /// Returns the key of the entry: of a mutation, its fixed cache key or the id of the
            /// request.
            #[must_use]
            pub fn cache_key(&self) -> &'a Arc<str> {
                self.request.cache_key()
            }

            /// Returns whether the data comes from `upsert_query_data`, not from a server.
            #[must_use]
            pub fn is_upsert(&self) -> bool {
                self.request.is_upsert()
            }
        }

        impl<'a, $($param),+> $name<'a, $($param),+>
        where
            Arg: EndpointArg,
        {
            /// Returns the argument that the endpoint was dispatched with.
            ///
            /// # Errors
            /// [`SerializedError`] when it is no `Arg`: the action is from a log of another
            /// version.
            pub fn arg(&self) -> Result<Arg, SerializedError> {
                from_original_args(self.request.original_args())
            }
        }

        impl<$($param),+> fmt::Debug for $name<'_, $($param),+> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("request_id", self.request.request_id())
                    .field("cache_key", self.request.cache_key())
                    .finish_non_exhaustive()
            }
        }
    };
}

/// The start of a request, as [`Query::match_pending`](crate::Query::match_pending) finds it.
///
/// Source: RTK Query, `endpoint.matchPending`.
pub struct PendingAction<'a, Arg> {
    request: RequestAction<'a>,
    started_time_stamp: u64,
    arg: PhantomData<fn() -> Arg>,
}

request_accessors!(PendingAction<'a, Arg>);

impl<'a, Arg> PendingAction<'a, Arg> {
    pub(crate) fn of(request: RequestAction<'a>) -> Option<Self> {
        let started_time_stamp = request.pending()?;
        Some(Self { request, started_time_stamp, arg: PhantomData })
    }

    /// Returns when the request started, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn started_time_stamp(&self) -> u64 {
        self.started_time_stamp
    }
}

/// The success of a request, as [`Query::match_fulfilled`](crate::Query::match_fulfilled)
/// finds it.
///
/// Source: RTK Query, `endpoint.matchFulfilled`.
pub struct FulfilledAction<'a, Arg, T> {
    request: RequestAction<'a>,
    fulfilled: &'a Fulfilled,
    types: PhantomData<fn() -> (Arg, T)>,
}

request_accessors!(FulfilledAction<'a, Arg, T>);

impl<'a, Arg, T> FulfilledAction<'a, Arg, T> {
    pub(crate) fn of(request: RequestAction<'a>) -> Option<Self> {
        let fulfilled = request.fulfilled()?;
        Some(Self { request, fulfilled, types: PhantomData })
    }

    /// Returns when the answer came, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn fulfilled_time_stamp(&self) -> u64 {
        self.fulfilled.fulfilled_time_stamp
    }

    /// Returns what the base query says beside the data.
    #[must_use]
    pub fn base_query_meta(&self) -> Option<&'a Value> {
        self.fulfilled.base_query_meta.as_deref()
    }

    /// Returns the data with its type erased.
    #[must_use]
    pub fn payload(&self) -> &'a CacheData {
        &self.fulfilled.payload
    }
}

impl<Arg, T: Patchable> FulfilledAction<'_, Arg, T> {
    /// Returns the data that the request brought; what `merge` made of it is in the entry.
    ///
    /// # Errors
    /// [`DecodeError`] when it is no `T`: the action is from a log of another version.
    pub fn data(&self) -> Result<Arc<T>, DecodeError> {
        self.fulfilled.payload.get()
    }
}

/// The failure of a request, as [`Query::match_rejected`](crate::Query::match_rejected) finds
/// it.
///
/// Source: RTK Query, `endpoint.matchRejected`.
pub struct RejectedAction<'a, Arg> {
    request: RequestAction<'a>,
    rejected: &'a Rejected,
    arg: PhantomData<fn() -> Arg>,
}

request_accessors!(RejectedAction<'a, Arg>);

impl<'a, Arg> RejectedAction<'a, Arg> {
    pub(crate) fn of(request: RequestAction<'a>) -> Option<Self> {
        let rejected = request.rejected()?;
        Some(Self { request, rejected, arg: PhantomData })
    }

    /// Returns the error that the entry shows.
    #[must_use]
    pub fn error(&self) -> QueryError {
        self.rejected.to_error()
    }

    /// Returns the error that the server or the network answered; `None` when the request
    /// failed without an answer.
    ///
    /// Source: Redux Toolkit, `isRejectedWithValue`.
    #[must_use]
    pub fn value(&self) -> Option<&'a Value> {
        self.rejected.payload.as_deref()
    }

    /// Returns whether the request was aborted.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.rejected.aborted
    }

    /// Returns what the base query says beside the error.
    #[must_use]
    pub fn base_query_meta(&self) -> Option<&'a Value> {
        self.rejected.base_query_meta.as_deref()
    }
}
