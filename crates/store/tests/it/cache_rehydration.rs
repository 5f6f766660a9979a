//! Rehydration: which entries and tags come back, and in which order.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use retake_store::Reducer;
use retake_store::cache::{CacheAction, CacheState, Rehydration, RehydrationError, tag};
use serde_json::{Value, json};

use crate::cache_app::*;

fn entry(id: u32, status: &str, data: Value) -> Value {
    json!({
        "status": status, "endpointName": "getPost", "requestId": "old", "originalArgs": id,
        "startedTimeStamp": 5, "data": data, "fulfilledTimeStamp": 9,
    })
}

/// Returns `state` after the part of a slice `saved` has come back, live and through JSON.
#[track_caller]
fn rehydrate(state: &CacheState, saved: &Value) -> CacheState {
    let saved = Rehydration::from_json(saved).unwrap();
    let action = CacheAction::Rehydrate(saved);
    let (mut live, mut replayed) = (state.clone(), state.clone());
    let changed = live.reduce(&action);
    assert_eq!(changed.is_none(), live == *state, "what is said to have changed has");
    let _ = replayed.reduce(&through_json(&action));
    assert_eq!(text(&live), text(&replayed), "a log leads to the same state");
    live
}

/// Texts, so that the order of properties counts.
fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn keys(state: &CacheState) -> Vec<&str> {
    state.queries().keys().map(|key| &**key).collect()
}

#[test]
fn entries_that_have_settled_come_back_as_they_were() {
    let infinite = json!({"pages": [[1, 2], [3]], "pageParams": [0, 2]});
    let saved = json!({
        "queries": {
            "getPost(2)": entry(2, "fulfilled", infinite),
            "getPost(1)": {"status": "rejected", "endpointName": "getPost", "error": {"status": 500}},
            "getPost(3)": entry(3, "pending", json!("old")),
        },
        // What belongs to the other process is not looked at.
        "subscriptions": {"getPost(2)": {"r1": {}}},
        "config": {"online": false},
    });
    let state = rehydrate(&fold(&[]), &saved);
    assert_eq!(keys(&state), ["getPost(1)", "getPost(2)"]);
    for key in keys(&state) {
        assert_eq!(to_json(state.query(key).unwrap()), saved["queries"][key]);
    }
    assert!(state.subscriptions().is_empty());
    assert!(state.config().online);
}

#[test]
fn what_is_cached_is_replaced_in_its_place() {
    let cached = [cached(1, json!("a"), no_tags()), cached(2, json!("b"), no_tags())].concat();
    let saved = json!({"queries": {
        "getPost(3)": entry(3, "fulfilled", json!("c")),
        "getPost(1)": entry(1, "fulfilled", json!("saved")),
    }});
    let state = rehydrate(&fold(&cached), &saved);
    assert_eq!(keys(&state), [&*key(1), &*key(2), &*key(3)]);
    assert_eq!(to_json(state.query(&key(1)).unwrap()), saved["queries"]["getPost(1)"]);
    // An answer to the request that was under way belongs to no entry any more.
    assert_eq!(state.query(&key(1)).unwrap().request_id.as_deref(), Some("old"));
}

#[test]
fn mutations_come_back_under_a_key_of_their_own() {
    let mutation = |status: &str, request_id: &str| json!({"status": status, "endpointName": "rename", "requestId": request_id, "data": 1});
    let saved = json!({"mutations": {
        "r1": mutation("fulfilled", "r1"),
        "shared": mutation("fulfilled", "r2"),
        "failed": mutation("rejected", "r3"),
        "running": mutation("pending", "r4"),
    }});
    let state = rehydrate(&fold(&[]), &saved);
    let found: Vec<_> = state.mutations().keys().map(|key| &**key).collect();
    assert_eq!(found, ["failed", "shared"]);
    assert_eq!(to_json(state.mutation("shared").unwrap()), saved["mutations"]["shared"]);
}

#[test]
fn tags_come_back_with_their_entries() {
    let cached = [
        cached(1, json!("a"), vec![tag("Post", 1), tag("Post", "LIST")]),
        cached(2, json!("b"), vec![tag("Post", "LIST")]),
    ];
    let post = |id: Value| json!({"type": "Post", "id": id});
    let saved = json!({
        "queries": {
            "getPost(1)": entry(1, "fulfilled", json!("a")),
            "getPost(3)": entry(3, "fulfilled", json!("c")),
            "getPost(4)": entry(4, "fulfilled", json!("d")),
            "getPost(5)": entry(5, "pending", json!(null)),
        },
        "provided": {
            "tags": {
                "User": {"__internal_without_id": ["getPost(4)"]},
                "Post": {"LIST": ["getPost(4)", "getPost(3)", "getPost(2)"], "9": ["getPost(1)"]},
            },
            "keys": {
                // Another tag than before, one as before, and one that no row says.
                "getPost(1)": [post(json!(9)), post(json!("LIST"))],
                "getPost(3)": [post(json!("LIST")), post(json!(3))],
                "getPost(4)": [{"type": "User"}, post(json!("LIST"))],
                // Not cached.
                "getPost(5)": [post(json!("LIST"))],
            },
        },
    });
    let state = rehydrate(&fold(&cached.concat()), &saved);
    assert_eq!(
        to_json(state.provided()),
        json!({
            "tags": {
                "Post": {
                    "3": ["getPost(3)"],
                    "9": ["getPost(1)"],
                    "LIST": ["getPost(1)", "getPost(2)", "getPost(4)", "getPost(3)"],
                },
                "User": {"__internal_without_id": ["getPost(4)"]},
            },
            "keys": {
                "getPost(1)": [post(json!(9)), post(json!("LIST"))],
                "getPost(2)": [post(json!("LIST"))],
                "getPost(3)": [post(json!("LIST")), post(json!(3))],
                "getPost(4)": [{"type": "User"}, post(json!("LIST"))],
            },
        })
    );
}

/// Each key stands in the rows of its tags and in no other, whatever `saved` says.
#[test]
fn the_index_stays_consistent() {
    let saved = json!({
        "queries": {"getPost(1)": entry(1, "fulfilled", json!("a"))},
        "provided": {
            "tags": {"Post": {"1": ["getPost(1)", "getPost(7)"]}, "User": {"2": ["getPost(1)"]}},
            "keys": {"getPost(1)": [{"type": "Post", "id": "1"}]},
        },
    });
    let state = rehydrate(&fold(&[]), &saved);
    let provided = json!({
        "tags": {"Post": {"1": ["getPost(1)"]}},
        "keys": {"getPost(1)": [{"type": "Post", "id": "1"}]},
    });
    assert_eq!(to_json(state.provided()), provided);
    assert_eq!(rehydrate(&state, &json!({"provided": saved["provided"]})), state);
}

/// Whichever way a slice comes, as a value, as JSON or as text, what it leads to is the same.
#[test]
fn a_slice_comes_back_into_an_empty_one() {
    let actions = [
        cached(3, json!("a"), vec![tag("Post", "LIST"), tag("Post", "B")]),
        cached(2, json!("b"), vec![tag("Post", "LIST"), tag("Post", "A")]),
        cached(1, json!("c"), no_tags()),
    ];
    let state = fold(&actions.concat());
    let by_value = Rehydration::from(&state);
    let by_text: Rehydration = serde_json::from_str(&text(&state)).unwrap();
    let mut shared = fold(&[]);
    let _ = shared.reduce(&CacheAction::Rehydrate(by_value.clone()));
    assert_eq!((&by_text, text(&by_text)), (&by_value, text(&by_value)));
    assert_eq!(text(&rehydrate(&fold(&[]), &to_json(&state))), text(&shared));
    assert_eq!(to_json(shared.queries()), to_json(state.queries()));
    assert_eq!(to_json(shared.provided()), to_json(state.provided()));
    assert_eq!(keys(&shared), [&*key(1), &*key(2), &*key(3)]);
    // A row keeps the order of its keys.
    let found = shared.select_invalidated_by(&[tag("Post", "LIST")]);
    let found: Vec<_> = found.iter().map(|entry| &*entry.query_cache_key).collect();
    assert_eq!(found, [&*key(3), &*key(2)]);
}

/// What another api saved stays away, whichever way it comes.
#[test]
fn a_slice_of_another_api_does_not_come_back() {
    let state = fold(&cached(1, json!("a"), vec![tag("Post", 1)]));
    let own = to_json(state.config())["reducerPath"].take();
    for (path, comes_back) in [(own, true), (json!("another"), false)] {
        let saved = json!({"queries": to_json(&state)["queries"], "config": {"reducerPath": path}});
        assert_eq!(Rehydration::from_json(&saved).unwrap().reducer_path(), path.as_str());
        assert_eq!(!rehydrate(&fold(&[]), &saved).queries().is_empty(), comes_back);
    }
}

#[test]
fn a_part_may_be_missing_but_not_wrong() {
    let state = fold(&cached(1, json!("a"), vec![tag("Post", 1)]));
    for part in ["queries", "mutations", "provided"] {
        assert_eq!(rehydrate(&state, &json!({part: {}})), state);
    }
    for (saved, reason) in [
        (json!(null), "invalid type: null"),
        (json!({}), "it has no `queries`, no `mutations` and no `provided`"),
        (json!({"config": {}, "subscriptions": {}}), "it has no `queries`"),
        (json!({"query": {}, "mutations": {}}), "unknown field `query`, expected one of `queries`"),
        (json!({"posts": to_json(&state), "filter": ""}), "unknown field"),
        (json!({"queries": null, "mutations": {}}), "invalid type: null"),
        (
            json!({"provided": {"Post": {"1": ["getPost(1)"]}}}),
            "`provided` has a member `Post`, and should have `tags` and `keys`",
        ),
        (json!([1]), "invalid"),
        (
            json!({"queries": {"getPost(1)": {"status": "fulfilled"}}}),
            "missing field `endpointName`",
        ),
        (
            json!({"queries": {"getPost(1)": {"status": "done", "endpointName": "getPost"}}}),
            "`done`",
        ),
        (json!({"mutations": {"m": 1}}), "invalid type: integer `1`"),
        (json!({"provided": {"tags": {"Post": ["getPost(1)"]}}}), "invalid type: sequence"),
    ] {
        let RehydrationError { reason: found } = Rehydration::from_json(&saved).unwrap_err();
        assert!(found.contains(reason), "{saved}: {found}");
    }
}
