//! What single operations do, strictly and leniently, to JSON and to typed values.

use proptest::prelude::*;
use retake_store::patch::{Mode, PatchOp, Pointer, apply_patches, invert};
use serde_json::{Value, json};

use super::model::{Board, any_board, any_json};
use super::{kind, ops};

/// `Ok` of the value, or `Err` of the kind of error.
#[track_caller]
fn check(mode: Mode, base: Value, list: Value, expected: Result<Value, &str>) {
    let found = apply_patches(&base, &ops(list.clone()), mode);
    let found = found.as_ref().map_err(kind);
    assert_eq!(found, expected.as_ref().map_err(|it| *it), "{mode:?} {base} {list}");
}

#[test]
fn strictly_as_rfc_6902_says() {
    let cases = [
        (
            json!({"a": 1}),
            json!([{"op": "add", "path": "/b", "value": [2]}]),
            Ok(json!({"a": 1, "b": [2]})),
        ),
        (json!({"a": 1}), json!([{"op": "add", "path": "/a", "value": 2}]), Ok(json!({"a": 2}))),
        (json!({"a": 1}), json!([{"op": "add", "path": "", "value": 2}]), Ok(json!(2))),
        (json!({"": 1}), json!([{"op": "replace", "path": "/", "value": 2}]), Ok(json!({"": 2}))),
        (json!([1, 2]), json!([{"op": "add", "path": "/1", "value": 9}]), Ok(json!([1, 9, 2]))),
        (json!([1, 2]), json!([{"op": "add", "path": "/2", "value": 9}]), Ok(json!([1, 2, 9]))),
        (json!([1, 2]), json!([{"op": "add", "path": "/-", "value": 9}]), Ok(json!([1, 2, 9]))),
        (json!([1, 2]), json!([{"op": "add", "path": "/3", "value": 9}]), Err("IndexOutOfRange")),
        (json!([1, 2]), json!([{"op": "add", "path": "/01", "value": 9}]), Err("Unresolved")),
        (json!([1, 2]), json!([{"op": "add", "path": "/-1", "value": 9}]), Err("Unresolved")),
        (
            json!([1, 2]),
            json!([{"op": "add", "path": "/99999999999999999999", "value": 9}]),
            Err("IndexOutOfRange"),
        ),
        (json!([1, 2]), json!([{"op": "replace", "path": "/-", "value": 9}]), Err("Unresolved")),
        (json!([1, 2]), json!([{"op": "remove", "path": "/0"}]), Ok(json!([2]))),
        (json!([1, 2]), json!([{"op": "remove", "path": "/2"}]), Err("IndexOutOfRange")),
        (json!({"a": 1}), json!([{"op": "remove", "path": "/b"}]), Err("Unresolved")),
        (json!({"a": 1}), json!([{"op": "replace", "path": "/b", "value": 1}]), Err("Unresolved")),
        (json!({"a": 1}), json!([{"op": "add", "path": "/b/c", "value": 1}]), Err("Unresolved")),
        (json!({"a": 1}), json!([{"op": "add", "path": "/a/c", "value": 1}]), Err("Unresolved")),
        (json!({"a": null}), json!([{"op": "remove", "path": ""}]), Err("NoRoot")),
        (
            json!({"a/b": {"~1": 1}}),
            json!([{"op": "replace", "path": "/a~1b/~01", "value": 2}]),
            Ok(json!({"a/b": {"~1": 2}})),
        ),
        (
            json!({"a": {"b": 1}}),
            json!([{"op": "move", "from": "/a/b", "path": "/c"}]),
            Ok(json!({"a": {}, "c": 1})),
        ),
        (
            json!([1, 2, 3]),
            json!([{"op": "move", "from": "/0", "path": "/2"}]),
            Ok(json!([2, 3, 1])),
        ),
        (
            json!([1, 2, 3]),
            json!([{"op": "move", "from": "/0", "path": "/3"}]),
            Err("IndexOutOfRange"),
        ),
        (
            json!({"a": {"b": 1}}),
            json!([{"op": "move", "from": "/a", "path": "/a/b"}]),
            Err("MoveIntoSelf"),
        ),
        (json!({"a": 1}), json!([{"op": "move", "from": "/a", "path": "/a"}]), Ok(json!({"a": 1}))),
        (json!({"a": 1}), json!([{"op": "move", "from": "/b", "path": "/b"}]), Err("Unresolved")),
        (
            json!({"a": 1, "ab": 2}),
            json!([{"op": "move", "from": "/a", "path": "/ab"}]),
            Ok(json!({"ab": 1})),
        ),
        (
            json!({"a": [1]}),
            json!([{"op": "copy", "from": "/a", "path": "/a/0"}]),
            Ok(json!({"a": [[1], 1]})),
        ),
        (
            json!({"a": [1.0]}),
            json!([{"op": "test", "path": "/a", "value": [1]}]),
            Ok(json!({"a": [1.0]})),
        ),
        (json!({"a": "1"}), json!([{"op": "test", "path": "/a", "value": 1}]), Err("TestFailed")),
        (
            json!({"a": 1, "b": 2}),
            json!([{"op": "test", "path": "", "value": {"b": 2, "a": 1}}]),
            Ok(json!({"a": 1, "b": 2})),
        ),
        (json!({"a": 1}), json!([{"op": "test", "path": "/b", "value": null}]), Err("Unresolved")),
    ];
    for (base, list, expected) in cases {
        check(Mode::Strict, base, list, expected);
    }
}

#[test]
fn leniently_as_immer_does() {
    let cases = [
        (json!([1, 2]), json!([{"op": "add", "path": "/9", "value": 3}]), Ok(json!([1, 2, 3]))),
        (json!([1, 2]), json!([{"op": "add", "path": "/-", "value": 3}]), Ok(json!([1, 2, 3]))),
        (json!([1, 2]), json!([{"op": "remove", "path": "/2"}]), Ok(json!([1, 2]))),
        (
            json!([1]),
            json!([{"op": "replace", "path": "/3", "value": 4}]),
            Ok(json!([1, null, null, 4])),
        ),
        (
            json!([1]),
            json!([{"op": "replace", "path": "/4000000000", "value": 4}]),
            Err("IndexOutOfRange"),
        ),
        (json!({}), json!([{"op": "replace", "path": "/a", "value": 4}]), Ok(json!({"a": 4}))),
        (json!({}), json!([{"op": "remove", "path": "/a"}]), Ok(json!({}))),
        (json!({}), json!([{"op": "replace", "path": "/a/b", "value": 4}]), Err("Unresolved")),
        (json!({"a": null}), json!([{"op": "add", "path": "/a/b", "value": 4}]), Err("Unresolved")),
        (json!({"a": 5}), json!([{"op": "add", "path": "/a/b", "value": 4}]), Err("Unresolved")),
        (json!([]), json!([{"op": "replace", "path": "/0/a", "value": 4}]), Err("IndexOutOfRange")),
        (
            // What comes before the last replacement of the whole does not matter.
            json!(null),
            json!([
                {"op": "replace", "path": "/no/where", "value": 1},
                {"op": "replace", "path": "", "value": {"a": 1}},
                {"op": "replace", "path": "/b", "value": 1},
                {"op": "replace", "path": "", "value": {"a": 2}},
                {"op": "replace", "path": "/c", "value": 3},
            ]),
            Ok(json!({"a": 2, "c": 3})),
        ),
    ];
    for (base, list, expected) in cases {
        check(Mode::Lenient, base, list, expected);
    }
}

#[test]
fn typed_values_have_the_limits_of_their_types() {
    #[track_caller]
    fn check(mode: Mode, list: Value, expected: Result<fn(&mut Board), &str>) {
        let base = Board { posts: super::model::posts(0..2), ..Board::default() };
        let found = apply_patches(&base, &ops(list.clone()), mode);
        match expected {
            Ok(change) => {
                let mut next = base.clone();
                change(&mut next);
                assert_eq!(found, Ok(next), "{list}");
            }
            Err(expected) => assert_eq!(found.as_ref().map_err(kind), Err(expected), "{list}"),
        }
    }
    let strict = Mode::Strict;
    check(
        strict,
        json!([{"op": "replace", "path": "/posts/1/score", "value": 2}]),
        Ok(|it| {
            std::sync::Arc::make_mut(&mut it.posts[1]).score = Some(2.0);
        }),
    );
    check(
        strict,
        json!([{"op": "move", "from": "/posts/0", "path": "/by_id/7"}]),
        Ok(|it| {
            let row = it.posts.remove(0);
            it.by_id.insert(7, row);
        }),
    );
    check(strict, json!([{"op": "remove", "path": "/size/0"}]), Err("TypeMismatch"));
    check(strict, json!([{"op": "remove", "path": "/name"}]), Err("TypeMismatch"));
    check(strict, json!([{"op": "replace", "path": "/name", "value": 1}]), Err("TypeMismatch"));
    check(strict, json!([{"op": "add", "path": "/posts/0", "value": {}}]), Err("TypeMismatch"));
    check(strict, json!([{"op": "add", "path": "/by_id/x", "value": {}}]), Err("TypeMismatch"));
    check(strict, json!([{"op": "add", "path": "/other", "value": 1}]), Err("Unresolved"));
    check(strict, json!([{"op": "add", "path": "/parent/name", "value": ""}]), Err("Unresolved"));
    check(Mode::Lenient, json!([{"op": "remove", "path": "/by_id/3"}]), Ok(|_| {}));
    check(Mode::Lenient, json!([{"op": "remove", "path": "/posts/5"}]), Ok(|_| {}));
    // A hole in a list of posts would be `null`, which is no post.
    let row = json!({"id": 9, "title": "post 9", "score": null});
    let replace = json!([{"op": "replace", "path": "/posts/3", "value": row}]);
    check(Mode::Lenient, replace, Err("TypeMismatch"));
    let replace = json!([{"op": "replace", "path": "/posts/2", "value": row}]);
    check(Mode::Lenient, replace, Ok(|it| it.posts.push_back(super::model::post(9))));
}

pub(super) fn any_ops() -> impl Strategy<Value = Vec<PatchOp>> {
    let token = prop_oneof![
        "[ab0-3]",
        prop::sample::select(vec![
            "name", "posts", "by_id", "marks", "tags", "size", "parent", "extra", "title", "id",
            "-", "value", "score",
        ])
        .prop_map(str::to_owned),
    ];
    let path = proptest::collection::vec(token, 0..4).prop_map(Pointer::from_iter);
    let op =
        (0..6_u8, path.clone(), path, any_json()).prop_map(
            |(kind, path, from, value)| match kind {
                0 => PatchOp::Add { path, value },
                1 => PatchOp::Remove { path },
                2 => PatchOp::Replace { path, value },
                3 => PatchOp::Move { from, path },
                4 => PatchOp::Copy { from, path },
                _ => PatchOp::Test { path, value },
            },
        );
    proptest::collection::vec(op, 1..4)
}

#[test]
fn a_move_into_the_place_of_its_own_parent_can_be_undone() {
    let base = json!([{"value": 1}, 2]);
    let list = ops(json!([{"op": "move", "from": "/0/value", "path": "/0"}]));
    let next = apply_patches(&base, &list, Mode::Strict).unwrap();
    assert_eq!(next, json!([1, {}, 2]));
    let back = invert(&list, &base).unwrap();
    assert_eq!(apply_patches(&next, &back, Mode::Strict).unwrap(), base);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn typed_values_do_as_their_json_or_fail(base in any_board(), list in any_ops()) {
        for mode in [Mode::Strict, Mode::Lenient] {
            for at in 0..list.len() {
                let Ok(typed) = apply_patches(&base, &list[at..=at], mode) else { continue };
                let json = serde_json::to_value(&base).unwrap();
                let json = apply_patches(&json, &list[at..=at], mode).unwrap();
                prop_assert_eq!(serde_json::from_value::<Board>(json).unwrap(), typed);
            }
        }
    }

    #[test]
    fn what_was_applied_can_be_undone(base in any_json(), list in any_ops()) {
        for at in 0..list.len() {
            let list = &list[..=at];
            match (apply_patches(&base, list, Mode::Strict), invert(list, &base)) {
                (Ok(next), Ok(back)) => {
                    prop_assert_eq!(&apply_patches(&next, &back, Mode::Strict).unwrap(), &base);
                }
                (Err(applying), Err(inverting)) => prop_assert_eq!(applying, inverting),
                (applied, inverted) => prop_assert!(false, "{applied:?} {inverted:?}"),
            }
        }
    }
}
