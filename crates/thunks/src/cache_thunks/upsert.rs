//! Insertions: data that goes into the cache without a server.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use retake_store::cache::{
    ActionOf, Api, ApiAction, CacheAction, CacheData, PageArg, QueryArg, Refetch, StateOf, StoreOf,
};
use retake_store::{Dispatch, DispatchError, MaybeSend};

use crate::base_query::BaseQuery;
use crate::endpoint::Query;
use crate::endpoint::arg::identity;
use crate::engine::{Engine, QueryStart, UpdateError, Upserts};
use crate::handle::QueryHandle;

/// What to dispatch to put data into the cache; see [`Query::upsert_query_data`].
///
/// It passes through `pending` and `fulfilled`, as a request does, and starts the
/// endpoint's lifecycle functions; nothing is transformed, and no request is sent. Whichever
/// of it and a request under way ends last stays.
///
/// Source: RTK Query, `api.util.upsertQueryData`.
#[must_use = "an upsert does nothing until it is dispatched"]
pub struct UpsertQueryData<E: Query> {
    endpoint: E,
    arg: E::Arg,
    value: E::Output,
}

impl<E: Query> UpsertQueryData<E> {
    pub(crate) fn new(endpoint: E, arg: E::Arg, value: E::Output) -> Self {
        Self { endpoint, arg, value }
    }
}

impl<E: Query> fmt::Debug for UpsertQueryData<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpsertQueryData")
            .field("endpoint", &self.endpoint.name())
            .field("arg", &self.arg)
            .finish_non_exhaustive()
    }
}

impl<E: Query> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for UpsertQueryData<E> {
    /// A handle without a subscription: it need not be kept, and can be awaited.
    type Output = Upserting<E>;

    fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<Self::Output, DispatchError> {
        let engine = Engine::of::<E::Api>(store)?;
        let (original_args, query_cache_key) = match identity(&self.endpoint, &self.arg) {
            Ok(identity) => identity,
            Err(error) => return Ok(Upserting(QueryHandle::failed(store.clone(), error))),
        };
        let endpoint = engine.add_query(self.endpoint);
        let arg = QueryArg {
            subscribe: false,
            force_refetch: Some(Refetch::Always),
            subscription_options: None,
            endpoint_name: endpoint.name().into(),
            original_args,
            query_cache_key,
            page: PageArg::default(),
        };
        let asked = arg.clone();
        let upsert = Some(CacheData::new(self.value));
        let started = engine
            .start_query(QueryStart { upsert, ..QueryStart::new(Arc::clone(&endpoint), arg) })?;
        let engine = Arc::clone(engine);
        let handle = QueryHandle::new(store.clone(), engine, endpoint, asked, started);
        Ok(Upserting(handle.of_upsert()))
    }
}

/// Data on its way into the cache; awaiting it gives the data as cached, and does not wait for a
/// request of the same entry.
pub struct Upserting<E: Query>(QueryHandle<E>);

impl<E: Query> Upserting<E> {
    /// Returns the handle of the request that carries the data.
    pub fn handle(&self) -> &QueryHandle<E> {
        &self.0
    }
}

impl<E: Query> std::future::IntoFuture for Upserting<E> {
    type Output = <QueryHandle<E> as std::future::IntoFuture>::Output;
    type IntoFuture = <QueryHandle<E> as std::future::IntoFuture>::IntoFuture;

    fn into_future(self) -> Self::IntoFuture {
        self.0.into_future()
    }
}

impl<E: Query> fmt::Debug for Upserting<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Upserting").field(&self.0).finish()
    }
}

/// Puts one entry into an upsert.
trait Insert: MaybeSend {
    fn insert(
        self: Box<Self>,
        engine: &Arc<Engine>,
        upserts: &mut Upserts,
    ) -> Result<(), UpdateError>;
}

impl<F> Insert for F
where
    F: FnOnce(&Arc<Engine>, &mut Upserts) -> Result<(), UpdateError> + MaybeSend,
{
    fn insert(
        self: Box<Self>,
        engine: &Arc<Engine>,
        upserts: &mut Upserts,
    ) -> Result<(), UpdateError> {
        self(engine, upserts)
    }
}

/// One entry for [`upsert_query_entries`], of any endpoint of the api `P`.
pub struct UpsertEntry<P> {
    insert: Box<dyn Insert>,
    api: PhantomData<fn() -> P>,
}

impl<P: Api<BaseQuery: BaseQuery>> UpsertEntry<P> {
    pub(crate) fn new<E: Query<Api = P>>(endpoint: E, arg: E::Arg, value: E::Output) -> Self {
        let insert = Box::new(move |engine: &Arc<Engine>, upserts: &mut Upserts| {
            let identity = identity(&endpoint, &arg)?;
            let endpoint = engine.add_query(endpoint);
            upserts.add(engine, &*endpoint, identity, CacheData::new(value))
        });
        Self { insert, api: PhantomData }
    }
}

impl<P> fmt::Debug for UpsertEntry<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpsertEntry").finish_non_exhaustive()
    }
}

/// Returns what to dispatch to put many entries into the cache at once.
///
/// One action, no request, no `on_query_started`. An entry whose tags cannot be computed is
/// left out and logged; the others are put in.
///
/// Source: RTK Query, `api.util.upsertQueryEntries`.
pub fn upsert_query_entries<P>(
    entries: impl IntoIterator<Item = UpsertEntry<P>>,
) -> UpsertQueryEntries<P> {
    UpsertQueryEntries { entries: entries.into_iter().collect() }
}

/// What to dispatch to put many entries into the cache; see [`upsert_query_entries`].
#[must_use = "an upsert does nothing until it is dispatched"]
#[derive(Debug)]
pub struct UpsertQueryEntries<P> {
    entries: Vec<UpsertEntry<P>>,
}

impl<P: Api> Dispatch<P::State, P::Action> for UpsertQueryEntries<P> {
    type Output = ();

    fn dispatch_on(self, store: &StoreOf<P>) -> Result<(), DispatchError> {
        let engine = Engine::of::<P>(store)?;
        store.try_atomically(|store| {
            let mut upserts = Upserts::new(engine)?;
            for entry in self.entries {
                if let Err(error) = entry.insert.insert(engine, &mut upserts) {
                    tracing::error!(target: "retake", "an entry was not upserted: {error}");
                }
            }
            let entries = upserts.into_entries();
            let request_id: Arc<str> = engine.runtime().unique_id().into();
            let timestamp = engine.runtime().now();
            let action = CacheAction::CacheEntriesUpserted { entries, request_id, timestamp };
            store.try_dispatch(P::Action::from(ApiAction::<P>::new(action)))
        })?
    }
}
