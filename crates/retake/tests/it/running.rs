//! Requests under way, for those who did not start them.

use std::time::Duration;

use retake::prelude::*;
use retake::thunks::Runtime;
use retake_testing::{Reply, ScriptedBaseQuery, TestStore};
use serde_json::json;

use crate::app::{App, AppAction, GetPost, ListPosts, PostsApi, RenamePost, post, start};

fn slow() -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    start(|server| {
        let after = |reply: Reply, ms| reply.after(Duration::from_millis(ms));
        server.on("GET posts/5", after(Reply::ok(json!({"id": 5, "title": "a"})), 10));
        server.on("GET posts/6", after(Reply::status(500, json!("no")), 20));
        server.on("GET posts", after(Reply::ok(json!([])), 30));
        server.on("PATCH posts/5", after(Reply::ok(json!({"id": 5, "title": "b"})), 10));
    })
}

/// Asserts which requests are under way, by the keys of their entries.
#[track_caller]
fn check(store: &TestStore<App, AppAction>, queries: &[&str], mutations: &[&str]) {
    let keys = |running: retake::thunks::RunningRequests| {
        running.requests().iter().map(|it| it.cache_key.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(keys(store.dispatch(running_queries::<PostsApi>())), queries);
    assert_eq!(keys(store.dispatch(running_mutations::<PostsApi>())), mutations);
}

#[test]
fn a_query_under_way_can_be_awaited_by_others() {
    let (store, server) = slow();
    assert!(store.dispatch(GetPost.running_query(&5)).is_none(), "nobody has asked");
    let query = store.dispatch(GetPost.initiate(5));
    let running = store.dispatch(GetPost.running_query(&5)).expect("it is under way");
    assert_eq!(running.request_id(), query.request_id());
    assert!(store.dispatch(GetPost.running_query(&6)).is_none());
    assert_eq!(store.run_until(running).unwrap().title, "a");
    assert!(store.state().posts.is_subscribed("getPost(5)"), "the handle took nothing with it");
    assert!(store.dispatch(GetPost.running_query(&5)).is_none(), "it has ended");
    let _hit = store.dispatch(GetPost.initiate(5));
    assert!(store.dispatch(GetPost.running_query(&5)).is_none(), "cached: no request");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_query_under_way_can_be_aborted_by_others() {
    let (store, server) = slow();
    let query = store.dispatch(GetPost.initiate(5));
    let running = store.dispatch(GetPost.running_query(&5)).expect("it is under way");
    running.abort();
    let error = store.run_until(&query).unwrap_err();
    assert_eq!(error.value()["name"], "AbortError");
    assert_eq!(server.aborted(), [0]);
    check(&store, &[], &[]);
}

#[test]
fn upserts_are_no_requests_and_prefetches_are() {
    let (store, _) = slow();
    let upsert = store.dispatch(GetPost.upsert_query_data(7, post(7, "u")));
    check(&store, &[], &[]);
    store.dispatch(GetPost.prefetch(5));
    check(&store, &["getPost(5)"], &[]);
    store.run_until(upsert).unwrap();
    store.advance(Duration::from_millis(10));
    check(&store, &[], &[]);
}

#[test]
fn all_that_is_under_way_can_be_awaited() {
    let (store, _) = slow();
    let _list = store.dispatch(ListPosts.initiate(()));
    let failing = store.dispatch(GetPost.initiate(6));
    let _five = store.dispatch(GetPost.initiate(5));
    check(&store, &["listPosts(undefined)", "getPost(6)", "getPost(5)"], &[]);
    let running = store.dispatch(running_queries::<PostsApi>());
    assert_eq!((running.len(), running.is_empty()), (3, false));
    let start = store.runtime().now();
    store.run_until(running);
    assert_eq!(store.runtime().now() - start, 30, "it waits for the slowest");
    assert!(failing.state().is_error(), "a failure is an end, too");
    check(&store, &[], &[]);
    store.run_until(store.dispatch(running_queries::<PostsApi>()));
}

#[test]
fn a_refetch_for_a_tag_is_under_way_as_well() {
    let (store, _) = slow();
    let query = store.dispatch(GetPost.initiate(5));
    store.run_until(query.settled());
    store.dispatch(PostsApi::invalidate_tags([tag("Post", 5)]));
    check(&store, &["getPost(5)"], &[]);
    store.run_until(store.dispatch(running_queries::<PostsApi>()));
    assert!(query.state().is_success());
}

#[test]
fn mutations_are_found_by_request_and_by_fixed_key() {
    let (store, _) = slow();
    let first = store.dispatch(RenamePost.initiate(post(5, "b")).fixed_cache_key("rename"));
    store.advance(Duration::from_millis(5));
    let second = store.dispatch(RenamePost.initiate(post(5, "c")).fixed_cache_key("rename"));
    let alone = store.dispatch(RenamePost.initiate(post(5, "d")));
    let id = alone.request_id().unwrap().to_string();
    check(&store, &[], &["rename", "rename", &id]);
    let by_key = store.dispatch(RenamePost.running_mutation("rename")).expect("under way");
    assert_eq!(by_key.request_id(), second.request_id(), "the latest");
    let first_id = first.request_id().unwrap().to_string();
    let by_id = store.dispatch(RenamePost.running_mutation(&first_id)).expect("under way");
    assert_eq!(by_id.request_id(), first.request_id());
    assert!(store.dispatch(RenamePost.running_mutation("other")).is_none());

    assert_eq!(store.run_until(by_id).unwrap().title, "b");
    assert!(store.dispatch(RenamePost.running_mutation(&first_id)).is_none());
    assert!(store.dispatch(RenamePost.running_mutation("rename")).is_some(), "the latest goes on");
    let running = store.dispatch(running_mutations::<PostsApi>());
    assert_eq!(running.len(), 2);
    store.run_until(running);
    check(&store, &[], &[]);
}

/// As the map of RTK Query has them: a key that is set again keeps its place.
#[test]
fn the_latest_mutation_of_a_shared_key_stands_in_the_place_of_the_first() {
    let (store, _server) = slow();
    let rename = |key: &str| RenamePost.initiate(post(5, "b")).fixed_cache_key(key);
    let _running = [rename("one"), rename("two"), rename("one")].map(|it| store.dispatch(it));
    check(&store, &[], &["one", "one", "two"]);
}
