//! What does not change stays the same in memory.

use std::sync::Arc;

use im::{OrdMap, Vector};
use retake_store::patch::{Mode, Patchable, apply_patches};
use serde_json::json;

use super::model::{Board, Post, post, posts};
use super::ops;

#[test]
fn equal_data_becomes_the_old_data() {
    let old = posts(0..500);
    let mut next = posts(0..500);
    assert!(next.share_with(&old));
    assert!(next.ptr_eq(&old));

    let old: OrdMap<u32, Arc<Post>> = (0..100).map(|id| (id, post(id))).collect();
    let mut next: OrdMap<u32, Arc<Post>> = (0..100).map(|id| (id, post(id))).collect();
    assert!(next.share_with(&old));
    assert!(next.ptr_eq(&old));
}

#[test]
fn rows_that_did_not_change_become_the_old_rows() {
    let old = posts(0..500);
    let mut next = posts(0..510);
    Arc::make_mut(&mut next[250]).title = "new".to_owned();
    assert!(!next.share_with(&old));
    assert_eq!(next.len(), 510);
    for (index, (next, old)) in next.iter().zip(&old).enumerate() {
        assert_eq!(Arc::ptr_eq(next, old), index != 250, "{index}");
    }
    let shared = next.leaves().zip(old.leaves()).filter(|(a, b)| std::ptr::eq(*a, *b)).count();
    assert!(shared >= old.leaves().count() - 2, "{shared} leaves are shared");
}

#[test]
fn a_shared_row_is_not_changed_under_its_other_owner() {
    let nested =
        |id: u32, title: &str| Arc::new((Arc::new(id.to_string()), Arc::new(title.to_owned())));
    let old = nested(1, "a");
    let mut next = nested(1, "b");
    let other = Arc::clone(&next);
    assert!(!next.share_with(&old));
    assert!(Arc::ptr_eq(&next.0, &old.0));
    assert!(!Arc::ptr_eq(&other.0, &old.0));
    assert_eq!(other, next);
}

#[test]
fn an_equal_board_is_the_same_afterwards() {
    let board = || Board {
        posts: posts(0..100),
        by_id: OrdMap::unit(1, post(1)),
        parent: Some(Box::default()),
        extra: json!({"a": [1]}),
        ..Board::default()
    };
    let (old, mut next) = (board(), board());
    assert!(!next.is_same(&old));
    assert!(next.share_with(&old));
    assert!(next.is_same(&old));
    assert!(next.posts.ptr_eq(&old.posts));

    next = board();
    next.name = "new".to_owned();
    assert!(!next.share_with(&old));
    assert!(next.posts.ptr_eq(&old.posts));
}

#[test]
fn short_lists_are_the_same_without_pointers() {
    let old: Vector<u8> = Vector::new();
    assert!(old.is_same(&Vector::new()));
    let old: Vector<u8> = Vector::unit(1);
    assert!(old.is_same(&old.clone()));
    assert!(!old.is_same(&Vector::unit(2)));
}

#[test]
fn applying_shares_what_no_patch_touches() {
    let base = Board { posts: posts(0..300), by_id: OrdMap::unit(1, post(1)), ..Board::default() };
    let list = ops(json!([
        {"op": "replace", "path": "/posts/7/title", "value": "new"},
        {"op": "remove", "path": "/posts/200"},
    ]));
    let next = apply_patches(&base, &list, Mode::Strict).unwrap();
    assert!(next.by_id.ptr_eq(&base.by_id));
    assert!(Arc::ptr_eq(&next.posts[6], &base.posts[6]));
    assert!(!Arc::ptr_eq(&next.posts[7], &base.posts[7]));
    assert!(Arc::ptr_eq(&next.posts[200], &base.posts[201]));
}
