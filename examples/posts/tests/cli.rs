//! The program from outside: what it prints, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const IDENTICAL: &str = " actions, state identical";

/// What a run printed, and how it ended.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_posts"));
    command.args(args);
    command
}

/// Runs the program; whatever it is given, it must not panic.
#[track_caller]
fn posts(args: &[&str]) -> Run {
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

/// Runs the program, which has to fail with a message that has all `parts`.
#[track_caller]
fn check_failure(args: &[&str], code: i32, parts: &[&str]) {
    let Run { code: got, stderr, .. } = posts(args);
    assert_eq!(got, Some(code), "{args:?}: {stderr}");
    for part in parts {
        assert!(stderr.contains(part), "{args:?}: no {part:?} in {stderr:?}");
    }
}

/// Runs the job, which has to end with an identical replay; returns what it printed.
#[track_caller]
fn check_job(name: &str, args: &[&str]) -> String {
    let log = file(name);
    let args = [&["--log", &log], args].concat();
    let Run { code, stdout, stderr } = posts(&args);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{args:?}: {stdout}");
    let last = stdout.lines().next_back().unwrap();
    assert!(last.starts_with("replayed ") && last.ends_with(IDENTICAL), "{args:?}: {last:?}");

    // The log has a line for each action and one for the header, and replays by itself.
    let actions = fs::read_to_string(&log).unwrap().lines().count() - 1;
    assert_eq!(last, format!("replayed {actions}{IDENTICAL}"));
    assert_eq!(posts(&["--replay", &log]).stdout, format!("{last}\n"));
    stdout
}

fn file(name: &str) -> String {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name).to_str().unwrap().to_owned()
}

#[track_caller]
fn file_with(name: &str, text: &str) -> String {
    let path = file(name);
    fs::write(&path, text).unwrap();
    path
}

/// A process that goes on until it is told to stop; it ends with the test.
struct Running(Child);

impl Running {
    /// Starts the program and returns it with the lines that it prints.
    fn start(args: &[&str]) -> (Self, impl Iterator<Item = String> + use<>) {
        let mut child = command(args).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        (Self(child), stdout.lines().map(Result::unwrap))
    }

    /// Starts a server and returns it with its address.
    fn serve() -> (Self, String) {
        let (running, mut lines) = Self::start(&["--serve", "0"]);
        let line = lines.next().unwrap();
        let url = line.strip_prefix("listening on ").unwrap();
        (running, url.strip_suffix("; ctrl-c stops").unwrap().to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_job_ends_with_an_identical_replay() {
    let stdout = check_job("job.ndjson", &[]);
    assert!(stdout.contains(r#"title while the request is under way: "forbidden""#), "{stdout}");
    assert!(stdout.contains("posts/executeMutation/fulfilled            likePost({\"count\":5"));
}

#[test]
fn refused_writes_are_handled_and_replayed() {
    let stdout = check_job("all-refused.ndjson", &["--fail-rate", "1"]);
    assert!(!stdout.contains("- the server accepts"), "{stdout}");
    for seed in ["1", "2", "3"] {
        let log = format!("refused-{seed}.ndjson");
        check_job(&log, &["--fail-rate", "0.5", "--seed", seed]);
    }
}

#[test]
fn a_running_server_is_used_more_than_once() {
    let (_serving, url) = Running::serve();
    check_job("remote-1.ndjson", &["--server", &url]);
    check_job("remote-2.ndjson", &["--server", &format!("{url}/")]);
}

#[cfg(unix)]
#[test]
fn a_screen_shows_the_state_until_ctrl_c() {
    let (mut running, mut lines) = Running::start(&["--stay", "--log", &file("stay.ndjson")]);
    let shown = lines.find(|line| line.starts_with("shows ")).unwrap();
    let screen: serde_json::Value = serde_json::from_str(&shown["shows ".len()..]).unwrap();
    assert_eq!((&screen["filter"], &screen["titles"][0]), (&"".into(), &"State is data!".into()));
    assert_eq!(
        (&screen["open"]["title"], &screen["open"]["likes"]),
        (&"State is data".into(), &5.into())
    );

    let pid = running.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert!(lines.last().unwrap().ends_with(IDENTICAL));
    assert!(running.0.wait().unwrap().success());
}

#[test]
fn devtools_that_are_not_there_are_not_missed() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("ws://{free}/socketcluster/");
    let printed = check_job("devtools.ndjson", &["--devtools", &url]);
    assert!(printed.contains(&format!("DevTools: nobody at {url} (")), "{printed}");
    let log = file("unused.ndjson");
    check_failure(
        &["--log", &log, "--devtools", "ws://192.0.2.1:8000/socketcluster/"],
        1,
        &["192.0.2.1", "another machine"],
    );
}

#[test]
fn a_corrupted_log_ends_with_a_path_diff() {
    for (nth, action) in
        [("2", "posts/executeQuery/fulfilled"), ("3", "posts/executeQuery/pending")]
    {
        let log = file(&format!("corrupt-{nth}.ndjson"));
        let args = ["--corrupt", nth, "--log", &log];
        let Run { code, stdout, stderr } = posts(&args);
        assert_eq!(code, Some(1), "{stdout}");
        assert!(!stdout.contains(IDENTICAL), "{stdout}");
        for part in [&format!("`{action}` (seq {nth})"), "\n  at /posts/", "expected ", "got "] {
            assert!(stderr.contains(part), "no {part:?} in {stderr}");
        }
    }
    let log = file("corrupt-999.ndjson");
    check_failure(&["--corrupt", "999", "--log", &log], 1, &["no action 999 to corrupt"]);
}

#[test]
fn a_log_that_is_none_is_refused() {
    let header = r#"{"retake":1,"app":{"name":"posts","version":"1"},"state":"#;
    let state = r#"{"filter":{"text":""},"likes":{"unsent":{}},"posts":null}}"#;
    for (name, text, parts) in [
        ("empty.ndjson", String::new(), ["line 1", "the header is missing"]),
        ("other.ndjson", r#"{"a":1}"#.into(), ["line 1", "not a retake log"]),
        ("text.ndjson", "hello\n".into(), ["line 1", "not"]),
        ("state.ndjson", format!("{header}{state}\n"), ["line 1", "does not fit its type"]),
    ] {
        let path = file_with(name, &text);
        check_failure(&["--replay", &path], 1, &[&path, parts[0], parts[1]]);
    }
    check_failure(&["--replay", &file("missing.ndjson")], 1, &["cannot read", "missing.ndjson"]);
}

#[test]
fn a_damaged_log_names_the_line() {
    check_job("whole.ndjson", &[]);
    let whole = fs::read_to_string(file("whole.ndjson")).unwrap();
    let lines: Vec<_> = whole.lines().collect();
    let unknown = lines[1].replace("posts/executeQuery/pending", "posts/unknown");
    let unproven = format!(r#"{{"seq":1,"at":0,"action":{{"type":"{}"}}}}"#, "filter/cleared");
    for (name, text, parts) in [
        ("gap.ndjson", [lines[0], lines[1], lines[3]].join("\n"), ["line 3", "seq 3"]),
        ("torn.ndjson", whole[..lines[0].len() + 40].into(), ["line 2", "torn"]),
        ("unknown.ndjson", [lines[0], &unknown].join("\n"), ["line 2", "`posts/unknown`"]),
        ("unproven.ndjson", [lines[0], &unproven].join("\n"), ["1 of 1", "say nothing"]),
    ] {
        let path = file_with(name, &text);
        check_failure(&["--replay", &path], 1, &[&path, parts[0], parts[1]]);
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    check_failure(&["--serve", &port], 1, &[&format!("port {port} on 127.0.0.1 is taken")]);

    let log = file("unused.ndjson");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, part) in [(format!("http://{free}"), "refused"), ("nowhere".into(), "absolute URL")] {
        check_failure(&["--server", &url, "--log", &log], 1, &["listing the posts", part]);
    }
    check_failure(&["--fail-rate", "2", "--log", &log], 1, &["the fail rate is 2"]);
    check_failure(&["--log", "/"], 1, &["/: there is a file already"]);
    check_failure(&["--interactive", "--log", &log], 1, &["`--interactive` needs a terminal"]);
}

#[test]
fn a_wrong_command_line_is_explained() {
    for args in [
        &["--bogus"][..],
        &["extra"],
        &["--corrupt", "0"],
        &["--fail-rate", "often"],
        &["--serve", "70000"],
        &["--serve", "0", "--log", "x"],
        &["--serve", "0", "--stay"],
        &["--serve", "0", "--devtools"],
        &["--replay", "x", "--corrupt", "1"],
        &["--server", "http://localhost", "--fail-rate", "1"],
    ] {
        check_failure(args, 2, &["error: ", "--help"]);
    }
    let help = posts(&["--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.stdout.contains("--replay <FILE>"), "{}", help.stdout);
}
