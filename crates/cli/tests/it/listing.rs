//! `retake log`.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::{Run, command, file, posts, retake, stdout};

/// A log of a state without apis.
const SMALL: &str = r#"{"retake":1,"app":{"name":"demo","version":"1"},"state":{"count":1}}
{"seq":1,"at":1700000000000,"action":{"type":"count/added","payload":2}}
{"seq":2,"at":1700000060500,"action":{"type":"\u001b[31mred","payload":"\u001b[0m"}}
{"seq":3,"at":1700003600000,"lifted":{"type":"TOGGLE_ACTION","id":1}}
{"seq":4,"at":1699999999000,"action":{"type":"count/reset"}}
"#;

#[track_caller]
fn seqs(args: &[&str]) -> Vec<u64> {
    let text = stdout(&[&["log"], args].concat());
    let rows = text.lines().skip(1);
    rows.map(|row| row.split_whitespace().next().unwrap().parse().unwrap()).collect()
}

#[test]
fn a_table_of_all_entries() {
    let log = file("small.ndjson", SMALL);
    assert_eq!(
        stdout(&["log", &log]),
        "   SEQ          TIME  TYPE                                          ENTRY  CONTENT
     1         0.000  count/added                                   2
     2      1:00.500  \\u{1b}[31mred                                 \"\\u001b[0m\"
     3   1:00:00.000  TOGGLE_ACTION                                 {\"id\":1}
     4        -1.000  count/reset
"
    );
    let absolute = stdout(&["log", &log, "--absolute"]);
    assert!(absolute.contains("  2023-11-14T22:14:20.500Z  "), "{absolute}");
}

#[test]
fn rows_of_requests_name_entries_and_outcomes() {
    let text = stdout(&["log", &posts()]);
    for row in [
        "     4         0.004  posts/executeQuery/fulfilled                  getPost(1)  {\"body\":\"What",
        "     5         0.004  posts/executeQuery/rejected                   getPost(1)  not needed\n",
        "     7         0.004  posts/executeMutation/pending                 renamePost({\"id\":1,\"title\":\"forbidden\"})\n",
        "     8         0.004  posts/queries/queryResultPatched              getPost(1)  replace /title \"forbidden\"\n",
        "     9         0.004  posts/invalidation/updateProvidedBy           getPost(1)  Post 1\n",
        "  likes/send/pending                            1\n",
    ] {
        assert!(text.contains(row), "no {row:?} in {text}");
    }
    assert_eq!(text.lines().count(), 77);
    let cut = text.lines().filter(|line| line.ends_with("..")).count();
    assert!(cut > 5 && text.lines().all(|line| line.chars().count() <= 160));
    let full = stdout(&["log", &posts(), "--full"]);
    assert!(full.lines().any(|line| line.chars().count() > 160));
}

#[test]
fn filters_are_combined() {
    let log = posts();
    assert_eq!(seqs(&[&log, "--type", "rejected"]), [5, 10, 16, 40]);
    assert_eq!(seqs(&[&log, "--type", "*Query/rejected"]), [5, 40]);
    assert_eq!(seqs(&[&log, "-t", "rejected", "-e", "renamePost*"]), [10, 16]);
    assert_eq!(seqs(&[&log, "-t", "rejected", "-e", "getPost(1)"]), [5]);
    assert_eq!(
        seqs(&[&log, "-t", "invalidateTags", "-t", "rejected", "--until", "8ms"])[..4],
        [5, 10, 16, 17]
    );
    let Run { code, stderr, .. } = retake(&["log", &log, "--since", "1h"]);
    assert_eq!(
        (code, stderr.as_str()),
        (Some(0), "note: none of the 76 entries fits the filters\n")
    );
}

#[test]
fn times_may_be_relative_or_absolute() {
    let log = file("times.ndjson", SMALL);
    assert_eq!(seqs(&[&log, "--since", "1m"]), [2, 3]);
    assert_eq!(seqs(&[&log, "--until", "2023-11-14T22:14:20.500Z"]), [1, 2, 4]);
    assert_eq!(seqs(&[&log, "--since", "0s", "--until", "59m"]), [1, 2]);
}

#[test]
fn json_is_the_lines_of_the_log() {
    let log = std::fs::read_to_string(posts()).unwrap();
    let (_, entries) = log.split_once('\n').unwrap();
    assert_eq!(stdout(&["log", &posts(), "--json"]), entries);
}

#[test]
fn a_torn_last_line_is_reported_and_the_rest_shown() {
    let log = file("torn.ndjson", &SMALL[..SMALL.len() - 20]);
    let Run { code, stdout, stderr } = retake(&["log", &log]);
    assert_eq!((code, stdout.lines().count()), (Some(0), 4));
    assert!(stderr.starts_with("warning: ") && stderr.contains("line 5: the last line is torn"));
}

/// The longest type of an api whose name has some more letters than `posts`.
#[test]
fn long_types_do_not_move_the_columns() {
    let entry = r#"{"seq":1,"at":0,"action":{"type":"quotes/subscriptions/unsubscribeQueryResult","payload":{"queryCacheKey":"quote(1)"}}}"#;
    let header = SMALL.lines().next().unwrap();
    let text = stdout(&["log", &file("long-type.ndjson", &format!("{header}\n{entry}\n"))]);
    let columns: Vec<_> = text.lines().zip(["ENTRY", "quote(1)"]).collect();
    assert_eq!(columns[0].0.find(columns[0].1), columns[1].0.find(columns[1].1), "{text}");
}

#[test]
fn nobody_has_to_read_to_the_end() {
    let mut lines = SMALL.lines().take(2).map(str::to_owned).collect::<Vec<_>>();
    lines.extend(
        (2..20_000).map(|seq| format!(r#"{{"seq":{seq},"at":0,"action":{{"type":"a"}}}}"#)),
    );
    let log = file("long.ndjson", &lines.join("\n"));
    let mut child =
        command(&["log", &log]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut String::new()).unwrap();
    drop(reader);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stderr, "");
}
