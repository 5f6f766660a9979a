//! The requests under way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use futures::future::Shared;
use retake_store::cache::{MutationArg, QueryArg};

use crate::abort::AbortHandle;
use crate::engine::{ErasedQuery, StartedMutation, StartedQuery};

/// Is ready when a request has settled, and its action was reduced.
pub(crate) type Done = Shared<oneshot::Receiver<()>>;

/// The requests under way, in order of their start.
///
/// A request that takes over a place takes over its order: the place of the entry that it
/// fetches, or of the key that mutations share.
///
/// Source: RTK Query, `runningQueries` and `runningMutations`.
#[derive(Default)]
pub(crate) struct Running(Mutex<Requests>);

#[derive(Default)]
struct Requests {
    /// Every query's request that was started and has not settled, upserts included.
    ids: BTreeSet<Arc<str>>,
    started: u64,
    /// At most one for each entry: the latest.
    queries: BTreeMap<Arc<str>, Query>,
    mutations: BTreeMap<Arc<str>, Mutation>,
    /// The latest mutation of each shared key, in the place of the first.
    shared: BTreeMap<Arc<str>, Mutation>,
}

impl Requests {
    /// Returns the mutations in the order of RTK Query's map of them, where those with a shared
    /// key stand twice: under their request id and under the key.
    fn mutations_in_order(&self) -> Vec<&Mutation> {
        let mut mutations: Vec<_> = self.mutations.values().chain(self.shared.values()).collect();
        mutations.sort_unstable_by_key(|mutation| mutation.order);
        mutations
    }
}

struct Mutation {
    order: u64,
    request: RunningMutation,
}

struct Query {
    order: u64,
    request: RunningQuery,
}

/// A query's request under way.
#[derive(Clone)]
pub(crate) struct RunningQuery {
    pub(crate) endpoint: Arc<dyn ErasedQuery>,
    pub(crate) arg: Arc<QueryArg>,
    pub(crate) started: StartedQuery,
}

/// A mutation under way.
#[derive(Clone)]
pub(crate) struct RunningMutation {
    pub(crate) arg: Arc<MutationArg>,
    pub(crate) started: StartedMutation,
}

impl Running {
    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add_query(&self, request: RunningQuery) {
        let key = Arc::clone(&request.arg.query_cache_key);
        let mut requests = self.lock();
        requests.started += 1;
        let order = requests.queries.get(&key).map_or(requests.started, |query| query.order);
        requests.queries.insert(key, Query { order, request });
    }

    pub(crate) fn add_mutation(&self, request: RunningMutation) {
        let mut requests = self.lock();
        requests.started += 2;
        let order = requests.started;
        if let Some(key) = &request.arg.fixed_cache_key {
            let order = requests.shared.get(key).map_or(order, |earlier| earlier.order);
            requests.shared.insert(Arc::clone(key), Mutation { order, request: request.clone() });
        }
        let request_id = Arc::clone(&request.started.request_id);
        requests.mutations.insert(request_id, Mutation { order: order - 1, request });
    }

    /// Notes a query's request that is about to be pending; dropping what is returned forgets
    /// it, unless [`Starting::started`] says that it will settle.
    pub(crate) fn starting<'a>(&'a self, request_id: &'a Arc<str>) -> Starting<'a> {
        self.lock().ids.insert(Arc::clone(request_id));
        Starting { running: self, request_id }
    }

    /// Returns whether the request was started here and has not settled.
    pub(crate) fn is_under_way(&self, request_id: &str) -> bool {
        self.lock().ids.contains(request_id)
    }

    /// Returns a guard that forgets the request of the entry `key` when it is dropped, however
    /// its settling ends; a later request of the entry stays.
    pub(crate) fn settling_query<'a>(&'a self, key: &'a str, request_id: &'a str) -> Settling<'a> {
        Settling { running: self, key: Some(key), request_id }
    }

    /// Returns a guard that forgets the mutation when it is dropped.
    pub(crate) fn settling_mutation<'a>(&'a self, request_id: &'a str) -> Settling<'a> {
        Settling { running: self, key: None, request_id }
    }

    /// Returns the request of the entry `key`.
    pub(crate) fn query(&self, key: &str) -> Option<RunningQuery> {
        self.lock().queries.get(key).map(|query| query.request.clone())
    }

    /// Returns the mutation with this request id, or the latest one with this shared key.
    pub(crate) fn mutation(&self, key: &str) -> Option<RunningMutation> {
        let requests = self.lock();
        let mutation = requests.mutations.get(key).or_else(|| requests.shared.get(key));
        mutation.map(|mutation| mutation.request.clone())
    }

    /// Returns the requests of queries, in order of their start.
    pub(crate) fn queries(&self) -> Vec<RunningQuery> {
        let requests = self.lock();
        let mut queries: Vec<_> = requests.queries.values().collect();
        queries.sort_unstable_by_key(|query| query.order);
        queries.into_iter().map(|query| query.request.clone()).collect()
    }

    /// Returns the mutations, each once, in order of their start; the latest of a shared key
    /// stands in the place of the first.
    pub(crate) fn mutations(&self) -> Vec<RunningMutation> {
        let requests = self.lock();
        let mut seen = BTreeSet::new();
        let mut mutations = requests.mutations_in_order();
        mutations.retain(|mutation| seen.insert(&mutation.request.started.request_id));
        mutations.into_iter().map(|mutation| mutation.request.clone()).collect()
    }

    pub(crate) fn abort_query(&self, key: &str) {
        if let Some(query) = self.query(key) {
            query.started.abort.abort(None);
        }
    }

    /// Aborts everything: queries, then mutations, each in order of their start.
    pub(crate) fn abort_all(&self) {
        let aborts: Vec<AbortHandle> = {
            let queries = self.queries();
            let requests = self.lock();
            // The second abortion of a mutation does nothing.
            let mutations = requests.mutations_in_order();
            let mutations = mutations.into_iter().map(|it| it.request.started.abort.clone());
            queries.into_iter().map(|it| it.started.abort).chain(mutations).collect()
        };
        for abort in aborts {
            abort.abort(None);
        }
    }
}

impl RunningMutation {
    fn has_id(&self, request_id: &str) -> bool {
        *self.started.request_id == *request_id
    }
}

/// A request whose end is being dispatched, which may panic in a reducer.
#[must_use = "dropping it forgets the request"]
pub(crate) struct Settling<'a> {
    running: &'a Running,
    /// The entry of a query; mutations have none.
    key: Option<&'a str>,
    request_id: &'a str,
}

impl Drop for Settling<'_> {
    fn drop(&mut self) {
        let mut requests = self.running.lock();
        let Some(key) = self.key else {
            let ended = requests.mutations.remove(self.request_id);
            if let Some(key) = ended.and_then(|it| it.request.arg.fixed_cache_key.clone())
                && requests.shared.get(&key).is_some_and(|it| it.request.has_id(self.request_id))
            {
                requests.shared.remove(&key);
            }
            return;
        };
        requests.ids.remove(self.request_id);
        let running = requests.queries.get(key);
        if running.is_some_and(|query| *query.request.started.request_id == *self.request_id) {
            requests.queries.remove(key);
        }
    }
}

/// A request whose start is being dispatched, which may be refused or panic.
#[must_use = "dropping it forgets the request"]
pub(crate) struct Starting<'a> {
    running: &'a Running,
    request_id: &'a str,
}

impl Starting<'_> {
    /// The request is pending: it is forgotten when it settles.
    pub(crate) fn started(self) {
        std::mem::forget(self);
    }
}

impl Drop for Starting<'_> {
    fn drop(&mut self) {
        self.running.lock().ids.remove(self.request_id);
    }
}
