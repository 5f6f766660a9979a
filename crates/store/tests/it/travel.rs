//! A store that keeps its history: what is shown, what goes on, who is told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::any::Any;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use retake_store::history::{
    ActionId, HistoryChange, HistoryOptions, LiftedAction, LiftedState, TravelError,
};
use retake_store::log::{ApiSlices, UntypedAction};
use retake_store::{
    Action, Changed, HistoryError, Middleware, Next, Reducer, State, Store, StoreBuilder, Topic,
    WireAction, WireError,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) sum: i64,
    pub(crate) calls: i64,
}

impl State for Sum {
    const FIELDS: &'static [&'static str] = &["sum", "calls"];
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SumAction {
    Add(i64),
    Called,
    Panic,
}

impl Reducer<SumAction> for Sum {
    fn reduce(&mut self, action: &SumAction) -> Changed {
        match action {
            SumAction::Add(by) => {
                self.sum += by;
                Changed::field(0)
            }
            SumAction::Called => {
                self.calls += 1;
                Changed::field(1)
            }
            SumAction::Panic => panic!("the reducer was told to"),
        }
    }
}

impl Action for SumAction {
    fn action_type(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Add(_) => "sum/added",
            Self::Called => "sum/called",
            Self::Panic => "sum/panic",
        })
    }

    fn leaf(&self) -> &dyn Any {
        self
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        let wire = WireAction::new(self.action_type());
        if let Self::Add(by) = self { wire.with_payload(by) } else { Ok(wire) }
    }

    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        Some(match wire.kind.as_str() {
            "sum/added" => wire.payload_as().map(Self::Add),
            "sum/called" => Ok(Self::Called),
            "sum/panic" => Ok(Self::Panic),
            _ => return None,
        })
    }
}

pub(crate) type SumStore = Store<Sum, SumAction>;

/// What middleware saw of a store: the actions, and the changes of the history.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    actions: Arc<AtomicU64>,
    pub(crate) recorded: Arc<Mutex<Vec<Recorded>>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Recorded {
    Action(SumAction, Sum),
    Change(HistoryChange, Sum),
}

impl Middleware<Sum, SumAction> for Seen {
    fn handle(&self, action: SumAction, next: Next<'_, Sum, SumAction>) {
        self.actions.fetch_add(1, Ordering::Relaxed);
        let store = next.store();
        let is_locked = store.is_locked();
        next.run(action.clone());
        if !is_locked {
            let head = Sum::clone(&store.head());
            self.recorded.lock().unwrap().push(Recorded::Action(action, head));
        }
    }

    fn travelled(&self, change: &HistoryChange, store: &SumStore) {
        let head = Sum::clone(&store.head());
        self.recorded.lock().unwrap().push(Recorded::Change(change.clone(), head));
    }
}

pub(crate) fn store(options: HistoryOptions) -> (SumStore, Seen) {
    store_with(Sum::default(), options)
}

pub(crate) fn store_with(state: Sum, options: HistoryOptions) -> (SumStore, Seen) {
    let (seen, clock) = (Seen::default(), AtomicU64::new(1000));
    let clock = move || clock.fetch_add(1, Ordering::Relaxed);
    let builder = StoreBuilder::new(state).history(options, clock);
    (builder.middleware(seen.clone()).build(), seen)
}

fn added(store: &SumStore, all: impl IntoIterator<Item = i64>) {
    all.into_iter().for_each(|by| store.dispatch(SumAction::Add(by)));
}

#[test]
fn a_jump_changes_what_is_shown_and_not_what_goes_on() {
    let (store, _) = store(HistoryOptions::default());
    added(&store, [1, 10, 100]);
    store.travel(LiftedAction::JumpToAction { action_id: ActionId(1) }).unwrap();
    assert_eq!((store.state().sum, store.head().sum), (1, 111));
    assert_eq!(store.peek(|state| state.sum), Ok(111));
    added(&store, [1000]);
    assert_eq!((store.state().sum, store.head().sum), (1, 1111));
    store.travel(LiftedAction::JumpToState { index: 4 }).unwrap();
    assert_eq!((store.state().sum, store.head().sum), (1111, 1111));
}

#[test]
fn travelling_runs_no_middleware() {
    let (store, seen) = store(HistoryOptions::default());
    added(&store, [1, 10, 100]);
    store.travel(LiftedAction::ToggleAction { id: ActionId(2) }).unwrap();
    store.travel(LiftedAction::JumpToState { index: 1 }).unwrap();
    store.travel(LiftedAction::Rollback).unwrap();
    assert_eq!(seen.actions.load(Ordering::Relaxed), 3);
    assert_eq!(store.state().sum, 0);
}

#[test]
fn listeners_are_told_of_travels_once_and_of_hidden_actions_not_by_key() {
    let (store, _) = store(HistoryOptions::default());
    added(&store, [1, 10]);
    let (plain, keyed) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
    let count = Arc::clone(&plain);
    let values = Arc::clone(&keyed);
    let _plain = store.subscribe(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let _keyed = store.subscribe_to(
        Topic::entry("sum", "anything"),
        |state| state.sum,
        move |sum| values.lock().unwrap().push(*sum),
    );
    store.travel(LiftedAction::JumpToState { index: 1 }).unwrap();
    assert_eq!((plain.load(Ordering::Relaxed), keyed.lock().unwrap().clone()), (1, vec![1]));
    added(&store, [100]);
    assert_eq!((plain.load(Ordering::Relaxed), keyed.lock().unwrap().clone()), (2, vec![1]));
    store.travel(LiftedAction::JumpToState { index: 9 }).unwrap_err();
    assert_eq!(plain.load(Ordering::Relaxed), 2);
}

#[test]
fn a_locked_store_reduces_nothing() {
    let (store, seen) = store(HistoryOptions::default());
    store.travel(LiftedAction::LockChanges { status: true }).unwrap();
    added(&store, [1]);
    assert!(store.is_locked());
    assert_eq!((store.head().sum, seen.actions.load(Ordering::Relaxed)), (0, 1));
    assert!(seen.recorded.lock().unwrap().is_empty());
}

#[test]
fn a_store_without_history_says_so() {
    let store = SumStore::new(Sum::default());
    assert!(store.history().is_none() && !store.is_locked());
    assert!(matches!(store.travel(LiftedAction::Commit), Err(HistoryError::Off)));
    assert!(matches!(store.import_history(&json!([])), Err(HistoryError::Off)));
    added(&store, [1]);
    assert_eq!(store.head().sum, 1);
}

#[test]
fn a_panic_of_a_reducer_leaves_the_history_as_it_was() {
    let (store, _) = store(HistoryOptions::default());
    added(&store, [1]);
    catch_unwind(AssertUnwindSafe(|| store.dispatch(SumAction::Panic))).unwrap_err();
    added(&store, [10]);
    assert_eq!((store.state().sum, store.history().unwrap().steps().len()), (11, 3));
}

#[test]
fn a_snapshot_of_the_history_stays_as_it_is() {
    let (store, _) = store(HistoryOptions::default());
    added(&store, [1, 10]);
    let before = store.history().unwrap();
    added(&store, [100]);
    store.travel(LiftedAction::Sweep).unwrap();
    assert_eq!((before.steps().len(), before.state().sum), (3, 11));
    assert_eq!(before.action(ActionId(1)).map(|staged| staged.timestamp), Some(1001));
    assert_eq!(before.action(ActionId::INIT).map(|staged| staged.timestamp), Some(1000));
}

#[test]
fn the_history_can_be_bounded_in_bytes() {
    let one = serde_json::to_string(&SumAction::Add(1).to_wire().unwrap()).unwrap().len() as u64;
    let (store, _) = store(HistoryOptions::default().max_bytes(3 * one));
    added(&store, [1; 10]);
    let history = store.history().unwrap();
    assert_eq!((history.steps().len(), history.committed().sum), (4, 7));
    added(&store, [1_000_000_000_000_000]);
    let history = store.history().unwrap();
    let actions: Vec<_> = history.steps().map(|(id, _)| id.0).collect();
    assert_eq!(actions, [0, 10, 11]);
    assert_eq!(history.head().sum, 1_000_000_000_000_010);
}

/// A replay without the application reads actions to which the recorder has added something.
#[test]
fn what_a_recorder_adds_to_an_action_weighs_nothing() {
    let plain = json!({"type": "session/restored", "payload": 1});
    let mut recorded = plain.clone();
    recorded["meta"] = json!({"retake": {"rehydrate": {"posts": {"queries": {}}}}});
    let bytes = 3 * plain.to_string().len() as u64;
    let kept = |wire: &serde_json::Value| {
        let options = HistoryOptions::default().max_bytes(bytes);
        let mut history = LiftedState::new(ApiSlices::default(), options);
        for at in 0..9 {
            let wire = serde_json::from_value(wire.clone()).unwrap();
            let _ = history.perform(UntypedAction::new(wire), at);
        }
        history.steps().map(|(id, _)| id.0).collect::<Vec<_>>()
    };
    assert_eq!(kept(&plain), [0, 7, 8, 9]);
    assert_eq!(kept(&recorded), kept(&plain));
}

#[test]
fn every_form_of_a_file_is_imported() {
    let (store, _) = store(HistoryOptions::default());
    added(&store, [1, 10]);
    let whole = store.history().unwrap().to_json().unwrap();
    let actions = json!([{"type": "sum/added", "payload": 5}, {"type": "sum/called"}]);
    let state = json!({"sum": 100, "calls": 0});
    let custom = json!({"payload": actions.to_string(), "preloadedState": state.to_string()});
    let lifted = json!({"nextLiftedState": actions, "preloadedState": state});
    let cases =
        [(whole, 11, 0), (actions, 5, 1), (custom.clone(), 105, 1), (lifted.clone(), 105, 1)];
    for (form, sum, calls) in cases {
        store.import_history(&form).unwrap();
        assert_eq!(*store.state(), Sum { sum, calls }, "{form}");
    }
    for bad in [json!(7), json!({"payload": "[{]"}), json!([{"type": "sum/unknown"}])] {
        let before = store.state();
        assert!(matches!(store.import_history(&bad), Err(HistoryError::Import(_))), "{bad}");
        assert!(Arc::ptr_eq(&before, &store.state()));
    }
}

#[test]
fn changes_have_the_form_of_log_lines() {
    let index = Some(1);
    let cases = [
        (LiftedAction::Commit, index, json!({"type": "COMMIT", "currentStateIndex": 1})),
        (LiftedAction::Sweep, None, json!({"type": "SWEEP"})),
        (
            LiftedAction::PauseRecording { status: true },
            None,
            json!({"type": "PAUSE_RECORDING", "status": true}),
        ),
    ];
    for (action, current_state_index, form) in cases {
        let change = HistoryChange::Lifted { action, current_state_index };
        assert_eq!(serde_json::to_value(&change).unwrap(), form);
        assert_eq!(serde_json::from_value::<HistoryChange>(form).unwrap(), change);
    }
    let import = json!({"type": "IMPORT_STATE", "nextLiftedState": [{"type": "sum/called"}]});
    let change: HistoryChange = serde_json::from_value(import.clone()).unwrap();
    assert!(matches!(change, HistoryChange::Import(_)));
    assert_eq!(serde_json::to_value(&change).unwrap(), import);
    let error = serde_json::from_value::<HistoryChange>(json!({"type": "WARP"})).unwrap_err();
    assert!(error.to_string().contains("unknown variant `WARP`"), "{error}");
}

#[derive(Clone, Debug)]
pub(crate) enum Event {
    Dispatch(SumAction),
    Travel(LiftedAction),
    Import,
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let id = || (0..8_u64).prop_map(ActionId);
    let dispatch = prop_oneof![
        6 => (-9..9_i64).prop_map(SumAction::Add),
        2 => Just(SumAction::Called),
        1 => Just(SumAction::Panic),
    ];
    let travel = prop_oneof![
        Just(LiftedAction::Reset),
        Just(LiftedAction::Rollback),
        Just(LiftedAction::Commit),
        Just(LiftedAction::Sweep),
        id().prop_map(|id| LiftedAction::ToggleAction { id }),
        (id(), id(), any::<bool>())
            .prop_map(|(start, end, active)| LiftedAction::SetActionsActive { start, end, active }),
        (0..8_usize).prop_map(|index| LiftedAction::JumpToState { index }),
        id().prop_map(|action_id| LiftedAction::JumpToAction { action_id }),
        (id(), id()).prop_map(|(action_id, before_action_id)| LiftedAction::ReorderAction {
            action_id,
            before_action_id
        }),
        any::<bool>().prop_map(|status| LiftedAction::LockChanges { status }),
        any::<bool>().prop_map(|status| LiftedAction::PauseRecording { status }),
    ];
    prop_oneof![
        6 => dispatch.prop_map(Event::Dispatch),
        5 => travel.prop_map(Event::Travel),
        1 => Just(Event::Import),
    ]
}

/// Lets `events` happen; those that cannot do not.
pub(crate) fn perform(store: &SumStore, events: Vec<Event>) {
    for event in events {
        match event {
            // While paused, a panic is not caught by the history.
            Event::Dispatch(action) => {
                let _ = catch_unwind(AssertUnwindSafe(|| store.dispatch(action)));
            }
            Event::Travel(action) => match store.travel(action) {
                Ok(())
                | Err(HistoryError::Travel(
                    TravelError::NoState { .. }
                    | TravelError::NoAction { .. }
                    | TravelError::Beginning,
                )) => {}
                Err(error) => panic!("{error}"),
            },
            Event::Import => {
                let history = store.history().unwrap().to_json().unwrap();
                store.import_history(&history).unwrap();
            }
        }
    }
}

proptest! {
    /// What a recorder is told is enough to come to the same head after each line.
    #[test]
    fn what_is_recorded_replays_to_the_same_heads(
        events in proptest::collection::vec(event(), 0..40),
        max_age in proptest::option::of(2..6_usize),
        max_bytes in proptest::option::of(1..200_u64),
        pause_step in any::<bool>(),
        start_paused in any::<bool>(),
    ) {
        let mut options = HistoryOptions::default()
            .catch_errors(true).pause_step(pause_step).start_paused(start_paused);
        if let Some(states) = max_age { options = options.max_age(states); }
        if let Some(bytes) = max_bytes { options = options.max_bytes(bytes); }
        let (store, seen) = store(options.clone());
        perform(&store, events);
        let mut replayed = LiftedState::new(Sum::default(), options);
        for recorded in seen.recorded.lock().unwrap().iter() {
            let expected = match recorded {
                Recorded::Action(action, head) => {
                    let _ = replayed.perform(action.clone(), 0);
                    head
                }
                Recorded::Change(change, head) => {
                    let text = serde_json::to_string(change).unwrap();
                    replayed.replay(&serde_json::from_str(&text).unwrap()).unwrap();
                    head
                }
            };
            prop_assert_eq!(&**replayed.head(), expected, "{:?}", recorded);
        }
    }
}
