//! What infinite queries have of queries: options of subscriptions, selectors, enhancement, requests
//! under way, matchers.

use std::sync::Arc;

use retake::InfiniteQueryHandle;
use retake::prelude::*;
use serde_json::json;

use super::{MS, POSTS, Posts, check_pages, feed, paged_server, urls};
use crate::app::PostsApi;

fn arg() -> String {
    "rust".to_owned()
}

#[test]
fn an_initiation_sets_the_options_of_the_subscription() {
    let (store, server) = paged_server();
    let initiate = POSTS.initiate(arg()).polling_interval(100 * MS).refetch_on_focus(true);
    let handle =
        store.dispatch(initiate.skip_polling_if_unfocused(true).refetch_on_reconnect(true));
    let pending = store.log().wires().pop().unwrap().meta.unwrap();
    assert_eq!(
        pending["arg"]["subscriptionOptions"],
        json!({
            "pollingInterval": 100, "skipPollingIfUnfocused": true,
            "refetchOnFocus": true, "refetchOnReconnect": true,
        })
    );
    store.run_until(&handle).unwrap();
    store.run_until(handle.fetch_next_page()).unwrap();
    store.advance(100 * MS);
    store.advance(20 * MS);
    check_pages(&handle, &[(0, 2), (1, 2)]);
    store.dispatch(PostsApi::window(WindowAction::Unfocused));
    store.advance(500 * MS);
    assert_eq!(server.requests().len(), 4, "it does not poll for a window in the background");
    store.dispatch(PostsApi::window(WindowAction::Focused));
    store.advance(20 * MS);
    store.dispatch(PostsApi::window(WindowAction::Online));
    store.advance(20 * MS);
    assert_eq!(server.requests().len(), 8);
}

#[test]
fn a_state_reads_as_that_of_a_query() {
    let (store, _) = paged_server();
    let handle = store.dispatch(POSTS.initiate(arg()));
    assert!(handle.state().is_fetching() && handle.state().is_loading());
    assert!(handle.state().data.is_none());
    store.run_until(&handle).unwrap();
    let state = handle.state();
    assert!(state.is_success() && state.error.is_none());
    assert_eq!(state.data.as_deref(), Some(&feed(&[(0, 1)])));
    assert_eq!(POSTS.select_if(Some(&arg()))(&store.state()), state);
    let none = POSTS.select_if(None)(&store.state());
    assert!(none.is_uninitialized() && !none.has_next_page);
}

#[test]
fn an_enhancement_sees_pages() {
    let (store, server) = paged_server();
    store.dispatch(POSTS.enhance().provides_tags(|_, outcome, _| {
        outcome.data.into_iter().map(|data| tag("Post", data.pages.len())).collect()
    }));
    let handle = store.dispatch(POSTS.initiate(arg()));
    store.run_until(&handle).unwrap();
    store.run_until(handle.fetch_next_page()).unwrap();
    store.dispatch(PostsApi::invalidate_tags([tag("Post", 2)]));
    store.advance(20 * MS);
    check_pages(&handle, &[(0, 2), (1, 2)]);
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn the_fetch_of_a_page_is_found_and_aborted() {
    let (store, server) = paged_server();
    assert!(store.dispatch(POSTS.running_query(&arg())).is_none());
    let handle = store.dispatch(POSTS.initiate(arg()));
    store.run_until(&handle).unwrap();
    for by_handle in [true, false] {
        let next = handle.fetch_next_page();
        // It is a request of another dispatch.
        handle.abort();
        assert!(handle.state().is_fetching_next_page());
        let running = store.dispatch(POSTS.running_query(&arg())).unwrap();
        assert_eq!(running.request_id(), next.handle().request_id());
        let running = InfiniteQueryHandle::<Posts>::from(running);
        assert!(running.state().is_fetching_next_page());
        if by_handle {
            next.handle().abort();
        } else {
            running.abort();
        }
        let error = store.run_until(next).unwrap_err();
        assert_eq!(error.value()["name"], json!("AbortError"));
        assert!(handle.state().is_fetch_next_page_error() && handle.state().has_next_page);
        assert_eq!(handle.state().data.as_deref(), Some(&feed(&[(0, 1)])));
    }
    assert_eq!(server.aborted(), [1, 2]);
    store.run_until(handle.fetch_next_page()).unwrap();
    assert_eq!(urls(&server)[1..], ["rust?page=1"; 3]);
}

#[test]
fn actions_match_their_endpoint() {
    let (store, _) = paged_server();
    let handle = store.dispatch(POSTS.initiate(arg()));
    store.run_until(&handle).unwrap();
    let next = handle.fetch_next_page();
    next.handle().abort();
    store.run_until(next).unwrap_err();
    let mut found = Vec::new();
    for action in store.log().actions() {
        if let Some(pending) = POSTS.match_pending(&action) {
            found.push(format!("asks for {}", pending.arg().unwrap()));
        } else if let Some(fulfilled) = POSTS.match_fulfilled(&action) {
            let pages = fulfilled.data().unwrap();
            assert!(Arc::ptr_eq(&pages, handle.state().data.as_ref().unwrap()));
            found.push(format!("has {}", pages.pages.len()));
        } else if let Some(rejected) = POSTS.match_rejected(&action) {
            found.push(format!("is aborted: {}", rejected.is_aborted()));
        }
    }
    assert_eq!(found, ["asks for rust", "has 1", "asks for rust", "is aborted: true"]);
}
