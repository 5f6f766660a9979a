//! Histories do what the instrument of Redux DevTools did.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::any::Any;
use std::borrow::Cow;

use proptest::prelude::*;
use retake_store::history::{
    ActionId, HistoryOptions, ImportError, LiftedAction, LiftedState, Performed, TravelError,
};
use retake_store::{Action, Changed, Reducer, State, WireAction, WireError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Trace {
    value: i64,
    log: Vec<i64>,
}

impl State for Trace {}

#[derive(Clone, Debug, PartialEq)]
enum TraceAction {
    Add(i64),
    Double,
    FailAbove(i64),
}

impl Reducer<TraceAction> for Trace {
    fn reduce(&mut self, action: &TraceAction) -> Changed {
        match *action {
            TraceAction::Add(by) => {
                self.value += by;
                self.log.push(by);
                self.log.drain(..self.log.len().saturating_sub(4));
            }
            TraceAction::Double => self.value = (self.value * 2) % 1000,
            TraceAction::FailAbove(limit) => {
                assert!(self.value <= limit, "{} is above {limit}", self.value);
                return Changed::NONE;
            }
        }
        Changed::ALL
    }
}

impl Action for TraceAction {
    fn action_type(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Add(_) => "trace/add",
            Self::Double => "trace/double",
            Self::FailAbove(_) => "trace/failAbove",
        })
    }

    fn leaf(&self) -> &dyn Any {
        self
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        let wire = WireAction::new(self.action_type());
        match self {
            Self::Add(by) | Self::FailAbove(by) => wire.with_payload(by),
            Self::Double => Ok(wire),
        }
    }

    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        Some(match wire.kind.as_str() {
            "trace/add" => wire.payload_as().map(Self::Add),
            "trace/double" => Ok(Self::Double),
            "trace/failAbove" => wire.payload_as().map(Self::FailAbove),
            _ => return None,
        })
    }
}

type History = LiftedState<Trace, TraceAction>;

fn start() -> History {
    LiftedState::new(Trace { value: 1, log: Vec::new() }, HistoryOptions::default())
}

fn add(history: &mut History, by: i64) -> ActionId {
    match history.perform(TraceAction::Add(by), 0) {
        Performed::Recorded(id) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_has_actions_in_their_order_with_the_states_after_them() {
    let mut history = start();
    let first = add(&mut history, 1);
    let second = add(&mut history, 5);
    let before = LiftedAction::ReorderAction { action_id: second, before_action_id: first };
    history.apply(&before).unwrap();
    history.apply(&LiftedAction::ToggleAction { id: first }).unwrap();
    let list: Vec<_> =
        history.actions().map(|(id, action, step)| (id.0, action, step.state.value)).collect();
    assert_eq!(
        list,
        [(0, None, 1), (2, Some(&TraceAction::Add(5)), 6), (1, Some(&TraceAction::Add(1)), 6)],
    );
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    seed: u64,
    initial: Trace,
    options: RecordedOptions,
    steps: Vec<RecordedStep>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordedOptions {
    max_age: Option<usize>,
    catch_errors: bool,
    pause_step: bool,
    start_locked: bool,
    start_paused: bool,
}

#[derive(Deserialize)]
struct RecordedStep {
    perform: Option<WireAction>,
    lifted: Option<LiftedAction>,
    import: Option<RecordedImport>,
    #[serde(default)]
    threw: bool,
    then: Value,
}

#[derive(Clone, Deserialize)]
struct RecordedImport {
    committed: Trace,
    actions: Vec<WireAction>,
}

fn options(recorded: &RecordedOptions) -> HistoryOptions {
    let options = HistoryOptions::default()
        .catch_errors(recorded.catch_errors)
        .pause_step(recorded.pause_step)
        .start_locked(recorded.start_locked)
        .start_paused(recorded.start_paused);
    recorded.max_age.map_or(options.clone(), |states| options.max_age(states))
}

fn read(wire: &WireAction) -> TraceAction {
    TraceAction::from_wire(wire).unwrap().unwrap()
}

/// Returns whether a reducer panicked.
fn take(history: &mut History, step: &RecordedStep) -> bool {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        if let Some(action) = &step.perform {
            let _ = history.perform(read(action), 0);
        } else if let Some(lifted) = &step.lifted {
            history.apply(lifted).unwrap();
        } else if let Some(import) = &step.import {
            let actions: Vec<_> = import.actions.iter().map(|action| (read(action), 0)).collect();
            history.import_actions(import.committed.clone(), actions);
        }
    }))
    .is_err()
}

fn view(history: &History) -> Value {
    let computed = history.steps().map(|(_, step)| match &step.error {
        Some(error) => json!({"state": *step.state, "error": **error}),
        None => json!({"state": *step.state}),
    });
    json!({
        "staged": history.steps().map(|(id, _)| id).collect::<Vec<_>>(),
        "skipped": history.skipped(),
        "current": history.current_state_index(),
        "next": history.next_action_id(),
        "committed": **history.committed(),
        "locked": history.is_locked(),
        "paused": history.is_paused(),
        "computed": computed.collect::<Vec<_>>(),
    })
}

/// The recordings are made by `conformance/history/record.mjs`.
#[test]
fn a_history_does_what_redux_devtools_did() {
    let recordings = include_str!("../../../../conformance/history/recordings.json");
    let recordings: Vec<Recording> = serde_json::from_str(recordings).unwrap();
    assert!(recordings.len() >= 60);
    for recording in recordings {
        let mut history = LiftedState::new(recording.initial, options(&recording.options));
        for (at, step) in recording.steps.iter().enumerate() {
            let place = format!("seed {}, step {at}", recording.seed);
            assert_eq!(take(&mut history, step), step.threw, "{place}");
            assert_eq!(view(&history), step.then, "{place}");
        }
    }
}

#[test]
fn what_is_not_there_is_an_error_and_changes_nothing() {
    let mut history = start();
    add(&mut history, 1);
    let before = view(&history);
    let none = ActionId(7);
    for (action, error) in [
        (LiftedAction::ToggleAction { id: ActionId::INIT }, TravelError::Beginning),
        (LiftedAction::ToggleAction { id: none }, TravelError::NoAction { id: none }),
        (LiftedAction::JumpToState { index: 2 }, TravelError::NoState { index: 2, states: 2 }),
        (
            LiftedAction::SetActionsActive { start: none, end: ActionId(9), active: false },
            TravelError::NoAction { id: none },
        ),
    ] {
        assert_eq!(history.apply(&action), Err(error));
        assert_eq!(view(&history), before);
    }
}

#[test]
fn the_view_stays_after_a_jump_and_actions_go_onto_the_head() {
    let mut history = start();
    add(&mut history, 1);
    add(&mut history, 2);
    history.apply(&LiftedAction::JumpToState { index: 1 }).unwrap();
    add(&mut history, 10);
    assert_eq!((history.state().value, history.head().value), (2, 14));
}

#[test]
fn states_that_did_not_change_are_shared() {
    let mut history = start();
    add(&mut history, 1);
    let _ = history.perform(TraceAction::FailAbove(100), 0);
    let states: Vec<_> = history.steps().map(|(_, step)| &step.state).collect();
    assert!(std::sync::Arc::ptr_eq(states[1], states[2]));
}

#[test]
fn an_import_that_does_not_fit_changes_nothing() {
    let mut history = start();
    add(&mut history, 1);
    let json = history.to_json().unwrap();
    let before = view(&history);

    let mut unknown = json.clone();
    unknown["actionsById"]["1"]["action"]["type"] = "other/thing".into();
    assert!(matches!(history.import(&unknown, 0), Err(ImportError::UnknownAction { .. })));
    let mut bad = json.clone();
    bad["actionsById"]["1"]["action"]["payload"] = "much".into();
    assert!(matches!(history.import(&bad, 0), Err(ImportError::Action { id: ActionId(1), .. })));
    for (pointer, value) in [
        ("/stagedActionIds", json!([])),
        ("/stagedActionIds", json!([0, 1, 1])),
        ("/stagedActionIds", json!([0, 5])),
        ("/currentStateIndex", json!(2)),
        ("/nextActionId", json!(1)),
        ("/nextActionId", json!(u64::MAX)),
        ("/skippedActionIds", json!([0])),
    ] {
        let mut wrong = json.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        assert!(
            matches!(history.import(&wrong, 0), Err(ImportError::Inconsistent(_))),
            "{pointer}"
        );
    }
    assert!(matches!(history.import(&json!([1]), 0), Err(ImportError::Json(_))));
    assert_eq!(view(&history), before);
}

fn any_action() -> impl Strategy<Value = TraceAction> {
    prop_oneof![
        4 => (-3..9_i64).prop_map(TraceAction::Add),
        2 => Just(TraceAction::Double),
        1 => (0..40_i64).prop_map(TraceAction::FailAbove),
    ]
}

fn any_lifted() -> impl Strategy<Value = LiftedAction> {
    let id = || (0..14_u64).prop_map(ActionId);
    prop_oneof![
        Just(LiftedAction::Sweep),
        id().prop_map(|id| LiftedAction::ToggleAction { id }),
        (id(), id(), any::<bool>())
            .prop_map(|(start, end, active)| LiftedAction::SetActionsActive { start, end, active }),
        (0..14_usize).prop_map(|index| LiftedAction::JumpToState { index }),
        id().prop_map(|action_id| LiftedAction::JumpToAction { action_id }),
        (id(), id()).prop_map(|(action_id, before_action_id)| LiftedAction::ReorderAction {
            action_id,
            before_action_id
        }),
    ]
}

fn any_step() -> impl Strategy<Value = Result<TraceAction, LiftedAction>> {
    prop_oneof![
        4 => any_action().prop_map(Ok),
        4 => any_lifted().prop_map(Err),
        1 => prop_oneof![
            Just(LiftedAction::Reset),
            Just(LiftedAction::Rollback),
            Just(LiftedAction::Commit),
            any::<bool>().prop_map(|status| LiftedAction::LockChanges { status }),
            any::<bool>().prop_map(|status| LiftedAction::PauseRecording { status }),
            any::<bool>().prop_map(|status| LiftedAction::PauseRecording { status }),
        ].prop_map(Err),
    ]
}

proptest! {
    /// Whatever was done, what is exported can be imported.
    #[test]
    fn what_is_exported_can_be_imported(
        steps in proptest::collection::vec(any_step(), 1..40),
        max_age in proptest::option::of(2..8_usize),
        (catch, pause, locked, paused) in any::<(bool, bool, bool, bool)>(),
    ) {
        let mut options = HistoryOptions::default()
            .catch_errors(catch).pause_step(pause).start_locked(locked).start_paused(paused);
        if let Some(max_age) = max_age {
            options = options.max_age(max_age);
        }
        let mut history = LiftedState::new(Trace { value: 1, log: Vec::new() }, options.clone());
        for step in steps {
            match step {
                Ok(TraceAction::FailAbove(_)) if !catch => {}
                Ok(action) if catch && history.is_paused() => {
                    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        let _ = history.perform(action, 1);
                    }));
                }
                Ok(action) => { let _ = history.perform(action, 1); }
                Err(lifted) => { let _ = history.apply(&lifted); }
            }
            let json = history.to_json().unwrap();
            let mut imported: History = LiftedState::new(Trace { value: 0, log: Vec::new() }, options.clone());
            let result = imported.import(&json, 0);
            prop_assert!(result.is_ok(), "{:?} {json}", result);
            let again = imported.to_json().unwrap();
            prop_assert_eq!(&again["stagedActionIds"], &json["stagedActionIds"]);
            let _ = imported.perform(TraceAction::Double, 1);
        }
    }

    /// Whatever was asked for, each state is the one before with its action reduced onto it.
    #[test]
    fn states_follow_from_the_actions(
        actions in proptest::collection::vec(any_action(), 1..12),
        lifted in proptest::collection::vec(any_lifted(), 0..12),
    ) {
        let options = HistoryOptions::default().catch_errors(true);
        let mut history = LiftedState::new(Trace { value: 1, log: Vec::new() }, options);
        for (at, action) in actions.into_iter().enumerate() {
            let _ = history.perform(action, at as u64);
        }
        for lifted in &lifted {
            let _ = history.apply(lifted);
        }
        let mut state = Trace::clone(history.committed());
        for (id, step) in history.steps() {
            let action = history.action(id).and_then(|staged| staged.action.as_ref());
            if let Some(action) = action
                && !history.skipped().contains(&id)
                && step.error.is_none()
            {
                let _ = state.reduce(action);
            }
            prop_assert_eq!(&*step.state, &state);
        }

        let options = HistoryOptions::default().catch_errors(true);
        let mut imported = LiftedState::new(Trace { value: 0, log: Vec::new() }, options);
        imported.import(&history.to_json().unwrap(), 0).unwrap();
        prop_assert_eq!(view(&imported), view(&history));
    }
}
