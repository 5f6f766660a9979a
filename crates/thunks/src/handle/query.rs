//! The handle of a query: a subscription, and the answer to wait for.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::sync::Arc;

use retake_store::MaybeSend;
use retake_store::cache::{
    ActionOf, Api, ApiAction, CacheAction, PageArg, QueryArg, QueryEntry, QueryError, Refetch,
    SerializedError, StateOf, StoreOf, SubscriptionOptions,
};

use crate::abort::AbortHandle;
use crate::endpoint::Query;
use crate::engine::{Done, Engine, ErasedQuery, QueryStart, StartedQuery};
use crate::result::QueryState;
use crate::runtime::BoxFuture;

/// A subscription to a query's entry, which stays cached while there is one.
///
/// Awaiting `&handle` gives the data once the request under way has ended, and keeps the
/// subscription; awaiting `handle` ends it. Dropping the handle ends the subscription, too:
/// at once, or when the dispatch that is under way ends.
///
/// Source: RTK Query, `QueryActionCreatorResult`.
#[must_use = "dropping the handle unsubscribes; keep it, await it, or call `detach`"]
pub struct QueryHandle<E: Query> {
    store: StoreOf<E::Api>,
    request: Result<Subscribed, SerializedError>,
    endpoint: PhantomData<fn() -> E>,
}

struct Subscribed {
    engine: Arc<Engine>,
    endpoint: Arc<dyn ErasedQuery>,
    arg: QueryArg,
    request_id: Arc<str>,
    done: Option<Done>,
    abort: AbortHandle,
    is_live: bool,
    is_upsert: bool,
}

impl<E: Query> QueryHandle<E> {
    pub(crate) fn new(
        store: StoreOf<E::Api>,
        engine: Arc<Engine>,
        endpoint: Arc<dyn ErasedQuery>,
        arg: QueryArg,
        started: StartedQuery,
    ) -> Self {
        let StartedQuery { request_id, done, abort } = started;
        let is_live = arg.subscribe;
        let is_upsert = false;
        let request =
            Subscribed { engine, endpoint, arg, request_id, done, abort, is_live, is_upsert };
        Self { store, request: Ok(request), endpoint: PhantomData }
    }

    /// Makes it the handle of an upsert, which waits for its own data and for no server.
    pub(crate) fn of_upsert(mut self) -> Self {
        if let Ok(request) = &mut self.request {
            request.is_upsert = true;
        }
        self
    }

    pub(crate) fn failed(store: StoreOf<E::Api>, error: SerializedError) -> Self {
        Self { store, request: Err(error), endpoint: PhantomData }
    }

    /// Returns the entry as it is now.
    #[must_use]
    pub fn state(&self) -> QueryState<E::Output> {
        self.read(QueryState::of)
    }

    /// Returns the endpoint as the store knows it.
    pub(crate) fn known(&self) -> Option<&Arc<dyn ErasedQuery>> {
        self.request.as_ref().ok().map(|request| &request.endpoint)
    }

    /// Returns what `read` makes of the entry as it is now.
    pub(crate) fn read<T>(&self, read: impl FnOnce(Option<&Arc<QueryEntry>>) -> T) -> T {
        match &self.request {
            Ok(request) => {
                read_entry::<E, T>(&self.store.state(), &request.arg.query_cache_key, read)
            }
            Err(_) => read(None),
        }
    }

    /// Waits until the request under way has ended and returns the entry then.
    ///
    /// It waits for the request that this dispatch started or joined, and for a later one of
    /// the entry that is under way at the time of this call; an upsert waits for itself alone.
    /// The future does not borrow the handle. It never fails: what went wrong is in the entry.
    pub fn settled(
        &self,
    ) -> impl Future<Output = QueryState<E::Output>> + MaybeSend + 'static + use<E> {
        self.read_settled(QueryState::of)
    }

    /// Waits as [`settled`](Self::settled) does and returns what `read` makes of the entry then.
    pub(crate) fn read_settled<T, F>(
        &self,
        read: F,
    ) -> impl Future<Output = T> + MaybeSend + 'static + use<E, T, F>
    where
        F: FnOnce(Option<&Arc<QueryEntry>>) -> T + MaybeSend + 'static,
    {
        let store = self.store.clone();
        let waiting = self.request.as_ref().ok().map(|request| {
            let key = &request.arg.query_cache_key;
            let later = request.engine.running_query(key).filter(|_| !request.is_upsert);
            (request.done.clone().into_iter().chain(later), Arc::clone(key))
        });
        async move {
            let Some((requests, key)) = waiting else { return read(None) };
            for done in requests {
                // A sender that is gone took the request with it: that is an end, too.
                let _ = done.await;
            }
            // What the request has led to, whatever is looked at.
            read_entry::<E, T>(&store.head(), &key, read)
        }
    }

    /// Waits until the request under way has ended and returns the data.
    ///
    /// # Errors
    /// The entry's [`QueryError`] when the request failed or there is no data.
    fn result(&self) -> BoxFuture<'static, Result<Arc<E::Output>, QueryError>> {
        let failed = self.request.as_ref().err().cloned();
        let settled = self.settled();
        Box::pin(async move {
            match failed {
                Some(error) => Err(error.into()),
                None => settled.await.into_result(),
            }
        })
    }

    /// Fetches the entry again, whether or not there is data; joins a request under way.
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch).
    pub fn refetch(&self) -> Refetching<E> {
        self.fetch(Some(Refetch::Always), PageArg::default())
    }

    /// Asks for the entry again without another subscription.
    pub(crate) fn fetch(&self, force_refetch: Option<Refetch>, page: PageArg) -> Refetching<E> {
        let store = self.store.clone();
        let request = match &self.request {
            Ok(request) => request,
            Err(error) => return Refetching::of(Self::failed(store, error.clone())),
        };
        let arg = QueryArg {
            subscribe: false,
            force_refetch,
            subscription_options: None,
            page,
            ..request.arg.clone()
        };
        let (engine, endpoint) = (Arc::clone(&request.engine), Arc::clone(&request.endpoint));
        let asked = arg.clone();
        let start = QueryStart::new(Arc::clone(&endpoint), arg);
        let started = match engine.start_query(start) {
            Ok(started) => started,
            Err(error) => panic!("{error}"),
        };
        Refetching::of(Self::new(store, engine, endpoint, asked, started))
    }

    /// Aborts the request that this dispatch started; one that it only joined goes on.
    pub fn abort(&self) {
        if let Ok(request) = &self.request {
            request.abort.abort(None);
        }
    }

    /// Aborts as [`abort`](Self::abort) does; `reason` becomes the message of the error.
    pub fn abort_with(&self, reason: impl Into<String>) {
        if let Ok(request) = &self.request {
            request.abort.abort(Some(reason.into()));
        }
    }

    /// Replaces the options of the subscription.
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch).
    pub fn update_subscription_options(&self, options: SubscriptionOptions) {
        let Ok(request) = &self.request else { return };
        let action = CacheAction::UpdateSubscriptionOptions {
            endpoint_name: Arc::clone(&request.arg.endpoint_name),
            request_id: Arc::clone(&request.request_id),
            query_cache_key: Arc::clone(&request.arg.query_cache_key),
            options,
        };
        let action = ActionOf::<E::Api>::from(ApiAction::new(action));
        if let Err(error) = self.store.try_dispatch(action) {
            panic!("{error}");
        }
    }

    /// Ends the subscription; the same as dropping the handle.
    pub fn unsubscribe(self) {}

    /// Keeps the subscription for as long as the store lives.
    pub fn detach(mut self) {
        if let Ok(request) = &mut self.request {
            request.is_live = false;
        }
    }

    /// Returns the id of this dispatch: of its request and of its subscription.
    #[must_use]
    pub fn request_id(&self) -> Option<&Arc<str>> {
        self.request.as_ref().ok().map(|request| &request.request_id)
    }

    /// Returns the key of the entry.
    #[must_use]
    pub fn query_cache_key(&self) -> Option<&Arc<str>> {
        self.request.as_ref().ok().map(|request| &request.arg.query_cache_key)
    }
}

fn read_entry<E: Query, T>(
    state: &StateOf<E::Api>,
    key: &str,
    read: impl FnOnce(Option<&Arc<QueryEntry>>) -> T,
) -> T {
    read(E::Api::slice(state).query(key))
}

impl<E: Query> IntoFuture for &QueryHandle<E> {
    type Output = Result<Arc<E::Output>, QueryError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.result()
    }
}

impl<E: Query> IntoFuture for QueryHandle<E> {
    type Output = Result<Arc<E::Output>, QueryError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let result = self.result().await;
            drop(self);
            result
        })
    }
}

impl<E: Query> Drop for QueryHandle<E> {
    fn drop(&mut self) {
        let Ok(request) = &self.request else { return };
        if request.is_live {
            let action = CacheAction::UnsubscribeQueryResult {
                request_id: Arc::clone(&request.request_id),
                query_cache_key: Arc::clone(&request.arg.query_cache_key),
            };
            self.store.defer(ApiAction::<E::Api>::new(action));
        }
    }
}

impl<E: Query> fmt::Debug for QueryHandle<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryHandle")
            .field("query_cache_key", &self.query_cache_key())
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

/// The data that is being fetched again; dropping it does not stop the request.
pub struct Refetching<E: Query> {
    handle: QueryHandle<E>,
    result: BoxFuture<'static, Result<Arc<E::Output>, QueryError>>,
}

impl<E: Query> Refetching<E> {
    fn of(handle: QueryHandle<E>) -> Self {
        Self { result: handle.result(), handle }
    }

    /// Returns the handle of the request that fetches again; it subscribes to nothing.
    pub fn handle(&self) -> &QueryHandle<E> {
        &self.handle
    }
}

impl<E: Query> Unpin for Refetching<E> {}

impl<E: Query> Future for Refetching<E> {
    type Output = Result<Arc<E::Output>, QueryError>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        self.result.as_mut().poll(cx)
    }
}

impl<E: Query> fmt::Debug for Refetching<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Refetching").field(&self.handle).finish()
    }
}
