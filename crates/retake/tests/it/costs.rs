//! What a dispatch costs, counted in visited nodes: entries, tag rows, subscriptions, timers
//! and listeners.

use std::cell::RefCell;

use retake::prelude::*;
use retake::store::cost;
use retake::thunks::PatchHandle;
use retake_testing::{Reply, TestStore};
use serde_json::json;

use crate::app::{App, AppAction, FilterAction, GetPost, PostsApi, post, start};

/// A store with `n` cached posts: half of them subscribed to, half waiting to be collected,
/// each with a tag, a timer or a subscription, and a keyed listener.
struct Full {
    store: TestStore<App, AppAction>,
    kept: RefCell<Vec<Box<dyn std::any::Any>>>,
}

fn full(n: u32) -> Full {
    let (store, _) =
        start(|server| server.on("GET posts/*", Reply::ok(json!({"id": 1, "title": "fetched"}))));
    store.dispatch(upsert_query_entries(
        (0..n).map(|id| GetPost.upsert_entry(id, post(id, "cached"))),
    ));
    let mut kept: Vec<Box<dyn std::any::Any>> = Vec::new();
    for id in 0..n {
        if id % 2 == 0 {
            kept.push(Box::new(store.dispatch(GetPost.initiate(id))));
        }
        let key = format!("getPost({id})");
        let topic = Topic::entry("posts", key.clone());
        let status = move |app: &App| app.posts.query(&key).map(|entry| entry.status);
        kept.push(Box::new(store.subscribe_to(topic, status, |_| {})));
    }
    store.settle();
    assert_eq!(store.state().posts.queries().len(), n as usize);
    assert_eq!(store.runtime().pending_timers(), n as usize / 2);
    Full { store, kept: RefCell::new(kept) }
}

/// Asserts that `work` visits about as many nodes with 10,000 entries as with 10.
#[track_caller]
fn check(what: &str, work: impl Fn(&Full)) {
    let visited = |n| {
        let full = full(n);
        cost::measure(|| work(&full)).1
    };
    let (few, many) = (visited(10), visited(10_000));
    assert!(few > 0, "{what}: nothing was counted");
    assert!(many <= few + 40, "{what}: {few} nodes of 10 entries, {many} of 10,000");
}

#[test]
fn law_5_no_dispatch_scans_the_cache() {
    check("a plain action", |full| {
        full.store.dispatch(FilterAction::TextChanged("x".into()));
        cost::visit(1);
    });
    check("a cache hit that subscribes", |full| {
        let handle = full.store.dispatch(GetPost.initiate(4));
        full.kept.borrow_mut().push(Box::new(handle));
    });
    check("a fetch, from request to answer", |full| {
        let handle = full.store.dispatch(GetPost.initiate(4).force_refetch(true));
        full.store.settle();
        full.store.runtime().advance(std::time::Duration::ZERO);
        full.kept.borrow_mut().push(Box::new(handle));
    });
    check("an unsubscription", |full| {
        let handle = full.kept.borrow_mut().remove(0);
        drop(handle);
    });
    check("an optimistic update", |full| {
        let patch = full.store.dispatch(GetPost.update_query_data(4, |post| post.title.push('!')));
        full.kept.borrow_mut().push(Box::new(patch));
    });
    check("an update and its undoing", |full| {
        let patch: PatchHandle<PostsApi> =
            full.store.dispatch(GetPost.update_query_data(5, |post| post.title.push('!')));
        patch.undo().expect("it fits");
    });
    check("an invalidation that refetches", |full| {
        full.store.dispatch(PostsApi::invalidate_tags([tag("Post", 4)]));
    });
    check("an invalidation that removes", |full| {
        full.store.dispatch(PostsApi::invalidate_tags([tag("Post", 5)]));
    });
    check("an upsert of one entry", |full| {
        full.store.dispatch(upsert_query_entries([GetPost.upsert_entry(4, post(4, "again"))]));
    });
}

/// Once each subscriber looked at all others, for the lowest polling interval.
#[test]
fn law_5_a_subscriber_more_costs_what_the_first_did() {
    let visited = |n: u32| {
        let full = full(1);
        let kept: Vec<_> = (0..n).map(|_| full.store.dispatch(GetPost.initiate(0))).collect();
        let visited = cost::measure(|| drop(full.store.dispatch(GetPost.initiate(0)))).1;
        drop(kept);
        visited
    };
    let (few, many) = (visited(10), visited(2_000));
    assert!(few > 0 && many <= few + 40, "{few} nodes for 10 subscribers, {many} for 2,000");
}

#[test]
fn the_count_sees_a_scan() {
    let full = full(1_000);
    let state = full.store.state();
    let (_, visited) = cost::measure(|| state.posts.select_cached_args_for_query("getPost"));
    assert!(visited >= 1_000, "a scan of 1,000 entries counted {visited} nodes");
}
