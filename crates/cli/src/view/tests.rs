//! Keys, and what is on the screen after them.

use std::path::Path;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use super::{Flow, Viewer};
use crate::recording::Recording;

/// A log on a screen that nobody sees.
struct Screen {
    viewer: Viewer,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    fn of(path: &str, width: u16, height: u16) -> Self {
        let mut viewer = Viewer::new(Recording::open(Path::new(path)).unwrap());
        viewer.resize(Size { width, height });
        let terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        Self { viewer, terminal }
    }

    /// The log of a run of the example `posts`: 76 actions with hashes and patches.
    fn of_posts(width: u16, height: u16) -> Self {
        Self::of("tests/logs/posts.ndjson", width, height)
    }

    /// Presses keys: characters, and names of keys between `<` and `>`.
    fn press(&mut self, keys: &str) -> Flow {
        let mut flow = Flow::Stay;
        let mut rest = keys;
        while let Some(char) = rest.chars().next() {
            let (code, len) = match (char, rest.find('>')) {
                ('<', Some(end)) => (named(&rest[1..end]), end + 1),
                _ => (KeyCode::Char(char), char.len_utf8()),
            };
            flow = self.viewer.update(KeyEvent::new(code, KeyModifiers::NONE));
            rest = &rest[len..];
        }
        while self.viewer.is_busy() {
            self.viewer.work();
        }
        flow
    }

    fn text(&mut self) -> String {
        self.terminal.draw(|frame| self.viewer.draw(frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let rows = buffer.content().chunks(buffer.area.width.into());
        let rows = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
        rows.map(|row| row.trim_end().to_owned() + "\n").collect()
    }

    /// Presses keys, and compares the screen with the file `name`.
    #[track_caller]
    fn check(&mut self, keys: &str, name: &str) {
        self.press(keys);
        let (path, text) = (format!("src/view/tests/{name}.txt"), self.text());
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if text != expected && std::env::var_os("UPDATE_SCREENS").is_some() {
            std::fs::write(path, text).unwrap();
            return;
        }
        assert_eq!(text, expected, "\n{path} is\n{expected}\nand the screen\n{text}");
    }

    /// Presses keys, after which the screen has all `parts`.
    #[track_caller]
    fn check_parts(&mut self, keys: &str, parts: &[&str]) {
        self.press(keys);
        let text = self.text();
        for part in parts {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
    }
}

fn named(key: &str) -> KeyCode {
    match key {
        "down" => KeyCode::Down,
        "up" => KeyCode::Up,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pgdn" => KeyCode::PageDown,
        "pgup" => KeyCode::PageUp,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "tab" => KeyCode::Tab,
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "back" => KeyCode::Backspace,
        key => panic!("no key {key}"),
    }
}

#[test]
fn a_log_begins_at_its_beginning() {
    Screen::of_posts(110, 14).check("", "beginning");
}

#[test]
fn entries_are_scrubbed_and_say_what_they_changed() {
    let mut screen = Screen::of_posts(110, 14);
    screen.check("<down><down><down>", "diff");
    screen.check_parts("<pgdn>", &[">13 ", "renamePostOrRe"]);
    screen.check_parts("<up>", &[">12 "]);
    screen.check("<end>", "end");
    screen.check_parts("<home>", &["> 0 "]);
    screen.check_parts(":8<enter>", &["> 8 ", "/posts/queries/getPost(1)/data/title", "+  \"forb"]);
}
