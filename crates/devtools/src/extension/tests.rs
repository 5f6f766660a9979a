//! The conversation with an extension that only writes down what it is told.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::rc::Rc;

use retake_store::Store;
use retake_store::history::HistoryOptions;
use serde_json::{Value, json};

use super::conversation::{Conversation, Port, options};
use crate::{Devtools, Export, Features};

#[allow(unreachable_pub, reason = "the examples of the documentation use it, too")]
mod counter {
    include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
}
use counter::{Added, Counter, clock};

#[derive(Clone, Default)]
struct Notebook {
    shown: Rc<RefCell<Vec<Value>>>,
    complaints: Rc<RefCell<Vec<String>>>,
}

impl Port for Notebook {
    fn show(&self, lifted: &str) {
        self.shown.borrow_mut().push(serde_json::from_str(lifted).unwrap());
    }

    fn complain(&self, text: &str) {
        self.complaints.borrow_mut().push(text.to_owned());
    }
}

/// A counter at 3 after two actions, and what the extension shows of it.
struct Page {
    store: Store<Counter, Added>,
    conversation: Conversation<Counter, Added, Notebook>,
    notebook: Notebook,
}

impl Page {
    fn new(features: Features) -> Self {
        let store =
            Store::builder(Counter { count: 0 }).history(HistoryOptions::default(), clock).build();
        store.dispatch(Added(1));
        store.dispatch(Added(2));
        let notebook = Notebook::default();
        let devtools = Devtools::new("counter").features(features);
        let conversation = Conversation::begin(store.clone(), devtools, notebook.clone()).unwrap();
        Self { store, conversation, notebook }
    }

    /// Lets the extension say `message`; returns the count afterwards.
    fn say(&self, message: Value) -> i64 {
        self.conversation.receive(message);
        self.store.state().count
    }

    /// Returns the counts that are shown, and which is looked at, each time since the last call.
    fn shown(&self) -> Vec<(Vec<i64>, u64)> {
        let shown = self.notebook.shown.take();
        let counts = |lifted: &Value| {
            let states = lifted["computedStates"].as_array().unwrap();
            states.iter().map(|it| it["state"]["count"].as_i64().unwrap()).collect()
        };
        shown.iter().map(|it| (counts(it), it["currentStateIndex"].as_u64().unwrap())).collect()
    }

    fn complaints(&self) -> Vec<String> {
        self.notebook.complaints.take()
    }
}

/// A button of the extension.
fn press(payload: Value) -> Value {
    json!({"type": "DISPATCH", "payload": payload, "id": "1", "source": "@devtools-extension"})
}

#[test]
fn all_is_shown_at_once_and_whenever_it_changed() {
    let page = Page::new(Features::default());
    assert_eq!(page.shown(), [(vec![0, 1, 3], 2)]);
    page.conversation.tell();
    assert_eq!(page.shown(), []);
    page.store.dispatch(Added(4));
    page.store.dispatch(Added(5));
    page.conversation.tell();
    assert_eq!(page.shown(), [(vec![0, 1, 3, 7, 12], 4)]);
}

#[test]
fn buttons_travel() {
    let page = Page::new(Features::default());
    let _ = page.shown();
    let jump = press(json!({"type": "JUMP_TO_ACTION", "actionId": 1}));
    assert_eq!((page.say(jump), page.shown()), (1, vec![(vec![0, 1, 3], 1)]));
    let skip = press(json!({"type": "TOGGLE_ACTION", "id": 1}));
    assert_eq!((page.say(skip), page.shown()), (0, vec![(vec![0, 0, 2], 1)]));
    let imported = json!({
        "type": "IMPORT_STATE",
        "nextLiftedState": [{"type": "counter/added", "payload": 9}],
        "preloadedState": {"count": 1},
    });
    assert_eq!((page.say(press(imported)), page.shown()), (10, vec![(vec![1, 10], 1)]));
    assert!(page.complaints().is_empty());
}

#[test]
fn the_dispatcher_dispatches_text() {
    let page = Page::new(Features::default());
    let action = json!({"type": "ACTION", "payload": "{ type: 'counter/added', payload: 4 }"});
    assert_eq!(page.say(action), 7);
    assert_eq!(page.say(json!({"type": "ACTION", "payload": "{ type: "})), 7);
    assert_eq!(page.say(json!({"type": "ACTION", "payload": "{ type: 'unknown' }"})), 7);
    let complaints = page.complaints();
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints[1].contains("`unknown`"), "{complaints:?}");
}

#[test]
fn it_can_stop_listening_and_start_again() {
    let page = Page::new(Features::default());
    let _ = page.shown();
    page.say(json!({"type": "STOP"}));
    page.store.dispatch(Added(4));
    page.conversation.tell();
    assert_eq!(page.shown(), []);
    page.say(json!({"type": "START"}));
    assert_eq!(page.shown(), [(vec![0, 1, 3, 7], 3)]);
}

#[test]
fn what_is_no_message_is_ignored() {
    let page = Page::new(Features::default());
    let _ = page.shown();
    for message in [
        json!(null),
        json!("START"),
        json!({"type": "OPTIONS", "options": {}}),
        press(json!({"type": "JUMP_TO_STATE", "index": -1})),
        press(json!(null)),
    ] {
        assert_eq!(page.say(message), 3);
    }
    assert_eq!((page.shown(), page.complaints()), (vec![], vec![]));
    // There is no such action: the user is told.
    page.say(press(json!({"type": "JUMP_TO_STATE", "index": 9})));
    assert_eq!(page.complaints().len(), 1);
}

#[test]
fn what_is_switched_off_is_refused() {
    let page = Page::new(Features::none());
    assert_eq!(page.say(press(json!({"type": "JUMP_TO_STATE", "index": 0}))), 3);
    assert_eq!(page.complaints(), ["`jump` is switched off in this application"]);
}

#[test]
fn the_extension_is_told_which_buttons_there_are() {
    let features = Features { export: Export::Actions, lock: false, ..Features::default() };
    let told = options(&Devtools::<Counter, Added>::new("counter").features(features).max_age(9));
    assert_eq!((&told["name"], &told["maxAge"]), (&json!("counter"), &json!(9)));
    assert_eq!(
        (&told["features"]["export"], &told["features"]["lock"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(told["features"]["import"], "custom");
}
