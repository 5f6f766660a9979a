//! Handles: subscriptions, results, abortion.

use std::sync::Arc;
use std::time::Duration;

use retake::prelude::*;
use retake::store::cache::QueryStatus;
use retake::thunks::Runtime;
use retake_testing::{
    ActionLog, Reply, ScriptedBaseQuery, TestStore, VirtualRuntime, assert_actions,
};
use serde_json::json;

use crate::app::{GetPost, ListPosts, PostsApi, RenamePost, post, start};

const MS: Duration = Duration::from_millis(1);
const KEY: &str = "getPost(5)";

#[test]
fn awaiting_a_handle_by_value_ends_its_subscription() {
    let (store, _) =
        start(|server| server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"}))));
    let handle = store.dispatch(GetPost.initiate(5));
    store.run_until(&handle).unwrap();
    assert!(store.state().posts.is_subscribed(KEY));
    store.run_until(handle).unwrap();
    assert!(!store.state().posts.is_subscribed(KEY));
}

#[test]
fn a_detached_handle_stays_subscribed() {
    let (store, _) = start(|_| {});
    store.dispatch(GetPost.initiate(5)).detach();
    assert!(store.state().posts.is_subscribed(KEY));
    store.advance(Duration::from_secs(600));
    assert_eq!(store.state().posts.queries().len(), 1);
}

#[test]
fn a_handle_without_subscription_leaves_no_subscription() {
    let (store, _) =
        start(|server| server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"}))));
    let handle = store.dispatch(GetPost.initiate(5).subscribe(false));
    store.run_until(&handle).unwrap();
    assert!(!store.state().posts.is_subscribed(KEY));
    store.clear();
    drop(handle);
    assert_actions!(store, []);
}

#[test]
fn aborting_drops_the_request_and_rejects_it() {
    let (store, server) =
        start(|server| server.on("GET posts/5", Reply::ok(json!(null)).after(50 * MS)));
    let handle = store.dispatch(GetPost.initiate(5));
    let joined = store.dispatch(GetPost.initiate(5));
    joined.abort();
    store.settle();
    assert!(server.aborted().is_empty(), "a dispatch that only joined aborts nothing");
    handle.abort();
    let error = store.run_until(&handle).unwrap_err();
    assert_eq!(error.value(), &json!({"name": "AbortError", "message": "Aborted"}));
    assert_eq!(server.aborted(), [0]);
    assert_eq!(joined.state().status, QueryStatus::Rejected);
}

#[test]
fn refetching_sends_again_and_keeps_the_data_meanwhile() {
    let (store, server) = start(|server| {
        server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"})));
        server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "b"})).after(20 * MS));
    });
    let handle = store.dispatch(GetPost.initiate(5));
    store.run_until(&handle).unwrap();
    let refetching = handle.refetch();
    let state = handle.state();
    assert!(state.is_fetching() && !state.is_loading() && state.is_success());
    assert_eq!(state.data.unwrap().title, "a");
    assert_eq!(store.run_until(refetching).unwrap().title, "b");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn an_entry_that_is_removed_under_a_handle_has_no_data() {
    let (store, _) = start(|server| server.on("GET posts/5", Reply::ok(json!(1)).after(MS)));
    let handle = store.dispatch(GetPost.initiate(5));
    store.dispatch(PostsApi::reset_api_state());
    let error = store.run_until(&handle).unwrap_err();
    assert_eq!(error.value()["name"], "NoData");
    assert!(handle.state().is_uninitialized());
}

#[test]
fn prefetching_fetches_what_is_not_there_or_too_old() {
    let (store, server) = start(|server| {
        server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"})));
    });
    let sent = |expected| {
        store.settle();
        store.advance(Duration::ZERO);
        assert_eq!(server.requests().len(), expected);
    };
    store.dispatch(GetPost.prefetch(5));
    sent(1);
    store.dispatch(GetPost.prefetch(5));
    sent(1);
    store.advance(Duration::from_secs(10));
    store.dispatch(GetPost.prefetch(5).if_older_than(Duration::from_secs(11)));
    sent(1);
    store.dispatch(GetPost.prefetch(5).if_older_than(Duration::from_secs(10)));
    sent(2);
    store.dispatch(GetPost.prefetch(5).force());
    sent(3);
    assert!(!store.state().posts.is_subscribed(KEY));
}

#[test]
fn an_upsert_needs_no_request_and_can_be_awaited() {
    let (store, server) = start(|_| {});
    let upserted = store.run_until(store.dispatch(GetPost.upsert_query_data(5, post(5, "mine"))));
    assert_eq!(*upserted.unwrap(), post(5, "mine"));
    assert!(server.requests().is_empty());
    let handle = store.dispatch(GetPost.initiate(5));
    assert_eq!(handle.state().data.unwrap().title, "mine");
    assert!(server.requests().is_empty(), "opening what was upserted costs no request");
}

#[test]
fn who_awaits_an_upsert_does_not_wait_for_the_server() {
    let (store, _) = start(|server| {
        server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"})).after(20 * MS));
    });
    let handle = store.dispatch(GetPost.initiate(5));
    let started_at = store.runtime().now();
    let upserted = store.run_until(store.dispatch(GetPost.upsert_query_data(5, post(5, "mine"))));
    assert_eq!(*upserted.unwrap(), post(5, "mine"));
    assert_eq!(store.runtime().now(), started_at);
    assert_eq!(store.run_until(&handle).unwrap().title, "a", "the handle waits for the answer");
}

#[test]
fn a_mutation_goes_on_and_stays_when_its_handle_is_dropped() {
    let (store, _) = start(|server| {
        server.on("PATCH posts/5", Reply::ok(json!({"id": 5, "title": "b"})).after(20 * MS));
    });
    let handle = store.dispatch(RenamePost.initiate(post(5, "b")));
    let key = Arc::clone(handle.request_id().unwrap());
    assert!(handle.state().is_loading());
    drop(handle);
    store.advance(20 * MS);
    let select = RenamePost.select(&key);
    assert_eq!(*select(&store.state()).data.unwrap(), post(5, "b"));
}

#[test]
fn a_mutation_is_reset_and_shared_by_its_key() {
    let (store, _) = start(|server| {
        server.on("PATCH posts/*", Reply::ok(json!({"id": 5, "title": "b"})).after(20 * MS));
    });
    let first = store.dispatch(RenamePost.initiate(post(5, "a")).fixed_cache_key("rename"));
    let second = store.dispatch(RenamePost.initiate(post(5, "b")).fixed_cache_key("rename"));
    assert_eq!(store.state().posts.mutations().len(), 1);
    assert_eq!(first.state().request_id, second.request_id().cloned());
    store.run_until(first).unwrap();
    assert!(second.state().is_loading(), "only the latest trigger settles the entry");
    store.settle();
    second.reset();
    assert!(second.state().is_uninitialized());
    let untracked = store.dispatch(RenamePost.initiate(post(6, "c")).track(false));
    assert!(store.state().posts.mutations().is_empty());
    store.run_until(untracked).unwrap();
}

#[test]
fn arguments_have_keys_as_in_rtk_query() {
    struct Search;
    impl Query for Search {
        type Api = PostsApi;
        type Arg = Option<String>;
        type Output = u32;
        const NAME: &'static str = "search";
        fn query(&self, text: &Option<String>) -> Request {
            Request::get("search").optional_param("text", text.as_deref())
        }
    }
    let (store, _) = start(|_| {});
    let list = store.dispatch(ListPosts.initiate(()));
    let nothing = store.dispatch(Search.initiate(None));
    let something = store.dispatch(Search.initiate(Some("a".into())));
    let state = store.state();
    let args = |key: &str| state.posts.query(key).unwrap().original_args.as_deref().cloned();
    assert_eq!(args("listPosts(undefined)"), None);
    assert_eq!(args("search(null)"), Some(json!(null)));
    assert_eq!(args("search(\"a\")"), Some(json!("a")));
    drop((list, nothing, something));
}

#[test]
fn an_argument_without_a_json_form_is_an_error_and_nothing_happens() {
    use std::collections::BTreeMap;
    struct Odd;
    impl Query for Odd {
        type Api = PostsApi;
        type Arg = BTreeMap<Vec<u8>, u8>;
        type Output = u32;
        const NAME: &'static str = "odd";
    }
    let (store, _) = start(|_| {});
    let handle = store.dispatch(Odd.initiate([(vec![1], 2)].into()));
    assert_actions!(store, []);
    let error = store.run_until(&handle).unwrap_err();
    assert_eq!(error.value()["name"], "ArgError");
    assert!(error.to_string().contains("use string keys in maps"), "{error}");
    let patch = store.dispatch(Odd.update_query_data([(vec![1], 2)].into(), |it| *it += 1));
    assert!(patch.is_empty() && patch.error().is_some());
}

/// Once such an entry could never be fetched again.
#[test]
fn an_entry_that_was_pending_when_the_state_was_saved_can_be_fetched() {
    let mut saved = json!(crate::app::App::default());
    saved["posts"]["queries"][KEY] = json!({
        "status": "pending", "endpointName": "getPost", "requestId": "of another process",
        "originalArgs": 5, "startedTimeStamp": 1,
    });
    let (runtime, log) = (VirtualRuntime::new(), ActionLog::new());
    let server = ScriptedBaseQuery::new(runtime.clone());
    server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"})).after(MS));
    let store = configure_store()
        .preloaded_state(serde_json::from_value(saved).unwrap())
        .runtime(runtime.clone())
        .api(PostsApi, server.clone())
        .middleware(log.clone())
        .build()
        .unwrap();
    let store = TestStore::from_parts(store, runtime, log);
    let query = store.dispatch(GetPost.initiate(5));
    let joined = store.dispatch(GetPost.initiate(5));
    assert_eq!(store.run_until(&query).unwrap().title, "a");
    store.run_until(&joined).unwrap();
    assert_eq!(server.requests().len(), 1);
}
