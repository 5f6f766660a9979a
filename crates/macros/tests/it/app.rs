//! All macros together: an application of several slices, replayed from JSON.

use retake_macros::{Action, State, slice};
use retake_store::{Action as _, Changed, Reducer, State as _, WireAction};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Todo {
    id: u32,
    text: String,
    is_done: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Todos {
    all: Vec<Todo>,
}

#[slice(name = "todos")]
impl Todos {
    fn added(&mut self, id: u32, text: String) {
        self.all.push(Todo { id, text, is_done: false });
    }

    fn toggled(&mut self, id: u32) -> Changed {
        match self.all.iter_mut().find(|todo| todo.id == id) {
            Some(todo) => {
                todo.is_done = !todo.is_done;
                Changed::ALL
            }
            None => Changed::NONE,
        }
    }

    #[slice(on)]
    fn on_session(&mut self, action: &SessionAction) {
        if let SessionAction::LoggedOut = action {
            self.all.clear();
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Session {
    user: Option<String>,
}

#[slice(name = "session")]
impl Session {
    fn logged_in(&mut self, user: String) {
        self.user = Some(user);
    }

    fn logged_out(&mut self) {
        self.user = None;
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
#[serde(rename_all = "camelCase")]
struct App {
    open_todos: Todos,
    session: Session,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Action)]
enum AppAction {
    Todos(TodosAction),
    Session(SessionAction),
}

fn log() -> Vec<(AppAction, Value, Changed)> {
    let (todos, session) = (Changed::field(0), Changed::field(1));
    vec![
        (
            SessionAction::LoggedIn("ada".into()).into(),
            json!({"type": "session/loggedIn", "payload": "ada"}),
            // `on_session` ran too, and does not say that it changed nothing.
            todos | session,
        ),
        (
            TodosAction::Added { id: 1, text: "write".into() }.into(),
            json!({"type": "todos/added", "payload": {"id": 1, "text": "write"}}),
            todos,
        ),
        (TodosAction::Toggled(1).into(), json!({"type": "todos/toggled", "payload": 1}), todos),
        (
            TodosAction::Toggled(2).into(),
            json!({"type": "todos/toggled", "payload": 2}),
            Changed::NONE,
        ),
        (SessionAction::LoggedOut.into(), json!({"type": "session/loggedOut"}), todos | session),
    ]
}

#[test]
fn a_log_of_json_replays_to_the_same_states() {
    let mut live = App::default();
    let mut replayed = App::default();
    for (action, json, changed) in log() {
        assert_eq!(live.reduce(&action), changed, "{json}");
        let written = action.to_wire().ok().and_then(|wire| serde_json::to_value(wire).ok());
        assert_eq!(written.as_ref(), Some(&json));
        let wire: WireAction = serde_json::from_value(json).expect("a wire form");
        let read = AppAction::from_wire(&wire).and_then(Result::ok);
        assert_eq!(read.as_ref(), Some(&action));
        assert_eq!(read.map(|action| replayed.reduce(&action)), Some(changed));
        assert_eq!(replayed, live);
    }
    assert_eq!(live, App::default());
}

#[test]
fn a_spare_state_follows_by_what_changed() {
    let mut current = App::default();
    let mut spare = App::default();
    for (action, _, _) in log() {
        let changed = current.reduce(&action);
        spare.sync_from(&current, changed);
        assert_eq!(spare, current);
    }
}

#[test]
fn states_are_keyed_as_in_json() {
    let written = serde_json::to_value(App::default()).unwrap_or_default();
    for field in App::FIELDS {
        assert!(written.get(field).is_some(), "{field}");
    }
}
