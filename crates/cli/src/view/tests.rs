//! Keys, and what is on the screen after them.

use std::path::Path;
use std::{env, fs, process};

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

    /// A log with this content.
    fn of_text(name: &str, content: &str, width: u16, height: u16) -> Self {
        let path = env::temp_dir().join(format!("retake-view-{}-{name}", process::id()));
        fs::write(&path, content).unwrap();
        let screen = Self::of(path.to_str().unwrap(), width, height);
        // The log is open, and stays so.
        fs::remove_file(path).unwrap();
        screen
    }

    /// Presses keys: characters, and names of keys between `<` and `>`.
    fn press(&mut self, keys: &str) -> Flow {
        self.finish();
        let mut flow = Flow::Stay;
        let mut rest = keys;
        while let Some(char) = rest.chars().next() {
            let (code, len) = match (char, rest.find('>')) {
                ('<', Some(end)) => (named(&rest[1..end]), end + 1),
                _ => (KeyCode::Char(char), char.len_utf8()),
            };
            flow = self.viewer.update(KeyEvent::new(code, KeyModifiers::NONE));
            self.finish();
            rest = &rest[len..];
        }
        flow
    }

    /// Does all the work that there is, and returns how many pieces it was.
    fn finish(&mut self) -> usize {
        let mut pieces = 0;
        while self.viewer.is_busy() {
            self.viewer.work();
            pieces += 1;
        }
        pieces
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
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if text != expected && env::var_os("UPDATE_SCREENS").is_some() {
            fs::write(path, text).unwrap();
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

/// Returns the header of a log whose state is a filter and an empty api, and so many changes of
/// the filter.
fn filters(count: u64) -> String {
    let header = fs::read_to_string("tests/logs/posts.ndjson").unwrap();
    let mut log = header.lines().next().unwrap().to_owned() + "\n";
    for seq in 1..=count {
        log += &format!(
            r#"{{"seq":{seq},"at":{seq},"action":{{"type":"filter/textChanged","payload":"{seq}"}},"#
        );
        log += &format!(
            r#""patch":[{{"op":"replace","path":"/filter/text","value":"{seq}"}}]}}{}"#,
            "\n"
        );
    }
    log
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

#[test]
fn a_filter_lists_what_fits_while_it_is_typed() {
    let mut screen = Screen::of_posts(110, 14);
    screen.press("<down><down><down><down><down>/rejected getPost");
    screen.check("", "filter");
    screen.check_parts("<enter><down>", &["Entries with rejected getPost: ", "/ filter"]);
    let (row, listed) = (screen.viewer.listing.selected(), screen.viewer.listing.lines());
    assert!(row > 5 && listed > 1, "{row} of {listed}");
    screen.check_parts("<esc>", &["Entries ─", &format!(">{row:>2} ")]);
    // What fits is the next one, or else the last; and back, when it is typed otherwise.
    screen.check_parts(":73<enter>/updateProvided", &[">71 "]);
    screen.check_parts("<back>X", &["Entries with updateProvideX: 0", "no entry fits"]);
    screen.check_parts("<esc>", &[">73 ", "Entries ─"]);
    screen.check_parts("/posts/*Query/pending<enter>", &["Entries with posts/*Query/pending: "]);
}

#[test]
fn the_state_is_a_tree_that_stays_open() {
    let mut screen = Screen::of_posts(110, 16);
    screen.press(":8<enter>2<tab><end><right><down><right><down><down><right>");
    screen.check("", "state");
    // What is open stays so, and the cursor where it is.
    screen.check_parts("]]]", &[">11 ", ">*    ▾ getPost(1)", " *      ▸ data  "]);
    screen.check_parts("<down><right>", &[" *          title  \"State is plain data\""]);
    screen.check_parts("<left><left><left><left>", &["▾ queries", "▸ getPost(1)  fulfilled"]);
    screen.check_parts("[[[[[[[[[[[", &["> 0 ", "queries  0"]);
}

#[test]
fn cache_entries_have_their_tags_and_subscriptions() {
    let mut screen = Screen::of_posts(110, 18);
    screen.press(":10<enter>3<enter><down><down><right><down><down><right>");
    screen.check("", "cache");
    // What an entry changed is marked: a query, a mutation, a subscription.
    screen.check_parts("<esc>:8<enter>", &["  ▸ listPosts", " *  ▾ getPost(1)", "  ▸ renamePost"]);
    screen.check_parts(":10<enter>", &["  ▾ getPost(1)", " *  ▸ renamePost"]);
    screen.check_parts(":5<enter>", &["    ▸ listPosts", " *  ▾ getPost(1)"]);
    screen.check_parts(":76<enter>", &["fulfilled", "0 subscriptions"]);
}

#[test]
fn the_entry_itself_is_a_tree() {
    let mut screen = Screen::of_posts(110, 14);
    screen.check(":7<enter>4", "action");
}

#[test]
fn help_lists_the_keys() {
    let mut screen = Screen::of_posts(80, 26);
    screen.check("?", "help");
    screen.check_parts("q", &["the beginning:"]);
    assert_eq!(screen.press("q"), Flow::Leave);
    let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    screen.press("/");
    assert_eq!(screen.viewer.update(control_c), Flow::Leave);
}

#[test]
fn a_narrow_screen_has_the_panel_below() {
    let mut screen = Screen::of_posts(60, 16);
    screen.check("<down>", "narrow");
    screen.viewer.resize(Size { width: 1, height: 1 });
    screen.terminal = Terminal::new(TestBackend::new(1, 1)).unwrap();
    screen.check_parts("<down>3?", &[""]);
}

#[test]
fn slices_that_the_log_does_not_tell_say_so() {
    let log =
        filters(2).replace(r#","patch":[{"op":"replace","path":"/filter/text","value":"2"}]"#, "");
    let mut screen = Screen::of_text("untold.ndjson", &log, 110, 12);
    let untold = "the log tells it up to entry 1 only";
    screen.check_parts("<end>", &["/filter  ", untold, "/likes  "]);
    screen.check_parts("2", &[&format!("filter  {untold}")]);
    screen.check_parts("1<up>", &["/filter/text", "-  \"\"", "+  \"1\""]);
}

#[test]
fn lines_that_are_no_entries_are_shown_as_such() {
    let log = filters(5).replace(r#""seq":3,"at":3,"action""#, r#""seq":3,"at":3,"acton""#);
    let mut screen = Screen::of_text("damaged.ndjson", log.trim_end_matches("]}\n"), 110, 14);
    screen.check_parts("", &["4 entries", "line 6 is torn: no entry"]);
    screen.check_parts(":3<enter>", &[">3 ", "line 4: "]);
    screen.check_parts("<down>", &[">4", "line 4: ", "neither `action` nor `lifted`"]);
    screen.check_parts("<up><up>", &[">2", "+  \"2\""]);
}

#[test]
fn a_skipped_action_is_not_in_the_state() {
    let posts = fs::read_to_string("tests/logs/posts.ndjson").unwrap();
    let mut lines: Vec<_> = posts.lines().take(12).map(str::to_owned).collect();
    let end = lines[0].len() - 1;
    lines[0].replace_range(end.., r#","history":{}}"#);
    let at = 1_795_379_965_372_u64 + 3_600_000;
    lines.push(format!(r#"{{"seq":12,"at":{at},"lifted":{{"type":"TOGGLE_ACTION","id":11}}}}"#));
    let mut screen = Screen::of_text("skipped.ndjson", &(lines.join("\n") + "\n"), 110, 18);
    screen.check_parts(
        "<end>",
        &[
            ">12 1:00:00.000  TOGGLE_ACTION",
            "/posts/queries/getPost(1)/data/title",
            r#"-  "State is plain data""#,
            r#"+  "forbidden""#,
        ],
    );
    screen.check_parts("4", &["▾ lifted", r#"type  "TOGGLE_ACTION""#]);
}

#[test]
fn a_step_in_a_large_log_is_a_small_one() {
    let mut screen = Screen::of_text("large.ndjson", &filters(20_000), 110, 14);
    screen.check_parts("<end>", &[">20000 ", "-  \"19999\"", "+  \"20000\""]);
    screen.check_parts(":9000<enter>", &["> 9000 ", "+  \"9000\""]);
    let step = |_| {
        screen.viewer.update(KeyEvent::new(KeyCode::Up, KeyModifiers::NONE));
        screen.finish()
    };
    // Each is one piece of work, but for what is between two of the states that are kept always.
    let pieces: usize = (8_500..9_000).map(step).sum();
    assert!(pieces < 510, "{pieces} pieces");
    screen.check_parts("", &[" 8500 ", "+  \"8500\""]);
    // On a way that is far, keys count, and what is done is said.
    let mut far = Screen::of_text("far.ndjson", &filters(20_000), 110, 14);
    far.finish();
    far.viewer.update(KeyEvent::new(KeyCode::End, KeyModifiers::NONE));
    far.viewer.work();
    assert!(far.viewer.is_busy() && far.text().contains("replayed 64 of 20000 .."));
    far.check_parts("<up>", &[">19999 ", "+  \"19999\""]);
}
