//! Base queries: how an api's requests are sent.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

pub use retake_store::cache::EndpointKind;
use retake_store::cache::{Api, CacheData, PageArg, SerializedError, StoreOf};
use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

use crate::abort::AbortSignal;
use crate::engine::{Host, RequestChanges};
use crate::environment::Extra;
use crate::extra_options::ExtraOptions;
use crate::runtime::Runtime;

/// Sends the requests of an api's endpoints.
///
/// The engine calls [`run`](BaseQuery::run) inside `initiate` and polls the future once
/// there, so that a request is on its way when the dispatch returns. Aborting the request
/// drops the future.
///
/// # Examples
/// ```
/// use retake_thunks::{Answer, BaseQuery, Failure, RequestContext};
/// use serde_json::json;
///
/// struct Echo;
/// impl BaseQuery for Echo {
///     type Args = String;
///     async fn run(&self, args: String, _: RequestContext) -> Result<Answer, Failure> {
///         if args.is_empty() {
///             return Err(Failure::error(json!({"status": 400, "data": "empty"})));
///         }
///         Ok(Answer::new(json!(args)))
///     }
/// }
/// ```
///
/// Source: RTK Query, `BaseQueryFn`.
pub trait BaseQuery: MaybeSend + MaybeSync + 'static {
    /// What an endpoint's `query` returns.
    type Args: MaybeSend + 'static;

    /// Sends a request and returns the answer.
    ///
    /// # Errors
    /// [`Failure::Error`] when the server or the network says no; this becomes the `error`
    /// of the entry. [`Failure::Unhandled`] when the request could not be made.
    fn run(
        &self,
        args: Self::Args,
        cx: RequestContext,
    ) -> impl Future<Output = Result<Answer, Failure>> + MaybeSend;
}

/// What a base query answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The data, before `transform_response`.
    pub data: Value,
    /// What is known about the answer beside the data.
    pub meta: Option<Arc<Value>>,
}

impl Answer {
    /// Returns an answer without meta.
    #[must_use]
    pub fn new(data: Value) -> Self {
        Self { data, meta: None }
    }
}

/// Why there is no data.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The server or the network answered with an error: the request is rejected with this
    /// value, and tags are computed from it.
    Error {
        /// The error, before `transform_error_response`.
        error: Value,
        /// What is known about the answer beside the error.
        meta: Option<Arc<Value>>,
    },
    /// As [`Error`](Self::Error), but sending the request again would not help: a
    /// [`Retry`](crate::Retry) passes it on at once.
    ///
    /// Source: RTK Query, `retry.fail`.
    Final {
        /// The error, before `transform_error_response`.
        error: Value,
        /// What is known about the answer beside the error.
        meta: Option<Arc<Value>>,
    },
    /// Something failed that should not: the request is rejected without a value, and no
    /// tags are computed.
    Unhandled(SerializedError),
}

impl Failure {
    /// Returns an answer that is an error, without meta.
    #[must_use]
    pub fn error(error: Value) -> Self {
        Self::Error { error, meta: None }
    }

    /// Returns an answer that is an error and must not be retried, without meta.
    #[must_use]
    pub fn final_error(error: Value) -> Self {
        Self::Final { error, meta: None }
    }
}

impl From<SerializedError> for Failure {
    fn from(error: SerializedError) -> Self {
        Self::Unhandled(error)
    }
}

/// What a base query may know of the request it sends.
///
/// Source: RTK Query, `BaseQueryApi`.
#[derive(Clone)]
pub struct RequestContext {
    pub(crate) endpoint: Arc<str>,
    pub(crate) kind: EndpointKind,
    pub(crate) forced: bool,
    pub(crate) request_id: Arc<str>,
    pub(crate) page: PageArg,
    pub(crate) query_cache_key: Option<Arc<str>>,
    pub(crate) signal: AbortSignal,
    pub(crate) extra: Extra,
    pub(crate) extra_options: ExtraOptions,
    pub(crate) changes: RequestChanges,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) host: Arc<dyn Host>,
}

impl RequestContext {
    /// Returns the endpoint's name.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns whether the endpoint reads or writes.
    #[must_use]
    pub fn kind(&self) -> EndpointKind {
        self.kind
    }

    /// Returns whether the request was made although there is data.
    #[must_use]
    pub fn is_forced(&self) -> bool {
        self.forced
    }

    /// Returns the id of the request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Returns the key of the entry that the answer goes to; mutations have none.
    #[must_use]
    pub fn query_cache_key(&self) -> Option<&str> {
        self.query_cache_key.as_deref()
    }

    /// Returns the data of the query's entry, as it is now.
    pub(crate) fn cached_data(&self) -> Option<CacheData> {
        let cache = self.host.cache().ok().flatten()?;
        cache.query(self.query_cache_key.as_deref()?)?.data.clone()
    }

    /// Returns the signal of the request's abortion.
    #[must_use]
    pub fn signal(&self) -> &AbortSignal {
        &self.signal
    }

    /// Returns the value of type `T` that the store was built with as `extra`.
    #[must_use]
    pub fn extra<T: Any>(&self) -> Option<&T> {
        self.extra.get()
    }

    /// Returns what the endpoint and the dispatch say to base queries, by type.
    #[must_use]
    pub fn extra_options(&self) -> &ExtraOptions {
        &self.extra_options
    }

    pub(crate) fn with_endpoint_options(mut self, options: ExtraOptions) -> Self {
        self.extra_options = self.extra_options.or(options);
        self
    }

    /// Returns the runtime of the store: where a base query gets time from.
    #[must_use]
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.runtime
    }

    /// Returns the store of the api `P`, if this is a request of that api.
    #[must_use]
    pub fn store<P: Api>(&self) -> Option<StoreOf<P>> {
        crate::engine::store_of::<P>(&*self.host)
    }
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext")
            .field("endpoint", &self.endpoint)
            .field("kind", &self.kind)
            .field("request_id", &self.request_id)
            .field("query_cache_key", &self.query_cache_key)
            .finish_non_exhaustive()
    }
}
