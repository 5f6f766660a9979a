//! What runs with a request: `on_query_started`, and the answer that it can wait for.

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;
use retake_store::cache::{CacheData, MutationArg, QueryArg, QueryError, Request, Step};
use retake_store::patch::Patchable;
use serde_json::Value;

use crate::endpoint::Fetched;
use crate::engine::{Args, Engine, contain_future, decode_error, lock};
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
                    error: decode_error(&error).into(),
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
        let settled = lifecycle.settled.clone();
        let started = endpoint.on_query_started(args.clone(), lifecycle);
        self.start_lifecycle(&request.request_id, settled, started);
    }

    /// Starts `on_query_started` of the mutation behind a pending `request`.
    pub fn mutation_started(self: &Arc<Self>, request: &Request<MutationArg>) {
        let name = &request.arg.endpoint_name;
        let Some(endpoint) = self.mutation_named(name) else { return };
        let (key, args) = (request.mutation_key(), &request.arg.original_args);
        let lifecycle = self.lifecycle(name, &request.request_id, key, args);
        let settled = lifecycle.settled.clone();
        let started = endpoint.on_query_started(args.clone(), lifecycle);
        self.start_lifecycle(&request.request_id, settled, started);
    }

    /// Tells whoever runs with the request `request_id` how it ended.
    pub fn settle(&self, request_id: &str, step: &Step) {
        let waiting = lock(&self.waiting).remove(request_id);
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
        lock(&self.waiting).insert(Arc::clone(request_id), sender);
        Lifecycle {
            engine: Arc::clone(self),
            endpoint_name: Arc::clone(endpoint_name),
            request_id: Arc::clone(request_id),
            key: Arc::clone(key),
            args: args.clone(),
            settled: receiver.shared(),
        }
    }

    fn start_lifecycle(
        &self,
        request_id: &Arc<str>,
        settled: Shared<oneshot::Receiver<Settled>>,
        started: BoxFuture<'static, ()>,
    ) {
        let (sender, receiver) = oneshot::channel();
        lock(&self.resuming).insert(Arc::clone(request_id), receiver);
        self.runtime().start(Box::pin(follow(started, settled, sender)));
    }

    /// Waits until what runs with the request has seen how it ended, and has reacted.
    ///
    /// Whoever awaits a handle goes on after that: an optimistic update that is undone is
    /// undone by then, on whatever thread.
    pub(crate) async fn resumed(&self, request_id: &str) {
        let resumed = lock(&self.resuming).remove(request_id);
        if let Some(resumed) = resumed {
            // A sender that is gone took the function with it: nothing is left to wait for.
            let _ = resumed.await;
        }
    }
}

/// Runs what was started with a request, and says so when it was polled after `settled`.
async fn follow(
    started: BoxFuture<'static, ()>,
    settled: Shared<oneshot::Receiver<Settled>>,
    resumed: oneshot::Sender<()>,
) {
    let mut started = pin!(contain_future("`on_query_started`", started));
    let (mut settled, mut resumed) = (Some(settled), Some(resumed));
    poll_fn(|cx| {
        if settled.as_mut().is_some_and(|settled| settled.poll_unpin(cx).is_ready()) {
            settled = None;
        }
        let poll = started.as_mut().poll(cx);
        if (settled.is_none() || poll.is_ready())
            && let Some(resumed) = resumed.take()
        {
            let _ = resumed.send(());
        }
        // An error was logged; nobody waits for the function itself.
        poll.map(drop)
    })
    .await;
}
