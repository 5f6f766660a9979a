//! Edits of entries that have no data.

use retake::prelude::*;
use retake::thunks::{JsonArg, UntypedQuery};
use retake_testing::{Reply, assert_actions};
use serde_json::{Value, json};

use crate::app::{GetPost, PostsApi, post, start};

/// The first edit meets nothing; undone, it makes a place for data, which the next one meets.
/// What a post is cannot be made of nothing, so that its recipe is not called.
#[test]
fn a_typed_recipe_is_not_called_without_data() {
    let reply = Reply::ok(json!({"id": 5, "title": "a"}));
    let (store, _) = start(|server| server.on("GET posts/5", reply));
    let query = store.dispatch(GetPost.initiate(5));
    store.clear();
    let edit = || GetPost.update_query_data(5, |_| panic!("there is no post"));
    let early = store.dispatch(edit());
    assert_actions!(store, []);
    assert!(early.is_empty());
    early.undo().unwrap();
    assert_actions!(
        store,
        ["posts/queries/queryResultPatched", "posts/invalidation/updateProvidedBy"]
    );
    store.clear();
    let late = store.dispatch(edit());
    assert!(late.error().is_none());
    assert_actions!(
        store,
        ["posts/queries/queryResultPatched", "posts/invalidation/updateProvidedBy"]
    );
    assert_eq!(*store.run_until(&query).unwrap(), post(5, "a"));
    // Before the edit there was no data.
    late.undo().unwrap();
    assert!(query.state().data.is_none());
}

/// JSON has a value for nothing, and what a recipe makes of it is data.
#[test]
fn an_untyped_recipe_can_give_data_to_an_entry() {
    let (store, _) = start(|server| server.on("GET notes", Reply::ok(json!("served"))));
    let notes: UntypedQuery<PostsApi> =
        UntypedQuery::new("getNotes").query(|_| Ok(Request::get("notes"))).build();
    let query = store.dispatch(notes.clone().initiate(JsonArg::default()));
    let edit = |with: Option<Value>| {
        notes.clone().update_query_data(JsonArg::default(), move |draft| {
            assert_eq!(*draft, Value::Null);
            *draft = with.unwrap_or_default();
        })
    };
    store.dispatch(edit(None)).undo().unwrap();
    assert!(store.dispatch(edit(None)).error().is_none());
    assert!(query.state().data.is_none());
    let given = store.dispatch(edit(Some(json!("given"))));
    assert_eq!(query.state().data.as_deref(), Some(&json!("given")));
    assert_eq!(
        json!([given.patches().unwrap(), given.inverse_patches().unwrap()]),
        json!([
            [{"op": "replace", "path": "", "value": "given"}],
            [{"op": "remove", "path": ""}],
        ])
    );
    given.undo().unwrap();
    assert!(query.state().data.is_none());
}

/// The patches of a replacement carry the whole value, so that its undoing keeps nothing of what
/// was changed in between.
#[test]
fn a_replacement_is_undone_as_a_whole() {
    let reply = Reply::ok(json!({"id": 5, "title": "a"}));
    let (store, _) = start(|server| server.on("GET posts/5", reply));
    let query = store.dispatch(GetPost.initiate(5));
    store.run_until(&query).unwrap();
    let title = |to: &'static str| GetPost.update_query_data(5, move |it| it.title = to.into());
    let replaced = store.dispatch(title("b").replace(true));
    let moved = store.dispatch(GetPost.update_query_data(5, |it| it.id = 6));
    replaced.undo().unwrap();
    assert_eq!(query.state().data.as_deref(), Some(&post(5, "a")));
    store.clear();
    let same = store.dispatch(title("a").replace(true));
    assert!(!same.is_empty());
    assert!(store.dispatch(title("a")).is_empty());
    assert_actions!(
        store,
        ["posts/queries/queryResultPatched", "posts/invalidation/updateProvidedBy"]
    );
    moved.undo().unwrap();
}
