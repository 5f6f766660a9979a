//! The `retake` tool from outside: what it prints, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod compacting;
mod comparing;
mod listing;
mod refusals;
mod replaying;
mod shrinking;
mod travelling;
mod verifying;

use std::path::PathBuf;
use std::process::Command;

/// What a run printed, and how it ended.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Runs the tool; whatever it is given, it must not panic.
#[track_caller]
fn retake(args: &[&str]) -> Run {
    let output = command(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let run = Run {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    };
    assert!(!run.stderr.contains("panicked"), "{args:?}: {}", run.stderr);
    run
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_retake"));
    command.args(args);
    command
}

/// Runs the tool, which has to succeed without a word on standard error.
#[track_caller]
fn stdout(args: &[&str]) -> String {
    let Run { code, stdout, stderr } = retake(args);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{args:?}");
    stdout
}

/// Runs the tool, which has to end with `code` and a message that has all `parts`.
#[track_caller]
fn check_failure(args: &[&str], code: i32, parts: &[&str]) {
    let Run { code: got, stderr, .. } = retake(args);
    assert_eq!(got, Some(code), "{args:?}: {stderr}");
    for part in parts {
        assert!(stderr.contains(part), "{args:?}: no {part:?} in {stderr:?}");
    }
}

/// The log of a run of the example `posts`: 76 actions with hashes and patches.
fn posts() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/logs/posts.ndjson").to_owned()
}

/// Returns the path of a file for tests.
fn path(name: &str) -> String {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name).to_str().unwrap().to_owned()
}

/// Returns the path of a new file with this content.
fn file(name: &str, content: &str) -> String {
    let path = path(name);
    std::fs::write(&path, content).unwrap();
    path
}
