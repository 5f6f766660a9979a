//! The requests under way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use futures::future::Shared;

use crate::abort::AbortHandle;

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

struct Mutation {
    order: u64,
    request_id: Arc<str>,
    shared_key: Option<Arc<str>>,
    abort: AbortHandle,
}

struct Query {
    order: u64,
    request_id: Arc<str>,
    abort: AbortHandle,
    done: Done,
}

impl Running {
    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add_query(
        &self,
        key: &Arc<str>,
        request_id: &Arc<str>,
        abort: AbortHandle,
        done: Done,
    ) {
        let mut requests = self.lock();
        requests.started += 1;
        let order = requests.queries.get(key).map_or(requests.started, |query| query.order);
        let query = Query { order, request_id: Arc::clone(request_id), abort, done };
        requests.queries.insert(Arc::clone(key), query);
    }

    pub(crate) fn add_mutation(
        &self,
        request_id: &Arc<str>,
        shared_key: Option<&Arc<str>>,
        abort: AbortHandle,
    ) {
        let mut requests = self.lock();
        requests.started += 2;
        let mutation = |order| Mutation {
            order,
            request_id: Arc::clone(request_id),
            shared_key: shared_key.cloned(),
            abort: abort.clone(),
        };
        let order = requests.started;
        requests.mutations.insert(Arc::clone(request_id), mutation(order - 1));
        if let Some(key) = shared_key {
            let order = requests.shared.get(key).map_or(order, |earlier| earlier.order);
            requests.shared.insert(Arc::clone(key), mutation(order));
        }
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

    pub(crate) fn query(&self, key: &str) -> Option<Done> {
        self.lock().queries.get(key).map(|query| query.done.clone())
    }

    pub(crate) fn abort_query(&self, key: &str) {
        let abort = self.lock().queries.get(key).map(|query| query.abort.clone());
        if let Some(abort) = abort {
            abort.abort(None);
        }
    }

    /// Aborts everything: queries, then mutations, each in order of their start.
    pub(crate) fn abort_all(&self) {
        let aborts: Vec<AbortHandle> = {
            let requests = self.lock();
            let mut queries: Vec<_> =
                requests.queries.values().map(|it| (it.order, it.abort.clone())).collect();
            // A mutation with a shared key stands here twice; the second abortion does nothing.
            let mutations = requests.mutations.values().chain(requests.shared.values());
            let mut mutations: Vec<_> = mutations.map(|it| (it.order, it.abort.clone())).collect();
            queries.sort_unstable_by_key(|(order, _)| *order);
            mutations.sort_unstable_by_key(|(order, _)| *order);
            queries.into_iter().chain(mutations).map(|(_, abort)| abort).collect()
        };
        for abort in aborts {
            abort.abort(None);
        }
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
            if let Some(key) = ended.and_then(|mutation| mutation.shared_key)
                && requests.shared.get(&key).is_some_and(|it| *it.request_id == *self.request_id)
            {
                requests.shared.remove(&key);
            }
            return;
        };
        requests.ids.remove(self.request_id);
        let running = requests.queries.get(key);
        if running.is_some_and(|query| &*query.request_id == self.request_id) {
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
