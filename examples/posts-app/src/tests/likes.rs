//! Likes are shown at once and sent together.

use retake::prelude::*;
use retake_testing::{Reply, ScriptedBaseQuery, TestStore, assert_actions};
use serde_json::json;

use super::{MS, list, post, requests_since, start};
use crate::endpoints::{GetPost, ListPosts};
use crate::{App, AppAction, LIKES_QUIET, LikesAction, like};

/// Returns the likes of post 1 as they are shown: by itself, and in the list.
fn shown(app: &App) -> (u32, u32) {
    (GetPost.select(&1)(app).data.unwrap().likes, list(app)[0].likes)
}

/// Returns a store in which post 1 is shown twice.
fn start_showing(
    script: impl FnOnce(&ScriptedBaseQuery),
) -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    let (store, server) = start(script);
    let list = store.dispatch(ListPosts.initiate(()));
    let detail = store.dispatch(GetPost.initiate(1));
    store.run_until(&list).unwrap();
    store.run_until(&detail).unwrap();
    list.detach();
    detail.detach();
    store.clear();
    (store, server)
}

#[test]
fn a_burst_is_one_request() {
    let (store, server) = start_showing(|server| {
        server.on("POST posts/1/likes", Reply::ok(post(1, "one", 9)));
    });
    for count in 1..=3 {
        store.dispatch(like(1));
        assert_eq!(shown(&store.state()), (count, count), "at once");
        store.advance(LIKES_QUIET - MS);
    }
    assert!(requests_since(&server, 2).is_empty(), "not while likes keep coming");
    store.advance(2 * LIKES_QUIET);
    assert_eq!(requests_since(&server, 2), ["POST posts/1/likes"]);
    assert_eq!(server.requests()[2].body, Some(json!({"id": 1, "count": 3}).into()));
    assert_eq!(shown(&store.state()), (9, 9), "what the server counts");

    store.dispatch(like(1));
    store.advance(2 * LIKES_QUIET);
    assert_eq!(
        server.requests()[3].body,
        Some(json!({"id": 1, "count": 1}).into()),
        "the next burst"
    );
}

#[test]
fn the_order_of_a_single_like() {
    let (store, _) = start_showing(|server| {
        server.on("POST posts/1/likes", Reply::ok(post(1, "one", 1)));
    });
    store.dispatch(like(1));
    assert_actions!(
        store,
        [
            "likes/added",
            "posts/queries/queryResultPatched",
            "posts/queries/queryResultPatched",
            "likes/send/pending",
        ]
    );
    store.advance(LIKES_QUIET);
    assert_actions!(
        store,
        [
            "likes/taken",
            "posts/executeMutation/pending",
            "posts/executeMutation/fulfilled",
            "likes/send/fulfilled",
        ]
    );
}

#[test]
fn likes_that_come_while_others_are_sent_stay_shown() {
    let (store, server) = start_showing(|server| {
        server.on("POST posts/1/likes", Reply::ok(post(1, "one", 1)).after(50 * MS));
        server.on("POST posts/1/likes", Reply::ok(post(1, "one", 2)));
    });
    store.dispatch(like(1));
    store.advance(LIKES_QUIET);
    store.dispatch(like(1));
    store.advance(50 * MS);
    assert_eq!(shown(&store.state()), (2, 2), "one that the server knows, and one more");
    store.advance(2 * LIKES_QUIET);
    assert_eq!(requests_since(&server, 2), ["POST posts/1/likes"; 2]);
    assert_eq!(shown(&store.state()), (2, 2));
}

#[test]
fn refused_likes_are_gone_when_the_server_was_asked() {
    let (store, server) = start_showing(|server| {
        server.on("POST posts/1/likes", Reply::status(503, json!({"message": "later"})));
    });
    store.dispatch(like(1));
    store.dispatch(like(1));
    store.advance(2 * LIKES_QUIET);
    assert_eq!(requests_since(&server, 2), ["POST posts/1/likes", "GET posts", "GET posts/1"]);
    assert_eq!(shown(&store.state()), (0, 0));
    assert_eq!(store.state().likes.unsent(1), 0);
}

#[test]
fn posts_are_counted_apart() {
    let mut likes = crate::Likes::default();
    for (action, unsent) in
        [(LikesAction::Added(1), 1), (LikesAction::Added(1), 2), (LikesAction::Taken(1), 0)]
    {
        let _ = likes.reduce(&action);
        assert_eq!((likes.unsent(1), likes.unsent(2)), (unsent, 0));
    }
}
