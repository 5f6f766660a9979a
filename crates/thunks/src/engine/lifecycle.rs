//! What runs with a request: `on_query_started`, and the answer that it can wait for.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;
use retake_store::cache::{CacheData, MutationArg, QueryArg, QueryError, Request, Step};
use retake_store::patch::Patchable;
use serde_json::Value;

use crate::endpoint::Fetched;
use crate::engine::{Args, Engine, contain_future};
use crate::runtime::BoxFuture;

/// What a request ended with, without its type.
pub(crate) type Settled = Result<Fetched<CacheData>, QueryRejected>;

/// What a function that runs with a request knows of it.
#[derive(Clone)]
pub(crate) struct Lifecycle {
    pub(crate) engine: Arc<Engine>,
    pub(crate) endpoint_name: Arc<str>,
    pub(crate) request_id: Arc<str>,
    /// The key of the query's or the mutation's entry.
    pub(crate) key: Arc<str>,
    pub(crate) args: Args,
    pub(crate) settled: Shared<oneshot::Receiver<Settled>>,
}

/// Why a request failed, as whoever waits for it sees it.
///
/// Source: RTK Query, `QueryFulfilledRejectionReason`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct QueryRejected {
    /// The error that the entry shows.
    pub error: QueryError,
    /// Whether the request failed without an answer.
    pub is_unhandled: bool,
    /// What is known about the answer beside the error.
    pub meta: Option<Arc<Value>>,
}

/// The answer to a request, for whoever runs with it.
///
/// Source: RTK Query, `queryFulfilled`.
#[must_use = "futures do nothing unless awaited"]
pub struct QueryFulfilled<T> {
    settled: Shared<oneshot::Receiver<Settled>>,
    output: PhantomData<fn() -> T>,
}

impl<T> QueryFulfilled<T> {
    pub(crate) fn new(lifecycle: &Lifecycle) -> Self {
        Self { settled: lifecycle.settled.clone(), output: PhantomData }
    }
}

impl<T> Clone for QueryFulfilled<T> {
    fn clone(&self) -> Self {
        Self { settled: self.settled.clone(), output: PhantomData }
    }
}

impl<T> fmt::Debug for QueryFulfilled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryFulfilled").finish_non_exhaustive()
    }
}

impl<T: Patchable> Future for QueryFulfilled<T> {
    type Output = Result<Fetched<Arc<T>>, QueryRejected>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.settled.poll_unpin(cx).map(|settled| {
            let Fetched { data, meta } = settled.unwrap_or_else(|_| Err(QueryRejected::lost()))?;
            match data.get() {
                Ok(data) => Ok(Fetched { data, meta }),
                Err(error) => Err(QueryRejected {
                    error: QueryError::new(error.to_string().into()),
                    is_unhandled: true,
                    meta,
                }),
            }
        })
    }
}

impl QueryRejected {
    /// The end of a request whose store is gone.
    pub(crate) fn lost() -> Self {
        let error = QueryError::new(serde_json::json!({
            "name": "StoreDropped",
            "message": "the store was dropped while the request was under way",
        }));
        Self { error, is_unhandled: true, meta: None }
    }
}

/// Returns what a request ended with; `None` when it has not ended.
pub(crate) fn settled_by(step: &Step) -> Option<Settled> {
    match step {
        Step::Pending { .. } => None,
        Step::Fulfilled(fulfilled) => Some(Ok(Fetched {
            data: fulfilled.payload.clone(),
            meta: fulfilled.base_query_meta.clone(),
        })),
        Step::Rejected(rejected) => Some(Err(QueryRejected {
            error: rejected.to_error(),
            is_unhandled: rejected.payload.is_none(),
            meta: rejected.base_query_meta.clone(),
        })),
    }
}

impl Engine {
    /// Starts `on_query_started` of the query behind a pending `request`.
    pub fn query_started(self: &Arc<Self>, request: &Request<QueryArg>) {
        let name = &request.arg.endpoint_name;
        let Some(endpoint) = self.query_named(name) else { return };
        let (key, args) = (&request.arg.query_cache_key, &request.arg.original_args);
        let lifecycle = self.lifecycle(name, &request.request_id, key, args);
        self.start_contained(endpoint.on_query_started(args.clone(), lifecycle));
    }

    /// Starts `on_query_started` of the mutation behind a pending `request`.
    pub fn mutation_started(self: &Arc<Self>, request: &Request<MutationArg>) {
        let name = &request.arg.endpoint_name;
        let Some(endpoint) = self.mutation_named(name) else { return };
        let (key, args) = (request.mutation_key(), &request.arg.original_args);
        let lifecycle = self.lifecycle(name, &request.request_id, key, args);
        self.start_contained(endpoint.on_query_started(args.clone(), lifecycle));
    }

    /// Tells whoever runs with the request `request_id` how it ended.
    pub fn settle(&self, request_id: &str, step: &Step) {
        let waiting =
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(request_id);
        if let (Some(waiting), Some(settled)) = (waiting, settled_by(step)) {
            let _ = waiting.send(settled);
        }
    }

    fn lifecycle(
        self: &Arc<Self>,
        endpoint_name: &Arc<str>,
        request_id: &Arc<str>,
        key: &Arc<str>,
        args: &Args,
    ) -> Lifecycle {
        let (sender, receiver) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(Arc::clone(request_id), sender);
        Lifecycle {
            engine: Arc::clone(self),
            endpoint_name: Arc::clone(endpoint_name),
            request_id: Arc::clone(request_id),
            key: Arc::clone(key),
            args: args.clone(),
            settled: receiver.shared(),
        }
    }

    fn start_contained(&self, future: BoxFuture<'static, ()>) {
        self.runtime().start(Box::pin(async move {
            // The error was logged; nobody waits for the function itself.
            let _ = contain_future("`on_query_started`", future).await;
        }));
    }
}
