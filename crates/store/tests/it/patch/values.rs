//! Patches of JSON values are those that Immer makes for the same change.

use retake_store::patch::diff;
use serde_json::{Value, json};

#[track_caller]
fn check(old: Value, next: Value, forward: Value, inverse: Value) {
    let patches = diff(&old, &next).unwrap();
    assert_eq!(serde_json::to_value(patches.forward).unwrap(), forward);
    assert_eq!(serde_json::to_value(patches.inverse).unwrap(), inverse);
}

#[test]
fn members_in_the_order_of_the_base_then_added_ones() {
    check(
        json!({"a": 1, "b": 2, "d": {"e": 1}}),
        json!({"b": 3, "c": 4, "d": {"e": 2}}),
        json!([
            {"op": "remove", "path": "/a"},
            {"op": "replace", "path": "/b", "value": 3},
            {"op": "replace", "path": "/d/e", "value": 2},
            {"op": "add", "path": "/c", "value": 4},
        ]),
        json!([
            {"op": "add", "path": "/a", "value": 1},
            {"op": "replace", "path": "/b", "value": 2},
            {"op": "replace", "path": "/d/e", "value": 1},
            {"op": "remove", "path": "/c"},
        ]),
    );
}

#[test]
fn a_longer_list_adds_at_its_end() {
    check(
        json!([1, 2]),
        json!([0, 2, 3, 4]),
        json!([
            {"op": "replace", "path": "/0", "value": 0},
            {"op": "add", "path": "/2", "value": 3},
            {"op": "add", "path": "/3", "value": 4},
        ]),
        json!([
            {"op": "replace", "path": "/0", "value": 1},
            {"op": "remove", "path": "/3"},
            {"op": "remove", "path": "/2"},
        ]),
    );
}

#[test]
fn a_shorter_list_removes_from_its_end() {
    check(
        json!([1, 2, 3, 4]),
        json!([1, 9]),
        json!([
            {"op": "replace", "path": "/1", "value": 9},
            {"op": "remove", "path": "/3"},
            {"op": "remove", "path": "/2"},
        ]),
        json!([
            {"op": "replace", "path": "/1", "value": 2},
            {"op": "add", "path": "/2", "value": 3},
            {"op": "add", "path": "/3", "value": 4},
        ]),
    );
}

#[test]
fn a_splice_in_front_rewrites_the_later_slots() {
    check(
        json!([{"n": 1}, {"n": 2}, {"n": 3}]),
        json!([{"n": 2}, {"n": 3}]),
        json!([
            {"op": "replace", "path": "/0", "value": {"n": 2}},
            {"op": "replace", "path": "/1", "value": {"n": 3}},
            {"op": "remove", "path": "/2"},
        ]),
        json!([
            {"op": "replace", "path": "/0", "value": {"n": 1}},
            {"op": "replace", "path": "/1", "value": {"n": 2}},
            {"op": "add", "path": "/2", "value": {"n": 3}},
        ]),
    );
}

/// A row that moved into the slot of an equal one is another object, to Immer.
#[test]
fn equal_rows_that_moved_are_replaced() {
    let row = |id: u32| json!({"id": id});
    check(
        json!([row(1), row(2), row(2)]),
        json!([row(2), row(2)]),
        json!([
            {"op": "replace", "path": "/0", "value": row(2)},
            {"op": "replace", "path": "/1", "value": row(2)},
            {"op": "remove", "path": "/2"},
        ]),
        json!([
            {"op": "replace", "path": "/0", "value": row(1)},
            {"op": "replace", "path": "/1", "value": row(2)},
            {"op": "add", "path": "/2", "value": row(2)},
        ]),
    );
    check(
        json!([row(2), row(2)]),
        json!([row(1), row(2), row(2)]),
        json!([
            {"op": "replace", "path": "/0", "value": row(1)},
            {"op": "replace", "path": "/1", "value": row(2)},
            {"op": "add", "path": "/2", "value": row(2)},
        ]),
        json!([
            {"op": "replace", "path": "/0", "value": row(2)},
            {"op": "replace", "path": "/1", "value": row(2)},
            {"op": "remove", "path": "/2"},
        ]),
    );
}

/// Which of them was removed the values do not tell; a search finds the first.
#[test]
fn the_first_of_equal_neighbours_counts_as_the_removed_one() {
    let row = |id: u32| json!({"id": id});
    check(
        json!([row(1), row(2), row(2)]),
        json!([row(1), row(2)]),
        json!([
            {"op": "replace", "path": "/1", "value": row(2)},
            {"op": "remove", "path": "/2"},
        ]),
        json!([
            {"op": "replace", "path": "/1", "value": row(2)},
            {"op": "add", "path": "/2", "value": row(2)},
        ]),
    );
    check(
        json!([row(1), row(2)]),
        json!([row(1), row(2), row(2)]),
        json!([{"op": "add", "path": "/2", "value": row(2)}]),
        json!([{"op": "remove", "path": "/2"}]),
    );
}

#[test]
fn a_changed_row_that_keeps_its_slot_is_patched_inside() {
    check(
        json!([{"id": 1, "n": 1}, {"id": 2, "n": 2}]),
        json!([{"id": 1, "n": 5}, {"id": 3, "n": 2}]),
        json!([
            {"op": "replace", "path": "/0/n", "value": 5},
            {"op": "replace", "path": "/1", "value": {"id": 3, "n": 2}},
        ]),
        json!([
            {"op": "replace", "path": "/0/n", "value": 1},
            {"op": "replace", "path": "/1", "value": {"id": 2, "n": 2}},
        ]),
    );
}

#[test]
fn another_kind_of_value_is_replaced() {
    check(
        json!({"a": []}),
        json!(5),
        json!([{"op": "replace", "path": "", "value": 5}]),
        json!([{"op": "replace", "path": "", "value": {"a": []}}]),
    );
    check(json!([1, {"a": null}]), json!([1, {"a": null}]), json!([]), json!([]));
}
