//! Subscriptions, configuration and window: the parts of the slice beside the entries.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use retake_store::cache::{
    ApiOptions, CacheAction, Config, InvalidationBehavior, KeepUnusedData, QueryArg, Refetch,
    Rejected, Step, SubscriptionOptions, WindowAction,
};
use retake_store::{Store, Topic};
use serde_json::{Value, json};

use crate::cache_app::*;
use crate::dispatch_app::Log;

/// Checks the subscriptions after `actions`, in their order.
#[track_caller]
fn check(actions: &[CacheAction], expected: &str) {
    let state = fold(actions);
    assert_eq!(serde_json::to_string(state.subscriptions()).unwrap(), expected);
    for (key, subscribers) in state.subscriptions() {
        assert_eq!(state.is_subscribed(key), !subscribers.is_empty());
    }
}

fn options(json: Value) -> SubscriptionOptions {
    serde_json::from_value(json).unwrap()
}

fn with_options(id: u32, json: Value) -> QueryArg {
    QueryArg { subscription_options: Some(options(json)), ..arg(id) }
}

fn by_condition() -> Step {
    Step::Rejected(Rejected::by_condition())
}

fn unsubscribe(id: u32, request_id: &str) -> CacheAction {
    CacheAction::UnsubscribeQueryResult { request_id: request_id.into(), query_cache_key: key(id) }
}

fn update(id: u32, request_id: &str, json: Value) -> CacheAction {
    CacheAction::UpdateSubscriptionOptions {
        endpoint_name: "getPost".into(),
        request_id: request_id.into(),
        query_cache_key: key(id),
        options: options(json),
    }
}

#[test]
fn pending_and_hits_subscribe() {
    let silent = QueryArg { subscribe: false, ..arg(1) };
    check(&[query(arg(1), "r1", pending_at(1))], r#"{"getPost(1)":{"r1":{}}}"#);
    check(&[query(silent.clone(), "r1", pending_at(1))], r#"{"getPost(1)":{}}"#);
    check(&[query(arg(1), "r1", by_condition())], r#"{"getPost(1)":{"r1":{}}}"#);
    check(&[query(silent, "r1", by_condition())], "{}");
    check(&[query(arg(1), "r1", aborted())], "{}");
}

#[test]
fn a_subscription_takes_the_options_given_or_keeps_those_it_has() {
    let polling = json!({"pollingInterval": 5, "refetchOnFocus": true});
    let start = query(with_options(1, polling), "r1", pending_at(1));
    check(
        &[start.clone(), query(arg(1), "r1", by_condition())],
        r#"{"getPost(1)":{"r1":{"pollingInterval":5,"refetchOnFocus":true}}}"#,
    );
    check(
        &[start, query(with_options(1, json!({})), "r1", pending_at(2))],
        r#"{"getPost(1)":{"r1":{}}}"#,
    );
}

#[test]
fn subscriptions_stand_in_the_order_of_javascript_objects() {
    let subscribe = |id, request: &str| query(arg(id), request, by_condition());
    check(
        &[
            subscribe(2, "b"),
            subscribe(1, "z"),
            subscribe(1, "10"),
            subscribe(1, "a"),
            subscribe(1, "9"),
            subscribe(1, "z"),
        ],
        r#"{"getPost(2)":{"b":{}},"getPost(1)":{"9":{},"10":{},"z":{},"a":{}}}"#,
    );
    // Who leaves and comes back stands at the end.
    check(
        &[subscribe(1, "z"), subscribe(1, "a"), unsubscribe(1, "z"), subscribe(1, "z")],
        r#"{"getPost(1)":{"a":{},"z":{}}}"#,
    );
}

#[test]
fn options_are_replaced_as_a_whole_and_only_where_there_is_a_subscription() {
    let start = query(with_options(1, json!({"pollingInterval": 5})), "r1", pending_at(1));
    check(
        &[start.clone(), update(1, "r1", json!({"refetchOnReconnect": false}))],
        r#"{"getPost(1)":{"r1":{"refetchOnReconnect":false}}}"#,
    );
    check(
        &[start, update(1, "r9", json!({})), update(2, "r1", json!({}))],
        r#"{"getPost(1)":{"r1":{"pollingInterval":5}}}"#,
    );
}

#[test]
fn unsubscribing_leaves_an_empty_row_and_removal_none() {
    let subscribe = |id, request: &str| query(arg(id), request, by_condition());
    let two = [subscribe(1, "a"), subscribe(1, "b"), subscribe(2, "c")];
    let and = |action: CacheAction| two.iter().cloned().chain([action]).collect::<Vec<_>>();
    check(&and(unsubscribe(1, "a")), r#"{"getPost(1)":{"b":{}},"getPost(2)":{"c":{}}}"#);
    check(&and(unsubscribe(2, "c")), r#"{"getPost(1)":{"a":{},"b":{}},"getPost(2)":{}}"#);
    check(&and(unsubscribe(2, "a")), r#"{"getPost(1)":{"a":{},"b":{}},"getPost(2)":{"c":{}}}"#);
    check(&and(remove(1)), r#"{"getPost(2)":{"c":{}}}"#);
    check(&and(CacheAction::ResetApiState), "{}");
}

#[test]
fn reset_keeps_the_options_and_the_middleware_and_nothing_else() {
    let options = ApiOptions { refetch_on_focus: true, ..ApiOptions::default() };
    let config = Config::new("api", &options);
    let mut state = retake_store::cache::CacheState::new(config.clone());
    let actions = cached(1, json!("a"), ["Post"]).into_iter().chain([
        mutation("m1", None, true, pending_at(10)),
        CacheAction::MiddlewareRegistered,
        CacheAction::Window(WindowAction::Offline),
        CacheAction::Window(WindowAction::Unfocused),
        CacheAction::ResetApiState,
    ]);
    for action in actions {
        let _ = retake_store::Reducer::reduce(&mut state, &action);
    }
    let expected = Config { middleware_registered: true, ..config };
    assert_eq!(state, retake_store::cache::CacheState::new(expected));
}

#[test]
fn window_actions_set_their_flag_and_leave_the_other() {
    use WindowAction::{Focused, Offline, Online, Unfocused};
    for (actions, focused, online) in [
        (&[][..], true, true),
        (&[Unfocused], false, true),
        (&[Unfocused, Focused], true, true),
        (&[Offline], true, false),
        (&[Offline, Unfocused, Online], false, true),
        (&[Offline, Offline], true, false),
    ] {
        let actions: Vec<_> = actions.iter().copied().map(CacheAction::Window).collect();
        let state = fold(&actions);
        assert_eq!((state.config().focused, state.config().online), (focused, online));
    }
}

/// Every api sees what happens to the window, whichever api's action it came with.
#[test]
fn window_actions_concern_every_api() {
    struct Other;
    impl retake_store::cache::Api for Other {
        const REDUCER_PATH: &'static str = "other";
        type State = App;
        type Action = retake_store::cache::ApiAction<Self>;
        type BaseQuery = ();
        fn slice(_: &App) -> &retake_store::cache::ApiState<Self> {
            unreachable!("the test asks for no slice")
        }
    }
    type OtherAction = retake_store::cache::ApiAction<Other>;
    let mut app = App::default();
    let reduce = |app: &mut App, action: CacheAction| {
        !retake_store::Reducer::reduce(app, &OtherAction::new(action)).is_none()
    };
    assert!(reduce(&mut app, CacheAction::Window(WindowAction::Offline)));
    assert!(!app.api.config().online);
    assert!(!reduce(&mut app, CacheAction::MiddlewareRegistered), "that is the other api's");
}

/// Removal and reset used to be told apart: a reset left listeners of entries in the dark.
#[test]
fn subscriptions_to_entries_are_told_of_what_happens_to_them() {
    let told = Log::default();
    let store: Store<App, PostsAction> = Store::new(App::default());
    let watch = |id: u32| {
        let told = told.clone();
        store.subscribe_to(
            Topic::entry("api", &*key(id)),
            move |app: &App| app.api.query(&key(id)).map(|entry| entry.status),
            move |status| told.push(format_args!("{id} {status:?}")),
        )
    };
    let _subscriptions = (watch(1), watch(2));
    for (action, expected) in [
        (query(arg(1), "r1", pending_at(1)), &["1 Some(Pending)"][..]),
        (query(arg(2), "r2", pending_at(1)), &["2 Some(Pending)"]),
        (query(arg(1), "r1", fulfilled_at(2, data(json!(1)), no_tags())), &["1 Some(Fulfilled)"]),
        (patched(1, json!([{"op": "replace", "path": "", "value": 2}])), &[]),
        (query(arg(3), "r3", pending_at(1)), &[]),
        (remove(1), &["1 None"]),
        (
            upsert_entries("r4", 3, [1, 2].map(|id| upserted(id, data(json!(0)), no_tags()))),
            &["1 Some(Fulfilled)", "2 Some(Fulfilled)"],
        ),
        (CacheAction::ResetApiState, &["1 None", "2 None"]),
    ] {
        store.dispatch(PostsAction::new(action.clone()));
        assert_eq!(told.take(), expected, "{action:?}");
    }
}

#[test]
fn the_json_form_of_the_configuration() {
    let seconds = |seconds| KeepUnusedData::For(Duration::from_secs_f64(seconds));
    let default = ApiOptions::default();
    let base = json!({
        "online": true, "focused": true, "middlewareRegistered": false,
        "refetchOnFocus": false, "refetchOnReconnect": false,
        "refetchOnMountOrArgChange": false, "keepUnusedDataFor": 60,
        "reducerPath": "api", "invalidationBehavior": "delayed",
    });
    for (options, member, value) in [
        (default, "online", json!(true)),
        (ApiOptions { refetch_on_focus: true, ..default }, "refetchOnFocus", json!(true)),
        (ApiOptions { refetch_on_reconnect: true, ..default }, "refetchOnReconnect", json!(true)),
        (
            ApiOptions { refetch_on_mount_or_arg_change: Refetch::Always, ..default },
            "refetchOnMountOrArgChange",
            json!(true),
        ),
        (
            ApiOptions {
                refetch_on_mount_or_arg_change: Duration::from_millis(1_500).into(),
                ..default
            },
            "refetchOnMountOrArgChange",
            json!(1.5),
        ),
        (
            ApiOptions { keep_unused_data_for: seconds(0.0), ..default },
            "keepUnusedDataFor",
            json!(0),
        ),
        (
            ApiOptions { keep_unused_data_for: seconds(0.02), ..default },
            "keepUnusedDataFor",
            json!(0.02),
        ),
        (
            ApiOptions { keep_unused_data_for: KeepUnusedData::Forever, ..default },
            "keepUnusedDataFor",
            json!("Infinity"),
        ),
        (
            ApiOptions { invalidation_behavior: InvalidationBehavior::Immediately, ..default },
            "invalidationBehavior",
            json!("immediately"),
        ),
    ] {
        let config = Config::new("api", &options);
        let mut expected = base.clone();
        expected[member] = value;
        assert_eq!(to_json(&config), expected);
        assert_eq!(serde_json::from_value::<Config>(expected).unwrap(), config);
    }
    for wrong in [json!(-1), json!("forever"), json!(1e300), json!(null)] {
        let mut config = base.clone();
        config["keepUnusedDataFor"] = wrong;
        assert!(serde_json::from_value::<Config>(config.clone()).is_err(), "{config}");
    }
}

#[test]
fn an_age_is_due_when_it_is_reached() {
    let older_than = |seconds| Refetch::OlderThan(Duration::from_secs(seconds));
    for (refetch, now, fulfilled_at, is_due) in [
        (Refetch::Never, 9_000, Some(0), false),
        (Refetch::Always, 9_000, Some(9_000), true),
        (Refetch::Always, 9_000, None, true),
        (older_than(5), 9_000, Some(4_001), false),
        (older_than(5), 9_000, Some(4_000), true),
        (older_than(5), 9_000, None, false),
        (older_than(5), 9_000, Some(10_000), false),
        (older_than(u64::MAX), u64::MAX, Some(0), false),
    ] {
        assert_eq!(refetch.is_due(now, fulfilled_at), is_due, "{refetch:?} {now} {fulfilled_at:?}");
    }
}
