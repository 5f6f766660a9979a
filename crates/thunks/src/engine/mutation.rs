//! Mutations: one request for each trigger.

use std::sync::Arc;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;
use retake_store::DispatchError;
use retake_store::cache::{
    CacheAction, CacheData, Fulfilled, MutationArg, PageArg, QueryError, QueryStatus, Request,
    SerializedError, Step, Tags,
};

use crate::abort::AbortHandle;
use crate::base_query::{EndpointKind, Failure, RequestContext};
use crate::endpoint::Fetched;
use crate::engine::lifecycle::{Settled, settled_by};
use crate::engine::query::{refused, rejected};
use crate::engine::running::RunningMutation;
use crate::engine::{
    Engine, ErasedMutation, FetchResult, Outcome, RequestChanges, contain, run_task,
};
use crate::extra_options::ExtraOptions;

/// A mutation under way.
#[derive(Clone)]
pub(crate) struct StartedMutation {
    pub(crate) request_id: Arc<str>,
    pub(crate) settled: Shared<oneshot::Receiver<Settled>>,
    pub(crate) abort: AbortHandle,
}

struct MutationRequest {
    endpoint: Arc<dyn ErasedMutation>,
    arg: Arc<MutationArg>,
    request_id: Arc<str>,
    started_time_stamp: u64,
}

impl MutationRequest {
    fn action(&self, step: Step) -> CacheAction {
        CacheAction::Mutation(Request {
            arg: Arc::clone(&self.arg),
            request_id: Arc::clone(&self.request_id),
            upsert: false,
            step,
        })
    }
}

impl Engine {
    /// Triggers a mutation.
    pub(crate) fn start_mutation(
        self: &Arc<Self>,
        endpoint: Arc<dyn ErasedMutation>,
        arg: MutationArg,
        extra_options: ExtraOptions,
    ) -> Result<StartedMutation, DispatchError> {
        let host = Arc::clone(self.host()?);
        let request_id: Arc<str> = self.runtime().unique_id().into();
        let (abort, signal) = AbortHandle::new();
        let (sender, receiver) = oneshot::channel();
        let started = StartedMutation {
            request_id: Arc::clone(&request_id),
            settled: receiver.shared(),
            abort,
        };
        let cx = RequestContext {
            endpoint: Arc::clone(&arg.endpoint_name),
            kind: EndpointKind::Mutation,
            forced: false,
            request_id: Arc::clone(&request_id),
            page: PageArg::default(),
            query_cache_key: None,
            signal: signal.clone(),
            extra: self.extra().clone(),
            extra_options,
            changes: RequestChanges::none(),
            runtime: Arc::clone(self.runtime()),
            host: Arc::clone(&host),
        };
        let request = MutationRequest {
            endpoint,
            arg: Arc::new(arg),
            request_id,
            started_time_stamp: self.runtime().now(),
        };
        let mut dispatched = Ok(());
        let mut parts = Some((request, sender, cx));
        host.atomically(&mut || {
            let Some((request, sender, cx)) = parts.take() else { return };
            let started_time_stamp = request.started_time_stamp;
            dispatched = host.dispatch(request.action(Step::Pending { started_time_stamp }));
            if dispatched.is_err() {
                return;
            }
            let arg = Arc::clone(&request.arg);
            self.running.add_mutation(RunningMutation { arg, started: started.clone() });
            let args = request.arg.original_args.clone();
            let fetch = Arc::clone(&request.endpoint).fetch(Arc::clone(self), args, cx);
            let (engine, signal) = (Arc::clone(self), signal.clone());
            self.runtime().start(Box::pin(async move {
                let outcome = run_task("the request", fetch, signal).await;
                let settled = engine.settle_mutation(&request, outcome);
                engine.resumed(&request.request_id).await;
                if let Some(settled) = settled {
                    let _ = sender.send(settled);
                }
            }));
        })?;
        dispatched?;
        Ok(started)
    }

    fn settle_mutation(
        &self,
        request: &MutationRequest,
        outcome: Outcome<FetchResult>,
    ) -> Option<Settled> {
        let _settling = self.running.settling_mutation(&request.request_id);
        let mut settled = None;
        let dispatched = contain("what follows an answer", || {
            let step = self.mutation_step(request, outcome);
            settled = Some(step.clone());
            self.host().and_then(|host| host.dispatch(request.action(step))).map_err(refused)
        });
        let step = self.ended(&request.request_id, settled, dispatched, |error| {
            let cache = self.cache().ok().flatten();
            let key = request.arg.fixed_cache_key.as_ref().unwrap_or(&request.request_id);
            let entry = cache.as_ref().and_then(|cache| cache.mutation(key));
            let is_pending = entry.is_some_and(|entry| {
                entry.status == QueryStatus::Pending && entry.request_id == request.request_id
            });
            let step = Step::Rejected(rejected(
                Failure::Unhandled(error),
                false,
                Tags::none(),
                request.started_time_stamp,
            ));
            is_pending.then(|| (request.action(step.clone()), step))
        })?;
        self.settle(&request.request_id, &step);
        settled_by(&step)
    }

    fn mutation_step(&self, request: &MutationRequest, outcome: Outcome<FetchResult>) -> Step {
        let rejected = |failure, aborted, tags| {
            Step::Rejected(rejected(failure, aborted, tags, request.started_time_stamp))
        };
        let unhandled =
            |error: SerializedError| rejected(Failure::Unhandled(error), false, Tags::none());
        let tags = |data: Option<&CacheData>, error: Option<&QueryError>| {
            let tags = request.endpoint.tags(data, error, &request.arg.original_args)?;
            self.check_tag_types(&request.arg.endpoint_name, &tags);
            Ok::<_, SerializedError>(tags)
        };
        match outcome {
            Outcome::Finished(Ok(Fetched { data, meta })) => match tags(Some(&data), None) {
                Ok(tags) => Step::Fulfilled(Fulfilled {
                    payload: data,
                    started_time_stamp: request.started_time_stamp,
                    fulfilled_time_stamp: self.runtime().now(),
                    base_query_meta: meta,
                    merged: None,
                    tags,
                }),
                Err(error) => unhandled(error),
            },
            Outcome::Finished(Err(
                Failure::Error { error, meta } | Failure::Final { error, meta },
            )) => match tags(None, Some(&QueryError::new(error.clone()))) {
                Ok(tags) => rejected(Failure::Error { error, meta }, false, tags),
                Err(error) => unhandled(error),
            },
            Outcome::Finished(Err(Failure::Unhandled(error))) | Outcome::Panicked(error) => {
                unhandled(error)
            }
            Outcome::Aborted(reason) => {
                let failure = Failure::Unhandled(SerializedError::aborted(reason));
                rejected(failure, true, Tags::none())
            }
        }
    }
}
