//! Patches of typed lists are short: rows are matched by pointer and by key.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use im::Vector;
use retake_store::patch::{Diff, Edit, PatchError, Patchable, Path, diff};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::model::{Mark, post, posts};

#[track_caller]
fn check<T: Patchable>(old: &T, next: &T, forward: Value) {
    assert_eq!(serde_json::to_value(diff(old, next).unwrap().forward).unwrap(), forward);
}

/// The same list in both containers.
#[track_caller]
fn check_both<T: Patchable>(old: &Vector<T>, next: &Vector<T>, forward: Value) {
    check(old, next, forward.clone());
    check(&Vec::from_iter(old.clone()), &Vec::from_iter(next.clone()), forward);
}

#[test]
fn one_of_many_rows() {
    let old = posts(0..10_000);

    let mut next = old.clone();
    next.remove(5_000);
    check_both(&old, &next, json!([{"op": "remove", "path": "/5000"}]));

    let mut next = old.clone();
    next.insert(17, post(20_000));
    let row = json!({"id": 20_000, "title": "post 20000", "score": null});
    check_both(&old, &next, json!([{"op": "add", "path": "/17", "value": row}]));

    let mut next = old.clone();
    Arc::make_mut(&mut next[9_999]).title = "new".to_owned();
    check_both(&old, &next, json!([{"op": "replace", "path": "/9999/title", "value": "new"}]));
}

#[test]
fn several_rows_of_a_list_that_was_fetched_again() {
    // Nothing is shared by pointer; the keys match the rows.
    let old = posts(0..100);
    let mut next = posts(0..100);
    next.remove(70);
    Arc::make_mut(&mut next[40]).score = Some(1.0);
    next.remove(10);
    next.push_front(post(500));
    let row = json!({"id": 500, "title": "post 500", "score": null});
    check_both(
        &old,
        &next,
        json!([
            {"op": "add", "path": "/0", "value": row},
            {"op": "remove", "path": "/11"},
            {"op": "replace", "path": "/40/score", "value": 1.0},
            {"op": "remove", "path": "/70"},
        ]),
    );
}

#[test]
fn rows_without_keys_are_matched_by_pointer() {
    let mark = |at| Arc::new(Mark { at, text: format!("mark {at}") });
    let old: Vector<_> = (0..1_000).map(mark).collect();
    let mut next = old.clone();
    next.remove(900);
    Arc::make_mut(&mut next[500]).text = "new".to_owned();
    next.remove(3);
    check_both(
        &old,
        &next,
        json!([
            {"op": "remove", "path": "/3"},
            {"op": "replace", "path": "/499/text", "value": "new"},
            {"op": "remove", "path": "/899"},
        ]),
    );
}

#[test]
fn a_moved_row_is_removed_and_added() {
    let old: Vector<_> = (0..6_u32).collect();
    let mut next = old.clone();
    let row = next.remove(4);
    next.insert(1, row);
    check_both(
        &old,
        &next,
        json!([{"op": "add", "path": "/1", "value": 4}, {"op": "remove", "path": "/5"}]),
    );
}

#[test]
fn a_row_with_another_key_is_another_row() {
    let row = json!({"id": 9, "title": "post 9", "score": null});
    let (old, mut next) = (posts(0..3), posts(0..3));
    next.set(1, post(9));
    check_both(&old, &next, json!([{"op": "replace", "path": "/1", "value": row}]));
}

#[test]
fn a_list_without_a_common_row_is_replaced() {
    let (old, next) = (posts(0..50), posts(50..100));
    assert_eq!(diff(&old, &next).unwrap().forward.len(), 1);
    check_both(
        &Vector::from(vec![1, 2]),
        &Vector::from(vec![3, 4, 5]),
        json!([{"op": "replace", "path": "", "value": [3, 4, 5]}]),
    );
}

thread_local! {
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

/// A row that counts how often it is compared.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Counted(u32);

impl Patchable for Counted {
    fn is_same(&self, other: &Self) -> bool {
        COMPARED.set(COMPARED.get() + 1);
        self.0 == other.0
    }
    fn is_equal(&self, other: &Self) -> bool {
        self.is_same(other)
    }
    fn share_with(&mut self, old: &Self) -> bool {
        self.is_same(old)
    }
    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        self.0.diff_into(&next.0, diff)
    }
    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        self.0.apply_at(path, edit)
    }
    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        self.0.value_at(path)
    }
    fn key(&self) -> Option<Cow<'_, str>> {
        self.0.key()
    }
}

#[test]
fn leaves_that_are_shared_are_not_compared() {
    let old: Vector<Counted> = (0..100_000).map(Counted).collect();
    let mut next = old.clone();
    next.set(50_000, Counted(7));
    COMPARED.set(0);
    assert_eq!(diff(&old, &next).unwrap().forward.len(), 1);
    assert!(COMPARED.get() < 200, "{} rows were compared", COMPARED.get());

    COMPARED.set(0);
    assert!(old.is_same(&old.clone()));
    assert!(!old.is_same(&next));
    assert!(old.is_equal(&old.clone()));
    assert_eq!(COMPARED.get(), 0);
}
