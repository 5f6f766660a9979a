//! `#[slice(on)]` methods that take the root action.

use retake_macros::{Action, State, slice};
use retake_store::{Action as _, Changed, Reducer};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Session {
    is_open: bool,
}

#[slice(name = "session")]
impl Session {
    fn opened(&mut self) {
        self.is_open = true;
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Journal {
    lines: Vec<String>,
}

#[slice(name = "journal")]
impl Journal {
    fn noted(&mut self, line: String) {
        self.lines.push(line);
    }

    #[slice(on)]
    fn on_any(&mut self, action: &AppAction) -> Changed {
        self.lines.push(format!("any: {}", action.action_type()));
        Changed::ALL
    }

    #[slice(on)]
    fn on_session(&mut self, action: &SessionAction) {
        self.lines.push(format!("session: {action:?}"));
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
struct App {
    session: Session,
    journal: Journal,
}

#[derive(Clone, Debug, Action)]
enum AppAction {
    Session(SessionAction),
    Journal(JournalAction),
}

#[test]
fn it_runs_with_every_action_of_the_root() {
    let mut app = App::default();
    let both = Changed::field(0) | Changed::field(1);
    assert_eq!(app.reduce(&AppAction::Session(SessionAction::Opened)), both);
    let noted = AppAction::Journal(JournalAction::Noted("hello".into()));
    assert_eq!(app.reduce(&noted), Changed::field(1));
    let lines = ["any: session/opened", "session: Opened", "hello", "any: journal/noted"];
    assert_eq!(app.journal.lines, lines);
}

/// A leaf that is reduced by itself came in no root, and a method that takes it runs once.
#[test]
fn a_leaf_by_itself_is_no_root() {
    let mut journal = Journal::default();
    let _ = journal.reduce(&SessionAction::Opened);
    assert_eq!(journal.lines, ["session: Opened"]);
}
