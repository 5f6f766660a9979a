//! Undo and redo: what a user sees, and that it is the same after JSON.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod document;
mod laws;

use std::sync::Arc;

use document::{Document, DocumentAction as Edit, Small, insert, read, reduce, row};
use im::Vector;
use retake_store::undo::{UndoAction, Undoable};
use retake_store::{Changed, Reducer};
use serde_json::{Value, json};

type Undo = UndoAction<Document>;

fn document(edits: impl IntoIterator<Item = Edit>) -> Undoable<Document> {
    let mut document = Undoable::default();
    for edit in edits {
        reduce(&mut document, edit);
    }
    document
}

/// Undoes everything and returns the titles on the way, the present one first.
#[track_caller]
fn check(edits: impl IntoIterator<Item = Edit>, titles: &[&str]) {
    let mut document = document(edits);
    let mut found = vec![document.title.clone()];
    while document.can_undo() {
        reduce(&mut document, Undo::undo());
        found.push(document.title.clone());
    }
    assert_eq!(found, titles);
    for title in titles.iter().rev().skip(1) {
        reduce(&mut document, Undo::redo());
        assert_eq!(document.title, *title);
    }
    assert!(!document.can_redo());
}

fn typed(text: &str) -> Edit {
    Edit::Typed(text.into())
}

fn named(title: &str) -> Edit {
    Edit::Named(title.into())
}

#[test]
fn each_action_is_a_step() {
    check([], &[""]);
    check([named("a"), named("b"), named("c")], &["c", "b", "a", ""]);
}

#[test]
fn what_changes_nothing_is_no_step() {
    check([named("a"), named("a"), named("b")], &["b", "a", ""]);
    let mut one = document([named("a"), named("b")]);
    reduce(&mut one, Undo::undo());
    reduce(&mut one, named("a"));
    assert!(one.can_redo(), "and does not forget what was undone");
}

#[test]
fn typing_is_one_step() {
    check([typed("a"), typed("ab"), typed("abc")], &["abc", ""]);
    check([typed("a"), named("x"), typed("b"), typed("c")], &["c", "x", "a", ""]);
    check([typed("a"), Edit::Left, typed("ab"), typed("abc")], &["abc", "a", ""]);
    check([typed("a"), Edit::Scrolled(3), typed("ab")], &["ab", ""]);
    check([typed("a"), insert(0, 1), typed("ab")], &["ab", "a", "a", ""]);
}

#[test]
fn typing_after_an_undo_is_a_step_of_its_own() {
    let mut one = document([typed("a"), named("x")]);
    reduce(&mut one, Undo::undo());
    reduce(&mut one, typed("ab"));
    assert_eq!((one.undo_len(), one.redo_len()), (2, 0));
}

#[test]
fn typing_that_cancels_out_leaves_no_step() {
    check([named("x"), Edit::Left, typed("xy"), typed("x")], &["x", ""]);
    check([named("x"), typed("xy"), typed("x"), typed("xz"), typed("x")], &["x", ""]);
}

#[test]
fn a_new_step_forgets_what_was_undone() {
    let mut one = document([named("a"), named("b")]);
    reduce(&mut one, Undo::jump(-2));
    assert_eq!((one.title.as_str(), one.redo_len()), ("", 2));
    reduce(&mut one, named("c"));
    assert_eq!((one.undo_len(), one.redo_len()), (1, 0));
}

#[test]
fn a_change_that_is_no_step_stays() {
    let mut one = document([named("a"), Edit::Scrolled(7), named("b"), Edit::Scrolled(9)]);
    reduce(&mut one, Undo::undo());
    assert_eq!((one.title.as_str(), one.scroll), ("a", 9));
    reduce(&mut one, Undo::undo());
    assert_eq!((one.title.as_str(), one.scroll), ("", 9));
    reduce(&mut one, Undo::jump(2));
    assert_eq!((one.title.as_str(), one.scroll), ("b", 9));
}

/// Rows 1 and 2 were steps; that row 2 is gone is none, for another user deleted it.
#[test]
fn a_step_that_does_not_fit_is_forgotten() {
    let renamed = Edit::Renamed(1, "new".into());
    let mut one = document([insert(0, 1), insert(1, 2), renamed, Edit::Lost(1)]);
    assert_eq!(one.undo_len(), 3);
    reduce(&mut one, Undo::undo());
    assert_eq!(one.rows, Vector::new(), "the row before it is undone");
    assert_eq!((one.undo_len(), one.redo_len()), (0, 1));
    reduce(&mut one, Undo::redo());
    assert_eq!(one.rows, Vector::unit(row(1)));
}

#[test]
fn opening_another_document_forgets_all_steps() {
    let mut one = document([named("a"), named("b")]);
    reduce(&mut one, Undo::undo());
    reduce(&mut one, Edit::Opened("other".into()));
    assert_eq!((one.title.as_str(), one.can_undo(), one.can_redo()), ("other", false, false));

    let mut two = document([typed("a"), typed("ab")]);
    reduce(&mut two, Undo::clear_history());
    assert_eq!((two.title.as_str(), two.can_undo()), ("ab", false));
    reduce(&mut two, typed("abc"));
    assert_eq!(two.undo_len(), 1);
}

#[test]
fn going_further_than_there_are_steps_changes_nothing() {
    let mut one = document([named("a"), named("b")]);
    let before = json!(one);
    for by in [-3, 0, 1, i64::MIN, i64::MAX] {
        assert_eq!(one.reduce(&Undo::jump(by)), Changed::NONE, "{by}");
    }
    assert_eq!(one.reduce(&Undo::redo()), Changed::NONE);
    assert_eq!(json!(one), before);
    assert_eq!(Undoable::<Document>::default().reduce(&Undo::undo()), Changed::NONE);
    assert_eq!(Undoable::<Document>::default().reduce(&Undo::clear_history()), Changed::NONE);
}

#[test]
fn the_oldest_steps_are_forgotten() {
    let mut one = Undoable::<Small>::default();
    for count in 0..10 {
        let _ = one.reduce(&Edit::Named(count.to_string()));
    }
    assert_eq!(one.undo_len(), 3);
    let _ = one.reduce(&UndoAction::<Small>::jump(-3));
    assert_eq!(one.title, "6");
}

/// A step from one digit to the next is `[{"op":"replace","path":"/title","value":"0"}]`.
#[test]
fn steps_are_forgotten_by_their_bytes() {
    let mut one = Undoable::<Small>::default();
    let long = |text: &str| Edit::Named(text.repeat(60));
    for text in ["a", "b", "c"] {
        let _ = one.reduce(&long(text));
    }
    assert_eq!(Small::bytes_of(&one), [46 + 59, 46 + 59], "the third would be more than 250");
    let _ = one.reduce(&Edit::Named("x".repeat(300)));
    assert_eq!(one.undo_len(), 2);
    let _ = one.reduce(&Edit::Named("y".into()));
    assert_eq!(one.undo_len(), 0, "a step of more bytes than all may have");
    let _ = one.reduce(&Edit::Named("z".into()));
    assert_eq!(one.undo_len(), 1);
}

#[test]
fn its_json_is_patches() {
    let mut one = document([insert(0, 1), typed("a"), typed("ab")]);
    let step = |op: Value| json!([op]);
    let untyped = step(json!({"op": "replace", "path": "/title", "value": ""}));
    let present = json!({"title": "ab", "rows": [row(1)], "scroll": 0});
    assert_eq!(
        json!(one),
        json!({
            "past": [[{"op": "remove", "path": "/rows/0"}], untyped],
            "present": present,
            "future": [],
            "group": "text",
        })
    );
    reduce(&mut one, Undo::jump(-2));
    let typed = step(json!({"op": "replace", "path": "/title", "value": "ab"}));
    assert_eq!(
        json!(one),
        json!({
            "past": [],
            "present": {"title": "", "rows": [], "scroll": 0},
            "future": [[{"op": "add", "path": "/rows/0", "value": row(1)}], typed],
        })
    );
    let read: Undoable<Document> = serde_json::from_value(json!({"present": present})).unwrap();
    assert_eq!(read, Undoable::new(read.present().clone()));
}

/// A step keeps what it changed: the other rows are there once, and come back as they were.
#[test]
fn a_step_shares_what_it_did_not_change() {
    let start = Document { rows: (0..10_000).map(row).collect(), ..Document::default() };
    let mut one = Undoable::new(start.clone());
    reduce(&mut one, Edit::Renamed(5_000, "new".into()));
    let renamed = one.rows.clone();
    let shared = start.rows.iter().zip(&renamed).filter(|(old, new)| Arc::ptr_eq(old, new));
    assert_eq!(shared.count(), 9_999);

    reduce(&mut one, Undo::undo());
    assert!(one.rows.ptr_eq(&start.rows));
    reduce(&mut one, Undo::redo());
    assert!(one.rows.ptr_eq(&renamed));
    assert_eq!(json!(one)["past"][0].as_array().unwrap().len(), 1);
}

#[test]
fn actions_read_back() {
    for action in [Undo::undo(), Undo::redo(), Undo::jump(i64::MIN), Undo::clear_history()] {
        assert_eq!(read::<Undo>(&json!(action)).unwrap(), Ok(action));
    }
    assert!(read::<Undo>(&json!({"type": "document/undone"})).is_none());
    assert!(read::<Undo>(&json!({"type": "document/undo/redo"})).is_none());
    assert!(read::<Undo>(&json!({"type": "documents/undo"})).is_none());
    let error = read::<Undo>(&json!({"type": "document/jump", "payload": "back"})).unwrap();
    assert!(error.unwrap_err().to_string().contains("document/jump"));
}

/// What somebody wrote into a file undoes what it can and does not panic.
#[test]
fn damaged_steps_are_forgotten() {
    let mut one = document([insert(0, 1), named("a")]);
    let mut json = json!(one);
    json["past"] = json!([
        [{"op": "replace", "path": "/title", "value": "before"}],
        [{"op": "replace", "path": "/title", "value": 5}],
        [{"op": "remove", "path": "/rows/7"}],
        [{"op": "remove", "path": ""}],
    ]);
    json["future"] = json!([[{"op": "replace", "path": "/nothing", "value": 1}]]);
    one = serde_json::from_value(json).unwrap();
    reduce(&mut one, Undo::redo());
    assert_eq!((one.title.as_str(), one.can_redo()), ("a", false));
    reduce(&mut one, Undo::undo());
    assert_eq!((one.title.as_str(), one.undo_len(), one.redo_len()), ("before", 0, 1));
}
