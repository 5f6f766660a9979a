//! Running a scenario.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use retake::configure_store;
use retake::store::cache::{Api, CacheState};
use retake::thunks::{OverrideExisting, Runtime};
use retake_testing::{EPOCH, VirtualRuntime};
use serde_json::{Value, json};

use crate::app::{App, AppAction, AppStore, Keys, ReducerPath, TestApi, with_path};
use crate::calls::Refusal;
use crate::checker::{FailureLog, api_hooks};
use crate::ids::rename_ids;
use crate::journal::{Journal, Reduced};
use crate::later::inject;
use crate::needs::missing_features;
use crate::observation::{StepResult, record, split_state};
use crate::recorder::Recorder;
use crate::retry::ScenarioBaseQuery;
use crate::scenario::{ApiSpec, Scenario};
use crate::server::Server;
use crate::session::Session;
use crate::stand_in::run_as_stand_in;
use crate::world::World;

/// The version of RTK Query whose behaviour is expected.
pub(crate) const RTK: &str = "2.14.0";

/// A scenario that was run.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was observed, in the form of `schema/expected.schema.json`.
    pub observation: Value,
    /// The reducer path of the api type that it ran on.
    pub reducer_path: String,
    /// The type of the action that carries a slice of the api, if there is one.
    pub rehydrate_action_type: Option<String>,
    /// The slice of the api before the first step.
    pub initial: CacheState,
    /// Every action that reached the reducers, subscriptions included.
    pub actions: Vec<Reduced>,
}

/// A scenario was not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// It needs what retake does not have.
    #[error("{scenario} needs {}", features.join(", "))]
    Needs {
        /// The scenario.
        scenario: String,
        /// What it needs.
        features: Vec<&'static str>,
    },
    /// The store was not built.
    #[error("{scenario}: {reason}")]
    Build {
        /// The scenario.
        scenario: String,
        /// Why.
        reason: String,
    },
    /// A step could not be done.
    #[error("{scenario} step {step} ({op}): {reason}")]
    Step {
        /// The scenario.
        scenario: String,
        /// The number of the step.
        step: usize,
        /// What it does.
        op: &'static str,
        /// Why not.
        reason: String,
    },
}

/// Runs `scenario` on a new store.
///
/// # Errors
/// [`RunError`] when it cannot be run; that a step failed in a way which RTK Query knows,
/// too, is part of the observation.
pub fn run(scenario: &Scenario) -> Result<Run, RunError> {
    let features = missing_features(scenario);
    let name = &scenario.name;
    if !features.is_empty() {
        return Err(RunError::Needs { scenario: name.clone(), features });
    }
    let Some(api) = scenario.apis().next() else {
        return Err(RunError::Build { scenario: name.clone(), reason: "it has no api".to_owned() });
    };
    let path = api.reducer_path.as_str();
    with_path!(path, run_at(scenario, api)).unwrap_or_else(|| run_as_stand_in(scenario, path, run))
}

fn run_at<N: ReducerPath>(scenario: &Scenario, api: &ApiSpec) -> Result<Run, RunError> {
    let failed = |reason: String| RunError::Build { scenario: scenario.name.clone(), reason };
    let (runtime, journal) = (VirtualRuntime::new(), Journal::default());
    let failures = FailureLog { journal: journal.clone(), runtime: runtime.clone() };
    let rehydrate_action_type = api.rehydrate_action_type.clone();
    let world = World::new(runtime.clone(), journal.clone(), rehydrate_action_type.clone());
    let _keys = Keys::of::<N>(api.serialize_query_args.as_ref());
    let server = Server::new(scenario.server.clone(), journal.clone(), runtime.clone());
    let recorder: Recorder<TestApi<N>> =
        Recorder { journal: journal.clone(), runtime: runtime.clone(), api: PhantomData };
    let store: AppStore<N> = configure_store::<App<N>, AppAction<N>>()
        .preloaded_state(App::of(api))
        .runtime(runtime.clone())
        .api(
            TestApi::new(api_hooks(api, &failures)),
            ScenarioBaseQuery::new(server, api.retry.as_ref()),
        )
        .extra(std::sync::Arc::clone(&world))
        .middleware(recorder)
        .build()
        .map_err(|error| failed(error.to_string()))?;
    inject(&world, &store, &api.endpoints, OverrideExisting::Refuse)
        .map_err(|error| failed(error.to_string()))?;
    runtime.settle();
    drop(journal.take());
    let app = store.state();
    let initial = CacheState::clone(TestApi::<N>::slice(&app));
    let (state, subscriptions) =
        split_state(&initial).map_err(|error| failed(error.to_string()))?;
    let mut observation = json!({
        "scenario": scenario.name,
        "rtk": RTK,
        "epoch": EPOCH,
        "initial": {"state": state, "subscriptions": subscriptions, "user": app.user},
        "steps": [],
    });
    let mut session = Session { world, store, handles: BTreeMap::new() };
    let mut actions = Vec::new();
    let mut steps = Vec::with_capacity(scenario.steps.len());
    for index in 0..scenario.steps.len() {
        steps.push(run_step(&mut session, scenario, index, &mut actions)?);
    }
    observation["steps"] = Value::Array(steps);
    rename_ids(&mut observation);
    let reducer_path = N::PATH.to_owned();
    Ok(Run { observation, reducer_path, rehydrate_action_type, initial, actions })
}

fn run_step<N: ReducerPath>(
    session: &mut Session<N>,
    scenario: &Scenario,
    index: usize,
    actions: &mut Vec<Reduced>,
) -> Result<Value, RunError> {
    let step = &scenario.steps[index];
    let failed = |reason: String| RunError::Step {
        scenario: scenario.name.clone(),
        step: index,
        op: step.op(),
        reason,
    };
    let (result, threw) = match session.perform(step, &scenario.steps[index + 1..]) {
        Ok(result) => (result, None),
        Err(refusal) if refusal.is_observable() => (None, Some(thrown(&refusal))),
        Err(refusal) => return Err(failed(refusal.to_string())),
    };
    session.world.runtime.settle();
    let events = session.world.journal.take();
    actions.extend(events.actions.iter().cloned());
    let app = session.store.state();
    let user = (app.user.count > 0).then(|| json!(app.user));
    let now = session.world.runtime.now();
    let done = StepResult { result, threw, events, now, user };
    record(index, step, done, TestApi::<N>::slice(&app), N::PATH)
        .map_err(|error| failed(error.to_string()))
}

fn thrown(refusal: &Refusal) -> Value {
    json!({"name": "Error", "message": refusal.to_string()})
}
