//! `retake verify`.

use serde_json::Value;

use crate::{Run, check_failure, file, posts, retake, stdout};

/// The lines of the log of `posts`.
fn lines() -> Vec<Value> {
    let text = std::fs::read_to_string(posts()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn written(name: &str, lines: &[Value]) -> String {
    let lines: Vec<_> = lines.iter().map(Value::to_string).collect();
    file(name, &(lines.join("\n") + "\n"))
}

/// Verifies a log of `posts` that `change` has changed, which has to be noticed; `parts` are of
/// the message.
#[track_caller]
fn check_noticed(name: &str, change: impl FnOnce(&mut Vec<Value>), parts: &[&str]) {
    let mut lines = lines();
    change(&mut lines);
    check_log(&written(name, &lines), parts);
}

#[track_caller]
fn check_log(log: &str, parts: &[&str]) {
    let Run { code, stdout, stderr } = retake(&["verify", log]);
    assert_eq!((code, stderr.as_str()), (Some(1), ""), "{stdout}");
    for part in parts {
        assert!(stdout.contains(part), "no {part:?} in {stdout}");
    }
}

#[test]
fn a_log_as_it_was_written() {
    assert_eq!(
        stdout(&["verify", &posts()]),
        "76 entries, 76 with something to compare: as recorded\n  replayed: posts\n  by its patches: filter, likes\n  actions of `filter`, `likes` were not replayed: their reducers are the application's\n"
    );
}

#[test]
fn a_changed_action_of_an_api_is_found_where_it_is() {
    check_noticed(
        "verify-action.ndjson",
        |lines| lines[3]["action"]["meta"]["arg"]["endpointName"] = "getPosts".into(),
        &[
            "verify-action.ndjson: line 4: `posts/executeQuery/pending` (seq 3) leads to another state",
            "\n  at /posts/queries/getPost(1)/endpointName\n    expected \"getPost\"\n    got      \"getPosts\"\n",
            "`retake log --json` shows the line",
        ],
    );
}

/// Only its reducer knows where it leads; that is said, and not passed over.
#[test]
fn a_changed_action_of_another_slice_is_not_found() {
    let mut lines = lines();
    let like = lines.iter_mut().find(|line| line["action"]["type"] == "likes/added").unwrap();
    like["action"]["payload"] = 99.into();
    let log = written("verify-other-action.ndjson", &lines);
    let text = stdout(&["verify", &log]);
    assert!(text.contains("actions of `filter`, `likes` were not replayed"), "{text}");
    let help = stdout(&["verify", "--help"]);
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("Not found is a changed action of another slice"), "{help}");
}

#[test]
fn hashes_alone_tell_which_slice() {
    check_noticed(
        "verify-hashes.ndjson",
        |lines| {
            lines.iter_mut().for_each(|line| drop(line.as_object_mut().unwrap().remove("patch")));
            lines[4]["action"]["payload"]["title"] = "other".into();
        },
        &["line 5: `posts/executeQuery/fulfilled` (seq 4) leads to", "\n  in the slice `posts`\n"],
    );
}

#[test]
fn patches_alone_tell_where() {
    check_noticed(
        "verify-patches.ndjson",
        |lines| {
            lines.iter_mut().for_each(|line| drop(line.as_object_mut().unwrap().remove("hash")));
            lines[4]["action"]["payload"]["title"] = "other".into();
        },
        &["(seq 4) leads to", "at /posts/queries/getPost(1)/data/title", "got      \"other\""],
    );
}

#[test]
fn a_changed_patch_is_found() {
    let wrong = "has a patch that does not lead to the state of its hash";
    check_noticed(
        "verify-patch.ndjson",
        |lines| lines[8]["patch"][0]["value"] = "other".into(),
        &["(seq 8)", wrong, "expected \"forbidden\"", "got      \"other\""],
    );
    check_noticed(
        "verify-other-slice.ndjson",
        |lines| lines[60]["patch"][0]["value"] = 6.into(),
        &["(seq 60)", wrong, "in the slice `likes`"],
    );
    check_noticed(
        "verify-unapplied.ndjson",
        |lines| lines[60]["patch"][0]["path"] = "/likes/unsent/9".into(),
        &["(seq 60) has a patch that does not apply", "`/likes/unsent/9` does not resolve"],
    );
}

#[test]
fn a_patch_that_is_gone_is_found_by_the_next() {
    check_noticed(
        "verify-gone.ndjson",
        |lines| lines[60]["patch"] = Value::Array(Vec::new()),
        &["(seq 60)", "in the slice `likes`"],
    );
}

#[test]
fn a_changed_hash_is_found() {
    check_noticed(
        "verify-hash.ndjson",
        |lines| lines[60]["hash"]["posts"] = "0000000000000000".into(),
        &["(seq 60) has a hash that is not that of the state", "`posts`", "action and patch agree"],
    );
    check_noticed(
        "verify-hash-name.ndjson",
        |lines| drop(lines[60]["hash"].as_object_mut().unwrap().remove("filter")),
        &["(seq 60) has hashes of other slices", "`filter`"],
    );
}

#[test]
fn a_changed_beginning_is_found() {
    check_noticed(
        "verify-header.ndjson",
        |lines| lines[0]["state"]["filter"]["text"] = "other".into(),
        &["line 2", "(seq 1)", "in the slice `filter`"],
    );
}

#[test]
fn snapshots_are_compared_and_gone_on_from() {
    let log = |third: &str| {
        format!(
            r#"{{"retake":1,"app":{{"name":"a","version":"1"}},"state":{{"a":1}}}}
{{"seq":1,"at":0,"action":{{"type":"a"}},"patch":[{{"op":"replace","path":"/a","value":2}}],"snapshot":{{"a":2}}}}
{{"seq":2,"at":0,"action":{{"type":"a"}}}}
{{"seq":3,"at":0,"action":{{"type":"a"}},"patch":[{{"op":"replace","path":"/a","value":9}}]}}
{{"seq":4,"at":0,"action":{{"type":"a"}},"snapshot":{{"a":5}}}}
{third}
"#
        )
    };
    let whole = r#"{"seq":5,"at":0,"action":{"type":"a"},"patch":[{"op":"replace","path":"/a","value":6}],"snapshot":{"a":6}}"#;
    let path = file("snapshots.ndjson", &log(whole));
    assert_eq!(
        stdout(&["verify", &path]),
        "5 entries, 4 with something to compare: as recorded\n  by its patches: a\n  actions of `a` were not replayed: their reducers are the application's\n"
    );
    let path = file("snapshots-changed.ndjson", &log(&whole.replace("\"a\":6", "\"a\":7")));
    check_log(
        &path,
        &[
            "(seq 5) has a patch that does not lead to its snapshot",
            "at /a\n    expected 7\n    got      6",
        ],
    );
}

/// What no line tells cannot be wrong.
#[test]
fn a_log_of_actions_only_has_nothing_to_compare() {
    let mut lines = lines();
    for line in &mut lines[1..] {
        let line = line.as_object_mut().unwrap();
        line.remove("hash");
        line.remove("patch");
    }
    let log = written("verify-nothing.ndjson", &lines);
    let Run { code, stdout, stderr } = retake(&["verify", &log]);
    assert_eq!((code, stdout.lines().next()), (Some(0), Some("76 entries: nothing compared")));
    assert!(stderr.starts_with("note: nothing was compared: record with"), "{stderr}");
}

#[test]
fn what_cannot_be_read_is_no_divergence() {
    let mut lines = lines();
    lines[9]["action"]["payload"] = 7.into();
    let log = written("verify-malformed.ndjson", &lines);
    check_failure(&["verify", &log], 2, &["line 10", "posts/invalidation/updateProvidedBy"]);
    let text = std::fs::read_to_string(posts()).unwrap();
    let torn = file("verify-torn.ndjson", text.trim_end().trim_end_matches('}'));
    let Run { code, stdout, stderr } = retake(&["verify", &torn]);
    assert_eq!(code, Some(0));
    assert!(
        stdout.starts_with("75 entries, 75 ") && stderr.contains("line 77: the last line is torn")
    );
}
