//! The screen on a scripted server and virtual time: keys are pressed, and what was dispatched,
//! what was requested and what is to be seen are looked at.

mod changing;
mod looking;
mod travelling;

use std::time::Duration;

use posts_app::{App, AppAction, configure};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore};
use serde_json::{Value, json};

use super::draw::draw;
use super::history;
use super::scene::{Scene, Scenes};
use super::session::Session;
use super::ui::{Input, Ui};

const MS: Duration = Duration::from_millis(1);

/// Somebody in front of the screen.
struct Player {
    store: TestStore<App, AppAction>,
    server: ScriptedBaseQuery,
    session: Session,
    scenes: Scenes,
    ui: Ui,
}

/// Returns a player who sees the posts of a server that otherwise does as `script` says.
fn start(script: impl FnOnce(&ScriptedBaseQuery)) -> Player {
    let mut server = None;
    let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let base_query = ScriptedBaseQuery::new(runtime.clone());
        let posts = [(1, "State is plain data"), (2, "Reducers decide"), (3, "Time is a list")];
        base_query.on("GET posts", Reply::ok(posts.map(|(id, title)| post(id, title)).into()));
        for (id, title) in posts {
            base_query.on(&format!("GET posts/{id}"), Reply::ok(post(id, title)));
        }
        script(&base_query);
        server = Some(base_query.clone());
        let store = configure(base_query).runtime(runtime.clone()).history(history());
        store.middleware(log.clone()).build().unwrap()
    });
    let session = Session::start(store.store().clone());
    let (server, scenes, ui) = (server.unwrap(), Scenes::new(), Ui::default());
    let mut player = Player { store, server, session, scenes, ui };
    player.wait(Duration::ZERO);
    player.store.clear();
    player
}

/// Returns a post as the server sends it.
fn post(id: u32, title: &str) -> Value {
    json!({"id": id, "title": title, "body": "Some text.", "likes": id})
}

/// Returns the key that is called `name`: a letter, or what is written on it.
fn key(name: &str) -> KeyEvent {
    let code = match name {
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "back" => KeyCode::Backspace,
        letter => KeyCode::Char(letter.chars().next().unwrap()),
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

impl Player {
    fn scene(&self) -> Scene {
        self.scenes.of(&self.store)
    }

    fn input(&mut self, input: Input) {
        for intent in self.ui.update(input, &self.scene()) {
            self.session.perform(intent);
        }
    }

    /// Presses the keys, one after another; nothing is answered meanwhile.
    fn press(&mut self, keys: &[&str]) {
        keys.iter().for_each(|name| self.input(Input::Key(key(name))));
    }

    fn control(&mut self, letter: &str) {
        let key = KeyEvent { modifiers: KeyModifiers::CONTROL, ..key(letter) };
        self.input(Input::Key(key));
    }

    fn write(&mut self, text: &str) {
        text.chars().for_each(|letter| self.press(&[&letter.to_string()]));
    }

    /// Lets answers come for `time`, and the screen follow.
    fn wait(&mut self, time: Duration) {
        self.follow();
        self.store.advance(time);
        self.follow();
    }

    /// What is answered at once is; what the screen then asks for, too.
    fn follow(&mut self) {
        for _ in 0..3 {
            self.store.advance(Duration::ZERO);
            self.input(Input::Changed);
        }
    }

    /// Returns the types of the actions since the last time.
    fn actions(&self) -> Vec<String> {
        let types = self.store.types();
        self.store.clear();
        types
    }

    /// Returns the requests that were sent behind the first `known` ones.
    fn requests_since(&self, known: usize) -> Vec<String> {
        let requests = self.server.requests().into_iter().skip(known);
        requests.map(|request| format!("{} {}", request.method, request.url)).collect()
    }

    /// Returns what is on the screen, line by line.
    fn screen(&self) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(88, 14)).unwrap();
        terminal.draw(|frame| draw(frame, &self.ui, &self.scene())).unwrap();
        let buffer = terminal.backend().buffer();
        let rows = buffer.content.chunks(usize::from(buffer.area.width));
        rows.map(|row| {
            let line: String = row.iter().map(|cell| cell.symbol()).collect();
            line.trim_end().to_owned()
        })
        .collect()
    }

    /// Makes sure that the screen has all of `parts`, in some line each.
    #[track_caller]
    fn sees(&self, parts: &[&str]) {
        let screen = self.screen();
        for part in parts {
            let is_seen = screen.iter().any(|line| line.contains(part));
            assert!(is_seen, "no {part:?} in\n{}", screen.join("\n"));
        }
    }

    #[track_caller]
    fn does_not_see(&self, part: &str) {
        let screen = self.screen().join("\n");
        assert!(!screen.contains(part), "{part:?} in\n{screen}");
    }
}
