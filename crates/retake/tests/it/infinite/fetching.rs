//! Which pages are asked for, when, and what the entry shows meanwhile.

use std::sync::Arc;

use retake::prelude::*;
use retake::store::cache::Refetch;
use retake_testing::{Reply, assert_actions};
use serde_json::json;

use super::{MS, POSTS, Posts, check_pages, feed, page, paged_server, urls};
use crate::app::start;

#[test]
fn pages_are_added_at_both_ends() {
    let (store, server) = paged_server();
    let handle = store.dispatch(Posts { max_pages: Some(3) }.initiate("rust".into()));
    assert_eq!(*store.run_until(&handle).unwrap(), feed(&[(0, 1)]));
    for (fetched, pages) in [
        (handle.fetch_next_page(), &[(0, 1), (1, 1)][..]),
        (handle.fetch_previous_page(), &[(0, 1), (1, 1)]),
    ] {
        // The second one finds a request under way, and waits for it.
        assert_eq!(*store.run_until(fetched).unwrap(), feed(pages));
    }
    store.run_until(handle.fetch_previous_page()).unwrap();
    check_pages(&handle, &[(-1, 1), (0, 1), (1, 1)]);
    store.run_until(handle.fetch_next_page()).unwrap();
    check_pages(&handle, &[(0, 1), (1, 1), (2, 1)]);
    store.run_until(handle.fetch_previous_page()).unwrap();
    check_pages(&handle, &[(-1, 2), (0, 1), (1, 1)]);
    let asked = ["0", "1", "-1", "2", "-1"].map(|number| format!("rust?page={number}"));
    assert_eq!(urls(&server), asked);
}

#[test]
fn the_flags_say_what_is_fetched_and_what_there_is() {
    let (store, _) = paged_server();
    let select = POSTS.select(&"rust".into());
    let flags = || {
        let state = select(&store.state());
        let fetching = (state.is_fetching_next_page(), state.is_fetching_previous_page());
        (state.has_next_page, state.has_previous_page, fetching)
    };
    assert_eq!(flags(), (false, false, (false, false)));
    let handle = store.dispatch(POSTS.initiate("rust".into()));
    assert_eq!(flags(), (false, false, (false, false)));
    store.run_until(&handle).unwrap();
    assert_eq!(flags(), (true, true, (false, false)));
    let next = handle.fetch_next_page();
    assert_eq!(flags(), (true, true, (true, false)));
    store.run_until(next).unwrap();
    let previous = handle.fetch_previous_page();
    assert_eq!(flags(), (true, true, (false, true)));
    store.run_until(previous).unwrap();
    assert_eq!(flags(), (true, false, (false, false)));
    let again = handle.refetch();
    assert_eq!(flags(), (true, false, (false, false)));
    assert!(handle.state().query.is_fetching());
    assert_eq!(handle.state().direction, None);
    store.run_until(again).unwrap();
    for _ in 0..2 {
        store.run_until(handle.fetch_next_page()).unwrap();
    }
    assert_eq!(flags(), (false, false, (false, false)));
    assert_eq!(handle.state(), select(&store.state()));
}

#[test]
fn a_page_beyond_the_end_is_not_asked_for() {
    let (store, server) = paged_server();
    let handle = store.dispatch(POSTS.initiate("rust".into()));
    store.run_until(&handle).unwrap();
    store.run_until(handle.fetch_previous_page()).unwrap();
    store.clear();
    let pages = store.run_until(handle.fetch_previous_page()).unwrap();
    assert_eq!(*pages, feed(&[(-1, 1), (0, 1)]));
    let rejected = store.log().wires().pop().unwrap();
    assert_eq!(rejected.meta.unwrap()["condition"], json!(true));
    assert_actions!(store, ["posts/executeQuery/rejected"]);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn fetching_again_asks_for_all_pages_one_after_the_other_and_changes_the_entry_once() {
    let (store, server) = paged_server();
    let handle = store.dispatch(POSTS.initiate("rust".into()));
    store.run_until(&handle).unwrap();
    store.run_until(handle.fetch_next_page()).unwrap();
    let before = handle.state().query.data.unwrap();
    store.clear();
    let again = handle.refetch();
    store.advance(15 * MS);
    assert!(Arc::ptr_eq(&handle.state().query.data.unwrap(), &before));
    assert_eq!(urls(&server)[2..], ["rust?page=0", "rust?page=1"]);
    let after = store.run_until(again).unwrap();
    assert_eq!(*after, feed(&[(0, 2), (1, 2)]));
    assert_actions!(store, ["posts/executeQuery/pending", "posts/executeQuery/fulfilled"]);
    // The last version repeats: nothing has changed, and the pages are the same in memory.
    let again = store.run_until(handle.refetch()).unwrap();
    assert!(Arc::ptr_eq(&again, &after));
    let first = store.run_until(handle.refetch_cached_pages(false)).unwrap();
    assert_eq!(*first, feed(&[(0, 2)]));
    assert!(Arc::ptr_eq(&first.pages[0], &after.pages[0]));
}

/// What comes after pages is asked for with what the new pages say.
#[test]
fn a_list_that_became_shorter_is_shorter_after_fetching_again() {
    let (store, _) = start(|server| {
        server.on("GET rust?page=0", Reply::ok(page(0, 1)));
        server.on("GET rust?page=0", Reply::ok(json!([])));
        server.on("GET rust?page=1", Reply::ok(page(1, 1)));
    });
    let handle = store.dispatch(POSTS.initiate("rust".into()));
    store.run_until(&handle).unwrap();
    store.run_until(handle.fetch_next_page()).unwrap();
    let pages = store.run_until(handle.refetch()).unwrap();
    assert_eq!(pages.pages.len(), 1);
    assert!(pages.pages[0].is_empty());
}

#[test]
fn an_error_or_an_abortion_in_the_middle_changes_no_page() {
    let (store, server) = start(|server| {
        server.on("GET rust?page=0", Reply::ok(page(0, 1)).after(10 * MS));
        server.on("GET rust?page=1", Reply::ok(page(1, 1)).after(10 * MS));
        server.on("GET rust?page=1", Reply::status(500, json!("no")).after(10 * MS));
        server.on("GET rust?page=1", Reply::ok(page(1, 2)).after(10 * MS));
    });
    let handle = store.dispatch(POSTS.initiate("rust".into()));
    store.run_until(&handle).unwrap();
    store.run_until(handle.fetch_next_page()).unwrap();
    let error = store.run_until(handle.refetch()).unwrap_err();
    assert_eq!(*error.value(), json!({"status": 500, "topic": "rust"}));
    assert!(!handle.state().is_fetch_next_page_error(), "all pages were asked for");
    assert_eq!(handle.state().query.data.as_deref(), Some(&feed(&[(0, 1), (1, 1)])));

    let again = handle.refetch();
    store.advance(15 * MS);
    again.handle().abort();
    let error = store.run_until(again).unwrap_err();
    assert_eq!(error.value()["name"], json!("AbortError"));
    assert_eq!(server.aborted(), [server.requests().len() - 1], "of the second page");
    assert_eq!(handle.state().query.data.as_deref(), Some(&feed(&[(0, 1), (1, 1)])));
}

#[test]
fn a_page_that_fails_is_said_by_its_flag() {
    let (store, _) = start(|server| {
        server.on("GET rust?page=0", Reply::ok(page(0, 1)));
        server.on("GET rust?page=1", Reply::status(500, json!("no")));
        server.on("GET rust?page=1", Reply::ok(page(1, 1)));
    });
    let handle = store.dispatch(POSTS.initiate("rust".into()));
    store.run_until(&handle).unwrap();
    store.run_until(handle.fetch_next_page()).unwrap_err();
    assert!(handle.state().is_fetch_next_page_error());
    assert!(!handle.state().is_fetch_previous_page_error());
    assert_eq!(handle.state().query.data.as_deref(), Some(&feed(&[(0, 1)])));
    store.run_until(handle.fetch_next_page()).unwrap();
    check_pages(&handle, &[(0, 1), (1, 1)]);
}

#[test]
fn a_dispatch_says_where_it_starts_and_in_which_direction() {
    let (store, server) = paged_server();
    let initiate = POSTS
        .initiate("rust".into())
        .initial_page_param(&2)
        .direction(InfiniteQueryDirection::Backward)
        .refetch_cached_pages(false)
        .param(json!("why"));
    let handle = store.dispatch(initiate);
    let pending = store.log().wires().pop().unwrap().meta.unwrap();
    assert_eq!(pending["direction"], json!("backward"));
    assert_eq!(
        pending["arg"],
        json!({
            "type": "query", "subscribe": true, "endpointName": "posts",
            "originalArgs": "rust", "queryCacheKey": "posts(\"rust\")",
            "direction": "backward", "initialPageParam": 2, "refetchCachedPages": false,
            "param": "why",
        })
    );
    store.run_until(&handle).unwrap();
    check_pages(&handle, &[(2, 1)]);
    store.run_until(handle.fetch_next_page()).unwrap();
    let forced =
        POSTS.initiate("rust".into()).force_refetch(Refetch::Always).refetch_cached_pages(false);
    let forced = store.dispatch(forced);
    store.run_until(&forced).unwrap();
    check_pages(&handle, &[(2, 2)]);
    assert_eq!(urls(&server), ["rust?page=2", "rust?page=3", "rust?page=2"]);
}
