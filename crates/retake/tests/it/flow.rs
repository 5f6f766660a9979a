//! Requests, subscriptions, optimistic updates and invalidation, end to end.

use std::sync::Arc;
use std::time::Duration;

use retake::prelude::*;
use retake_testing::{Reply, assert_actions};
use serde_json::json;

use crate::app::{AppStore, FilterAction, GetPost, ListPosts, RenamePost, post, start};

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_query_is_fetched_once_and_shared() {
    let (store, server) = start(|server| {
        server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"})).after(20 * MS));
    });
    let one = store.dispatch(GetPost.initiate(5));
    let two = store.dispatch(GetPost.initiate(5));
    assert!(one.state().is_loading());
    let data: Arc<_> = store.run_until(&one).unwrap();
    assert_eq!(*data, post(5, "a"));
    assert!(Arc::ptr_eq(&data, &store.run_until(&two).unwrap()));
    assert_eq!(server.requests().len(), 1);
    assert_actions!(
        store,
        [
            "posts/executeQuery/pending",
            "posts/executeQuery/rejected",
            "posts/executeQuery/fulfilled",
        ]
    );
    drop((one, two));
    assert_actions!(
        store,
        [
            "posts/subscriptions/unsubscribeQueryResult",
            "posts/subscriptions/unsubscribeQueryResult",
        ]
    );
    store.advance(Duration::from_secs(59));
    assert_eq!(store.state().posts.queries().len(), 1);
    store.advance(Duration::from_secs(1));
    assert_actions!(store, ["posts/queries/removeQueryResult"]);
    assert!(store.state().posts.queries().is_empty());
}

#[test]
fn an_optimistic_rename_is_undone_when_the_server_refuses() {
    let (store, _) = start(|server| {
        server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "old"})));
        server.on("PATCH posts/5", Reply::status(500, json!("no")).after(20 * MS));
    });
    let query = store.dispatch(GetPost.initiate(5));
    store.run_until(&query).unwrap();
    store.clear();
    let rename = store.dispatch(RenamePost.initiate(post(5, "new")));
    assert_eq!(query.state().data.unwrap().title, "new");
    let error = store.run_until(rename).unwrap_err();
    assert_eq!(error.status(), Some(500));
    assert_eq!(query.state().data.unwrap().title, "old");
    assert_actions!(
        store,
        [
            "posts/executeMutation/pending",
            "posts/queries/queryResultPatched",
            "posts/invalidation/updateProvidedBy",
            "posts/executeMutation/rejected",
            "posts/queries/queryResultPatched",
            "posts/invalidation/updateProvidedBy",
        ]
    );
}

#[test]
fn an_accepted_rename_refetches_what_it_invalidates() {
    let (store, server) = start(|server| {
        server.on(
            "GET posts",
            Reply::ok(json!([{"id": 5, "title": "old"}, {"id": 6, "title": "x"}])),
        );
        server.on(
            "GET posts",
            Reply::ok(json!([{"id": 5, "title": "new"}, {"id": 6, "title": "x"}])),
        );
        server.on("PATCH posts/5", Reply::ok(json!({"id": 5, "title": "new"})));
    });
    let list = store.dispatch(ListPosts.initiate(()));
    let before = store.run_until(&list).unwrap();
    store.clear();
    store.run_until(store.dispatch(RenamePost.initiate(post(5, "new")))).unwrap();
    store.advance(MS);
    assert_actions!(
        store,
        [
            "posts/executeMutation/pending",
            "posts/executeMutation/fulfilled",
            "posts/executeQuery/pending",
            "posts/executeQuery/fulfilled",
        ]
    );
    let after = list.state().data.unwrap();
    assert_eq!(after[0].title, "new");
    assert!(Arc::ptr_eq(&before[1], &after[1]), "an unchanged row keeps its identity");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn thunks_and_slices_share_the_dispatch() {
    let (store, _) = start(|_| {});
    store.dispatch(FilterAction::TextChanged("rust".into()));
    let length = store.dispatch(thunk(|store: &AppStore| {
        store.dispatch(FilterAction::Cleared);
        store.state().filter.text.len()
    }));
    assert_eq!(length, 0);
    assert_actions!(store, ["filter/textChanged", "filter/cleared"]);
}
