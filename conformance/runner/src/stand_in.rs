//! Reducer paths that no type has.
//!
//! An api has its reducer path as a constant, so only some names have a type here. An api of
//! any other name runs as one of [`STAND_IN`], and names are exchanged on the way in (actions
//! that a scenario dispatches) and out (types of actions, the config).

use serde_json::Value;

use crate::run::{Run, RunError};
use crate::scenario::{ApiSpec, Scenario, Step};
use crate::script::ScriptOp;

/// The reducer path of the type that stands in.
pub(crate) const STAND_IN: &str = "retakeStandIn";

/// Runs `scenario`, whose api has the path `path`, by `run` with another one.
pub(crate) fn run_as_stand_in(
    scenario: &Scenario,
    path: &str,
    run: impl FnOnce(&Scenario) -> Result<Run, RunError>,
) -> Result<Run, RunError> {
    let mut renamed = scenario.clone();
    let rename = |action: &mut Value| exchange(action, path, STAND_IN);
    for step in &mut renamed.steps {
        if let Step::Dispatch { action } = &mut step.step {
            rename(action);
        }
    }
    for api in renamed.apis_mut() {
        rename_api(api, &rename);
    }
    let mut done = run(&renamed)?;
    rename_observation(&mut done.observation, path);
    Ok(done)
}

fn rename_api(api: &mut ApiSpec, rename: &impl Fn(&mut Value)) {
    STAND_IN.clone_into(&mut api.reducer_path);
    for endpoint in api.endpoints.values_mut() {
        let scripts = [&mut endpoint.on_query_started, &mut endpoint.on_cache_entry_added];
        scripts.into_iter().flatten().for_each(|ops| rename_script(ops, rename));
    }
}

fn rename_script(ops: &mut [ScriptOp], rename: &impl Fn(&mut Value)) {
    for op in ops {
        match op {
            ScriptOp::Dispatch { action } => rename(action),
            ScriptOp::AwaitQueryFulfilled { on_success, on_error }
            | ScriptOp::AwaitCacheDataLoaded { on_success, on_error } => {
                rename_script(on_success, rename);
                rename_script(on_error.as_deref_mut().unwrap_or_default(), rename);
            }
            _ => {}
        }
    }
}

fn rename_observation(observation: &mut Value, path: &str) {
    let set_path = |state: Option<&mut Value>| {
        let config = state.and_then(|state| state.pointer_mut("/config/reducerPath"));
        if let Some(config) = config {
            *config = path.into();
        }
    };
    set_path(observation.pointer_mut("/initial/state"));
    for step in observation["steps"].as_array_mut().into_iter().flatten() {
        set_path(step.get_mut("state"));
        for action in step["actions"].as_array_mut().into_iter().flatten() {
            exchange(action, STAND_IN, path);
        }
    }
}

/// Lets the type of `action` begin with the path `to`, if it begins with `from`.
fn exchange(action: &mut Value, from: &str, to: &str) {
    let Some(Value::String(kind)) = action.get_mut("type") else { return };
    let own = kind.strip_prefix(from).filter(|own| own.starts_with('/'));
    if let Some(own) = own {
        *kind = format!("{to}{own}");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_of_actions_change_their_path() {
        for (given, expected) in [
            ("a/queries/x", "b/queries/x"),
            ("ab/queries/x", "ab/queries/x"),
            ("__rtkq/focused", "__rtkq/focused"),
            ("a", "a"),
        ] {
            let mut action = json!({"type": given, "payload": {"type": "a/x"}});
            exchange(&mut action, "a", "b");
            assert_eq!(action, json!({"type": expected, "payload": {"type": "a/x"}}));
        }
    }
}
