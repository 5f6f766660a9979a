//! `retake shrink`.

use std::fs;
use std::path::Path;

use crate::{Run, check_failure, file, path, posts, retake, stdout};

/// A log of `posts` in which one action has another payload than when it was recorded.
fn broken(name: &str) -> String {
    let text = fs::read_to_string(posts()).unwrap();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    assert!(lines[28].contains(r#""payload":{"body":"What the screen"#));
    lines[28] = lines[28].replacen("What the screen", "What a screen", 1);
    file(name, &lines.join("\n"))
}

const FOUND: &str =
    "leads to another state than when it was recorded\n  at /posts/queries/getPost(1)/data/body\n";

#[test]
fn what_is_left_diverges_in_the_same_way() {
    let (log, small) = (broken("broken.ndjson"), path("small.ndjson"));
    let Run { code, stdout, stderr } = retake(&["shrink", &log, "-o", &small]);
    assert_eq!((code, stdout.as_str()), (Some(0), ""), "{stderr}");
    assert!(stderr.contains("line 29: `posts/executeQuery/fulfilled` (seq 28)"), "{stderr}");
    assert!(stderr.contains(FOUND), "{stderr}");
    // What helps whoever has the tool, and not the application.
    assert!(stderr.contains("`retake log --json` shows the line"), "{stderr}");
    assert!(!stderr.contains("replay with the code"), "{stderr}");
    assert!(stderr.contains("actions of `filter`, `likes` were not replayed"), "{stderr}");
    assert!(stderr.ends_with(&format!("note: 1 of 76 entries are left, in {small}\n")), "{stderr}");
    let Run { code, stdout, .. } = retake(&["verify", &small]);
    assert_eq!(code, Some(1));
    assert!(stdout.contains("line 2: ") && stdout.contains(FOUND), "{stdout}");
}

#[test]
fn without_a_file_the_log_is_the_output() {
    let Run { stdout: small, .. } = retake(&["shrink", &broken("broken-stdout.ndjson")]);
    let log = file("small-stdout.ndjson", &small);
    assert_eq!(stdout(&["log", &log, "--type", "*/fulfilled"]).lines().count(), 2);
}

#[test]
fn a_log_that_leads_where_it_says_is_not_shrunk() {
    let small = path("nothing-to-shrink.ndjson");
    check_failure(
        &["shrink", &posts(), "-o", &small],
        2,
        &["there is nothing to shrink", "actions of `filter`, `likes` were not replayed"],
    );
    assert!(!Path::new(&small).exists());
}
