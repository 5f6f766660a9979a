//! Tags: which entries an invalidation meets, and in which order.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use retake_store::cache::{CacheAction, Provided, ProvidedTags, Tag, Tags, tag};
use serde_json::{Value, json};

use crate::cache_app::*;

/// Provides `provided` for `getPost(1)`, `getPost(2)`, .. and checks the entries that each
/// of the tags meets.
#[track_caller]
fn check(provided: &[Tags], invalidated: &[(&[Tag], &[u32])]) {
    let actions: Vec<_> =
        (1..).zip(provided).flat_map(|(id, tags)| cached(id, json!(null), tags.to_vec())).collect();
    let state = fold(&actions);
    for (tags, expected) in invalidated {
        let found = state.select_invalidated_by(tags);
        let found: Vec<_> = found.iter().map(|entry| &*entry.query_cache_key).collect();
        let expected: Vec<_> = expected.iter().map(|id| key(*id)).collect();
        assert_eq!(found, expected.iter().map(|key| &**key).collect::<Vec<_>>(), "{tags:?}");
    }
}

fn json_tag(json: Value) -> Tag {
    serde_json::from_value(json).unwrap()
}

#[test]
fn which_tag_meets_which_entry() {
    check(
        &[
            [tag("Post", 1)].into(),
            [tag("Post", "1")].into(),
            [tag("Post", 0)].into(),
            [tag("Post", "")].into(),
            ["Post"].into(),
            [tag("Post", "LIST")].into(),
            [tag("User", 1)].into(),
            Tags::none(),
            [tag("Post", 1), tag("User", "LIST")].into(),
        ],
        &[
            (&[tag("Post", 1)], &[1, 2, 9]),
            (&[tag("Post", "1")], &[1, 2, 9]),
            (&[tag("Post", 0)], &[3]),
            (&[tag("Post", "0")], &[3]),
            (&[tag("Post", "")], &[4]),
            (&[tag("Post", "LIST")], &[6]),
            (&[tag("Post", "01")], &[]),
            (&[tag("Post", 7)], &[]),
            // An id "no id" does not exist, but it has a name, as in RTK Query.
            (&[tag("Post", "__internal_without_id")], &[5]),
            // Integer-like ids ascending (0, 1), the other rows in order of creation.
            (&[Tag::of_type("Post")], &[3, 1, 2, 9, 4, 5, 6]),
            (&[Tag::of_type("User")], &[7, 9]),
            (&[Tag::of_type("Unknown")], &[]),
            (&[tag("Unknown", 1)], &[]),
            (&[], &[]),
            // In the order of the tags, each entry once.
            (&[tag("User", 1), tag("Post", 1), Tag::of_type("User")], &[7, 1, 2, 9]),
        ],
    );
}

#[test]
fn rows_of_numbers_come_first_and_ascending() {
    check(
        &[
            [tag("Post", "b")].into(),
            [tag("Post", 10)].into(),
            [tag("Post", "a")].into(),
            [tag("Post", 9)].into(),
            [tag("Post", -1)].into(),
            [tag("Post", u64::from(u32::MAX))].into(),
            [tag("Post", u32::MAX - 1)].into(),
        ],
        &[(&[Tag::of_type("Post")], &[4, 2, 7, 1, 3, 5, 6])],
    );
}

#[test]
fn ids_have_two_json_forms_and_one_row() {
    for (json, row) in [
        (json!({"type": "Post", "id": 5}), "5"),
        (json!({"type": "Post", "id": "5"}), "5"),
        (json!({"type": "Post", "id": 0}), "0"),
        (json!({"type": "Post", "id": -3}), "-3"),
        (json!({"type": "Post", "id": ""}), ""),
        (json!({"type": "Post"}), "__internal_without_id"),
    ] {
        let tag = json_tag(json.clone());
        assert_eq!(to_json(&tag), json);
        let state = fold(&cached(1, json!(null), [tag]));
        let index = to_json(state.provided());
        assert_eq!(index["tags"]["Post"], json!({ row: ["getPost(1)"] }));
        assert_eq!(index["keys"], json!({"getPost(1)": [json]}));
    }
    assert_eq!(json_tag(json!({"type": "Post", "id": null})), Tag::of_type("Post"));
}

/// Checks the index as text after `getPost(1)` and `getPost(2)` were cached with a tag each
/// and `actions` followed.
#[track_caller]
fn check_index(actions: impl IntoIterator<Item = CacheAction>, expected: &str) {
    let before = [
        cached(1, json!(null), [tag("Post", 1), tag("Post", "LIST")]),
        cached(2, json!(null), [tag("Post", 2), tag("Post", "LIST")]),
    ];
    let actions: Vec<_> = before.into_iter().flatten().chain(actions).collect();
    assert_eq!(serde_json::to_string(fold(&actions).provided()).unwrap(), expected);
}

const BOTH: &str = concat!(
    r#"{"tags":{"Post":{"1":["getPost(1)"],"2":["getPost(2)"],"#,
    r#""LIST":["getPost(1)","getPost(2)"]}},"#,
    r#""keys":{"getPost(1)":[{"type":"Post","id":1},{"type":"Post","id":"LIST"}],"#,
    r#""getPost(2)":[{"type":"Post","id":2},{"type":"Post","id":"LIST"}]}}"#,
);

fn provide(id: u32, tags: impl Into<Tags>) -> CacheAction {
    CacheAction::UpdateProvidedBy(vec![ProvidedTags {
        query_cache_key: key(id),
        provided_tags: tags.into(),
    }])
}

#[test]
fn the_same_tags_again_change_nothing() {
    check_index([], BOTH);
    check_index([provide(1, [tag("Post", 1), tag("Post", "LIST")])], BOTH);
    let again = fulfilled_at(20, data(json!(1)), [tag("Post", 1), tag("Post", "LIST")]);
    check_index([query(arg(1), "r1", again)], BOTH);
}

#[test]
fn new_tags_replace_the_old_ones_and_empty_rows_of_numbers_go() {
    check_index(
        [provide(1, [tag("Post", "LIST"), Tag::of_type("User")])],
        concat!(
            r#"{"tags":{"Post":{"2":["getPost(2)"],"LIST":["getPost(2)","getPost(1)"]},"#,
            r#""User":{"__internal_without_id":["getPost(1)"]}},"#,
            r#""keys":{"getPost(2)":[{"type":"Post","id":2},{"type":"Post","id":"LIST"}],"#,
            r#""getPost(1)":[{"type":"Post","id":"LIST"},{"type":"User"}]}}"#,
        ),
    );
    check_index(
        [provide(1, no_tags()), provide(2, no_tags())],
        r#"{"tags":{"Post":{"LIST":[]}},"keys":{"getPost(1)":[],"getPost(2)":[]}}"#,
    );
    check_index([remove(1), remove(2)], r#"{"tags":{"Post":{"LIST":[]}},"keys":{}}"#);
    check_index([CacheAction::ResetApiState], r#"{"tags":{},"keys":{}}"#);
}

/// A row that its last key leaves and enters again is not a new row.
#[test]
fn a_tag_that_stays_keeps_its_row_in_place() {
    let first = cached(1, json!(null), [tag("Post", "b"), tag("Post", "c")]);
    let second = cached(2, json!(null), [tag("Post", "a")]);
    let actions: Vec<_> = first
        .into_iter()
        .chain(second)
        .chain([provide(1, [tag("Post", "b"), tag("Post", "d")])])
        .collect();
    assert_eq!(
        serde_json::to_value(fold(&actions).provided()).unwrap()["tags"].to_string(),
        r#"{"Post":{"a":["getPost(2)"],"b":["getPost(1)"],"c":[],"d":["getPost(1)"]}}"#
    );
    let state = fold(&actions);
    let keys: Vec<_> = state
        .select_invalidated_by(&[Tag::of_type("Post")])
        .iter()
        .map(|entry| entry.query_cache_key.to_string())
        .collect();
    assert_eq!(keys, ["getPost(1)", "getPost(2)"], "b stands before a");
}

/// As in RTK Query: the place decides when an invalidation of the type visits the entries.
#[test]
fn a_row_that_was_empty_keeps_its_place() {
    check_index(
        [
            provide(1, no_tags()),
            provide(2, [tag("Post", "b")]),
            provide(1, [tag("Post", 1), tag("Post", "LIST")]),
        ],
        concat!(
            r#"{"tags":{"Post":{"1":["getPost(1)"],"LIST":["getPost(1)"],"b":["getPost(2)"]}},"#,
            r#""keys":{"getPost(2)":[{"type":"Post","id":"b"}],"#,
            r#""getPost(1)":[{"type":"Post","id":1},{"type":"Post","id":"LIST"}]}}"#,
        ),
    );
}

/// In RTK Query they stay for ever.
#[test]
fn rows_that_are_empty_go_when_they_are_many() {
    let start = cached(1, json!(null), no_tags());
    let other = |id: u32| provide(1, [tag("Post", format!("id {id}"))]);
    let rows = |last: u32| {
        let actions: Vec<_> = start.clone().into_iter().chain((0..=last).map(other)).collect();
        let live = fold(&actions);
        let text = serde_json::to_string(live.provided()).unwrap();
        let read: Provided = serde_json::from_str(&text).unwrap();
        assert_eq!(&read, live.provided(), "what is kept follows from the JSON form");
        serde_json::to_value(read).unwrap()["tags"]["Post"].as_object().unwrap().len()
    };
    assert_eq!((rows(0), rows(64), rows(65)), (1, 65, 1));
}

/// RTK Query writes these tags, and nothing ever takes them back.
#[test]
fn entries_that_are_gone_get_no_tags() {
    check_index([provide(3, ["Post"])], BOTH);
    let late = fulfilled_at(20, data(json!(1)), [tag("Post", 3)]);
    check_index([query(arg(3), "r3", late)], BOTH);
    check_index([query(arg(3), "r3", rejected_with(json!(1), ["Post"]))], BOTH);
    check_index([upsert(query(arg(3), "r3", fulfilled_at(1, data(json!(1)), ["Post"])))], BOTH);
}

/// An entry that comes back shows that it provides nothing, as in RTK Query.
#[test]
fn that_an_entry_provides_nothing_outlives_the_entry() {
    let untagged = r#"{"tags":{"Post":{"LIST":[]}},"keys":{"getPost(1)":[]}}"#;
    let gone = |action| check_index([remove(1), remove(2), action], untagged);
    gone(provide(1, no_tags()));
    gone(query(arg(1), "r1", fulfilled_at(20, data(json!(1)), no_tags())));
    gone(query(arg(1), "r1", rejected_with(json!("e"), no_tags())));
    gone(upsert(query(arg(1), "r1", fulfilled_at(20, data(json!(1)), no_tags()))));
}

#[test]
fn errors_provide_tags_only_if_they_are_answers() {
    let only_second = concat!(
        r#"{"tags":{"Post":{"2":["getPost(2)"],"LIST":["getPost(2)"]},"#,
        r#""Error":{"__internal_without_id":["getPost(1)"]}},"#,
        r#""keys":{"getPost(2)":[{"type":"Post","id":2},{"type":"Post","id":"LIST"}],"#,
        r#""getPost(1)":[{"type":"Error"}]}}"#,
    );
    check_index([query(arg(1), "r1", rejected_with(json!("e"), ["Error"]))], only_second);
    check_index([query(arg(1), "r1", aborted())], BOTH);
    // A failed upsert has not changed the data, nor what it is about.
    check_index([upsert(query(arg(1), "r9", rejected_with(json!("e"), ["Error"])))], BOTH);
}

/// As in RTK Query: the data of an older request is dropped, its tags are not.
#[test]
fn answers_to_older_requests_still_provide_tags() {
    let late = fulfilled_at(20, data(json!("late")), [tag("Post", 7)]);
    let actions: Vec<_> = cached(1, json!("new"), [tag("Post", 1)])
        .into_iter()
        .chain([query(arg(1), "r0", late)])
        .collect();
    let state = fold(&actions);
    assert_eq!(to_json(&state.query("getPost(1)").unwrap().data), json!("new"));
    assert_eq!(state.provided().tags_of("getPost(1)").unwrap()[..], [tag("Post", 7)]);
}

#[test]
fn a_tag_named_twice_stands_in_its_row_once() {
    check(&[[tag("Post", 1), tag("Post", "1")].into()], &[(&[tag("Post", 1)], &[1])]);
    let actions: Vec<_> = cached(1, json!(null), [tag("Post", 1), tag("Post", "1")])
        .into_iter()
        .chain([provide(1, [tag("Post", "1")]), provide(1, no_tags())])
        .collect();
    let state = fold(&actions);
    assert!(state.select_invalidated_by(&[tag("Post", 1)]).is_empty());
}

#[test]
fn upserted_entries_provide_their_tags() {
    check_index(
        [upsert_entries("r9", 30, [upserted(1, data(json!(1)), [tag("Post", 2)])])],
        concat!(
            r#"{"tags":{"Post":{"2":["getPost(2)","getPost(1)"],"LIST":["getPost(2)"]}},"#,
            r#""keys":{"getPost(2)":[{"type":"Post","id":2},{"type":"Post","id":"LIST"}],"#,
            r#""getPost(1)":[{"type":"Post","id":2}]}}"#,
        ),
    );
}

#[test]
fn selectors_say_what_was_found() {
    let state = fold(&cached(1, json!(null), ["Post"]));
    assert_eq!(
        to_json(&state.select_invalidated_by(&[Tag::of_type("Post")])),
        json!([{
            "endpointName": "getPost", "originalArgs": 1, "queryCacheKey": "getPost(1)",
        }])
    );
    let actions: Vec<_> =
        [3, 1, 2].into_iter().flat_map(|id| cached(id, json!(0), no_tags())).collect();
    let state = fold(&actions);
    let args = state.select_cached_args_for_query("getPost");
    assert_eq!(to_json(&args), json!([3, 1, 2]));
    assert!(state.select_cached_args_for_query("getPosts").is_empty());
}
