//! Observations of stores that others build.

use std::fmt;
use std::slice;

use retake::store::cache::{Api, CacheState, StateOf};
use retake::thunks::Runtime;
use retake_testing::{EPOCH, VirtualRuntime};
use serde_json::{Value, json};

use crate::apis::Apis;
use crate::edit::{apply, recipe};
use crate::ids::rename_ids;
use crate::journal::Journal;
use crate::observation::{StepResult, record};
use crate::recorder::Recorder;
use crate::retry::ScenarioBaseQuery;
use crate::run::RTK;
use crate::scenario::{EditSpec, Scenario, Step};
use crate::server::Server;
use crate::template::Scope;

/// Writes the observation of a scenario whose store and endpoints are somebody else's: of an
/// application's own types.
///
/// The store gets [`middleware`](Self::middleware) as its last one, and
/// [`base_query`](Self::base_query). Whoever performs the steps tells of each.
#[derive(Debug)]
pub struct Observer {
    runtime: VirtualRuntime,
    journal: Journal,
    apis: Apis,
    observation: Value,
}

impl Observer {
    /// Returns an observer of what happens on `runtime` to the api with the reducer path
    /// `path`.
    #[must_use]
    pub fn new(scenario: &Scenario, path: &'static str, runtime: VirtualRuntime) -> Self {
        let observation =
            json!({"scenario": scenario.name, "rtk": RTK, "epoch": EPOCH, "steps": []});
        Self { runtime, journal: Journal::default(), apis: Apis::one(path), observation }
    }

    /// Returns the server of `scenario`.
    #[must_use]
    pub fn base_query(&self, scenario: &Scenario) -> ScenarioBaseQuery {
        let routes = scenario.server.clone();
        let server = Server::new(routes, self.journal.clone(), self.runtime.clone());
        let retry = scenario.apis().next().and_then(|api| api.retry.as_ref());
        ScenarioBaseQuery::new(server, retry)
    }

    /// Returns what sees the actions that reach the reducers.
    #[must_use]
    pub fn middleware<P: Api>(&self) -> Recorder<StateOf<P>> {
        let (journal, runtime) = (self.journal.clone(), self.runtime.clone());
        Recorder { journal, runtime, slices: |app| vec![CacheState::clone(P::slice(app))] }
    }

    /// Writes down the slice that the scenario begins with.
    ///
    /// # Errors
    /// When it has no JSON form.
    pub fn begin(&mut self, cache: &CacheState) -> Result<(), serde_json::Error> {
        drop(self.journal.take());
        let (state, subscriptions) = self.apis.observed(slice::from_ref(cache))?;
        let user = json!({"count": 0, "last": null});
        self.observation["initial"] =
            json!({"state": state, "subscriptions": subscriptions, "user": user});
        Ok(())
    }

    /// Writes `outcome` down as that of the handle `name`, in the step that is under way when
    /// it is there.
    pub fn report_later(
        &self,
        name: &str,
        via: &'static str,
        outcome: impl Future<Output = Value> + Send + 'static,
    ) {
        let (journal, name) = (self.journal.clone(), name.to_owned());
        self.runtime.start(Box::pin(async move {
            let outcome = outcome.await;
            journal.lock().settled.push((name, via, outcome));
        }));
    }

    /// Writes down the step that was performed last: what it returned, and the slice after it.
    ///
    /// # Errors
    /// When the slice has no JSON form.
    pub fn record(
        &mut self,
        step: &Step,
        result: Option<Value>,
        cache: &CacheState,
    ) -> Result<(), serde_json::Error> {
        let (events, now) = (self.journal.take(), self.runtime.now());
        let slices = slice::from_ref(cache);
        let done = StepResult { result, threw: None, events, now, slices, user: None };
        if let Some(steps) = self.observation["steps"].as_array_mut() {
            steps.push(record(steps.len(), step, done, &self.apis)?);
        }
        Ok(())
    }

    /// Returns the observation.
    #[must_use]
    pub fn finish(mut self) -> Value {
        rename_ids(&mut self.observation);
        self.observation
    }
}

/// Returns `data` with `edits`, as a recipe of the argument `arg` makes them.
///
/// # Errors
/// When they are no recipe.
pub fn edited(
    mut data: Value,
    edits: &[EditSpec],
    arg: Option<Value>,
) -> Result<Value, impl fmt::Display> {
    recipe(edits, &Scope::of_arg(arg)).map(|edits| {
        apply(&mut data, &edits);
        data
    })
}
