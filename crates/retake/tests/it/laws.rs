//! The laws of the design that concern the crates together, each by its number.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use retake::prelude::*;
use retake_testing::{Reply, assert_actions};
use serde_json::json;

use crate::app::{
    App, AppAction, AppStore, FilterAction, GetPost, ListPosts, PostsApi, RenamePost, post, start,
};

const MS: Duration = Duration::from_millis(1);

/// Law 1: closures run in thunks, actions are data. The log of a session that used tags,
/// patches, undo and upserts, written as JSON and read back, gives the same state with the
/// reducers alone, after every action.
#[test]
fn law_1_a_json_log_replays_without_endpoints() {
    let (store, _) = start(|server| {
        server.on("GET posts", Reply::ok(json!([{"id": 5, "title": "old"}])));
        server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "old"})).after(3 * MS));
        server.on("PATCH posts/5", Reply::status(500, json!("no")).after(20 * MS));
        server.on("PATCH posts/5", Reply::ok(json!({"id": 5, "title": "newer"})));
    });
    let initial = (*store.state()).clone();
    let list = store.dispatch(ListPosts.initiate(()));
    let query = store.dispatch(GetPost.initiate(5));
    store.run_until(&query).unwrap();
    store.run_until(store.dispatch(RenamePost.initiate(post(5, "new")))).unwrap_err();
    store.run_until(store.dispatch(GetPost.upsert_query_data(6, post(6, "six")))).unwrap();
    store.dispatch(upsert_query_entries([GetPost.upsert_entry(7, post(7, "seven"))]));
    store.run_until(store.dispatch(RenamePost.initiate(post(5, "newer")))).unwrap();
    store.dispatch(FilterAction::TextChanged("x".into()));
    drop((list, query));
    store.advance(Duration::from_secs(60));

    let (mut live, mut replayed) = (initial.clone(), initial);
    for action in store.log().actions() {
        let text = serde_json::to_string(&action.to_wire().unwrap()).unwrap();
        let read = AppAction::from_wire(&serde_json::from_str(&text).unwrap()).unwrap().unwrap();
        let _ = live.reduce(&action);
        let _ = replayed.reduce(&read);
        let (live, replayed) = (json!(live), json!(replayed));
        assert_eq!(live, replayed, "after {}", action.action_type());
    }
    assert_eq!(json!(replayed), json!(*store.state()));
}

/// Law 2: everything goes through one `dispatch`, and through its middleware.
#[test]
fn law_2_everything_is_dispatched() {
    let (store, _) =
        start(|server| server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"}))));
    store.dispatch(FilterAction::Cleared);
    store.dispatch(thunk(|store: &AppStore| store.dispatch(FilterAction::Cleared)));
    let handle = store.dispatch(GetPost.initiate(5));
    store.settle();
    store.advance(Duration::ZERO);
    store.dispatch(GetPost.update_query_data(5, |post| post.title.push('!')));
    store.dispatch(PostsApi::invalidate_tags(["Post"]));
    drop(handle);
    assert_actions!(
        store,
        [
            "filter/cleared",
            "filter/cleared",
            "posts/executeQuery/pending",
            "posts/executeQuery/fulfilled",
            "posts/queries/queryResultPatched",
            "posts/invalidation/updateProvidedBy",
            "posts/invalidateTags",
            "posts/executeQuery/pending",
            "posts/subscriptions/unsubscribeQueryResult",
        ]
    );
}

/// Law 4: what a thunk reads is what it acts on, whatever other threads dispatch.
#[test]
fn law_4_read_then_dispatch_is_atomic() {
    let (store, _) = start(|_| {});
    let store = store.store();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    store.dispatch(thunk(|store: &AppStore| {
                        let count: u32 = store.state().filter.text.parse().unwrap_or(0);
                        std::thread::yield_now();
                        store.dispatch(FilterAction::TextChanged((count + 1).to_string()));
                    }));
                }
            });
        }
    });
    assert_eq!(store.state().filter.text, "800");
}

/// Law 6: reactions are part of the dispatch that causes them. The refetch of an invalidated
/// entry is pending when the dispatch returns, its request was sent, and nothing settles
/// inside `initiate`, however fast the answer.
#[test]
fn law_6_reactions_are_synchronous() {
    /// Knows the answer without asking anybody.
    struct Known;
    impl Query for Known {
        type Api = PostsApi;
        type Arg = ();
        type Output = u32;
        const NAME: &'static str = "known";
        async fn query_fn(
            &self,
            (): (),
            _: QueryFnContext<PostsApi>,
        ) -> Result<Fetched<u32>, Failure> {
            Ok(42.into())
        }
    }
    let (store, server) =
        start(|server| server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"}))));
    let handle = store.dispatch(GetPost.initiate(5));
    assert_eq!(server.requests().len(), 1, "the request is sent within `initiate`");
    assert!(handle.state().is_loading());
    let known = store.dispatch(Known.initiate(()));
    assert!(known.state().is_loading(), "nothing settles within `initiate`");
    assert_eq!(*store.run_until(&known).unwrap(), 42);
    store.run_until(&handle).unwrap();
    store.dispatch(PostsApi::invalidate_tags([tag("Post", 5)]));
    assert_eq!(server.requests().len(), 2, "the refetch is sent within the dispatch");
    assert!(handle.state().is_fetching());
}

/// Law 7: dropping a handle while the thread unwinds dispatches nothing then; the next
/// dispatch makes up for it.
#[test]
fn law_7_nothing_is_dispatched_while_unwinding() {
    let (store, _) = start(|_| {});
    let handle = store.dispatch(GetPost.initiate(5));
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _handle = handle;
        std::panic::resume_unwind(Box::new("a user's bug"));
    }));
    assert!(unwound.is_err());
    assert!(store.state().posts.is_subscribed("getPost(5)"));
    store.dispatch(FilterAction::Cleared);
    assert!(!store.state().posts.is_subscribed("getPost(5)"));
}

/// Law 8: what a server sends cannot panic the library, nor can an endpoint's function.
#[test]
fn law_8_bad_answers_are_errors() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    struct Panics;
    impl Query for Panics {
        type Api = PostsApi;
        type Arg = ();
        type Output = u32;
        const NAME: &'static str = "panics";
        fn query(&self, (): &()) -> Request {
            if CALLS.fetch_add(1, Ordering::Relaxed) == 0 {
                panic!("a user's bug");
            }
            "number".into()
        }
        fn provides_tags(&self, _: QueryOutcome<'_, Self>, (): &()) -> Tags {
            panic!("another bug")
        }
    }
    let (store, _) = start(|server| {
        server.on("GET posts/5", Reply::ok(json!({"id": "five"})));
        server.on("GET number", Reply::ok(json!(1)));
    });
    let wrong = store.run_until(store.dispatch(GetPost.initiate(5))).unwrap_err();
    assert_eq!(wrong.value()["name"], "DecodeError");
    assert!(wrong.to_string().contains("the answer to `getPost` is no"), "{wrong}");

    let before = App::clone(&store.state());
    for message in ["a user's bug", "another bug"] {
        let error = store.run_until(store.dispatch(Panics.initiate(()))).unwrap_err();
        assert_eq!(error.value()["message"], message);
    }
    store.dispatch(FilterAction::TextChanged("still alive".into()));
    assert_eq!(store.state().filter.text, "still alive");
    assert_eq!(before.posts.query("getPost(5)"), store.state().posts.query("getPost(5)"));
}
