//! The engine of an api: it runs requests and dispatches what becomes of them.
//!
//! It knows no type of the application. Endpoints are [`ErasedQuery`] and
//! [`ErasedMutation`], the store is a [`Host`], and data is `CacheData`: the long functions
//! compile once, however many endpoints there are.

pub(crate) mod changes;
mod condition;
mod contain;
pub(crate) mod entry;
pub(crate) mod erased;
mod host;
mod known;
pub(crate) mod lifecycle;
mod mutation;
mod pages;
mod query;
mod running;
mod task;
mod update;
mod upserts;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{Shared, select};
use retake_store::cache::{Api, CacheState, KeepUnusedData, SchemaHooks, StoreOf, Tags};
use retake_store::{DispatchError, Extension, MaybeSend, Missing};

pub use entry::{AddedEntry, CacheDataLoaded, CacheEntryRemoved, EntryEvent, NeverLoaded};
pub use host::Host;
pub use lifecycle::{QueryFulfilled, QueryRejected};
pub use update::UpdateError;

pub(crate) use changes::{Changes, RequestChanges};
pub(crate) use condition::has_data;
pub(crate) use contain::{contain, contain_future};
pub(crate) use erased::{
    Args, ErasedMutation, ErasedQuery, FetchResult, Registered, decode_error, retyped, typed,
};
pub(crate) use host::store_of;
pub(crate) use known::{Definition, Known, Slot};
pub(crate) use mutation::StartedMutation;
pub(crate) use pages::has_page;
pub(crate) use query::{QueryStart, StartedQuery, refused};
pub(crate) use running::{Done, RunningMutation, RunningQuery};
pub(crate) use task::{Outcome, run_task};
pub(crate) use upserts::Upserts;

use crate::endpoint::{Mutation, Query};
use crate::environment::{Environment, Extra};
use crate::runtime::Runtime;
use entry::Entries;
use host::StoreHost;
use lifecycle::Settled;
use running::Running;

/// The engine of one api in one store.
///
/// Endpoints register themselves when they are first dispatched; an entry whose endpoint
/// was never dispatched in this process (one from rehydration, say) cannot be fetched
/// again until it is.
pub struct Engine {
    reducer_path: &'static str,
    tag_types: Mutex<BTreeSet<Cow<'static, str>>>,
    base_query: Arc<dyn Extension>,
    schema_hooks: SchemaHooks,
    runtime: Arc<dyn Runtime>,
    extra: Extra,
    host: OnceLock<Arc<dyn Host>>,
    queries: Known<dyn ErasedQuery>,
    mutations: Known<dyn ErasedMutation>,
    running: Running,
    /// What runs with requests and waits for their end.
    waiting: Mutex<BTreeMap<Arc<str>, oneshot::Sender<Settled>>>,
    /// Says when what runs with a request has reacted to its end.
    resuming: Mutex<BTreeMap<Arc<str>, oneshot::Receiver<()>>>,
    /// What runs with entries.
    entries: Entries,
    /// Gone when the engine is closed.
    open: Mutex<Option<oneshot::Sender<()>>>,
    closed: Shared<oneshot::Receiver<()>>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine {
    /// Returns the engine of `api`; it works once it is connected to a store.
    #[must_use]
    pub fn new<P: Api<BaseQuery: Extension>>(
        api: &P,
        base_query: P::BaseQuery,
        runtime: Arc<dyn Runtime>,
        extra: Extra,
    ) -> Arc<Self> {
        let (open, closed) = oneshot::channel();
        Arc::new(Self {
            reducer_path: P::REDUCER_PATH,
            tag_types: Mutex::new(P::TAG_TYPES.iter().map(|kind| Cow::Borrowed(*kind)).collect()),
            base_query: Arc::new(base_query),
            schema_hooks: api.schema_hooks(),
            runtime,
            extra,
            host: OnceLock::new(),
            queries: Known::default(),
            mutations: Known::default(),
            running: Running::default(),
            waiting: Mutex::default(),
            resuming: Mutex::default(),
            entries: Entries::default(),
            open: Mutex::new(Some(open)),
            closed: closed.shared(),
        })
    }

    /// Connects the engine of the api `P` to its store; a second call changes nothing.
    pub fn connect<P: Api>(&self, store: &StoreOf<P>) {
        let _ = self.host.set(Arc::new(StoreHost::<P>::new(store)));
    }

    /// Returns the engine of the api `P` in `store`.
    ///
    /// # Errors
    /// [`DispatchError::Unconfigured`] when the store does not have that api.
    pub fn of<P: Api>(store: &StoreOf<P>) -> Result<&Arc<Self>, DispatchError> {
        let reducer_path = P::REDUCER_PATH;
        let engine = Environment::of(store)?.api(reducer_path);
        engine.ok_or_else(|| {
            let path = std::any::type_name::<P>();
            let last = path.rsplit_once("::").map_or(path, |(_, last)| last);
            // The parameters of a generic api have paths, too.
            let api = if path.contains('<') { path } else { last };
            DispatchError::Unconfigured { missing: Missing::Api { reducer_path, api } }
        })
    }

    /// Returns the key of the api's slice in the state.
    #[must_use]
    pub fn reducer_path(&self) -> &'static str {
        self.reducer_path
    }

    /// Returns the runtime.
    #[must_use]
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.runtime
    }

    /// Returns the store behind the api.
    ///
    /// # Errors
    /// [`DispatchError::Unconfigured`] before the engine is connected.
    pub fn host(&self) -> Result<&Arc<dyn Host>, DispatchError> {
        let missing = Missing::Connection { reducer_path: self.reducer_path };
        self.host.get().ok_or(DispatchError::Unconfigured { missing })
    }

    pub(crate) fn entries(&self) -> &Entries {
        &self.entries
    }

    pub(crate) fn extra(&self) -> &Extra {
        &self.extra
    }

    pub(crate) fn base_query(&self) -> &Arc<dyn Extension> {
        &self.base_query
    }

    pub(crate) fn schema_hooks(&self) -> &SchemaHooks {
        &self.schema_hooks
    }

    /// Logs tags of types that the api does not name: nothing would match a misspelt one.
    ///
    /// Source: RTK Query, which logs them in development.
    pub(crate) fn check_tag_types(&self, endpoint: &str, tags: &Tags) {
        if !cfg!(debug_assertions) {
            return;
        }
        let unknown = {
            let known = lock(&self.tag_types);
            tags.iter().find(|tag| !known.contains(&*tag.kind))
        };
        if let Some(tag) = unknown {
            tracing::error!(
                target: "retake",
                "`{endpoint}` uses the tag type `{}`, which is not in the TAG_TYPES of the api `{}`",
                tag.kind,
                self.reducer_path
            );
        }
    }

    /// Returns the api's slice, unless the store is gone.
    ///
    /// # Errors
    /// [`DispatchError`] from inside a reducer.
    pub fn cache(&self) -> Result<Option<CacheState>, DispatchError> {
        self.host()?.cache()
    }

    /// Adds tag types to those that the api names.
    pub(crate) fn add_tag_types(&self, types: Vec<String>) {
        lock(&self.tag_types).extend(types.into_iter().map(Cow::Owned));
    }

    pub(crate) fn queries(&self) -> &Known<dyn ErasedQuery> {
        &self.queries
    }

    pub(crate) fn mutations(&self) -> &Known<dyn ErasedMutation> {
        &self.mutations
    }

    /// Makes a query known by its name; the first of a name stays.
    pub(crate) fn known_query<E: Query>(&self, endpoint: E) -> Arc<Slot<dyn ErasedQuery>> {
        let name = endpoint.name().to_owned();
        self.queries.add::<E>(name, &self.mutations, || Arc::new(Registered::new(endpoint)))
    }

    /// Makes a mutation known by its name; the first of a name stays.
    pub(crate) fn known_mutation<E: Mutation>(&self, endpoint: E) -> Arc<Slot<dyn ErasedMutation>> {
        let name = endpoint.name().to_owned();
        self.mutations.add::<E>(name, &self.queries, || Arc::new(Registered::new(endpoint)))
    }

    /// Returns the query as it is known by its name.
    pub(crate) fn add_query<E: Query>(&self, endpoint: E) -> Arc<dyn ErasedQuery> {
        self.known_query(endpoint)
    }

    /// Returns the mutation as it is known by its name.
    pub(crate) fn add_mutation<E: Mutation>(&self, endpoint: E) -> Arc<dyn ErasedMutation> {
        self.known_mutation(endpoint)
    }

    pub(crate) fn query_named(&self, name: &str) -> Option<Arc<dyn ErasedQuery>> {
        Some(self.queries.named(name)?)
    }

    pub(crate) fn mutation_named(&self, name: &str) -> Option<Arc<dyn ErasedMutation>> {
        Some(self.mutations.named(name)?)
    }

    /// Returns how long the endpoint `name` keeps an entry without subscribers, if it says.
    #[must_use]
    pub fn keep_unused_data_for(&self, name: &str) -> Option<KeepUnusedData> {
        let endpoint = self.query_named(name)?;
        contain("`options`", || Ok(endpoint.options().keep_unused_data_for)).ok().flatten()
    }

    pub(crate) fn running(&self) -> &Running {
        &self.running
    }

    /// Aborts the request of the entry `key`, if one is under way.
    pub fn abort_query(&self, key: &str) {
        self.running.abort_query(key);
    }

    /// Aborts every request under way: queries, then mutations, each in order of their start.
    pub fn abort_all(&self) {
        self.running.abort_all();
    }

    /// Ends whatever runs for the store, which is gone.
    pub fn close(&self) {
        self.abort_all();
        drop(lock(&self.open).take());
    }

    /// Runs `work` as a task, up to its first wait here and now; it is dropped unfinished when
    /// the engine is closed. `what` is the name of the work in what is logged if it panics.
    pub(crate) fn start_open(
        &self,
        what: &'static str,
        work: impl Future<Output = ()> + MaybeSend + 'static,
    ) {
        let closed = self.closed.clone();
        self.runtime.start(Box::pin(async move {
            let work = pin!(contain_future(what, work));
            // An error was logged; nobody waits for the work.
            let _ = select(closed, work).await;
        }));
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("reducer_path", &self.reducer_path).finish_non_exhaustive()
    }
}
