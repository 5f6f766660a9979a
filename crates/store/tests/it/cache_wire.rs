//! The JSON form of the slice and of its actions, which tools for RTK Query read.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use retake_store::cache::{
    CacheAction, Delta, ProvidedTags, QueryArg, Refetch, Rejected, Step, SubscriptionOptions, Tag,
    WindowAction, tag,
};
use retake_store::{Action, WireAction};
use serde_json::{Value, json};

use crate::cache_app::*;

/// Checks the JSON form of `action`, and that reading it back gives an equal action.
#[track_caller]
fn check(action: &CacheAction, expected: Value) {
    let wire = PostsAction::new(action.clone()).to_wire().unwrap();
    assert_eq!(to_json(&wire), expected);
    assert_eq!(PostsAction::new(action.clone()).action_type(), wire.kind);
    assert_eq!(through_json(action), *action);
}

fn silent(id: u32) -> QueryArg {
    QueryArg { subscribe: false, force_refetch: Some(Refetch::Always), ..arg(id) }
}

#[test]
fn requests_of_queries() {
    let asked = json!({
        "type": "query", "subscribe": true, "endpointName": "getPost",
        "originalArgs": 1, "queryCacheKey": "getPost(1)",
    });
    check(
        &query(arg(1), "r1", pending_at(10)),
        json!({"type": "api/executeQuery/pending", "meta": {
            "startedTimeStamp": 10, "arg": asked, "requestId": "r1", "requestStatus": "pending",
        }}),
    );
    check(
        &query(arg(1), "r1", fulfilled_at(15, data(json!({"id": 1})), [tag("Post", 1)])),
        json!({"type": "api/executeQuery/fulfilled", "payload": {"id": 1}, "meta": {
            "startedTimeStamp": 10, "fulfilledTimeStamp": 15, "arg": asked,
            "requestId": "r1", "requestStatus": "fulfilled",
            "retake": {"tags": {"getPost(1)": [{"type": "Post", "id": 1}]}},
        }}),
    );
    check(
        &query(arg(1), "r1", rejected_with(json!({"status": 500}), ["Post"])),
        json!({
            "type": "api/executeQuery/rejected", "payload": {"status": 500},
            "error": {"message": "Rejected"},
            "meta": {
                "startedTimeStamp": 10, "arg": asked, "requestId": "r1",
                "requestStatus": "rejected", "rejectedWithValue": true,
                "condition": false, "aborted": false,
                "retake": {"tags": {"getPost(1)": [{"type": "Post"}]}},
            },
        }),
    );
    check(
        &query(arg(1), "r1", aborted()),
        json!({
            "type": "api/executeQuery/rejected",
            "error": {"name": "AbortError", "message": "Aborted"},
            "meta": {
                "startedTimeStamp": 10, "arg": asked, "requestId": "r1",
                "requestStatus": "rejected", "rejectedWithValue": false,
                "condition": false, "aborted": true,
            },
        }),
    );
    check(
        &query(arg(1), "r1", Step::Rejected(Rejected::by_condition())),
        json!({
            "type": "api/executeQuery/rejected",
            "error": {
                "name": "ConditionError",
                "message": "Aborted due to condition callback returning false.",
            },
            "meta": {
                "arg": asked, "requestId": "r1", "requestStatus": "rejected",
                "rejectedWithValue": false, "condition": true, "aborted": false,
            },
        }),
    );
}

#[test]
fn what_a_query_was_asked() {
    let options = SubscriptionOptions {
        polling_interval: Some(std::time::Duration::from_secs(3)),
        skip_polling_if_unfocused: Some(true),
        refetch_on_focus: Some(false),
        refetch_on_reconnect: None,
    };
    let arg = QueryArg {
        subscription_options: Some(options),
        original_args: Some(Arc::new(Value::Null)),
        ..silent(1)
    };
    let action = upsert(query(arg, "r1", pending_at(10)));
    check(
        &action,
        json!({"type": "api/executeQuery/pending", "meta": {
            "startedTimeStamp": 10, "requestId": "r1", "requestStatus": "pending",
            "arg": {
                "type": "query", "subscribe": false, "forceRefetch": true,
                "subscriptionOptions": {
                    "pollingInterval": 3000, "skipPollingIfUnfocused": true,
                    "refetchOnFocus": false,
                },
                "endpointName": "getPost", "originalArgs": null,
                "queryCacheKey": "getPost(1)",
            },
            "retake": {"upsert": true},
        }}),
    );
}

#[test]
fn merges_ride_in_meta() {
    let mut step = fulfilled_at(15, data(json!([2])), no_tags());
    let Step::Fulfilled(fulfilled) = &mut step else { unreachable!() };
    fulfilled.merged = Some(Delta::between(data(json!([1])), data(json!([1, 2]))));
    fulfilled.base_query_meta = Some(Arc::new(Value::Null));
    let wire = to_json(&PostsAction::new(query(arg(1), "r1", step.clone())));
    assert_eq!(wire["payload"], json!([2]));
    assert_eq!(wire["meta"]["baseQueryMeta"], Value::Null);
    assert_eq!(
        wire["meta"]["retake"],
        json!({
            "tags": {"getPost(1)": []},
            "patches": {"getPost(1)": [{"op": "add", "path": "/1", "value": 2}]},
        })
    );
    let action = query(arg(1), "r1", step);
    assert_eq!(through_json(&action), action);
}

#[test]
fn requests_of_mutations() {
    check(
        &mutation("m1", None, true, pending_at(10)),
        json!({"type": "api/executeMutation/pending", "meta": {
            "startedTimeStamp": 10, "requestId": "m1", "requestStatus": "pending",
            "arg": {"type": "mutation", "endpointName": "setPost", "track": true},
        }}),
    );
    check(
        &mutation("m1", Some("shared"), false, fulfilled_at(15, data(json!(null)), no_tags())),
        json!({"type": "api/executeMutation/fulfilled", "payload": null, "meta": {
            "startedTimeStamp": 10, "fulfilledTimeStamp": 15, "requestId": "m1",
            "requestStatus": "fulfilled",
            "arg": {
                "type": "mutation", "endpointName": "setPost", "track": false,
                "fixedCacheKey": "shared",
            },
        }}),
    );
    check(
        &mutation("m1", None, true, rejected_with(json!(0), no_tags())),
        json!({
            "type": "api/executeMutation/rejected", "payload": 0,
            "error": {"message": "Rejected"},
            "meta": {
                "startedTimeStamp": 10, "requestId": "m1", "requestStatus": "rejected",
                "rejectedWithValue": true, "condition": false, "aborted": false,
                "arg": {"type": "mutation", "endpointName": "setPost", "track": true},
            },
        }),
    );
}

#[test]
fn the_other_actions() {
    check(
        &remove(1),
        json!({
            "type": "api/queries/removeQueryResult", "payload": {"queryCacheKey": "getPost(1)"},
        }),
    );
    check(
        &patched(1, json!([{"op": "remove", "path": "/0"}])),
        json!({"type": "api/queries/queryResultPatched", "payload": {
            "queryCacheKey": "getPost(1)", "patches": [{"op": "remove", "path": "/0"}],
        }}),
    );
    check(
        &upsert_entries("r1", 30, [upserted(1, data(json!("b")), [tag("Post", 1)])]),
        json!({
            "type": "api/queries/cacheEntriesUpserted",
            "payload": [{
                "queryDescription": {
                    "type": "query", "endpointName": "getPost",
                    "originalArgs": 1, "queryCacheKey": "getPost(1)",
                },
                "value": "b",
                "providedTags": [{"type": "Post", "id": 1}],
            }],
            "meta": {"requestId": "r1", "timestamp": 30},
        }),
    );
    for (fixed_cache_key, payload) in [
        (None, json!({"requestId": "m1"})),
        (Some("shared".into()), json!({"requestId": "m1", "fixedCacheKey": "shared"})),
    ] {
        check(
            &CacheAction::RemoveMutationResult { request_id: "m1".into(), fixed_cache_key },
            json!({"type": "api/mutations/removeMutationResult", "payload": payload}),
        );
    }
    check(
        &CacheAction::UpdateProvidedBy(vec![ProvidedTags {
            query_cache_key: key(1),
            provided_tags: [tag("Post", "LIST")].into(),
        }]),
        json!({"type": "api/invalidation/updateProvidedBy", "payload": [{
            "queryCacheKey": "getPost(1)", "providedTags": [{"type": "Post", "id": "LIST"}],
        }]}),
    );
    check(
        &CacheAction::UpdateSubscriptionOptions {
            endpoint_name: "getPost".into(),
            request_id: "r1".into(),
            query_cache_key: key(1),
            options: SubscriptionOptions::default(),
        },
        json!({"type": "api/subscriptions/updateSubscriptionOptions", "payload": {
            "endpointName": "getPost", "requestId": "r1", "queryCacheKey": "getPost(1)",
            "options": {},
        }}),
    );
    check(
        &CacheAction::UnsubscribeQueryResult { request_id: "r1".into(), query_cache_key: key(1) },
        json!({"type": "api/subscriptions/unsubscribeQueryResult", "payload": {
            "requestId": "r1", "queryCacheKey": "getPost(1)",
        }}),
    );
    check(
        &CacheAction::InvalidateTags(vec![
            "Post".into(),
            tag("Post", 5).into(),
            None::<Tag>.into(),
        ]),
        json!({
            "type": "api/invalidateTags", "payload": ["Post", {"type": "Post", "id": 5}, null],
        }),
    );
    check(&CacheAction::ResetApiState, json!({"type": "api/resetApiState"}));
    check(&CacheAction::MiddlewareRegistered, json!({"type": "api/config/middlewareRegistered"}));
    for (action, kind) in [
        (WindowAction::Focused, "__rtkq/focused"),
        (WindowAction::Unfocused, "__rtkq/unfocused"),
        (WindowAction::Online, "__rtkq/online"),
        (WindowAction::Offline, "__rtkq/offline"),
    ] {
        check(&CacheAction::Window(action), json!({"type": kind}));
    }
}

/// Actions as the real library wrote them, `RTK_autoBatch` and all.
#[test]
fn actions_of_rtk_query_are_read() {
    let log = r#"[
        {"type":"api/config/middlewareRegistered","payload":"tOFYi3mA-dQMKAGxJ6-k8"},
        {"type":"api/executeQuery/pending","meta":{"startedTimeStamp":1795307365259,"RTK_autoBatch":true,"arg":{"type":"query","subscribe":true,"endpointName":"getPost","originalArgs":1,"queryCacheKey":"getPost(1)"},"requestId":"wv9kf1XUiC1BLpA2q0gGb","requestStatus":"pending"}},
        {"type":"api/executeQuery/fulfilled","payload":{"id":1,"t":"a"},"meta":{"fulfilledTimeStamp":1795307365346,"RTK_autoBatch":true,"arg":{"type":"query","subscribe":true,"endpointName":"getPost","originalArgs":1,"queryCacheKey":"getPost(1)"},"requestId":"wv9kf1XUiC1BLpA2q0gGb","requestStatus":"fulfilled"}},
        {"type":"api/executeMutation/pending","meta":{"startedTimeStamp":1795307365354,"RTK_autoBatch":true,"arg":{"type":"mutation","endpointName":"setPost","originalArgs":{"id":1,"t":"b"},"track":true},"requestId":"cd2wE21wHnchM8G5AYAoF","requestStatus":"pending"}},
        {"type":"api/executeMutation/fulfilled","payload":{"id":1,"t":"b"},"meta":{"fulfilledTimeStamp":1795307365363,"RTK_autoBatch":true,"arg":{"type":"mutation","endpointName":"setPost","originalArgs":{"id":1,"t":"b"},"track":true},"requestId":"cd2wE21wHnchM8G5AYAoF","requestStatus":"fulfilled"}}
    ]"#;
    let read: Vec<PostsAction> = serde_json::from_str(log).unwrap();
    let actions: Vec<CacheAction> =
        read.iter().map(|action| CacheAction::clone(action.action())).collect();
    let state = fold(&actions);
    assert_eq!(
        serde_json::to_string(&state).unwrap(),
        concat!(
            r#"{"queries":{"getPost(1)":{"status":"fulfilled","endpointName":"getPost","#,
            r#""requestId":"wv9kf1XUiC1BLpA2q0gGb","originalArgs":1,"#,
            r#""startedTimeStamp":1795307365259,"data":{"id":1,"t":"a"},"#,
            r#""fulfilledTimeStamp":1795307365346}},"#,
            r#""mutations":{"cd2wE21wHnchM8G5AYAoF":{"requestId":"cd2wE21wHnchM8G5AYAoF","#,
            r#""status":"fulfilled","endpointName":"setPost","startedTimeStamp":1795307365354,"#,
            r#""data":{"id":1,"t":"b"},"fulfilledTimeStamp":1795307365363}},"#,
            r#""provided":{"tags":{},"keys":{"getPost(1)":[]}},"#,
            r#""subscriptions":{"getPost(1)":{"wv9kf1XUiC1BLpA2q0gGb":{}}},"#,
            r#""config":{"online":true,"focused":true,"middlewareRegistered":true,"#,
            r#""refetchOnFocus":false,"refetchOnReconnect":false,"#,
            r#""refetchOnMountOrArgChange":false,"keepUnusedDataFor":60,"#,
            r#""reducerPath":"api","invalidationBehavior":"delayed"}}"#,
        )
    );
}

#[test]
fn the_json_form_of_the_state_restores_everything() {
    let actions: Vec<_> = [
        cached(10, json!(null), [tag("Post", 10), tag("Post", "LIST")]).to_vec(),
        cached(9, json!({"a": [1, 2.5]}), ["Post"]).to_vec(),
        vec![
            query(arg(9), "r3", rejected_with(json!("e"), no_tags())),
            mutation("7", None, true, pending_at(1)),
            mutation("m", None, true, aborted()),
            mutation("5", Some("5"), true, pending_at(1)),
        ],
    ]
    .concat();
    let state = fold(&actions);
    let text = serde_json::to_string(&state).unwrap();
    let read: retake_store::cache::CacheState = serde_json::from_str(&text).unwrap();
    assert_eq!(read, state);
    assert_eq!(serde_json::to_string(&read).unwrap(), text, "members keep their order");
    assert!(text.contains(r#""mutations":{"5":{"requestId":"5""#), "{text}");
}

/// Types of others are not read; known types with other content are errors that say what.
#[test]
fn foreign_and_broken_actions() {
    let read = |json: Value| {
        let wire: WireAction = serde_json::from_value(json).unwrap();
        <PostsAction as Action>::from_wire(&wire).map(|result| result.map(|_| ()))
    };
    for kind in [
        "apis/resetApiState",
        "api",
        "api/",
        "resetApiState",
        "api/executeQuery",
        "api/executeQuery/",
        "api/executeQuery/settled",
        "api/internalSubscriptions/subscriptionsUpdated",
        "__rtkq/blurred",
        "",
    ] {
        let meta = json!({"arg": arg(1), "requestId": "r1"});
        assert_eq!(read(json!({"type": kind, "meta": meta})), None, "{kind}");
    }
    for (action, part) in [
        (json!({"type": "api/executeQuery/pending"}), "has no meta"),
        (
            json!({"type": "api/executeQuery/pending", "meta": {"arg": arg(1), "requestId": "r"}}),
            "`startedTimeStamp` is missing",
        ),
        (
            json!({"type": "api/executeQuery/pending", "meta": {
                "startedTimeStamp": -1, "arg": arg(1), "requestId": "r",
            }}),
            "has an unexpected meta",
        ),
        (
            json!({"type": "api/executeQuery/pending", "meta": {
                "startedTimeStamp": 1, "arg": {"type": "mutation"}, "requestId": "r",
            }}),
            "has an unexpected meta",
        ),
        (json!({"type": "api/queries/removeQueryResult"}), "has an unexpected payload"),
        (
            json!({"type": "api/queries/queryResultPatched", "payload": {
                "queryCacheKey": "k", "patches": [{"op": "replace", "path": "no", "value": 1}],
            }}),
            "has an unexpected member `patches`",
        ),
        (
            json!({"type": "api/queries/cacheEntriesUpserted", "payload": [], "meta": {}}),
            "`requestId` is missing",
        ),
        (json!({"type": "api/invalidateTags", "payload": "Post"}), "has an unexpected payload"),
    ] {
        let error = read(action.clone()).unwrap().unwrap_err().to_string();
        assert!(error.contains(part), "{action}: {error}");
        assert!(error.starts_with("action `api/"), "{error}");
    }
}
