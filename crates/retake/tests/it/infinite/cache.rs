//! Pages as cached data: tags, edits, lifetimes, logs.

use std::sync::Arc;
use std::time::Duration;

use retake::prelude::*;
use serde_json::json;

use super::{MS, POSTS, Posts, check_pages, feed, paged_server};
use crate::app::{AppAction, PostsApi, post};

#[test]
fn a_tag_of_any_page_fetches_all_of_them_again() {
    let (store, server) = paged_server();
    let handle = store.dispatch(POSTS.initiate("rust".into()));
    store.run_until(&handle).unwrap();
    store.run_until(handle.fetch_next_page()).unwrap();
    store.dispatch(PostsApi::invalidate_tags([tag("Post", 11)]));
    store.advance(25 * MS);
    check_pages(&handle, &[(0, 2), (1, 2)]);
    handle.unsubscribe();
    store.dispatch(PostsApi::invalidate_tags([tag("Post", 10)]));
    assert!(store.state().posts.queries().is_empty());
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn pages_are_edited_and_put_into_the_cache() {
    let (store, _) = paged_server();
    let arg = || "rust".to_owned();
    store.dispatch(upsert_query_entries([POSTS.upsert_entry(arg(), feed(&[(0, 7)]))]));
    let handle = store.dispatch(POSTS.initiate(arg()));
    check_pages(&handle, &[(0, 7)]);
    let edit = store.dispatch(POSTS.update_query_data(arg(), |draft| {
        let page = Arc::make_mut(&mut draft.pages[0]);
        page.push_back(Arc::new(post(5, "new")));
    }));
    assert_eq!(
        json!(edit.patches().unwrap()),
        json!([{"op": "add", "path": "/pages/0/1", "value": {"id": 5, "title": "new"}}])
    );
    let tagged = store.state().posts.select_invalidated_by(&[tag("Post", 5)]);
    assert_eq!(tagged.len(), 1);
    let inverse = edit.inverse_patches().unwrap().to_vec();
    store.dispatch(POSTS.patch_query_data(arg(), inverse)).unwrap();
    check_pages(&handle, &[(0, 7)]);

    // RTK Query would fetch the value once for each cached page, and cache pages of pages.
    let upsert = |pages: &[(i32, u32)]| POSTS.upsert_query_data(arg(), feed(pages));
    store.run_until(store.dispatch(upsert(&[(0, 8), (1, 8)]))).unwrap();
    store.run_until(store.dispatch(upsert(&[(0, 9), (1, 9)]))).unwrap();
    check_pages(&handle, &[(0, 9), (1, 9)]);
    store.run_until(handle.fetch_next_page()).unwrap();
    check_pages(&handle, &[(0, 9), (1, 9), (2, 1)]);
}

#[test]
fn cached_data_of_another_type_is_replaced_by_the_first_page() {
    for way in ["page", "refetch", "initiate"] {
        let (store, _) = paged_server();
        let handle = store.dispatch(POSTS.initiate("rust".into()));
        store.run_until(&handle).unwrap();
        let arg = json!({
            "type": "query", "subscribe": false, "endpointName": "posts",
            "originalArgs": "rust", "queryCacheKey": "posts(\"rust\")",
        });
        for status in ["pending", "fulfilled"] {
            let wire = serde_json::from_value(json!({
                "type": format!("posts/executeQuery/{status}"), "payload": "of an old version",
                "meta": {
                    "arg": arg, "requestId": "old", "requestStatus": status,
                    "startedTimeStamp": 1, "fulfilledTimeStamp": 2,
                },
            }));
            store.dispatch(AppAction::from_wire(&wire.unwrap()).unwrap().unwrap());
        }
        assert!(handle.state().query.is_error() && !handle.state().has_next_page);
        match way {
            "page" => store.run_until(handle.fetch_next_page()),
            "refetch" => store.run_until(handle.refetch()),
            _ => store.run_until(&store.dispatch(POSTS.initiate("rust".into()))),
        }
        .unwrap();
        check_pages(&handle, &[(0, 2)]);
    }
}

#[test]
fn a_prefetched_page_is_there_for_whoever_subscribes() {
    let (store, server) = paged_server();
    store.dispatch(POSTS.prefetch("rust".into()));
    store.advance(10 * MS);
    let handle = store.dispatch(POSTS.initiate("rust".into()));
    check_pages(&handle, &[(0, 1)]);
    assert_eq!(server.requests().len(), 1);
    drop(handle);
    store.advance(Duration::from_secs(60));
    assert!(store.state().posts.queries().is_empty());
}

/// Law 1: the log of pages, as JSON, gives the same state with the reducers alone.
#[test]
fn law_1_a_json_log_of_pages_replays_without_endpoints() {
    let (store, _) = paged_server();
    let mut live = (*store.state()).clone();
    let mut replayed = live.clone();
    let handle = store.dispatch(Posts { max_pages: Some(2) }.initiate("rust".into()));
    store.run_until(&handle).unwrap();
    for _ in 0..2 {
        store.run_until(handle.fetch_next_page()).unwrap();
    }
    store.run_until(handle.fetch_previous_page()).unwrap();
    let edit =
        store.dispatch(Posts { max_pages: Some(2) }.update_query_data("rust".into(), |draft| {
            draft.pages.pop_front();
            draft.page_params.pop_front();
        }));
    edit.undo().unwrap();
    store.run_until(handle.refetch()).unwrap();
    drop(handle);
    store.advance(Duration::from_secs(60));
    for action in store.log().actions() {
        let text = serde_json::to_string(&action.to_wire().unwrap()).unwrap();
        let read = AppAction::from_wire(&serde_json::from_str(&text).unwrap()).unwrap().unwrap();
        let _ = live.reduce(&action);
        let _ = replayed.reduce(&read);
        assert_eq!(json!(live), json!(replayed), "after {}", action.action_type());
    }
    assert_eq!(json!(replayed), json!(*store.state()));
}
