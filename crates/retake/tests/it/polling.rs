//! Polling: what starts it, what stops it, and what it costs.

use std::time::Duration;

use retake::QueryHandle;
use retake::prelude::*;
use retake::store::cost;
use retake_testing::{Reply, ScriptedBaseQuery, TestStore, assert_actions};
use serde_json::json;

use crate::app::{App, AppAction, GetPost, PostsApi, start};

const MS: Duration = Duration::from_millis(1);

fn polled() -> (TestStore<App, AppAction>, ScriptedBaseQuery, QueryHandle<GetPost>) {
    let (store, server) = start(|server| {
        server.on("GET posts/*", Reply::ok(json!({"id": 5, "title": "a"})).after(10 * MS));
    });
    let handle = store.dispatch(GetPost.initiate(5).polling_interval(100 * MS));
    store.advance(10 * MS);
    (store, server, handle)
}

/// Asserts how many requests `time` brings.
#[track_caller]
fn check(store: &TestStore<App, AppAction>, server: &ScriptedBaseQuery, time: u32, more: usize) {
    let before = server.requests().len();
    store.advance(time * MS);
    assert_eq!(server.requests().len() - before, more, "requests in {time} ms");
}

#[test]
fn an_entry_is_fetched_some_time_after_each_answer() {
    let (store, server, handle) = polled();
    check(&store, &server, 99, 0);
    check(&store, &server, 1, 1);
    check(&store, &server, 10 + 99, 0);
    check(&store, &server, 1, 1);
    drop(handle);
    check(&store, &server, 1_000, 0);
}

#[test]
fn the_options_of_a_handle_change_the_pace() {
    let (store, server, handle) = polled();
    let options = SubscriptionOptions::default();
    let every = |interval| SubscriptionOptions { polling_interval: Some(interval), ..options };
    handle.update_subscription_options(every(30 * MS));
    check(&store, &server, 30, 1);
    handle.update_subscription_options(options);
    check(&store, &server, 1_000, 0);
    handle.update_subscription_options(every(50 * MS));
    check(&store, &server, 50, 1);
}

/// The JSON form counts whole milliseconds: an interval below one is none.
#[test]
fn an_interval_below_a_millisecond_does_not_poll() {
    let (store, server) = start(|server| server.on("GET posts/*", Reply::ok(json!(null))));
    let interval = Duration::from_micros(999);
    let _handle = store.dispatch(GetPost.initiate(5).polling_interval(interval));
    check(&store, &server, 1_000, 0);
}

#[test]
fn polling_pauses_while_nobody_looks_if_asked_to() {
    let (store, server, _handle) = polled();
    let lazy = GetPost.initiate(5).polling_interval(500 * MS).skip_polling_if_unfocused(true);
    let lazy = store.dispatch(lazy);
    store.dispatch(PostsApi::window(WindowAction::Unfocused));
    check(&store, &server, 1_000, 0);
    drop(lazy);
    check(&store, &server, 110, 1);
}

#[test]
fn what_ends_an_entry_ends_its_polling() {
    for ended in [PostsApi::reset_api_state(), PostsApi::invalidate_tags(["Post"])] {
        let (store, server, handle) = polled();
        // The timer for changes is running, too.
        handle.update_subscription_options(SubscriptionOptions {
            polling_interval: Some(50 * MS),
            ..SubscriptionOptions::default()
        });
        drop(handle);
        store.dispatch(ended);
        store.advance(Duration::ZERO);
        assert_eq!(store.runtime().pending_timers(), 0);
        check(&store, &server, 1_000, 0);
    }
}

#[test]
fn polling_ends_with_the_store() {
    let (store, _, handle) = polled();
    let runtime = store.runtime().clone();
    handle.detach();
    drop(store);
    runtime.settle();
    assert_eq!((runtime.pending_timers(), runtime.pending_tasks()), (0, 0));
}

#[test]
fn polling_goes_on_after_an_error() {
    let (store, server) = start(|server| {
        server.on("GET posts/5", Reply::status(500, json!("no")));
        server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "a"})));
    });
    let handle = store.dispatch(GetPost.initiate(5).polling_interval(100 * MS));
    store.settle();
    check(&store, &server, 100, 1);
    store.settle();
    assert!(handle.state().is_success());
    assert_actions!(
        store,
        [
            "posts/executeQuery/pending",
            "posts/executeQuery/rejected",
            "posts/executeQuery/pending",
            "posts/executeQuery/fulfilled",
        ]
    );
}

/// Views that appear in one turn are one change: one timer fires for all of them.
#[test]
fn changes_of_one_turn_are_looked_at_together() {
    let (store, _, _handle) = polled();
    let fired = store.runtime().fired_timers();
    let views: Vec<_> =
        (0..100).map(|_| store.dispatch(GetPost.initiate(5).polling_interval(MS))).collect();
    store.advance(Duration::ZERO);
    assert_eq!(store.runtime().fired_timers() - fired, 1);
    drop(views);
}

/// Law 5: what a poll and a change of subscriptions cost does not grow with the entries that
/// are polled.
#[test]
fn law_5_polling_looks_at_one_entry() {
    type Work = fn(&TestStore<App, AppAction>, &mut Vec<QueryHandle<GetPost>>);
    let works: [(&str, Work); 4] = [
        ("a poll, from timer to answer", |store, _| store.runtime().advance(1_000 * MS)),
        ("a change of options", |store, handles| {
            handles[0].update_subscription_options(SubscriptionOptions::default());
            store.runtime().advance(Duration::ZERO);
        }),
        ("a subscription", |store, handles| {
            handles.push(store.dispatch(GetPost.initiate(1).polling_interval(2_000 * MS)));
            store.runtime().advance(Duration::ZERO);
        }),
        ("an unsubscription", |store, handles| {
            drop(handles.remove(0));
            store.runtime().advance(Duration::ZERO);
        }),
    ];
    let visited = |n: u32| {
        let (store, _) = start(|server| server.on("GET posts/*", Reply::ok(json!(null))));
        let slow = |id| GetPost.initiate(id).polling_interval(1_000_000 * MS);
        let mut handles: Vec<_> = (1..n).map(|id| store.dispatch(slow(id))).collect();
        handles.insert(0, store.dispatch(GetPost.initiate(0).polling_interval(1_000 * MS)));
        store.advance(Duration::ZERO);
        assert!(store.runtime().pending_timers() >= n as usize);
        works.map(|(_, work)| cost::measure(|| work(&store, &mut handles)).1)
    };
    let (few, many) = (visited(10), visited(10_000));
    for (((what, _), few), many) in works.iter().zip(few).zip(many) {
        assert!(few > 0, "{what}: nothing was counted");
        assert!(many <= few + 40, "{what}: {few} nodes of 10 entries, {many} of 10,000");
    }
}
