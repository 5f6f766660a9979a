//! What the steps and the scripts of a run share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use retake_testing::VirtualRuntime;

use crate::app::ReducerPath;
use crate::calls::Refusal;
use crate::endpoints::{AnyMutation, Endpoints};
use crate::journal::Journal;
use crate::patch::Patch;
use crate::queries::QueryEndpoint;
use crate::scenario::EndpointSpec;

/// The endpoints, the journal and the named patches of a run.
///
/// The store carries it as its extra value, so that scripts find it.
pub(crate) struct World<N: ReducerPath> {
    pub(crate) runtime: VirtualRuntime,
    pub(crate) journal: Journal,
    pub(crate) rehydrate_action_type: Option<String>,
    endpoints: Mutex<Endpoints<N>>,
    patches: Mutex<BTreeMap<String, Arc<Patch<N>>>>,
    scripts: AtomicU64,
}

impl<N: ReducerPath> World<N> {
    pub(crate) fn new(
        runtime: VirtualRuntime,
        journal: Journal,
        rehydrate_action_type: Option<String>,
    ) -> Arc<Self> {
        let (patches, scripts) = (Mutex::default(), AtomicU64::new(0));
        let endpoints = Mutex::new(Endpoints::none());
        Arc::new(Self { runtime, journal, rehydrate_action_type, endpoints, patches, scripts })
    }

    fn endpoints(&self) -> MutexGuard<'_, Endpoints<N>> {
        self.endpoints.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn keep_endpoints(&self, endpoints: Endpoints<N>, replace: bool) {
        self.endpoints().add(endpoints, replace);
    }

    pub(crate) fn spec(&self, name: &str) -> Option<EndpointSpec> {
        self.endpoints().specs.get(name).cloned()
    }

    pub(crate) fn query(&self, name: &str) -> Result<QueryEndpoint<N>, Refusal> {
        let query = self.endpoints().queries.get(name).cloned();
        query.ok_or_else(|| Refusal::Scenario(format!("there is no query `{name}`")))
    }

    pub(crate) fn mutation(&self, name: &str) -> Result<AnyMutation<N>, Refusal> {
        let mutation = self.endpoints().mutations.get(name).cloned();
        mutation.ok_or_else(|| Refusal::Scenario(format!("there is no mutation `{name}`")))
    }

    /// Returns the number of a script that starts.
    pub(crate) fn next_script(&self) -> u64 {
        self.scripts.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn keep_patch(&self, name: String, patch: Arc<Patch<N>>) {
        self.patches.lock().unwrap_or_else(PoisonError::into_inner).insert(name, patch);
    }

    pub(crate) fn patch(&self, name: &str) -> Option<Arc<Patch<N>>> {
        self.patches.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}
