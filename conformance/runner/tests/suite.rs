//! The recorded scenarios, run on retake.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use retake_conformance::{
    Run, RunError, Scenario, check_replay, first_divergence, json_files, read_json, run,
};
use serde_json::Value;

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// Returns the names of all scenarios.
fn names() -> Vec<String> {
    let files = json_files(&directory("scenarios")).unwrap();
    files.iter().map(|file| file.with_extension("").to_string_lossy().replace('\\', "/")).collect()
}

fn run_named(name: &str) -> Result<Run, RunError> {
    let file = directory("scenarios").join(format!("{name}.json"));
    let scenario: Scenario = read_json(&file).unwrap();
    assert_eq!(scenario.name, name);
    run(&scenario)
}

/// Returns how `name` does not match.
fn mismatch(name: &str) -> Option<String> {
    let run = match run_named(name) {
        Ok(run) => run,
        Err(error) => return Some(error.to_string()),
    };
    let file = directory("expected").join(format!("{name}.json"));
    let expected: Value = read_json(&file).unwrap();
    let divergence = first_divergence(&expected, &run.observation)?;
    Some(format!("{name} {divergence}"))
}

#[test]
fn retake_does_what_rtk_query_did() {
    let names = names();
    assert!(!names.is_empty(), "there are no scenarios");
    let mismatches: Vec<_> = names.iter().filter_map(|name| mismatch(name)).collect();
    assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
}

/// A log, written as JSON, read back and reduced, leads to the same state after each action.
#[test]
fn every_log_replays_to_the_same_states() {
    let mut replayed = 0;
    for name in names() {
        let run = run_named(&name).unwrap();
        if let Err(error) = check_replay(&run) {
            panic!("{name}: {error}");
        }
        replayed += run.actions.len();
    }
    assert!(replayed > 0, "nothing was replayed");
}

#[test]
fn a_run_is_the_same_every_time() {
    for name in names() {
        let (one, two) = (run_named(&name).unwrap(), run_named(&name).unwrap());
        assert_eq!(one.observation, two.observation, "{name}");
    }
}

/// The comparison would see it if retake did something else.
#[test]
fn a_changed_observation_is_a_divergence() {
    let name = "optimistic/docs-optimistic-undo";
    let expected: Value = read_json(&directory("expected").join(format!("{name}.json"))).unwrap();
    let run = run_named(name).unwrap();
    for pointer in [
        "/steps/2/actions/1",
        "/steps/3/state/queries/getPost(1)/data",
        "/steps/4/result",
        "/steps/1/now",
    ] {
        let mut changed = run.observation.clone();
        *changed.pointer_mut(pointer).unwrap() = Value::Null;
        let found = first_divergence(&expected, &changed).unwrap();
        assert!(found.pointer.starts_with(pointer), "{pointer}: {found}");
    }
}
