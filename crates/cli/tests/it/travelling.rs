//! Logs of stores that keep their history.

use serde_json::Value;

use crate::{Run, check_failure, file, posts, retake, stdout};

/// The first `count` entries of `posts`, in a store with history, and then these changes of it.
fn log(name: &str, count: usize, changes: &[&str]) -> String {
    let text = std::fs::read_to_string(posts()).unwrap();
    let mut lines: Vec<_> = text.lines().take(count + 1).map(str::to_owned).collect();
    let end = lines[0].len() - 1;
    lines[0].replace_range(end.., r#","history":{}}"#);
    for change in changes {
        lines.push(format!(r#"{{"seq":{},"at":0,"lifted":{change}}}"#, lines.len()));
    }
    file(name, &lines.join("\n"))
}

fn slices(log: &str, at: &str) -> Value {
    serde_json::from_str(&stdout(&["replay", log, "--at", at, "--json"])).unwrap()
}

#[test]
fn what_was_skipped_is_not_in_the_state() {
    let toggle = r#"{"type":"TOGGLE_ACTION","id":11}"#;
    let log = log("toggled.ndjson", 11, &[toggle, toggle]);
    assert_ne!(slices(&log, "10"), slices(&log, "11"));
    assert_eq!(slices(&log, "12"), slices(&log, "10"));
    assert_eq!(slices(&log, "13"), slices(&log, "11"));
    let Run { code, stdout, .. } = retake(&["diff", &log, "11", "12", "--slice", "posts"]);
    assert_eq!(code, Some(1));
    let skipped = "after entry 12: TOGGLE_ACTION\n/posts/queries/getPost(1)/data/title\n  - \"State is plain data\"\n  + \"forbidden\"\n";
    assert!(stdout.ends_with(skipped), "{stdout}");
}

#[test]
fn a_rollback_leads_to_what_was_committed() {
    let changes = [r#"{"type":"COMMIT"}"#, r#"{"type":"RESET"}"#];
    let log = log("committed.ndjson", 11, &changes);
    assert_eq!(slices(&log, "12"), slices(&log, "11"));
    assert_eq!(slices(&log, "13"), slices(&log, "0"));
    assert!(stdout(&["verify", &log]).starts_with("13 entries, 11 with something to compare"));
}

#[test]
fn a_log_with_history_is_compacted_by_its_application_or_kept_whole() {
    let log = log("compact-history.ndjson", 11, &[]);
    let refused = ["compact", &log, "--keep", "3"];
    check_failure(&refused, 2, &["the store kept its history", "`Replay::compact`"]);
    let help = stdout(&["compact", "--help"]);
    assert!(help.contains("only the application can carry the history over"), "{help}");
    let Run { code, stdout, .. } = retake(&["compact", &log, "--snapshots", "5"]);
    assert_eq!((code, stdout.lines().count()), (Some(0), 12));
    assert_eq!(stdout.matches("\"snapshot\"").count(), 2);
}

#[test]
fn a_change_of_no_history_is_refused() {
    let log = log("no-history.ndjson", 3, &[r#"{"type":"RESET"}"#]);
    let text = std::fs::read_to_string(log).unwrap().replace(r#","history":{}"#, "");
    let log = file("no-history.ndjson", &text);
    check_failure(&["replay", &log], 2, &["line 5", "no `history`"]);
}
