//! Queries: how a request is made, and what its answer does.

use std::pin::pin;
use std::sync::Arc;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::select;
use retake_store::DispatchError;
use retake_store::cache::{
    CacheAction, CacheData, CacheState, Delta, Fulfilled, InvalidatedEntry, PageArg, QueryArg,
    QueryEntry, QueryError, QueryStatus, Refetch, Rejected, Request, SerializedError, Step, Tags,
};
use serde_json::Value;

use crate::abort::{AbortHandle, AbortSignal};
use crate::base_query::{EndpointKind, Failure, RequestContext};
use crate::endpoint::Fetched;
use crate::engine::condition::{is_forced, is_needed};
use crate::engine::running::RunningQuery;
use crate::engine::{
    Done, Engine, ErasedQuery, FetchResult, Host, Outcome, RequestChanges, contain, run_task,
};
use crate::extra_options::ExtraOptions;

/// What a query is asked.
pub(crate) struct QueryStart {
    pub(crate) endpoint: Arc<dyn ErasedQuery>,
    pub(crate) arg: QueryArg,
    /// Data to cache instead of asking the server.
    pub(crate) upsert: Option<CacheData>,
    /// What the base query is told beside the arguments, before what the endpoint says.
    pub(crate) extra_options: ExtraOptions,
}

impl QueryStart {
    /// Returns the question for `arg`, with nothing beside it.
    pub(crate) fn new(endpoint: Arc<dyn ErasedQuery>, arg: QueryArg) -> Self {
        Self { endpoint, arg, upsert: None, extra_options: ExtraOptions::new() }
    }
}

/// What came of asking.
#[derive(Clone)]
pub(crate) struct StartedQuery {
    pub(crate) request_id: Arc<str>,
    /// The request to wait for: this one, or the one that was under way.
    pub(crate) done: Option<Done>,
    pub(crate) abort: AbortHandle,
}

/// A request under way.
struct QueryRequest {
    endpoint: Arc<dyn ErasedQuery>,
    arg: Arc<QueryArg>,
    request_id: Arc<str>,
    is_upsert: bool,
    started_time_stamp: u64,
}

impl QueryRequest {
    fn action(&self, step: Step) -> CacheAction {
        CacheAction::Query(Request {
            arg: Arc::clone(&self.arg),
            request_id: Arc::clone(&self.request_id),
            upsert: self.is_upsert,
            step,
        })
    }

    fn rejected(&self, failure: Failure, aborted: bool, tags: Tags) -> Step {
        Step::Rejected(rejected(failure, aborted, tags, self.started_time_stamp))
    }
}

/// Returns the failure of a request that had started.
pub(super) fn rejected(failure: Failure, aborted: bool, tags: Tags, started_at: u64) -> Rejected {
    let (payload, error, base_query_meta) = match failure {
        Failure::Error { error, meta } | Failure::Final { error, meta } => {
            (Some(Arc::new(error)), SerializedError::rejected(), meta)
        }
        Failure::Unhandled(error) => (None, error, None),
    };
    Rejected {
        payload,
        error,
        aborted,
        condition: false,
        started_time_stamp: Some(started_at),
        base_query_meta,
        tags,
    }
}

/// Returns the refusal of a dispatch as the error of a request.
pub(crate) fn refused(error: DispatchError) -> SerializedError {
    SerializedError::new("DispatchError", error.to_string())
}

impl Engine {
    /// Returns whether the entry waits for a request of this engine.
    ///
    /// One that was pending when the state was saved waits for nobody, and can be fetched.
    fn is_under_way(&self, entry: &QueryEntry) -> bool {
        let request_id = entry.request_id.as_deref();
        entry.status == QueryStatus::Pending
            && request_id.is_some_and(|request_id| self.running.is_under_way(request_id))
    }

    /// Returns the request of the entry `key` to wait for, if one is under way.
    pub(crate) fn running_query(&self, key: &str) -> Option<Done> {
        self.running.query(key)?.started.done
    }

    /// Asks a query: starts a request, joins the one under way, or uses what is cached.
    pub(crate) fn start_query(
        self: &Arc<Self>,
        start: QueryStart,
    ) -> Result<StartedQuery, DispatchError> {
        let host = Arc::clone(self.host()?);
        let request_id: Arc<str> = self.runtime().unique_id().into();
        let (abort, signal) = AbortHandle::new();
        let mut started = Ok(None);
        let mut start = Some((start, signal));
        host.atomically(&mut || {
            if let Some((start, signal)) = start.take() {
                started = self.start_inside(&host, start, &request_id, &abort, signal);
            }
        })?;
        Ok(StartedQuery { request_id, done: started?, abort })
    }

    fn start_inside(
        self: &Arc<Self>,
        host: &Arc<dyn Host>,
        start: QueryStart,
        request_id: &Arc<str>,
        abort: &AbortHandle,
        signal: AbortSignal,
    ) -> Result<Option<Done>, DispatchError> {
        let Some(cache) = host.cache()? else { return Ok(None) };
        let now = self.runtime().now();
        let entry = cache.query(&start.arg.query_cache_key);
        let is_under_way = entry.is_some_and(|entry| self.is_under_way(entry));
        if !is_needed(&start, entry, is_under_way, cache.config(), now) {
            let step = Step::Rejected(Rejected::by_condition());
            let (arg, request_id) = (Arc::new(start.arg), Arc::clone(request_id));
            let key = Arc::clone(&arg.query_cache_key);
            host.dispatch(CacheAction::Query(Request { arg, request_id, upsert: false, step }))?;
            return Ok(self.running_query(&key));
        }
        let forced = is_forced(&start.arg, entry, cache.config(), now);
        let request = QueryRequest {
            endpoint: start.endpoint,
            arg: Arc::new(start.arg),
            request_id: Arc::clone(request_id),
            is_upsert: start.upsert.is_some(),
            started_time_stamp: now,
        };
        let starting = self.running.starting(request_id);
        host.dispatch(request.action(Step::Pending { started_time_stamp: now }))?;
        starting.started();
        let cx = self.query_context(host, &request, forced, start.extra_options, signal);
        Ok(Some(self.send(request, start.upsert, cx, abort)))
    }

    fn query_context(
        &self,
        host: &Arc<dyn Host>,
        request: &QueryRequest,
        forced: bool,
        extra_options: ExtraOptions,
        signal: AbortSignal,
    ) -> RequestContext {
        RequestContext {
            endpoint: Arc::clone(&request.arg.endpoint_name),
            kind: EndpointKind::Query,
            forced,
            request_id: Arc::clone(&request.request_id),
            page: request.arg.page.clone(),
            query_cache_key: Some(Arc::clone(&request.arg.query_cache_key)),
            signal,
            extra: self.extra().clone(),
            extra_options,
            changes: RequestChanges::none(),
            runtime: Arc::clone(self.runtime()),
            host: Arc::clone(host),
        }
    }

    fn send(
        self: &Arc<Self>,
        request: QueryRequest,
        upsert: Option<CacheData>,
        cx: RequestContext,
        abort: &AbortHandle,
    ) -> Done {
        let (sender, receiver) = oneshot::channel();
        let done = receiver.shared();
        let signal = cx.signal.clone();
        let (endpoint, args) = (Arc::clone(&request.endpoint), request.arg.original_args.clone());
        let fetch = match upsert {
            Some(data) => endpoint.upsert(Arc::clone(self), args, cx, data),
            None => {
                self.running.add_query(RunningQuery {
                    endpoint: Arc::clone(&request.endpoint),
                    arg: Arc::clone(&request.arg),
                    started: StartedQuery {
                        request_id: Arc::clone(&request.request_id),
                        done: Some(done.clone()),
                        abort: abort.clone(),
                    },
                });
                endpoint.fetch(Arc::clone(self), args, cx)
            }
        };
        let (engine, closed) = (Arc::clone(self), self.closed.clone());
        let work = async move {
            let outcome = run_task("the request", fetch, signal).await;
            engine.settle_query(&request, outcome);
            engine.resumed(&request.request_id).await;
            let _ = sender.send(());
        };
        // Whoever closes aborts the latest request of each entry. One whose entry was removed
        // and asked for again is another's place by then, and ends here.
        self.runtime().start(Box::pin(async move {
            let _ = select(pin!(work), closed).await;
        }));
        done
    }

    /// Dispatches what became of `request`.
    ///
    /// A panic of a reducer, a middleware or a listener stops here. If it kept the answer from
    /// the state the request is rejected instead, so that the entry does not stay pending.
    fn settle_query(&self, request: &QueryRequest, outcome: Outcome<FetchResult>) {
        let key = &request.arg.query_cache_key;
        let _settling = self.running.settling_query(key, &request.request_id);
        let mut outcome = Some(outcome);
        let mut settled = None;
        let dispatched = contain("what follows an answer", || {
            let host = self.host().map_err(refused)?;
            let mut dispatched = Ok(());
            let entered = host.atomically(&mut || {
                let Some(outcome) = outcome.take() else { return };
                dispatched = host.cache().and_then(|cache| {
                    let step = self.query_step(request, outcome, cache.as_ref());
                    settled = Some(step.clone());
                    host.dispatch(request.action(step))
                });
            });
            entered.and(dispatched).map_err(refused)
        });
        let step = self.ended(&request.request_id, settled, dispatched, |error| {
            let cache = self.cache().ok().flatten();
            let entry = cache.as_ref().and_then(|cache| cache.query(key));
            let is_pending = entry.is_some_and(|entry| {
                entry.status == QueryStatus::Pending
                    && entry.request_id.as_ref() == Some(&request.request_id)
            });
            let step = request.rejected(Failure::Unhandled(error), false, Tags::none());
            is_pending.then(|| (request.action(step.clone()), step))
        });
        if let Some(step) = step {
            self.settle(&request.request_id, &step);
        }
    }

    /// Returns how the request ended: as `settled`, or, if that did not reach the state, as
    /// `rejected` says.
    pub(super) fn ended(
        &self,
        request_id: &str,
        settled: Option<Step>,
        dispatched: Result<(), SerializedError>,
        rejected: impl FnOnce(SerializedError) -> Option<(CacheAction, Step)>,
    ) -> Option<Step> {
        let Err(error) = dispatched else { return settled };
        tracing::error!(target: "retake", "the end of the request {request_id} failed: {error}");
        let Some((action, step)) = rejected(error) else { return settled };
        let dispatched = contain("what follows a rejection", || {
            self.host().and_then(|host| host.dispatch(action)).map_err(refused)
        });
        if let Err(error) = dispatched {
            tracing::error!(target: "retake", "so did its rejection: {error}");
        }
        Some(step)
    }

    fn query_step(
        &self,
        request: &QueryRequest,
        outcome: Outcome<FetchResult>,
        cache: Option<&CacheState>,
    ) -> Step {
        let entry = cache.and_then(|cache| cache.query(&request.arg.query_cache_key));
        let args = &request.arg.original_args;
        let unhandled = |error| request.rejected(Failure::Unhandled(error), false, Tags::none());
        match outcome {
            Outcome::Finished(Ok(fetched)) => {
                let cached = entry
                    .filter(|entry| {
                        request.is_upsert || entry.request_id.as_ref() == Some(&request.request_id)
                    })
                    .and_then(|entry| entry.data.as_ref());
                self.fulfilled(request, fetched, cached).map_or_else(unhandled, Step::Fulfilled)
            }
            Outcome::Finished(Err(
                Failure::Error { error, meta } | Failure::Final { error, meta },
            )) => {
                let value = QueryError::new(error.clone());
                match request.endpoint.tags(None, Some(&value), args) {
                    Ok(tags) => request.rejected(Failure::Error { error, meta }, false, tags),
                    Err(error) => unhandled(error),
                }
            }
            Outcome::Finished(Err(Failure::Unhandled(error))) | Outcome::Panicked(error) => {
                unhandled(error)
            }
            Outcome::Aborted(reason) => {
                let failure = Failure::Unhandled(SerializedError::aborted(reason));
                request.rejected(failure, true, Tags::none())
            }
        }
    }

    fn fulfilled(
        &self,
        request: &QueryRequest,
        fetched: Fetched<CacheData>,
        cached: Option<&CacheData>,
    ) -> Result<Fulfilled, SerializedError> {
        let args = &request.arg.original_args;
        let tags = request.endpoint.tags(Some(&fetched.data), None, args)?;
        self.check_tag_types(&request.arg.endpoint_name, &tags);
        let (payload, merged) = combine(&*request.endpoint, fetched.data, cached, args)?;
        Ok(Fulfilled {
            payload,
            started_time_stamp: request.started_time_stamp,
            fulfilled_time_stamp: self.runtime().now(),
            base_query_meta: fetched.meta,
            merged,
            tags,
        })
    }

    /// Fetches `entry` again for its subscribers, as it was when it was found outdated.
    ///
    /// # Errors
    /// [`DispatchError`] when the store refuses a dispatch.
    pub fn refetch(self: &Arc<Self>, entry: &InvalidatedEntry) -> Result<(), DispatchError> {
        let Some(endpoint) = self.query_named(&entry.endpoint_name) else {
            tracing::warn!(
                target: "retake",
                "{} is outdated, but its endpoint was not dispatched in this process yet",
                entry.query_cache_key
            );
            return Ok(());
        };
        let arg = QueryArg {
            subscribe: false,
            force_refetch: Some(Refetch::Always),
            subscription_options: None,
            endpoint_name: Arc::clone(&entry.endpoint_name),
            original_args: entry.original_args.clone(),
            query_cache_key: Arc::clone(&entry.query_cache_key),
            page: PageArg::default(),
        };
        self.start_query(QueryStart::new(endpoint, arg)).map(drop)
    }
}

/// Returns what new data is cached as: merged with what is cached, or sharing with it.
pub(crate) fn combine(
    endpoint: &dyn ErasedQuery,
    incoming: CacheData,
    cached: Option<&CacheData>,
    args: &Option<Arc<Value>>,
) -> Result<(CacheData, Option<Delta>), SerializedError> {
    let Some(cached) = cached else { return Ok((incoming, None)) };
    if let Some(merged) = endpoint.merge(cached, &incoming, args)? {
        return Ok((incoming, Some(Delta::between(cached.clone(), merged))));
    }
    let options = contain("`options`", || Ok(endpoint.options()))?;
    let data = if options.structural_sharing { incoming.share_with(cached) } else { incoming };
    Ok((data, None))
}
