//! The client against a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use retake_devtools::{AddressError, ConnectError, Connection, Devtools, Reconnect, Status};
use retake_store::Store;
use retake_store::history::HistoryOptions;
use serde_json::{Value, json};

use crate::app::{App, AppAction, CounterAction, counters, lifted, serialised};
use crate::server::Server;

type AppStore = Store<App, AppAction>;

fn store() -> AppStore {
    Store::builder(App::default()).history(HistoryOptions::default(), || 5).build()
}

/// Nothing waits in these tests, but where one says so.
fn devtools(server: &Server) -> Devtools<App, AppAction> {
    let soon = Duration::from_millis(1);
    Devtools::new("app")
        .url(format!("ws://{}/socketcluster/", server.address()))
        .latency(Duration::ZERO)
        .reconnect(Reconnect { first: soon, max: soon })
}

fn connect(server: &Server, store: &AppStore) -> Connection {
    devtools(server).connect(store).unwrap()
}

#[tokio::test]
async fn a_monitor_shows_and_travels() {
    let mut server = Server::new().await;
    let store = store();
    store.dispatch(CounterAction::Add(1));
    let connection = connect(&server, &store);
    let mut peer = server.accept().await;

    // Nobody listens: what happens is told when somebody does.
    store.dispatch(CounterAction::Add(2));
    assert_eq!(connection.status(), Status::Connected);
    let state = peer.ask(json!({"type": "START"})).await;
    assert_eq!(counters(&lifted(&state)), [0, 1, 3]);
    assert_eq!(connection.status(), Status::Monitored);

    store.dispatch(CounterAction::Add(4));
    let message = peer.message().await;
    assert_eq!(message["type"], "ACTION");
    assert_eq!(message["nextActionId"], 4);
    let action: Value = serde_json::from_str(message["action"].as_str().unwrap()).unwrap();
    let performed = json!({
        "type": "PERFORM_ACTION",
        "action": {"type": "counter/add", "payload": 4},
        "timestamp": 5,
    });
    assert_eq!(action, performed);

    let jumped = peer.press(json!({"type": "JUMP_TO_ACTION", "actionId": 1})).await;
    assert_eq!(jumped["liftedState"]["currentStateIndex"], 1);
    assert_eq!(store.state().counter.value, 1);
    let skipped = peer.press(json!({"type": "TOGGLE_ACTION", "id": 1})).await;
    assert_eq!(counters(&lifted(&skipped)), [0, 0, 2, 6]);
    assert_eq!(store.state().counter.value, 0);
    let moved =
        peer.press(json!({"type": "REORDER_ACTION", "actionId": 3, "beforeActionId": 2})).await;
    assert_eq!(counters(&lifted(&moved)), [0, 0, 4, 6]);
    let swept = peer.press(json!({"type": "SWEEP"})).await;
    assert_eq!(counters(&lifted(&swept)), [0, 4, 6]);
    let locked = peer.press(json!({"type": "LOCK_CHANGES", "status": true})).await;
    assert_eq!(locked["liftedState"]["isLocked"], true);
    store.dispatch(CounterAction::Add(100));
    assert_eq!(store.head().counter.value, 6);
    let unlocked = peer.press(json!({"type": "LOCK_CHANGES", "status": false})).await;
    assert_eq!(unlocked["liftedState"]["isLocked"], false);
    // One still looks at the first action.
    let committed = peer.press(json!({"type": "COMMIT", "timestamp": 7})).await;
    assert_eq!(counters(&lifted(&committed)), [4]);

    let action = "{type: 'counter/add', payload: -3}";
    let _ = peer.ask(json!({"type": "ACTION", "action": action})).await;
    assert_eq!(store.state().counter.value, 1);
    let file = skipped["payload"].clone();
    let imported = peer.ask(json!({"type": "IMPORT", "state": file})).await;
    assert_eq!(counters(&lifted(&imported)), [0, 0, 2, 6]);
    let reset = peer.press(json!({"type": "RESET", "timestamp": 7})).await;
    assert_eq!(counters(&lifted(&reset)), [0]);
    assert_eq!(store.state().counter.value, 0);
    assert_eq!(connection.last_error(), None);
}

#[tokio::test]
async fn a_heartbeat_is_answered() {
    let mut server = Server::new().await;
    let store = store();
    let _connection = connect(&server, &store);
    let mut peer = server.accept().await;
    for _ in 0..3 {
        peer.send_text("").await;
        assert_eq!(peer.text().await.as_deref(), Some(""));
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left() {
    let mut server = Server::new().await;
    server.ping_timeout = 1_000;
    let store = store();
    let connection = connect(&server, &store);
    let mut peer = server.accept().await;
    assert_eq!(peer.text().await, None); // after the second that the handshake says
    let _peer = server.accept().await;
    assert_eq!(connection.last_error().unwrap(), "nothing came from the server for 1s");
}

#[tokio::test]
async fn a_lost_connection_is_made_again() {
    let mut server = Server::new().await;
    let store = store();
    let connection = connect(&server, &store);
    let (peer, _) = server.accept_monitored().await;
    assert_eq!(peer.id, "socket-1");
    drop(peer);
    // It subscribes to the channel of its new id, says START again, and sends everything.
    let (mut peer, state) = server.accept_monitored().await;
    assert_eq!(peer.id, "socket-2");
    assert_eq!(counters(&lifted(&state)), [0]);
    store.dispatch(CounterAction::Add(1));
    assert_eq!(peer.message().await["type"], "ACTION");
    assert!(connection.last_error().is_some());
}

#[tokio::test]
async fn a_server_that_refuses_is_reported_and_tried_again() {
    let mut server = Server::new().await;
    let store = store();
    let connection = connect(&server, &store);
    let mut peer = server.accept_silent().await;
    assert_eq!(peer.frame().await["event"], "#handshake");
    peer.send(&json!({"rid": 1, "error": {"message": "Go away", "name": "Closed"}})).await;
    assert_eq!(peer.text().await, None);
    let _peer = server.accept().await;
    let expected = "the server refused the handshake: Go away (Closed)";
    assert_eq!(connection.last_error().as_deref(), Some(expected));
}

#[tokio::test]
async fn dispatching_serialises_nothing() {
    let mut server = Server::new().await;
    let store = store();
    let _connection = connect(&server, &store);
    let (mut peer, _) = server.accept_monitored().await;
    serialised();
    for _ in 0..100 {
        store.dispatch(CounterAction::Add(1));
    }
    assert_eq!(serialised(), 0);
    let mut next_id = json!(0);
    while next_id != 101 {
        let message = peer.message().await;
        assert_eq!(message["type"], "ACTION");
        next_id = message["nextActionId"].clone();
    }
    assert_eq!(serialised(), 0, "it happened on another thread");
}

#[tokio::test]
async fn changes_are_gathered() {
    let mut server = Server::new().await;
    let store = store();
    // So long that only an answer can end it.
    let devtools = devtools(&server).latency(Duration::from_secs(3600));
    let _connection = devtools.connect(&store).unwrap();
    let (mut peer, _) = server.accept_monitored().await;
    for _ in 0..3 {
        store.dispatch(CounterAction::Add(1));
    }
    let state = peer.ask(json!({"type": "UPDATE"})).await;
    assert_eq!(counters(&lifted(&state)), [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_server_that_does_not_read_slows_nobody() {
    let mut server = Server::new().await;
    let store = store();
    let devtools = devtools(&server).action_sanitizer(|mut action, _| {
        action.meta = Some(Value::from("large ".repeat(20_000)));
        action
    });
    let _connection = devtools.connect(&store).unwrap();
    let (mut peer, _) = server.accept_monitored().await;
    let dispatched = Arc::new(AtomicUsize::new(0));
    let (counted, dispatching) = (Arc::clone(&dispatched), store.clone());
    std::thread::spawn(move || {
        for _ in 0..2_000 {
            dispatching.dispatch(CounterAction::Add(1));
            counted.fetch_add(1, Ordering::SeqCst);
        }
    })
    .join()
    .unwrap();
    assert_eq!(dispatched.load(Ordering::SeqCst), 2_000);
    // What was not read was gathered: far fewer messages than actions.
    let (mut messages, mut next_id) = (0, json!(0));
    while next_id != 2_001 {
        let message = peer.message().await;
        next_id = match message["type"].as_str() {
            Some("ACTION") => message["nextActionId"].clone(),
            _ => lifted(&message)["nextActionId"].clone(),
        };
        messages += 1;
    }
    assert!(messages < 1_000, "{messages}");
}

#[tokio::test]
async fn what_cannot_be_done_is_shown() {
    let mut server = Server::new().await;
    let store = store();
    let connection = connect(&server, &store);
    let (mut peer, _) = server.accept_monitored().await;
    let fail = json!({"type": "ACTION", "action": "{type: 'counter/fail'}"});
    let answer = peer.ask(fail).await;
    assert_eq!(answer["payload"], "the dispatch panicked: the counter is broken");
    let answer = peer.press(json!({"type": "TOGGLE_ACTION", "id": 9})).await;
    let text = "there is no action 9 in the history: it was committed, swept or never performed";
    assert_eq!((&answer["type"], &answer["payload"]), (&json!("ERROR"), &json!(text)));
    assert_eq!(connection.last_error().as_deref(), Some(text));
    let answer = peer.ask(json!({"type": "IMPORT", "state": "[{\"type\":\"a\"}]"})).await;
    assert_eq!(answer["type"], "ERROR");
    for garbage in ["{", "null", r##"{"event":"#publish"}"##, r##"{"event":"#publish","data":5}"##]
    {
        peer.send_text(garbage).await;
    }
    peer.say(json!({"type": "DANCE"})).await;
    store.dispatch(CounterAction::Add(1));
    assert_eq!(peer.message().await["type"], "ACTION");
}

#[tokio::test]
async fn dropping_the_handle_disconnects() {
    let mut server = Server::new().await;
    let store = store();
    let connection = connect(&server, &store);
    let (mut peer, _) = server.accept_monitored().await;
    drop(connection);
    assert_eq!(peer.text().await, None);
    store.dispatch(CounterAction::Add(1));
}

#[tokio::test]
async fn a_detached_connection_lives_as_long_as_the_store() {
    let mut server = Server::new().await;
    let store = store();
    connect(&server, &store).detach();
    let (mut peer, _) = server.accept_monitored().await;
    store.dispatch(CounterAction::Add(1));
    assert_eq!(peer.message().await["type"], "ACTION");
    drop(store);
    assert_eq!(peer.text().await, None);
}

#[tokio::test]
async fn what_cannot_work_is_refused() {
    let refused = |devtools: Devtools<App, AppAction>| devtools.connect(&store()).unwrap_err();
    let error = refused(Devtools::new("app").url("ws://example.org:8000/socketcluster/"));
    let ConnectError::Address(AddressError::Remote { host }) = &error else { panic!("{error}") };
    assert_eq!(host, "example.org");
    assert!(error.to_string().contains("allow_remote(true)"), "{error}");
    let error = refused(Devtools::new("app").denylist(&["("]));
    assert!(matches!(error, ConnectError::Pattern(_)), "{error}");
    let error = Devtools::new("app").connect(&AppStore::new(App::default())).unwrap_err();
    assert!(matches!(error, ConnectError::NoHistory), "{error}");
}
