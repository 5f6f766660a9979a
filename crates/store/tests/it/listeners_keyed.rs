//! Keyed subscriptions: a listener is called when its part has changed, and an action costs
//! only the subscriptions that it concerns.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use retake_store::{Store, Subscription, Topic};

use crate::dispatch_app::{Act, App, Log, store};

/// Subscribes to a part of the state and writes down each look at it and each call.
fn watch(
    store: &Store<App, Act>,
    log: &Log,
    name: &'static str,
    topic: Topic<'_>,
    select: impl Fn(&App) -> Option<i64> + Send + Sync + 'static,
) -> Subscription {
    let (looked, told) = (log.clone(), log.clone());
    store.subscribe_to(
        topic,
        move |state| {
            looked.push(format_args!("{name}?"));
            select(state)
        },
        move |value| told.push(format_args!("{name}={value:?}")),
    )
}

/// Watches the count, the number of notes and the notes `a` and `b`; runs `work`.
#[track_caller]
fn check(work: impl FnOnce(&Store<App, Act>), expected: &[&str]) {
    let ((store, _), log) = (store(), Log::default());
    store.dispatch(Act::Note("a", 1));
    let _subscriptions = [
        watch(&store, &log, "count", Topic::slice("count"), |app| Some(app.count)),
        watch(&store, &log, "notes", Topic::slice("notes"), |app| Some(app.notes.len() as i64)),
        watch(&store, &log, "a", Topic::entry("notes", "a"), |app| app.notes.get("a").copied()),
        watch(&store, &log, "b", Topic::entry("notes", "b"), |app| app.notes.get("b").copied()),
    ];
    log.take();
    work(&store);
    assert_eq!(log.take(), expected);
}

#[test]
fn only_what_an_action_affects_is_looked_at_and_only_what_changed_is_told() {
    for (action, expected) in [
        (Act::Add(1), &["count?", "count=Some(1)"][..]),
        (Act::Add(0), &["count?"]),
        (Act::Idle, &[]),
        (Act::Note("a", 1), &["notes?", "a?"]),
        (Act::Note("a", 2), &["notes?", "a?", "a=Some(2)"]),
        (Act::Note("b", 2), &["notes?", "notes=Some(2)", "b?", "b=Some(2)"]),
        (Act::Note("c", 2), &["notes?", "notes=Some(2)"]),
        (Act::Clear, &["notes?", "notes=Some(0)", "a?", "a=None", "b?"]),
    ] {
        check(|store| store.dispatch(action), expected);
    }
}

#[test]
fn a_scope_tells_once_of_all_its_actions() {
    check(
        |store| {
            store.atomically(|store| {
                store.dispatch(Act::Note("a", 2));
                store.dispatch(Act::Note("b", 2));
                store.dispatch(Act::Note("a", 3));
                store.dispatch(Act::Add(1));
            });
        },
        &[
            "count?",
            "count=Some(1)",
            "notes?",
            "notes=Some(2)", //
            "a?",
            "a=Some(3)",
            "b?",
            "b=Some(2)",
        ],
    );
}

#[test]
fn a_value_that_comes_back_within_a_scope_is_no_change() {
    check(
        |store| {
            store.atomically(|store| {
                store.dispatch(Act::Note("a", 2));
                store.dispatch(Act::Note("a", 1));
            });
        },
        &["notes?", "a?"],
    );
}

#[test]
fn a_listener_that_dispatches_is_told_of_its_own_change() {
    let ((store, _), log) = (store(), Log::default());
    let (inner, told) = (store.downgrade(), log.clone());
    let _subscription = store.subscribe_to(
        Topic::slice("count"),
        |app: &App| app.count,
        move |count| {
            told.push(format_args!("{count}>"));
            if *count < 3 {
                inner.upgrade().unwrap().dispatch(Act::Add(1));
            }
            told.push(format_args!("<{count}"));
        },
    );
    store.dispatch(Act::Add(1));
    assert_eq!(log.take(), ["1>", "2>", "3>", "<3", "<2", "<1"]);
}

#[test]
fn plain_listeners_come_first_and_a_dropped_subscription_is_not_looked_at() {
    let ((store, _), log) = (store(), Log::default());
    let keyed = watch(&store, &log, "count", Topic::slice("count"), |app| Some(app.count));
    let told = log.clone();
    let _plain = store.subscribe(move |_| told.push("plain"));
    log.take();
    store.dispatch(Act::Add(1));
    assert_eq!(log.take(), ["plain", "count?", "count=Some(1)"]);
    drop(keyed);
    store.dispatch(Act::Add(1));
    assert_eq!(log.take(), ["plain"]);
}

#[test]
fn a_topic_that_no_field_has_is_never_looked_at() {
    let ((store, _), log) = (store(), Log::default());
    let _other = watch(&store, &log, "other", Topic::slice("other"), |app| Some(app.count));
    log.take();
    store.dispatch(Act::Add(1));
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn the_topics_of_other_entries_cost_nothing() {
    let ((store, _), log) = (store(), Log::default());
    let keys: Vec<String> = (0..1_000).map(|n| format!("key {n}")).collect();
    let _subscriptions: Vec<_> = keys
        .iter()
        .map(|key| watch(&store, &log, "entry", Topic::entry("notes", &**key), |_| None))
        .collect();
    log.take();
    store.dispatch(Act::Note("key 7", 1));
    assert_eq!(log.take(), ["entry?"]);
}
