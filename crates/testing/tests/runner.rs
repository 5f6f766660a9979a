//! A target of recordings, run as cargo runs it.
//!
//! It is its own child: with [`DIRECTORY`] in the environment it is the target of an application,
//! without it the tests of that target.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Trial};
use retake::prelude::*;
use retake::store::WireAction;
use retake::store::log::{AppInfo, LogOptions, LogWriter};
use retake_testing::Recordings;
use serde::{Deserialize, Serialize};

/// The variable that makes a child of this process.
const DIRECTORY: &str = "RETAKE_RECORDINGS";

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Counter {
    value: i64,
}

#[slice(name = "counter")]
impl Counter {
    fn added(&mut self, by: i64) {
        self.value += by;
    }

    fn panicked(&mut self) {
        panic!("it did");
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
struct App {
    counter: Counter,
}

#[derive(Clone, Debug, Action)]
enum AppAction {
    Counter(CounterAction),
}

fn main() -> ExitCode {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        let upcast = |app: &AppInfo, mut action: WireAction| {
            if app.version == "0" {
                action.kind = action.kind.replace("increased", "added");
            }
            action
        };
        let directory = PathBuf::from(directory);
        let shrunk = directory.join("shrunk");
        return Recordings::<App, AppAction>::new(directory.join("recordings"))
            .shrunk_into(shrunk)
            .upcast_with(upcast)
            .run();
    }
    let tests: [(&str, fn()); 8] = [
        ("recordings_are_listed", recordings_are_listed),
        ("filters_choose", filters_choose),
        ("a_new_file_is_noticed", a_new_file_is_noticed),
        ("a_divergence_is_printed", a_divergence_is_printed),
        ("nothing_to_compare_fails", nothing_to_compare_fails),
        ("no_recordings_fail", no_recordings_fail),
        ("old_recordings_are_upcast", old_recordings_are_upcast),
        ("a_panic_is_located", a_panic_is_located),
    ];
    let trials = tests.map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

/// A directory of its own, gone with the value.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let place = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("runner-{name}")));
        let _ = fs::remove_dir_all(&place.0);
        fs::create_dir_all(place.recordings()).unwrap();
        place
    }

    fn recordings(&self) -> PathBuf {
        self.0.join("recordings")
    }

    /// Records `numbers` as additions.
    fn record(&self, name: &str, numbers: &[i64], options: LogOptions) {
        self.write(name, &recording(numbers, options));
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.recordings().join(format!("{name}.ndjson"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> (String, bool) {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(arguments)
            .env(DIRECTORY, &self.0)
            .output();
        let Output { status, stdout, stderr } = output.unwrap();
        let text = String::from_utf8([stdout, stderr].concat()).unwrap();
        (text, status.success())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn compared() -> LogOptions {
    LogOptions::new().with_hashes(true).with_patches(true)
}

fn recording(numbers: &[i64], options: LogOptions) -> String {
    let mut app = App::default();
    let mut log = LogWriter::new(Vec::new(), AppInfo::new("counter", "1"), &app, options).unwrap();
    for (at, number) in (0..).zip(numbers) {
        let action = AppAction::from(CounterAction::Added(*number));
        let _ = app.reduce(&action);
        log.append(at, &action, &app).unwrap();
    }
    String::from_utf8(log.into_inner()).unwrap()
}

/// Returns the names of the tests that `output` says are `ok`.
fn passed(output: &str) -> BTreeSet<&str> {
    output
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix("ok"))
        .map(|name| name.trim_end_matches([' ', '.']))
        .collect()
}

fn three() -> Place {
    let place =
        Place::new(&format!("three-{:?}", std::thread::current().id()).replace(['(', ')'], ""));
    place.record("first", &[1, 2], compared());
    place.record("second", &[3], compared());
    place.record("deep/third", &[4], compared());
    fs::write(place.recordings().join("README.md"), "no recording").unwrap();
    place
}

fn recordings_are_listed() {
    let (text, is_success) = three().run(&["--list"]);
    assert!(is_success, "{text}");
    assert_eq!(
        text.lines().take(3).collect::<Vec<_>>(),
        ["deep/third: test", "first: test", "second: test"]
    );
}

fn filters_choose() {
    let place = three();
    for (arguments, expected) in [
        (&[][..], &["deep/third", "first", "second"][..]),
        (&["ir"], &["deep/third", "first"]),
        (&["first", "--exact"], &["first"]),
        (&["--skip", "deep"], &["first", "second"]),
        (&["nothing"], &[]),
    ] {
        let (text, is_success) = place.run(arguments);
        assert!(is_success, "{arguments:?}: {text}");
        assert_eq!(passed(&text), expected.iter().copied().collect(), "{arguments:?}: {text}");
    }
}

fn a_new_file_is_noticed() {
    let place = three();
    assert_eq!(passed(&place.run(&[]).0).len(), 3);
    place.record("fourth", &[5], compared());
    assert_eq!(passed(&place.run(&[]).0).len(), 4);
    fs::remove_file(place.recordings().join("first.ndjson")).unwrap();
    assert_eq!(passed(&place.run(&[]).0).len(), 3);
}

fn a_divergence_is_printed() {
    let place = Place::new("divergence");
    let text = recording(&[1, 2, 3], compared());
    place.write("deep/wrong", &text.replace(r#""payload":2"#, r#""payload":7"#));
    place.record("right", &[1], compared());
    let (output, is_success) = place.run(&[]);
    assert!(!is_success, "{output}");
    assert_eq!(passed(&output), BTreeSet::from(["right"]), "{output}");
    let shrunk = place.0.join("shrunk/deep/wrong.shrunk.ndjson");
    let expected = r#"line 3: `counter/added` (seq 2) leads to another state than when it was recorded
  at /counter/value
    expected 3
    got      8
replay with the code that wrote the log, or, if the change is intended, record the log again
the action: {"type":"counter/added","payload":7}
shrunk to 1 of 2 actions, with "#;
    assert!(output.contains(expected), "{output}");
    assert!(output.contains(&shrunk.display().to_string()), "{output}");

    // What was written is a recording that fails in the same way.
    let shrunk = fs::read_to_string(shrunk).unwrap();
    assert_eq!(shrunk.lines().count(), 2, "{shrunk}");
    let again = Place::new("divergence-again");
    again.write("wrong", &shrunk);
    let (output, is_success) = again.run(&[]);
    assert!(!is_success && output.contains("    expected 3\n    got      8\n"), "{output}");
}

fn nothing_to_compare_fails() {
    let place = Place::new("unproven");
    place.record("silent", &[1, 2], LogOptions::new());
    place.write("short", &recording(&[], compared()));
    place.write("torn", &recording(&[1], compared())[..100]);
    place.write("other", "hello\n");
    place.record("some", &[1, 2], LogOptions::new().snapshot_every(2));
    let (output, is_success) = place.run(&[]);
    assert!(!is_success, "{output}");
    assert_eq!(passed(&output), BTreeSet::from(["some"]), "{output}");
    assert!(
        output.contains("none of its 2 actions says where it led; record it again"),
        "{output}"
    );
    assert!(output.contains("none of its 0 actions"), "{output}");
    assert!(output.contains("line 2: the last line is torn"), "{output}");
    assert!(output.contains("line 1: not JSON"), "{output}");
}

fn no_recordings_fail() {
    let place = Place::new("none");
    let (output, is_success) = place.run(&[]);
    assert!(!is_success && output.contains("error: no recording is in "), "{output}");
    fs::remove_dir(place.recordings()).unwrap();
    let (output, is_success) = place.run(&["--list"]);
    assert!(
        !is_success && output.contains("create the directory, or correct its path"),
        "{output}"
    );
}

fn old_recordings_are_upcast() {
    let place = Place::new("old");
    let old = recording(&[1, 2], compared()).replace("counter/added", "counter/increased");
    place.write("old", &old.replace(r#""version":"1""#, r#""version":"0""#));
    let (output, is_success) = place.run(&[]);
    assert!(is_success, "{output}");
    place.write("unknown", &old);
    let (output, is_success) = place.run(&[]);
    assert!(!is_success, "{output}");
    assert!(output.contains("`counter/increased` is no action of this application"), "{output}");
}

fn a_panic_is_located() {
    let place = Place::new("panic");
    let text = recording(&[1, 2, 3], compared())
        .replace(r#"{"type":"counter/added","payload":2}"#, r#"{"type":"counter/panicked"}"#);
    place.write("deep/panic", &text);
    let (output, is_success) = place.run(&[]);
    assert!(!is_success, "{output}");
    let shrunk = place.0.join("shrunk/deep/panic.shrunk.ndjson");
    let expected = format!(
        r#"line 3: a reducer panics at `counter/panicked` (seq 2): it did
correct the reducer: it has to take every action in every state
the action: {{"type":"counter/panicked"}}
shrunk to 1 of 2 actions: {}"#,
        shrunk.display()
    );
    assert!(output.contains(&expected), "{output}");

    // What was written is a recording that fails in the same way, and passes when it is mended.
    let shrunk = fs::read_to_string(shrunk).unwrap();
    assert!(shrunk.starts_with(
        r#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"counter":{"value":1}}}"#
    ));
    let again = Place::new("panic-again");
    again.write("panic", &shrunk);
    let mended = r#"{"type":"counter/added","payload":2}"#;
    again.write("mended", &shrunk.replace(r#"{"type":"counter/panicked"}"#, mended));
    let (output, is_success) = again.run(&[]);
    assert!(!is_success && output.contains("line 2: a reducer panics at"), "{output}");
    assert_eq!(passed(&output), BTreeSet::from(["mended"]), "{output}");
}
