//! Files that are no logs, and wrong command lines.

use crate::{check_failure, command, file, path, posts, retake, stdout};

#[test]
fn a_file_that_is_no_log_is_refused() {
    let header = r#"{"retake":1,"app":{"name":"a","version":"1"},"state":{}}"#;
    let entry = r#"{"seq":1,"at":0,"action":{"type":"a"}}"#;
    for (name, content, parts) in [
        ("empty.ndjson", String::new(), ["line 1", "the header is missing"]),
        ("headless.ndjson", format!("{entry}\n"), ["line 1", "the header is missing"]),
        ("other.ndjson", r#"{"name":"a"}"#.into(), ["line 1", "not a retake log"]),
        ("text.ndjson", "hello\n".into(), ["line 1", "not JSON"]),
        ("binary.ndjson", "\u{0}\u{1}\n".into(), ["line 1", "not JSON"]),
        ("newer.ndjson", r#"{"retake":2}"#.into(), ["line 1", "format version 2"]),
        ("damaged.ndjson", format!("{header}\n{{\"seq\":1,\n{entry}\n"), ["line 2", "not JSON"]),
        ("gap.ndjson", format!("{header}\n{}\n", entry.replace(":1,", ":7,")), ["line 2", "seq 7"]),
    ] {
        let path = file(name, &content);
        for command in [
            &["log", &path][..],
            &["replay", &path],
            &["verify", &path],
            &["diff", &path, "0", "1"],
        ] {
            check_failure(command, 2, &[&path, parts[0], parts[1]]);
        }
    }
    check_failure(&["log", "missing.ndjson"], 2, &["cannot read missing.ndjson", "check the path"]);
    check_failure(&["log", "/"], 2, &["the log cannot be read", "directory"]);
}

/// Whatever a file holds, it is read, found to differ, or refused.
#[test]
fn damage_does_not_panic() {
    let text = std::fs::read(posts()).unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..60 {
        let mut damaged = text.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..damaged.len());
            match random.u8(..4) {
                0 => damaged[at] = random.u8(..),
                1 => damaged[at] = random.choice(*b"{}[]\",:/0 \n").unwrap_or(b'0'),
                2 => {
                    drop(damaged.drain(at..(at + random.usize(..200)).min(text.len() / 2).max(at)))
                }
                _ => damaged.truncate(at.max(1)),
            }
            if damaged.len() < 2 {
                break;
            }
        }
        let path = path("damaged-bytes.ndjson");
        std::fs::write(&path, damaged).unwrap();
        for args in [&["verify", &path][..], &["diff", &path, "0", "end"], &["log", &path]] {
            let code = retake(args).code;
            assert!(matches!(code, Some(0..=2)), "round {round}: {args:?} ended with {code:?}");
        }
    }
}

#[test]
fn a_wrong_command_line_is_explained() {
    for args in [
        &["--bogus"][..],
        &["log"],
        &["dance", "x"],
        &["log", "x", "--since", "soon"],
        &["log", "x", "--json", "--full"],
        &["replay", "x", "--at", "-1"],
        &["diff", "x", "1"],
        &["compact", "x", "-o", "y"],
        &["compact", "x", "--snapshots", "0", "-o", "y"],
        &["diff", "x", "1", "last"],
    ] {
        check_failure(args, 2, &["error: ", "--help"]);
    }
    check_failure(&["log", &posts(), "--since", "soon"], 2, &["write a duration"]);
    check_failure(&["replay", &posts(), "--at", "soon"], 2, &["write the `seq` of an entry"]);
    check_failure(&["replay", &posts(), "--at", "77"], 2, &["no entry 77", "entry 76"]);
    check_failure(&["diff", &posts(), "0", "77"], 2, &["no entry 77", "entry 76"]);
    assert_eq!(retake(&[]).code, Some(2));
}

#[test]
fn the_standard_input_has_a_name_and_is_read_once() {
    let run = |args: &[&str]| {
        let input = std::fs::File::open(file("no-log.ndjson", "hello\n")).unwrap();
        let output = command(args).stdin(input).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for name in ["log", "replay", "verify"] {
        let (code, stderr) = run(&[name, "-"]);
        assert_eq!(code, Some(2));
        assert!(stderr.starts_with("error: the standard input: line 1: "), "{stderr}");
    }
    for args in [&["shrink", "-"][..], &["compact", "-", "--keep", "1"], &["diff", "-", "0", "1"]] {
        let (code, stderr) = run(args);
        assert_eq!(code, Some(2));
        assert!(stderr.contains("write the log to a file"), "{stderr}");
    }
}

#[test]
fn a_screen_needs_a_terminal() {
    check_failure(&["view", &posts()], 2, &["no terminal", "`retake log`"]);
}

#[test]
fn help_teaches() {
    let help = stdout(&["--help"]);
    assert!(help.contains("Exit codes:\n  0  fine; of `shrink`: the small log"), "{help}");
    assert!(help.contains("or there is nothing to shrink"), "{help}");
    for command in ["log", "replay", "diff", "verify", "compact", "shrink", "view"] {
        let help = stdout(&[command, "--help"]);
        assert!(help.contains("Examples:\n  retake "), "{help}");
    }
}
