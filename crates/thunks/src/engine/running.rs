//! The requests under way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use futures::future::Shared;

use crate::abort::AbortHandle;

/// Is ready when a request has settled, and its action was reduced.
pub(crate) type Done = Shared<oneshot::Receiver<()>>;

/// The requests under way, in order of their start.
///
/// Source: RTK Query, `runningQueries` and `runningMutations`.
#[derive(Default)]
pub(crate) struct Running(Mutex<Requests>);

#[derive(Default)]
struct Requests {
    started: u64,
    /// At most one for each entry: the latest.
    queries: BTreeMap<Arc<str>, Query>,
    mutations: BTreeMap<Arc<str>, (u64, AbortHandle)>,
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
        let order = requests.started;
        let query = Query { order, request_id: Arc::clone(request_id), abort, done };
        requests.queries.insert(Arc::clone(key), query);
    }

    pub(crate) fn add_mutation(&self, request_id: &Arc<str>, abort: AbortHandle) {
        let mut requests = self.lock();
        requests.started += 1;
        let order = requests.started;
        requests.mutations.insert(Arc::clone(request_id), (order, abort));
    }

    /// Forgets the request of the entry `key`, unless a later one has taken its place.
    pub(crate) fn remove_query(&self, key: &str, request_id: &str) {
        let mut requests = self.lock();
        if requests.queries.get(key).is_some_and(|query| &*query.request_id == request_id) {
            requests.queries.remove(key);
        }
    }

    pub(crate) fn remove_mutation(&self, request_id: &str) {
        self.lock().mutations.remove(request_id);
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
            let mut mutations: Vec<_> = requests.mutations.values().cloned().collect();
            queries.sort_unstable_by_key(|(order, _)| *order);
            mutations.sort_unstable_by_key(|(order, _)| *order);
            queries.into_iter().chain(mutations).map(|(_, abort)| abort).collect()
        };
        for abort in aborts {
            abort.abort(None);
        }
    }
}
