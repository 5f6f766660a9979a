//! `retake diff`.

use crate::{Run, check_failure, file, posts, retake};

/// Compares, which has to find a difference; returns what is printed behind the two places.
#[track_caller]
fn difference(args: &[&str]) -> String {
    let Run { code, stdout, stderr } = retake(&[&["diff"], args].concat());
    assert_eq!((code, stderr.as_str()), (Some(1), ""), "{args:?}: {stdout}");
    stdout.split_inclusive('\n').skip(2).collect()
}

/// Compares, which has to find nothing.
#[track_caller]
fn check_same(args: &[&str], note: &str) {
    let Run { code, stdout, stderr } = retake(&[&["diff"], args].concat());
    assert_eq!((code, stdout.lines().count()), (Some(0), 2), "{args:?}: {stdout}");
    assert!(stderr.contains(note) && stderr.is_empty() == note.is_empty(), "{stderr}");
}

#[test]
fn a_step_is_the_difference_of_two_states() {
    let undone =
        "/posts/queries/getPost(1)/data/title\n  - \"forbidden\"\n  + \"State is plain data\"\n";
    assert_eq!(difference(&[&posts(), "10", "11"]), undone);
    let Run { stdout, .. } = retake(&["diff", &posts(), "0", "11"]);
    let places: Vec<_> = stdout.lines().take(2).collect();
    assert!(places[0].starts_with("- ") && places[0].ends_with("(posts 0.1.0), at the beginning"));
    assert!(places[1].ends_with("after entry 11: posts/queries/queryResultPatched getPost(1)"));
}

#[test]
fn backwards_is_the_other_way_round() {
    let redone =
        "/posts/queries/getPost(1)/data/title\n  - \"State is plain data\"\n  + \"forbidden\"\n";
    assert_eq!(difference(&[&posts(), "11", "10"]), redone);
    check_same(&[&posts(), "40", "40"], "");
}

#[test]
fn other_slices_are_known_by_their_patches() {
    assert_eq!(
        difference(&[&posts(), "59", "60", "--slice", "likes"]),
        "/likes/unsent/1\n  + 5\n".replace("+ 5", "- 4\n  + 5")
    );
    check_same(&[&posts(), "0", "end", "--slice", "filter"], "");
}

#[test]
fn a_slice_that_is_not_there_is_no_agreement() {
    let message = "error: there is no slice `nope`; there are `filter`, `likes`, `posts`\n";
    let Run { code, stdout, stderr } = retake(&["diff", &posts(), "0", "end", "--slice", "nope"]);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(2), "", message));
    // One that came later is in one of the states.
    let log = r#"{"retake":1,"app":{"name":"a","version":"1"},"state":{}}
{"seq":1,"at":0,"action":{"type":"a"},"patch":[{"op":"add","path":"/b","value":1}]}
"#;
    let log = file("later.ndjson", log);
    assert_eq!(difference(&[&log, "0", "1", "--slice", "b"]), "/b\n  + 1\n");
    check_failure(
        &["diff", &log, "0", "0", "--slice", "b"],
        2,
        &["no slice `b`; the state has none"],
    );
}

#[test]
fn json_has_a_line_for_each_difference() {
    let Run { code, stdout, .. } = retake(&["diff", &posts(), "10", "11", "--json"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        stdout,
        "{\"path\":\"/posts/queries/getPost(1)/data/title\",\"before\":\"forbidden\",\"after\":\"State is plain data\"}\n"
    );
}

#[test]
fn two_logs_are_compared() {
    let text = std::fs::read_to_string(posts()).unwrap();
    let other = file("other-run.ndjson", &text.replace("State is data", "State was data"));
    let found = difference(&[&posts(), "30", "30", "--with", &other, "--slice", "posts"]);
    assert!(
        found.contains(
            "/posts/queries/getPost(1)/data/title\n  - \"State is data\"\n  + \"State was data\"\n"
        ),
        "{found}"
    );
    check_same(&[&posts(), "8", "8", "--with", &other], "");
}

/// Without patches, hashes tell that a slice has not changed, and snapshots what it is.
#[test]
fn what_the_log_does_not_tell_is_left_out() {
    let header = r#"{"retake":1,"app":{"name":"a","version":"1"},"state":{"count":1,"name":"x"}}"#;
    let action = r#""action":{"type":"count/added"}"#;
    let log = file(
        "hashes.ndjson",
        &format!(
            "{header}\n{{\"seq\":1,\"at\":0,{action},\"hash\":{{\"count\":\"00\",\"name\":\"{name}\"}}}}\n\
             {{\"seq\":2,\"at\":0,{action},\"snapshot\":{{\"count\":2,\"name\":\"x\"}}}}\n\
             {{\"seq\":3,\"at\":0,{action}}}\n",
            name = retake_store::log::state_hashes("x").unwrap()[""],
        ),
    );
    check_same(&[&log, "0", "1"], "the slice `count` is left out: the log tells it up to entry 0");
    assert_eq!(difference(&[&log, "0", "2"]), "/count\n  - 1\n  + 2\n");
    check_same(&[&log, "2", "3", "--slice", "name"], "the slice `name` is left out");
}

#[test]
fn a_state_that_is_no_object_is_one_slice() {
    let log = r#"{"retake":1,"app":{"name":"a","version":"1"},"state":[1,2]}
{"seq":1,"at":0,"action":{"type":"a"},"patch":[{"op":"replace","path":"/1","value":3}]}
{"seq":2,"at":0,"action":{"type":"a"},"patch":[{"op":"replace","path":"","value":{"b":1}}]}
"#;
    let log = file("list.ndjson", log);
    assert_eq!(difference(&[&log, "0", "1"]), "/1\n  - 2\n  + 3\n");
    assert_eq!(difference(&[&log, "0", "2"]), "the root\n  - [1,2]\n  + {\"b\":1}\n");
}

/// Every kind of patch, across slices, too.
#[test]
fn patches_may_do_anything() {
    let log = r#"{"retake":1,"app":{"name":"a","version":"1"},"state":{"a":{"x":1},"b":{}}}
{"seq":1,"at":0,"action":{"type":"a"},"patch":[{"op":"test","path":"/a/x","value":1},{"op":"copy","from":"/a/x","path":"/b/x"}]}
{"seq":2,"at":0,"action":{"type":"a"},"patch":[{"op":"move","from":"/a/x","path":"/b/y"},{"op":"add","path":"/c","value":[]}]}
{"seq":3,"at":0,"action":{"type":"a"},"patch":[{"op":"remove","path":"/b"}]}
{"seq":4,"at":0,"action":{"type":"a"},"patch":[{"op":"replace","path":"/a/missing","value":1}]}
"#;
    let log = file("patches.ndjson", log);
    assert_eq!(difference(&[&log, "0", "1"]), "/b/x\n  + 1\n");
    assert_eq!(difference(&[&log, "1", "2"]), "/a/x\n  - 1\n/b/y\n  + 1\n/c\n  + []\n");
    assert_eq!(difference(&[&log, "2", "3"]), "/b\n  - {\"x\":1,\"y\":1}\n");
    check_same(&[&log, "3", "4"], "the slice `a` is left out: the log tells it up to entry 3");
}

#[test]
fn long_differences_are_cut() {
    let rows: Vec<_> = (0..300).map(|row| row.to_string()).collect();
    let log = format!(
        r#"{{"retake":1,"app":{{"name":"a","version":"1"}},"state":{{"rows":[]}}}}
{{"seq":1,"at":0,"action":{{"type":"a"}},"snapshot":{{"rows":[{}]}}}}
"#,
        rows.join(",")
    );
    let log = file("rows.ndjson", &log);
    let Run { code, stderr, stdout } = retake(&["diff", &log, "0", "1"]);
    assert_eq!((code, stdout.lines().count()), (Some(1), 202));
    assert!(stderr.contains("200 more differences; --full shows them"), "{stderr}");
    assert_eq!(difference(&[&log, "0", "1", "--full"]).lines().count(), 600);
}
