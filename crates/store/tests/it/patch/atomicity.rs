//! A list of patches is applied as a whole or not at all, and nothing panics.

use proptest::prelude::*;
use retake_store::patch::{Mode, apply_patches};
use serde_json::json;

use super::application::any_ops;
use super::model::{any_board, any_json, posts};
use super::ops;

#[test]
fn a_failing_move_leaves_the_base_alone() {
    let base = json!({"a": {"b": [1, 2]}, "c": [3]});
    let before = base.clone();
    for path in ["/c/5", "/d/e", "/a/b/9", "/a/b/0/0"] {
        let list = ops(json!([
            {"op": "replace", "path": "/c/0", "value": 4},
            {"op": "move", "from": "/a", "path": path},
        ]));
        assert!(apply_patches(&base, &list, Mode::Strict).is_err(), "{path}");
        assert_eq!(base, before);
    }
}

#[test]
fn a_failing_list_leaves_shared_rows_alone() {
    let base = posts(0..200);
    let rows: Vec<_> = base.iter().cloned().collect();
    let list = ops(json!([
        {"op": "replace", "path": "/3/title", "value": "new"},
        {"op": "remove", "path": "/0"},
        {"op": "test", "path": "/0/id", "value": 0},
    ]));
    assert!(apply_patches(&base, &list, Mode::Strict).is_err());
    assert!(base.iter().zip(&rows).all(|(now, before)| std::sync::Arc::ptr_eq(now, before)));
    assert_eq!(base, posts(0..200));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_base_stays_as_it_was(json in any_json(), board in any_board(), list in any_ops()) {
        let before = (json.clone(), serde_json::to_string(&board).unwrap());
        for mode in [Mode::Strict, Mode::Lenient] {
            let _ = apply_patches(&json, &list, mode);
            let _ = apply_patches(&board, &list, mode);
        }
        prop_assert_eq!(before, (json, serde_json::to_string(&board).unwrap()));
    }
}
