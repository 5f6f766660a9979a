//! Requests under way: what to dispatch to get at them.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::future::join_all;
use retake_store::cache::{ActionOf, Api, QueryArg, SerializedError, StateOf, StoreOf};
use retake_store::{Dispatch, DispatchError};

use crate::endpoint::{Mutation, Query};
use crate::engine::{Engine, RunningMutation, RunningQuery};
use crate::handle::{MutationHandle, QueryHandle};
use crate::runtime::BoxFuture;

/// What to dispatch to get at a query's request under way; see [`Query::running_query`].
///
/// The dispatch returns a handle that subscribes to nothing, or `None`. A request is there from
/// the end of its `pending` on until its end was reduced; data that is upserted is no request.
///
/// Source: RTK Query, `api.util.getRunningQueryThunk`.
#[must_use = "a getter does nothing until it is dispatched"]
pub struct GetRunningQuery<E> {
    key: Option<String>,
    endpoint: PhantomData<fn() -> E>,
}

impl<E: Query> GetRunningQuery<E> {
    pub(crate) fn new(key: Result<String, SerializedError>) -> Self {
        Self { key: key.ok(), endpoint: PhantomData }
    }
}

impl<E> fmt::Debug for GetRunningQuery<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GetRunningQuery").field(&self.key).finish()
    }
}

impl<E: Query> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for GetRunningQuery<E> {
    type Output = Option<QueryHandle<E>>;

    fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<Self::Output, DispatchError> {
        let engine = Engine::of::<E::Api>(store)?;
        let running = self.key.and_then(|key| engine.running().query(&key));
        Ok(running.map(|RunningQuery { endpoint, arg, started }| {
            let arg = QueryArg { subscribe: false, ..QueryArg::clone(&arg) };
            QueryHandle::new(store.clone(), Arc::clone(engine), endpoint, arg, started)
        }))
    }
}

/// What to dispatch to get at a mutation under way; see [`Mutation::running_mutation`].
///
/// The dispatch returns a handle, or `None`. Under a fixed cache key it is the latest trigger.
///
/// Source: RTK Query, `api.util.getRunningMutationThunk`.
#[must_use = "a getter does nothing until it is dispatched"]
pub struct GetRunningMutation<E> {
    key: String,
    endpoint: PhantomData<fn() -> E>,
}

impl<E> GetRunningMutation<E> {
    pub(crate) fn new(key: &str) -> Self {
        Self { key: key.to_owned(), endpoint: PhantomData }
    }
}

impl<E> fmt::Debug for GetRunningMutation<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GetRunningMutation").field(&self.key).finish()
    }
}

impl<E: Mutation> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for GetRunningMutation<E> {
    type Output = Option<MutationHandle<E>>;

    fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<Self::Output, DispatchError> {
        let running = Engine::of::<E::Api>(store)?.running().mutation(&self.key);
        Ok(running.map(|RunningMutation { arg, started }| {
            MutationHandle::new(store.clone(), arg.fixed_cache_key.clone(), started)
        }))
    }
}

/// Returns what to dispatch to get the requests under way of all queries of the api `P`.
///
/// A server that renders a page waits for them before it writes the state down.
///
/// Source: RTK Query, `api.util.getRunningQueriesThunk`.
pub fn running_queries<P: Api>() -> GetRunningQueries<P> {
    GetRunningQueries(PhantomData)
}

/// Returns what to dispatch to get the mutations of the api `P` under way, each once.
///
/// Source: RTK Query, `api.util.getRunningMutationsThunk`.
pub fn running_mutations<P: Api>() -> GetRunningMutations<P> {
    GetRunningMutations(PhantomData)
}

/// What to dispatch to get the queries under way; see [`running_queries`].
#[must_use = "a getter does nothing until it is dispatched"]
pub struct GetRunningQueries<P>(PhantomData<fn() -> P>);

/// What to dispatch to get the mutations under way; see [`running_mutations`].
#[must_use = "a getter does nothing until it is dispatched"]
pub struct GetRunningMutations<P>(PhantomData<fn() -> P>);

impl<P> fmt::Debug for GetRunningQueries<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GetRunningQueries")
    }
}

impl<P> fmt::Debug for GetRunningMutations<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GetRunningMutations")
    }
}

impl<P: Api> Dispatch<P::State, P::Action> for GetRunningQueries<P> {
    type Output = RunningRequests;

    fn dispatch_on(self, store: &StoreOf<P>) -> Result<RunningRequests, DispatchError> {
        let queries = Engine::of::<P>(store)?.running().queries().into_iter();
        let requests = queries.map(|RunningQuery { arg, started, .. }| {
            let request = RunningRequest {
                endpoint_name: Arc::clone(&arg.endpoint_name),
                cache_key: Arc::clone(&arg.query_cache_key),
                request_id: started.request_id,
            };
            (request, end(started.done))
        });
        Ok(RunningRequests::of(requests))
    }
}

impl<P: Api> Dispatch<P::State, P::Action> for GetRunningMutations<P> {
    type Output = RunningRequests;

    fn dispatch_on(self, store: &StoreOf<P>) -> Result<RunningRequests, DispatchError> {
        let mutations = Engine::of::<P>(store)?.running().mutations().into_iter();
        let requests = mutations.map(|RunningMutation { arg, started }| {
            let request = RunningRequest {
                endpoint_name: Arc::clone(&arg.endpoint_name),
                cache_key: Arc::clone(arg.fixed_cache_key.as_ref().unwrap_or(&started.request_id)),
                request_id: Arc::clone(&started.request_id),
            };
            (request, end(Some(started.settled)))
        });
        Ok(RunningRequests::of(requests))
    }
}

/// Waits for `settled`; a request that is lost with its store has ended, too.
fn end(settled: Option<impl Future + retake_store::MaybeSend + 'static>) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        if let Some(settled) = settled {
            settled.await;
        }
    })
}

/// A request under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningRequest {
    /// The endpoint.
    pub endpoint_name: Arc<str>,
    /// The key of the entry: of a mutation, its fixed cache key or the id of the request.
    pub cache_key: Arc<str>,
    /// The request.
    pub request_id: Arc<str>,
}

/// Requests under way, in order of their start.
///
/// Awaiting it waits until all of them have ended, whichever way; it does not wait for those
/// that start meanwhile.
#[must_use = "await it to wait for the requests"]
pub struct RunningRequests {
    requests: Vec<RunningRequest>,
    ends: Vec<BoxFuture<'static, ()>>,
}

impl RunningRequests {
    fn of(it: impl Iterator<Item = (RunningRequest, BoxFuture<'static, ()>)>) -> Self {
        let (requests, ends) = it.unzip();
        Self { requests, ends }
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.requests.len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// Returns the requests.
    #[must_use]
    pub fn requests(&self) -> &[RunningRequest] {
        &self.requests
    }
}

impl IntoFuture for RunningRequests {
    type Output = ();
    type IntoFuture = BoxFuture<'static, ()>;

    fn into_future(self) -> Self::IntoFuture {
        let ends = join_all(self.ends);
        Box::pin(async move { drop(ends.await) })
    }
}

impl fmt::Debug for RunningRequests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.requests).finish()
    }
}
