//! Pessimistic updates, creating and deleting.

use retake::prelude::*;
use retake_testing::Reply;
use serde_json::json;

use super::{MS, list, listed_titles, post, requests_since, start};
use crate::endpoints::{
    CreatePost, DETAIL_KEPT_FOR, DeletePost, EditPost, GetPost, ListPosts, NewBody, NewPost,
};

fn new_post() -> NewPost {
    NewPost { title: "three".into(), body: String::new() }
}

#[test]
fn an_edit_is_shown_when_the_server_has_answered() {
    let answer = json!({"id": 1, "title": "one", "body": "as the server has it", "likes": 7});
    let (store, server) = start(|server| {
        server.on("PATCH posts/1", Reply::ok(answer).after(20 * MS));
    });
    let list_handle = store.dispatch(ListPosts.initiate(()));
    let detail = store.dispatch(GetPost.initiate(1));
    let before = store.run_until(&list_handle).unwrap();
    store.run_until(&detail).unwrap();
    let edit = store.dispatch(EditPost.initiate(NewBody { id: 1, body: "sent".into() }));
    assert_eq!(detail.state().data.unwrap().body, "", "not before the answer");
    let answer = store.run_until(edit).unwrap();
    store.settle();
    assert_eq!(detail.state().data.unwrap(), answer);
    let after = list(&store.state());
    assert_eq!(after[0], answer);
    assert!(std::sync::Arc::ptr_eq(&after[1], &before[1]), "the other row keeps its identity");
    assert_eq!(requests_since(&server, 2), ["PATCH posts/1"]);
}

#[test]
fn a_refused_edit_changes_nothing() {
    let (store, _) = start(|server| server.on("PATCH posts/1", Reply::status(503, json!({}))));
    let detail = store.dispatch(GetPost.initiate(1));
    let before = store.run_until(&detail).unwrap();
    let edit = store.dispatch(EditPost.initiate(NewBody { id: 1, body: "sent".into() }));
    assert_eq!(store.run_until(edit).unwrap_err().status(), Some(503));
    store.settle();
    assert_eq!(detail.state().data.unwrap(), before);
}

#[test]
fn a_created_post_is_opened_without_a_request() {
    let (store, server) = start(|server| {
        server.on("GET posts", Reply::ok(json!([post(1, "one", 0), post(3, "three", 0)])));
        server.on("POST posts", Reply::ok(post(3, "three", 0)));
    });
    let list = store.dispatch(ListPosts.initiate(()));
    store.run_until(&list).unwrap();
    let created = store.run_until(store.dispatch(CreatePost.initiate(new_post()))).unwrap();
    store.advance(MS);
    let open = store.dispatch(GetPost.initiate(3));
    assert_eq!(store.run_until(&open).unwrap(), created);
    assert_eq!(listed_titles(&store.state()), ["one", "three"]);
    assert_eq!(requests_since(&server, 1), ["POST posts", "GET posts"]);
}

#[test]
fn a_list_that_could_not_be_loaded_is_loaded_when_a_post_is_created() {
    let (store, server) = start(|server| server.on("POST posts", Reply::ok(post(3, "three", 0))));
    server.on("GET posts", Reply::status(503, json!({})));
    let list = store.dispatch(ListPosts.initiate(()));
    store.run_until(&list).unwrap();
    assert!(store.run_until(list.refetch()).is_err());
    store.run_until(store.dispatch(CreatePost.initiate(new_post()))).unwrap();
    assert_eq!(requests_since(&server, 2), ["POST posts", "GET posts"]);
}

#[test]
fn a_deleted_post_leaves_list_and_cache() {
    let (store, server) = start(|server| {
        server.on("GET posts", Reply::ok(json!([post(2, "two", 0)])));
        server.on("DELETE posts/1", Reply::ok(json!({"id": 1})));
    });
    let list = store.dispatch(ListPosts.initiate(()));
    let detail = store.dispatch(GetPost.initiate(1));
    store.run_until(&list).unwrap();
    store.run_until(&detail).unwrap();
    drop(detail);
    store.run_until(store.dispatch(DeletePost.initiate(1))).unwrap();
    store.advance(MS);
    assert!(GetPost.select(&1)(&store.state()).is_uninitialized());
    assert_eq!(listed_titles(&store.state()), ["two"]);
    assert_eq!(requests_since(&server, 2), ["DELETE posts/1", "GET posts"]);
}

#[test]
fn a_post_that_nobody_looks_at_is_kept_for_a_while() {
    let (store, _) = start(|_| {});
    let detail = store.dispatch(GetPost.initiate(1));
    store.run_until(&detail).unwrap();
    drop(detail);
    store.advance(DETAIL_KEPT_FOR - MS);
    assert!(GetPost.select(&1)(&store.state()).is_success());
    store.advance(MS);
    assert!(GetPost.select(&1)(&store.state()).is_uninitialized());
}
