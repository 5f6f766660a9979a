//! What the steps and the scripts of a run share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use retake_testing::VirtualRuntime;

use crate::apis::Apis;
use crate::calls::Refusal;
use crate::checker::FailureLog;
use crate::endpoints::{AnyMutation, Endpoints};
use crate::journal::Journal;
use crate::patch::Patch;
use crate::queries::QueryEndpoint;
use crate::scenario::EndpointSpec;
use crate::slot::{AllEndpoints, Slot};

/// The apis with their endpoints, the journal and the named patches of a run.
///
/// The store carries it as its extra value, so that scripts find it.
pub(crate) struct World {
    pub(crate) runtime: VirtualRuntime,
    pub(crate) journal: Journal,
    pub(crate) apis: Apis,
    endpoints: AllEndpoints,
    patches: Mutex<BTreeMap<String, Arc<Patch>>>,
    scripts: AtomicU64,
}

impl World {
    pub(crate) fn new(runtime: VirtualRuntime, journal: Journal, apis: Apis) -> Arc<Self> {
        let (patches, scripts) = (Mutex::default(), AtomicU64::new(0));
        let endpoints = AllEndpoints::default();
        Arc::new(Self { runtime, journal, apis, endpoints, patches, scripts })
    }

    /// Returns where failures of schemas of the slot `N` are written down.
    pub(crate) fn failures<N: Slot>(&self) -> FailureLog {
        let (journal, runtime) = (self.journal.clone(), self.runtime.clone());
        FailureLog { journal, runtime, api: self.apis.label::<N>() }
    }

    fn endpoints<N: Slot>(&self) -> MutexGuard<'_, Endpoints<N>> {
        N::endpoints(&self.endpoints).lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn keep_endpoints<N: Slot>(&self, endpoints: Endpoints<N>, replace: bool) {
        self.endpoints().add(endpoints, replace);
    }

    pub(crate) fn spec<N: Slot>(&self, name: &str) -> Option<EndpointSpec> {
        self.endpoints::<N>().specs.get(name).cloned()
    }

    pub(crate) fn query<N: Slot>(&self, name: &str) -> Result<QueryEndpoint<N>, Refusal> {
        let query = self.endpoints().queries.get(name).cloned();
        query.ok_or_else(|| Refusal::Scenario(format!("there is no query `{name}`")))
    }

    pub(crate) fn mutation<N: Slot>(&self, name: &str) -> Result<AnyMutation<N>, Refusal> {
        let mutation = self.endpoints().mutations.get(name).cloned();
        mutation.ok_or_else(|| Refusal::Scenario(format!("there is no mutation `{name}`")))
    }

    /// Returns the number of a script that starts.
    pub(crate) fn next_script(&self) -> u64 {
        self.scripts.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn keep_patch(&self, name: String, patch: Arc<Patch>) {
        self.patches.lock().unwrap_or_else(PoisonError::into_inner).insert(name, patch);
    }

    pub(crate) fn patch(&self, name: &str) -> Option<Arc<Patch>> {
        self.patches.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}
