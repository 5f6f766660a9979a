//! What a monitor was told piece by piece is what there is.

use proptest::prelude::*;
use retake_devtools::Devtools;
use retake_devtools::protocol::FromMonitor;
use retake_devtools::session::Session;
use retake_store::history::{ActionId, HistoryOptions, LiftedAction};
use serde_json::{Value, json};

use crate::app::{App, AppAction, CounterAction, Monitored, lifted};
use crate::monitor::Monitor;

/// What happens to a store.
#[derive(Clone, Debug)]
enum Event {
    Add(i64),
    /// An action that is not shown.
    Hidden,
    /// One that changes nothing, so that the state stays the same value.
    Nothing,
    Fail,
    Travel(LiftedAction),
    /// The monitors are told.
    Tell,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let id = || (1..12_u64).prop_map(ActionId);
    let travel = prop_oneof![
        4 => id().prop_map(|id| LiftedAction::ToggleAction { id }),
        4 => (0..12_usize).prop_map(|index| LiftedAction::JumpToState { index }),
        2 => id().prop_map(|action_id| LiftedAction::JumpToAction { action_id }),
        2 => (id(), id()).prop_map(|(action_id, before_action_id)| {
            LiftedAction::ReorderAction { action_id, before_action_id }
        }),
        2 => Just(LiftedAction::Sweep),
        1 => Just(LiftedAction::Commit),
        1 => Just(LiftedAction::Reset),
        1 => any::<bool>().prop_map(|status| LiftedAction::LockChanges { status }),
        1 => any::<bool>().prop_map(|status| LiftedAction::PauseRecording { status }),
    ];
    let event = prop_oneof![
        6 => (1..100_i64).prop_map(Event::Add),
        2 => Just(Event::Hidden),
        2 => Just(Event::Nothing),
        1 => Just(Event::Fail),
        4 => travel.prop_map(Event::Travel),
        4 => Just(Event::Tell),
    ];
    prop::collection::vec(event, 0..60)
}

fn happen(app: &mut Monitored, event: &Event) {
    match event {
        Event::Add(by) => app.add(&[*by]),
        Event::Hidden => app.perform(CounterAction::Set { value: 5, large: 5 }),
        Event::Nothing => app.add(&[0]),
        // During a pause a panic is the dispatch's own.
        Event::Fail if app.history.is_paused() => {}
        Event::Fail => app.perform(CounterAction::Fail),
        // What is not there any longer is refused.
        Event::Travel(action) => drop(app.history.apply(action)),
        Event::Tell => {}
    }
}

/// What a monitor shows; the number of the next action is between it and the session.
fn shown(lifted: &Value) -> Value {
    let names = ["stagedActionIds", "skippedActionIds", "currentStateIndex", "isLocked"];
    let members = names.iter().map(|name| ((*name).to_owned(), lifted[*name].clone()));
    let mut shown: Value = members.collect::<serde_json::Map<_, _>>().into();
    // The state of what is the beginning can be that before or after actions that are not shown.
    shown["states"] = lifted["computedStates"].as_array().unwrap()[1..].into();
    let ids = lifted["stagedActionIds"].as_array().unwrap()[1..].iter();
    shown["actions"] =
        ids.map(|id| &lifted["actionsById"][id.to_string()]["action"]).cloned().collect();
    shown
}

fn check(
    devtools: impl Fn() -> Devtools<App, AppAction>,
    history: HistoryOptions,
    events: &[Event],
) {
    let devtools = || devtools().denylist(&["set"]);
    let start = || FromMonitor::read(json!({"type": "START"})).unwrap();
    let mut app = Monitored::with_history(devtools(), history.catch_errors(true));
    let mut monitor = Monitor::default();
    app.say(json!({"type": "START"})).iter().for_each(|message| monitor.hear(message));
    for event in events {
        happen(&mut app, event);
        if !matches!(event, Event::Tell) {
            continue;
        }
        app.changed().iter().for_each(|message| monitor.hear(message));
        if app.history.is_paused() {
            continue; // what happens meanwhile is not shown
        }
        // A monitor that has just come is shown this.
        let mut other = Session::new(devtools()).unwrap();
        assert!(other.receive(start()).is_none());
        let all = lifted(&app.wire(&other.changed(&app.history)[0]));
        // Actions that are not shown push old ones out; a monitor keeps those for a while.
        let mut shortened = monitor.clone();
        shortened.shorten_to(all["computedStates"].as_array().unwrap().len());
        assert_eq!(shown(&shortened.lifted), shown(&all));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_make_the_whole(events in events()) {
        check(|| Devtools::new("app"), HistoryOptions::default(), &events);
    }

    #[test]
    fn pieces_make_the_whole_when_the_history_is_short(events in events(), age in 2..6_usize) {
        check(|| Devtools::new("app"), HistoryOptions::default().max_age(age), &events);
    }

    #[test]
    fn pieces_make_the_whole_when_the_view_is_short(events in events(), age in 2..6_usize) {
        check(|| Devtools::new("app").max_age(age), HistoryOptions::default(), &events);
    }

    #[test]
    fn pieces_make_the_whole_when_bytes_are_short(events in events(), bytes in 0..3_000_usize) {
        check(|| Devtools::new("app").max_bytes(bytes), HistoryOptions::default(), &events);
    }
}
