//! `retake replay`.

use std::process::Stdio;

use retake_store::log::{Header, LogReader, state_hashes};
use serde_json::Value;

use crate::{Run, check_failure, command, file, posts, retake, stdout};

/// The state of each api after entry `seq`, as the tool prints it.
fn slices(log: &str, seq: usize) -> Value {
    let text = stdout(&["replay", log, "--at", &seq.to_string(), "--json"]);
    serde_json::from_str(&text).unwrap()
}

/// The application wrote the hash of its slice with every entry.
#[test]
fn slices_are_what_they_were_in_the_application() {
    let text = std::fs::read(posts()).unwrap();
    for entry in LogReader::new(text.as_slice()).unwrap() {
        let entry = entry.unwrap();
        let slices = slices(&posts(), entry.seq.try_into().unwrap());
        let hashes = state_hashes(&slices).unwrap();
        assert_eq!(hashes.keys().collect::<Vec<_>>(), ["posts"]);
        assert_eq!(hashes["posts"], entry.hash.unwrap()["posts"], "after entry {}", entry.seq);
    }
}

#[test]
fn the_beginning_is_the_header() {
    let text = std::fs::read_to_string(posts()).unwrap();
    let header = LogReader::new(text.as_bytes()).unwrap().header().clone();
    let state: Value = Header::read_state(&header).unwrap();
    assert_eq!(slices(&posts(), 0)["posts"], state["posts"]);
    // To the letter: the order of the members is the application's.
    let printed = stdout(&["replay", &posts(), "--at", "0", "--json"]);
    assert!(header.state.get().contains(printed.trim().trim_matches(['{', '}'])), "{printed}");
}

#[test]
fn the_end_is_the_default_and_the_standard_input_a_file() {
    let end = stdout(&["replay", &posts(), "--json"]);
    assert_eq!(end, stdout(&["replay", &posts(), "--at", "76", "--json"]));
    assert_eq!(end, stdout(&["replay", &posts(), "--at", "end", "--json"]));
    let input = std::fs::File::open(posts()).unwrap();
    let output = command(&["replay", "-", "--json"]).stdin(input).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), end);
}

#[test]
fn entries_are_shown_with_subscriptions_and_tags() {
    let text = stdout(&["replay", &posts(), "--at", "11"]);
    for part in [
        "posts, after entry 11\n  queries: 2\n",
        "    fulfilled  getPost(1)\n               subscriptions: 1\n               tags: Post 1\n",
        "               data: {\"body\":\"What the screen",
        "    rejected   renamePost (",
        "               error: {\"data\":{\"message\":\"the title",
        "  window: online, focused\n",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

#[test]
fn a_log_without_apis_has_no_slices() {
    let log = r#"{"retake":1,"app":{"name":"a","version":"1"},"state":{"posts":{"config":{}},"count":1}}
{"seq":1,"at":0,"action":{"type":"posts/executeQuery/pending"}}
"#;
    let log = file("no-apis.ndjson", log);
    assert_eq!(stdout(&["replay", &log, "--json"]), "{}\n");
    assert!(stdout(&["replay", &log]).contains("no slice of an api"));
}

#[test]
fn only_what_is_asked_for_is_read() {
    let text = std::fs::read_to_string(posts()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let damaged =
        file("damaged-later.ndjson", &[&lines[..11], &["{", lines[12]]].concat().join("\n"));
    assert_eq!(slices(&damaged, 10), slices(&posts(), 10));
    check_failure(&["replay", &damaged], 2, &["line 12", "not JSON"]);
}

#[test]
fn an_action_of_an_api_has_to_fit() {
    let text = std::fs::read_to_string(posts()).unwrap();
    let log = file("no-request.ndjson", &text.replacen("\"requestId\"", "\"request\"", 1));
    check_failure(&["replay", &log], 2, &["line 2", "posts/executeQuery/pending"]);
}

#[test]
fn a_torn_log_is_replayed_up_to_there() {
    let text = std::fs::read_to_string(posts()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let log =
        file("torn-replay.ndjson", &format!("{}\n{}", lines[..=40].join("\n"), &lines[41][..9]));
    let Run { code, stdout, stderr } = retake(&["replay", &log, "--json"]);
    assert_eq!(code, Some(0));
    assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap(), slices(&posts(), 40));
    assert!(stderr.starts_with("warning: ") && stderr.contains("line 42"), "{stderr}");
}

#[test]
fn nobody_has_to_read_the_state() {
    let mut child =
        command(&["replay", &posts(), "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
