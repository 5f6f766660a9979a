//! `retake compact`.

use std::fs;
use std::path::Path;

use crate::{Run, check_failure, file, path, posts, retake, stdout};

/// Compacts the log of `posts`; returns the new one.
#[track_caller]
fn compacted(name: &str, args: &[&str], message: &str) -> String {
    let output = path(name);
    let log = posts();
    let args = [&["compact", &log, "-o", &output], args].concat();
    assert_eq!(stdout(&args), format!("{output}: {message}\n"));
    assert!(!Path::new(&format!("{output}.partial")).exists());
    output
}

/// Both logs lead to the same state in all slices, at these entries.
#[track_caller]
fn check_same_state(old: &str, at: &str, new: &str, new_at: &str) {
    let Run { code, stdout, stderr } = retake(&["diff", old, at, new_at, "--with", new]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
}

#[test]
fn the_last_entries_are_kept() {
    let new = compacted("kept.ndjson", &["--keep", "10"], "10 entries, behind the state after 66");
    check_same_state(&posts(), "66", &new, "0");
    check_same_state(&posts(), "76", &new, "10");
    assert!(stdout(&["verify", &new]).starts_with("10 entries, 10 with something to compare"));
    let (old, kept) = (stdout(&["log", &posts(), "--json"]), stdout(&["log", &new, "--json"]));
    let without_seq = |line: &str| line.split_once(",\"at\"").unwrap().1.to_owned();
    let last: Vec<_> = old.lines().skip(66).map(without_seq).collect();
    assert_eq!(kept.lines().map(without_seq).collect::<Vec<_>>(), last);
}

#[test]
fn snapshots_are_written() {
    let new = compacted(
        "snapshots-every-20.ndjson",
        &["--snapshots", "20"],
        "76 entries, behind the state after 0",
    );
    let text = fs::read_to_string(&new).unwrap();
    let with_snapshot = text.lines().enumerate().filter(|(_, line)| line.contains("\"snapshot\""));
    assert_eq!(with_snapshot.map(|(line, _)| line).collect::<Vec<_>>(), [20, 40, 60]);
    assert!(stdout(&["verify", &new]).starts_with("76 entries, 76 with something to compare"));
    check_same_state(&posts(), "76", &new, "76");
}

#[test]
fn the_end_alone_can_be_kept_and_more_than_there_is() {
    let new = compacted("now.ndjson", &["--keep", "0"], "0 entries, behind the state after 76");
    check_same_state(&posts(), "76", &new, "0");
    let new = compacted("all.ndjson", &["--keep", "99"], "76 entries, behind the state after 0");
    assert_eq!(fs::read_to_string(new).unwrap(), fs::read_to_string(posts()).unwrap());
}

#[test]
fn the_new_log_may_take_the_place_of_the_old() {
    let log = file("in-place.ndjson", &fs::read_to_string(posts()).unwrap());
    assert!(stdout(&["compact", &log, "--keep", "5", "-o", &log]).contains("5 entries"));
    assert_eq!(fs::read_to_string(&log).unwrap().lines().count(), 6);
}

#[test]
fn without_a_file_the_log_is_the_output() {
    let same = compacted("same.ndjson", &["--keep", "9"], "9 entries, behind the state after 67");
    let Run { code, stdout, stderr } = retake(&["compact", &posts(), "--keep", "9"]);
    assert_eq!((code, stdout), (Some(0), fs::read_to_string(same).unwrap()));
    assert!(stderr.ends_with("posts.ndjson: 9 entries, behind the state after 67\n"), "{stderr}");
}

#[test]
fn a_torn_end_is_left_out() {
    let text = fs::read_to_string(posts()).unwrap();
    let log = file("torn-compact.ndjson", &text[..text.len() - 9]);
    let output = path("torn-compacted.ndjson");
    let Run { code, stdout, stderr } = retake(&["compact", &log, "--keep", "5", "-o", &output]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("5 entries, behind the state after 70"), "{stdout}");
    assert!(
        stderr.starts_with("warning: ") && stderr.contains("the last line is torn"),
        "{stderr}"
    );
}

#[test]
fn a_log_that_does_not_lead_where_it_says_is_not_compacted() {
    let text = fs::read_to_string(posts()).unwrap().replacen("\"forbidden\"", "\"allowed\"", 3);
    let (log, output) = (file("tampered.ndjson", &text), path("tampered-compacted.ndjson"));
    let Run { code, stdout, stderr } = retake(&["compact", &log, "--keep", "5", "-o", &output]);
    assert_eq!((code, stderr.as_str()), (Some(1), ""), "{stdout}");
    assert!(stdout.contains("(seq 8) leads to another state"), "{stdout}");
    assert!(stdout.contains("`retake log --json` shows the line"), "{stdout}");
    // Nor does a half one go where a log is expected.
    let Run { code, stdout, stderr } = retake(&["compact", &log, "--keep", "5"]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("(seq 8) leads to another state"), "{stderr}");
    for name in [&output, &format!("{output}.partial")] {
        assert!(!Path::new(name).exists(), "{name}");
    }
}

#[test]
fn states_that_nobody_knows_are_not_made_up() {
    let header = r#"{"retake":1,"app":{"name":"a","version":"1"},"state":{"count":1}}"#;
    let entry = r#"{"seq":1,"at":0,"action":{"type":"count/added","payload":1}}"#;
    let log = file("unknown-state.ndjson", &format!("{header}\n{entry}\n"));
    let output = path("unknown-state-compacted.ndjson");
    check_failure(
        &["compact", &log, "--keep", "0", "-o", &output],
        2,
        &["does not say what the state is after entry 1", "record with patches or snapshots"],
    );
    assert!(!Path::new(&output).exists());
    let nowhere = path("no-such-folder/x.ndjson");
    check_failure(&["compact", &posts(), "--keep", "0", "-o", &nowhere], 2, &["cannot create"]);
}
