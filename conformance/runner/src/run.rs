//! Running a scenario.

use std::collections::BTreeMap;
use std::sync::Arc;

use retake::configure_store;
use retake::thunks::{OverrideExisting, Runtime};
use retake_testing::{EPOCH, VirtualRuntime};
use serde_json::{Value, json};

use crate::apis::Apis;
use crate::app::{AppAction, Keys, TestApi};
use crate::calls::Refusal;
use crate::checker::api_hooks;
use crate::ids::rename_ids;
use crate::journal::{Journal, Reduced};
use crate::later::inject;
use crate::observation::{StepResult, record};
use crate::recorder::Recorder;
use crate::retry::ScenarioBaseQuery;
use crate::scenario::Scenario;
use crate::server::Server;
use crate::session::Session;
use crate::slot::{App, SlotName, in_slot};
use crate::world::World;

/// The version of RTK Query whose behaviour is expected.
pub(crate) const RTK: &str = "2.14.0";

/// A scenario that was run.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was observed, in the form of `schema/expected.schema.json`.
    pub observation: Value,
    /// Every action that reached the reducers, subscriptions included.
    pub actions: Vec<Reduced>,
    pub(crate) apis: Apis,
    /// The state before the first step.
    pub(crate) initial: App,
}

/// A scenario was not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
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
    let failed = |reason: String| RunError::Build { scenario: scenario.name.clone(), reason };
    let apis = Apis::of(scenario).map_err(failed)?;
    let (runtime, journal) = (VirtualRuntime::new(), Journal::default());
    let world = World::new(runtime.clone(), journal.clone(), apis.clone());
    let server = Server::new(scenario.server.clone(), journal.clone(), runtime.clone());
    let (mut app, mut keys) = (App::default(), Vec::new());
    let mut builder = configure_store::<App, AppAction>();
    for (slot, api) in SlotName::ALL.iter().zip(scenario.apis()) {
        in_slot!(slot, N => {
            app.begin::<N>(api);
            keys.push(Keys::of::<N>(api.serialize_query_args.as_ref()));
            let server = server.for_api(apis.label::<N>());
            builder = builder.api(
                TestApi::<N>::new(api_hooks(api, &world.failures::<N>())),
                ScenarioBaseQuery::new(server, api.retry.as_ref()),
            );
        });
    }
    let (recorded, now) = (journal.clone(), runtime.clone());
    let store = builder
        .preloaded_state(app)
        .runtime(runtime.clone())
        .extra(Arc::clone(&world))
        .middleware(Recorder { journal: recorded, runtime: now, slices: App::slices })
        .build()
        .map_err(|error| failed(error.to_string()))?;
    for (slot, api) in SlotName::ALL.iter().zip(scenario.apis()) {
        let refuse = OverrideExisting::Refuse;
        in_slot!(slot, N => inject::<N>(&world, &store, &api.endpoints, refuse))
            .map_err(|error| failed(error.to_string()))?;
    }
    runtime.settle();
    drop(journal.take());
    let initial = App::clone(&store.state());
    let (state, subscriptions) =
        apis.observed(&initial.slices()).map_err(|error| failed(error.to_string()))?;
    let mut observation = json!({
        "scenario": scenario.name,
        "rtk": RTK,
        "epoch": EPOCH,
        "initial": {"state": state, "subscriptions": subscriptions, "user": initial.user},
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
    Ok(Run { observation, actions, apis, initial })
}

fn run_step(
    session: &mut Session,
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
    let done = StepResult { result, threw, events, now, slices: &app.slices(), user };
    record(index, step, done, &session.world.apis).map_err(|error| failed(error.to_string()))
}

fn thrown(refusal: &Refusal) -> Value {
    json!({"name": "Error", "message": refusal.to_string()})
}
