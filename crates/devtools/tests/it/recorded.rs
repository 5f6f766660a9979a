//! Frames of the real server and its page, as they were recorded.

use retake_devtools::Devtools;
use retake_devtools::protocol::{FromMonitor, MonitorMessage};
use retake_devtools::session::Request;
use retake_devtools::transport::{Link, LinkEvent};
use retake_store::history::LiftedAction;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::{CounterAction, Monitored, counters, lifted};

#[derive(Deserialize)]
struct Recorded {
    connection: usize,
    from: String,
    frame: String,
}

fn recorded(connection: usize) -> impl Iterator<Item = Recorded> {
    let lines = include_str!("../recordings/lifted.jsonl").lines();
    let frames = lines.map(|line| serde_json::from_str::<Recorded>(line).unwrap());
    frames.filter(move |frame| frame.connection == connection)
}

/// Feeds the server's frames of a connection; each frame of the client has to be what a link or
/// a session sends then. Returns the messages of monitors.
fn messages(connection: usize) -> Vec<Value> {
    let mut link = Link::new();
    let mut sent = vec![link.open()];
    let mut messages = Vec::new();
    for Recorded { from, frame, .. } in recorded(connection) {
        if from == "client" {
            if frame.contains(r#""type":"START""#) {
                continue;
            }
            assert_eq!(sent.remove(0), frame);
            continue;
        }
        for event in link.receive(&frame).unwrap() {
            match event {
                LinkEvent::Send(frame) => sent.push(frame),
                LinkEvent::Message(message) => messages.push(message),
                LinkEvent::Opened(id) => assert_eq!(id.len(), 20, "{id}"),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(sent, Vec::<String>::new());
    messages
}

fn recording() -> Monitored {
    let devtools = Devtools::new("rust-app").action_creator("counter/add", &["by"]);
    let mut monitored = Monitored::new(devtools);
    monitored.add(&[1, 2, 4]);
    monitored
}

/// The staged and the skipped ids, where one looks, and the counters.
fn summary(answers: &[Value]) -> Value {
    match answers {
        [] => json!(null),
        [message] if message["type"] == "STATE" => {
            let lifted = lifted(message);
            json!([
                lifted["stagedActionIds"],
                lifted["skippedActionIds"],
                lifted["currentStateIndex"],
                counters(&lifted),
            ])
        }
        [message] => message.get("liftedState").unwrap_or(&message["payload"]).clone(),
        _ => panic!("{answers:?}"),
    }
}

fn pointer(index: usize, is_locked: bool) -> Value {
    json!({"currentStateIndex": index, "isLocked": is_locked, "isPaused": false})
}

#[test]
fn jump_skip_reorder_and_sweep() {
    let mut app = recording();
    let answers: Vec<Value> =
        messages(1).into_iter().map(|message| summary(&app.say(message))).collect();
    assert_eq!(
        answers,
        [
            json!([[0, 1, 2, 3], [], 3, [0, 1, 3, 7]]), // START
            pointer(1, false),                          // jump to action 1
            json!([[0, 1, 2, 3], [2], 1, [0, 1, 1, 5]]),
            json!([[0, 3, 1, 2], [2], 1, [0, 4, 5, 5]]),
            json!([[0, 3, 1], [], 1, [0, 4, 5]]),
            json!(null), // DISCONNECTED: the session says START, and nothing else
        ]
    );
    assert!(!app.session.is_monitored());
}

#[test]
fn pause_lock_slider_commit_reset_and_import() {
    let mut app = recording();
    let mut messages = messages(2);
    let import = messages.remove(messages.iter().position(|it| it["type"] == "IMPORT").unwrap());
    let answers: Vec<Value> =
        messages.into_iter().map(|message| summary(&app.say(message))).collect();
    assert_eq!(
        answers,
        [
            json!([[0, 1, 2, 3], [], 3, [0, 1, 3, 7]]),
            json!([[0], [], 0, [7]]), // paused: the history collapses
            pointer(0, false),
            pointer(0, true),
            pointer(0, false),
            json!(null), // jumps to actions that are gone
            json!(null),
            json!(null), // committed already
            json!([[0], [], 0, [0]]),
            json!(null), // DISCONNECTED
        ]
    );

    // The file has the actions and states of an api beside the counter.
    let _ = app.say(json!({"type": "START"}));
    let answers = app.say(import);
    let lifted = lifted(&answers[0]);
    assert_eq!(lifted["stagedActionIds"], json!([0, 1, 2, 3]));
    assert_eq!(lifted["actionsById"]["2"]["action"]["type"], "api/executeQuery/fulfilled");
    let entry = &lifted["computedStates"][3]["state"]["api"]["queries"]["getPost(1)"];
    assert_eq!(entry["data"]["title"], "Hello from Rust");
    assert_eq!(counters(&lifted), [0, 0, 0, 7]);
}

#[test]
fn dispatcher_and_sync() {
    let mut app = recording();
    let mut messages = messages(3).into_iter();
    let mut next = || messages.next().unwrap();
    let _ = app.say(next());

    let typed = app.say(next());
    assert_eq!(summary(&typed), "this application has no action of type ``");
    let chosen = app.say(next());
    let text = summary(&chosen);
    assert_eq!(text, "there is no action creator `counter.add`: reload the monitor");

    // A history that came from another connection is taken over; this one's own is not.
    let mut sync = next();
    let from = FromMonitor::read(sync.clone()).unwrap();
    let MonitorMessage::Sync { from, .. } = from.message else { panic!("{sync}") };
    assert_eq!(sync["instanceId"], "inst-b");
    assert!(matches!(
        app.session.receive(FromMonitor::read(sync.clone()).unwrap()),
        Some(Request::Sync(_))
    ));
    let _ = app.session.opened(from);
    sync["instanceId"] = json!("another");
    assert!(app.session.receive(FromMonitor::read(sync).unwrap()).is_none());
}

#[test]
fn times_of_buttons_are_not_needed() {
    let mut app = recording();
    app.perform(CounterAction::Add(1));
    let commit = json!({"type": "COMMIT", "timestamp": 1_795_307_811_939_u64});
    let message = json!({"type": "DISPATCH", "action": commit});
    let request = app.session.receive(FromMonitor::read(message).unwrap());
    assert!(matches!(request, Some(Request::Travel(LiftedAction::Commit))));
}
