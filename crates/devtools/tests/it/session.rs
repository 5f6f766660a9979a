//! What monitors are told, and when.

use retake_devtools::protocol::ToMonitor;
use retake_devtools::{Devtools, Export, Features};
use retake_store::history::{HistoryOptions, LiftedAction};
use serde_json::{Value, json};

use crate::app::{AppAction, CounterAction, Monitored, counters, lifted, serialised};

fn counting() -> Monitored {
    Monitored::counting(Devtools::new("app"))
}

#[test]
fn nobody_listening_costs_nothing() {
    let mut app = Monitored::new(Devtools::new("app"));
    app.add(&[1, 2]);
    serialised();
    assert_eq!(app.changed(), [] as [Value; 0]);
    assert_eq!(serialised(), 0);

    let mut app = counting();
    let _ = app.say(json!({"type": "STOP"}));
    app.add(&[1]);
    serialised();
    assert_eq!(app.changed(), [] as [Value; 0]);
    assert_eq!(serialised(), 0);
}

#[test]
fn the_first_message_has_the_whole_history() {
    let devtools = Devtools::new("app").action_creator("counter/add", &["by"]).action_creator_with(
        "reset",
        &[],
        |_| retake_store::WireAction::new("counter/reset"),
    );
    let mut app = Monitored::new(devtools);
    app.add(&[5]);
    let messages = app.say(json!({"type": "START"}));
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(message["id"], "a1");
    assert_eq!(message["name"], "app");
    assert_eq!(message["instanceId"], "inst-b");
    let config = &message["libConfig"];
    let creators: Value = serde_json::from_str(config["actionCreators"].as_str().unwrap()).unwrap();
    let expected = json!([{"name": "counter/add", "args": ["by"]}, {"name": "reset", "args": []}]);
    assert_eq!(creators, expected);
    assert_eq!(config["features"]["export"], true);
    assert_eq!(config["features"]["import"], "custom");
    assert_eq!(config["features"]["test"], false);

    let mut lifted = lifted(message);
    let api = lifted["computedStates"][0]["state"]["api"].clone();
    assert_eq!(api["config"]["reducerPath"], "api");
    let state = |value| json!({"counter": {"value": value, "large": 0}, "api": api});
    lifted["actionsById"]["0"]["timestamp"] = json!(0);
    assert_eq!(
        lifted,
        json!({
            "monitorState": {},
            "nextActionId": 2,
            "actionsById": {
                "0": {"type": "PERFORM_ACTION", "action": {"type": "@@INIT"}, "timestamp": 0},
                "1": {
                    "type": "PERFORM_ACTION",
                    "action": {"type": "counter/add", "payload": 5},
                    "timestamp": 1_700_000_001_000_u64,
                },
            },
            "stagedActionIds": [0, 1],
            "skippedActionIds": [],
            "committedState": state(0),
            "currentStateIndex": 1,
            "computedStates": [{"state": state(0)}, {"state": state(5)}],
            "isLocked": false,
            "isPaused": false,
        })
    );
}

#[test]
fn new_actions_come_alone_or_in_a_list() {
    let mut app = counting();
    serialised();
    app.add(&[4]);
    let messages = app.changed();
    assert_eq!(serialised(), 1, "only the new state");
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(message["type"], "ACTION");
    assert_eq!(message["nextActionId"], 5);
    let action: Value = serde_json::from_str(message["action"].as_str().unwrap()).unwrap();
    assert_eq!(action["action"], json!({"type": "counter/add", "payload": 4}));
    let state: Value = serde_json::from_str(message["payload"].as_str().unwrap()).unwrap();
    assert_eq!(state["counter"]["value"], 10);

    app.add(&[1, 1, 1]);
    let messages = app.changed();
    assert_eq!(serialised(), 3);
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(message["nextActionId"], 8);
    assert_eq!(message["liftedState"]["currentStateIndex"], 7);
    let states: Vec<Value> = serde_json::from_str(message["payload"].as_str().unwrap()).unwrap();
    let values: Vec<_> = states.iter().map(|state| &state["counter"]["value"]).collect();
    assert_eq!(values, [11, 12, 13]);
    let actions: Vec<Value> = serde_json::from_str(message["action"].as_str().unwrap()).unwrap();
    assert_eq!(actions.len(), 3);
    assert_eq!(app.changed(), [] as [Value; 0], "nothing is new");
}

#[test]
fn a_state_is_serialised_once() {
    let mut app = counting();
    serialised();
    app.add(&[4]);
    let _ = app.changed();
    let _ = app.press(json!({"type": "JUMP_TO_STATE", "index": 1}));
    assert_eq!(serialised(), 1);
    let _ = app.press(json!({"type": "TOGGLE_ACTION", "id": 3}));
    assert_eq!(serialised(), 1, "what follows the skipped action; itself it shares the state");
    let _ = app.say(json!({"type": "UPDATE"}));
    assert_eq!(serialised(), 0);
}

#[test]
fn a_jump_needs_no_states() {
    let mut app = counting();
    let answers = app.press(json!({"type": "JUMP_TO_ACTION", "actionId": 1}));
    let [answer] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(answer["type"], "LIFTED");
    assert_eq!(answer["liftedState"]["currentStateIndex"], 1);
    assert_eq!(app.history.state().counter.value, 1);
    // The view stays where it is when actions come.
    app.add(&[4]);
    assert_eq!(app.changed()[0]["liftedState"]["currentStateIndex"], 1);
}

#[test]
fn an_application_that_travels_is_followed() {
    let mut app = counting();
    app.history.apply(&LiftedAction::Reset).unwrap();
    app.add(&[7, 8, 9]);
    // The numbers are those of before, and so is their count: the actions are others.
    let messages = app.changed();
    assert_eq!(counters(&lifted(&messages[0])), [0, 7, 15, 24]);
    app.history.apply(&LiftedAction::Commit).unwrap();
    app.add(&[1]);
    assert_eq!(counters(&lifted(&app.changed()[0])), [24, 25]);
}

#[test]
fn old_actions_are_dropped_on_both_sides() {
    let mut app =
        Monitored::with_history(Devtools::new("app"), HistoryOptions::default().max_age(3));
    app.add(&[1, 2]);
    let _ = app.say(json!({"type": "START"}));
    app.add(&[3, 4]);
    let messages = app.changed();
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((&message["type"], &message["maxAge"]), (&json!("ACTION"), &json!(3)));
    assert_eq!(message["liftedState"]["currentStateIndex"], 2);
    app.add(&[5, 6, 7, 8]);
    assert_eq!(app.changed()[0]["maxAge"], 3);
}

#[test]
fn only_the_last_states_are_sent() {
    let mut app = Monitored::new(Devtools::new("app").max_age(3));
    app.add(&[1, 2, 3, 4]);
    let messages = app.say(json!({"type": "START"}));
    let shown = lifted(&messages[0]);
    assert_eq!(shown["stagedActionIds"], json!([0, 3, 4]));
    assert_eq!(counters(&shown), [3, 6, 10]);
    assert_eq!(shown["committedState"]["counter"]["value"], 3);

    // Places and the beginning are those of the monitor.
    let _ = app.press(json!({"type": "JUMP_TO_STATE", "index": 1}));
    assert_eq!(app.history.state().counter.value, 6);
    let _ = app.press(json!({"type": "JUMP_TO_ACTION", "actionId": 0}));
    assert_eq!(app.history.state().counter.value, 3);
    let _ = app.press(json!({"type": "JUMP_TO_STATE", "index": 2}));
    app.add(&[5]);
    let message = &app.changed()[0];
    assert_eq!((&message["type"], &message["maxAge"]), (&json!("ACTION"), &json!(3)));
    app.session.outdate();
    assert_eq!(counters(&lifted(&app.changed()[0])), [6, 10, 15]);
}

#[test]
fn bytes_limit_what_is_sent() {
    let mut app = Monitored::new(Devtools::new("app").max_bytes(1_500));
    app.add(&[1; 50]);
    let messages = app.say(json!({"type": "START"}));
    let few = lifted(&messages[0])["stagedActionIds"].as_array().unwrap().len();
    assert!((2..10).contains(&few), "{few}");
    let mut app = Monitored::new(Devtools::new("app").max_bytes(0));
    app.add(&[1; 50]);
    let messages = app.say(json!({"type": "START"}));
    assert_eq!(lifted(&messages[0])["stagedActionIds"], json!([0, 50]));
}

#[test]
fn filters_leave_out_actions_with_their_states() {
    let devtools = Devtools::new("app")
        .denylist(&["^counter/set$"])
        .predicate(|state: &crate::app::App, _| state.counter.value < 100);
    let mut app = Monitored::new(devtools);
    app.add(&[1]);
    app.perform(CounterAction::Set { value: 5, large: 0 });
    app.add(&[1, 99, -99]);
    let messages = app.say(json!({"type": "START"}));
    let shown = lifted(&messages[0]);
    assert_eq!(shown["stagedActionIds"], json!([0, 1, 3, 5]));
    assert_eq!(counters(&shown), [0, 1, 6, 6]);
    assert_eq!(shown["currentStateIndex"], 3);

    // Numbers that are left out are no reason to send everything again.
    app.perform(CounterAction::Set { value: 0, large: 0 });
    assert_eq!(app.changed(), [] as [Value; 0]);
    app.add(&[1, 2]);
    let messages = app.changed();
    let kinds: Vec<_> = messages.iter().map(|it| (&it["type"], &it["nextActionId"])).collect();
    assert_eq!(kinds, [(&json!("ACTION"), &json!(8)), (&json!("ACTION"), &json!(9))]);
    assert_eq!(messages[0].get("liftedState"), None);
    assert_eq!(messages[1]["liftedState"]["currentStateIndex"], 5);

    // One looks at the last state that is shown up to what one really looks at.
    app.history.apply(&LiftedAction::JumpToState { index: 2 }).unwrap();
    assert_eq!(app.changed()[0]["liftedState"]["currentStateIndex"], 1);
}

#[test]
fn an_allowlist_wins() {
    let devtools = Devtools::new("app").denylist(&["add"]).allowlist(&["add"]).denylist(&["add"]);
    let mut app = Monitored::counting(devtools);
    app.perform(CounterAction::Set { value: 0, large: 0 });
    app.session.outdate();
    assert_eq!(lifted(&app.changed()[0])["stagedActionIds"], json!([0, 1, 2, 3]));
    let error = retake_devtools::session::Session::<crate::app::App, AppAction>::new(
        Devtools::new("app").denylist(&["a", "("]),
    );
    assert_eq!(error.unwrap_err().pattern, "(");
}

#[test]
fn sanitizers_change_what_is_sent_and_nothing_else() {
    let devtools = Devtools::new("app")
        .action_sanitizer(|mut action, id| {
            action.payload = Some(json!(id.0));
            action
        })
        .state_sanitizer(|mut state| {
            state["counter"] = json!("hidden");
            state
        })
        .features(Features { export: Export::Actions, ..Features::default() });
    let mut app = Monitored::new(devtools);
    app.add(&[5]);
    let messages = app.say(json!({"type": "START"}));
    let shown = lifted(&messages[0]);
    assert_eq!(shown["actionsById"]["1"]["action"]["payload"], 1);
    assert_eq!(shown["computedStates"][1]["state"]["counter"], "hidden");
    assert_eq!(shown["committedState"]["counter"], "hidden");
    assert_eq!(app.history.state().counter.value, 5);

    let exported = app.say(json!({"type": "EXPORT"}));
    assert_eq!(exported[0]["payload"], r#"[{"type":"counter/add","payload":5}]"#);
    assert!(exported[0]["committedState"].as_str().unwrap().contains(r#""value":0"#));
}

#[test]
fn integers_that_javascript_would_round_are_texts() {
    let mut app = counting();
    app.perform(CounterAction::Set { value: i64::MIN, large: u64::MAX });
    let message = &app.changed()[0];
    let state: Value = serde_json::from_str(message["payload"].as_str().unwrap()).unwrap();
    let expected = json!({"value": "-9223372036854775808", "large": "18446744073709551615"});
    assert_eq!(state["counter"], expected);
    let action: Value = serde_json::from_str(message["action"].as_str().unwrap()).unwrap();
    assert_eq!(action["action"]["payload"]["large"], "18446744073709551615");
    assert_eq!(action["timestamp"], 1_700_000_004_000_u64);
}

#[test]
fn a_panic_of_a_reducer_is_shown() {
    let mut app =
        Monitored::with_history(Devtools::new("app"), HistoryOptions::default().catch_errors(true));
    app.add(&[1]);
    let _ = app.say(json!({"type": "START"}));
    app.perform(CounterAction::Fail);
    let shown = lifted(&app.changed()[0]);
    assert_eq!(shown["computedStates"][2]["error"], "the counter is broken");
    assert_eq!(shown["computedStates"][1].get("error"), None);
    assert_eq!(counters(&shown), [0, 1, 1]);
}

#[test]
fn what_is_switched_off_is_refused() {
    let devtools = Devtools::new("app").features(Features::none());
    let mut app = Monitored::counting(devtools);
    for (message, feature) in [
        (json!({"type": "DISPATCH", "action": {"type": "SWEEP"}}), "skip"),
        (json!({"type": "DISPATCH", "action": {"type": "COMMIT"}}), "jump"),
        (json!({"type": "ACTION", "action": "{type: 'counter/add', payload: 1}"}), "dispatch"),
        (json!({"type": "IMPORT", "state": "[]"}), "import"),
        (json!({"type": "EXPORT"}), "export"),
    ] {
        let answers = app.say(message.clone());
        let expected = format!("`{feature}` is switched off in this application");
        assert_eq!(answers[0]["payload"], expected, "{message}");
    }
    assert_eq!(app.say(json!({"type": "SYNC", "state": "{}", "id": "b"})), [] as [Value; 0]);
    assert_eq!(app.history.state().counter.value, 6);
}

#[test]
fn others_messages_are_not_for_this_store() {
    let mut app = counting();
    let pause = json!({"type": "PAUSE_RECORDING", "status": true});
    let message = json!({"type": "DISPATCH", "action": pause, "instanceId": "another"});
    assert_eq!(app.say(message), [] as [Value; 0]);
    assert!(!app.history.is_paused());
}

#[test]
fn the_dispatcher_takes_javascript_and_creators() {
    let devtools = Devtools::new("app")
        .action_creator("counter/add", &["by"])
        .action_creator("counter/set", &["value", "large"])
        .action_creator_with("double", &["of"], |args| {
            let of = args.first().and_then(Value::as_i64).unwrap_or_default();
            let wire = retake_store::WireAction::new("counter/add");
            retake_store::WireAction { payload: Some(json!(2 * of)), ..wire }
        });
    let mut app = Monitored::counting(devtools);
    let mut dispatch = |action: Value| {
        let answers = app.say(json!({"type": "ACTION", "action": action}));
        (app.history.head().counter.value, answers[0]["payload"].as_str().unwrap().to_owned())
    };
    let creator = |selected: usize, name: &str, args: Value, rest: &str| json!({"name": name, "selected": selected, "args": args, "rest": rest});
    assert_eq!(dispatch(json!("{type: 'counter/add', payload: 4}")).0, 10);
    assert_eq!(dispatch(creator(0, "counter/add", json!(["-4"]), "[]")).0, 6);
    assert_eq!(dispatch(creator(1, "counter/set", json!(["1", "2"]), "")).0, 1);
    assert_eq!(dispatch(creator(1, "counter/set", json!([]), "[20, 3]")).0, 20);
    assert_eq!(dispatch(creator(2, "double", json!(["11"]), "[]")).0, 42);
    for (action, expected) in [
        (json!("{type: 'counter/add', payload: 'x'}"), "action `counter/add` has an unexpected"),
        (json!("{type: 'counter/none'}"), "this application has no action of type `counter/none`"),
        (json!("counter.add(1)"), "the action: character 1: a value was expected"),
        (json!("5"), "this is no action"),
        (creator(9, "counter/add", json!([]), "[]"), "there is no action creator `counter/add`"),
        (creator(0, "counter/add", json!(["x"]), "[]"), "argument 1: character 1"),
        (creator(0, "counter/add", json!([]), "[]42"), "the rest of the arguments: character 3"),
        (creator(0, "counter/add", json!([]), "{}"), "the rest of the arguments is no list"),
        (creator(0, "counter/add", json!([]), "[]"), "action `counter/add` has an unexpected"),
    ] {
        let (value, text) = dispatch(action.clone());
        assert!(text.starts_with(expected), "{action}: {text}");
        assert_eq!(value, 42);
    }
}

#[test]
fn a_monitor_that_leaves_is_asked_for_another() {
    let mut app = counting();
    let answers = app.say(json!({"type": "DISCONNECTED", "id": "b"}));
    assert_eq!(answers[0]["type"], "START");
    app.add(&[1]);
    assert_eq!(app.changed(), [] as [Value; 0]);
    let answers = app.say(json!({"type": "START"}));
    assert_eq!(counters(&lifted(&answers[0])), [0, 1, 3, 6, 7]);
}

#[test]
fn a_pause_shows_nothing_but_itself() {
    let mut app = counting();
    let answers = app.press(json!({"type": "PAUSE_RECORDING", "status": true}));
    assert_eq!(counters(&lifted(&answers[0])), [6]);
    app.add(&[1, 1]);
    assert_eq!(app.changed(), [] as [Value; 0]);
    let answers = app.press(json!({"type": "PAUSE_RECORDING", "status": false}));
    assert_eq!(counters(&lifted(&answers[0])), [8]);
}

#[test]
fn a_file_that_is_none_is_refused() {
    let mut app = counting();
    let answers = app.say(json!({"type": "IMPORT", "state": "{"}));
    let text = answers[0]["payload"].as_str().unwrap();
    assert!(text.starts_with("this file cannot be imported: it is no JSON"), "{text}");
    assert_eq!(app.wire(&ToMonitor::Error("x".into()))["type"], "ERROR");
}
