//! A log of cache actions replays to the live state, without the application's endpoints.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{AppInfo, LogOptions, LogReader, LogWriter, fold, verify};
use crate::cache::{
    Api, ApiAction, ApiState, CacheAction, CacheData, Delta, Fulfilled, MutationArg, PageArg,
    ProvidedTags, QueryArg, Rejected, Request, SerializedError, Step, SubscriptionOptions, Tags,
    UpsertedEntry, WindowAction, tag,
};
use crate::reducer::Reducer;

struct Posts;

impl Api for Posts {
    const REDUCER_PATH: &'static str = "posts";
    const TAG_TYPES: &'static [&'static str] = &["Post"];
    type State = ApiState<Self>;
    type Action = ApiAction<Self>;
    type BaseQuery = ();
    fn slice(state: &ApiState<Self>) -> &ApiState<Self> {
        state
    }
}

/// What an action is in a running application, and the line that it is in a log.
type Case = (CacheAction, Value);

fn list(rows: &[&str]) -> CacheData {
    CacheData::new(rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>())
}

fn query(key: &str, request_id: &str, step: Step) -> CacheAction {
    let arg = QueryArg {
        subscribe: true,
        force_refetch: None,
        subscription_options: None,
        endpoint_name: "list".into(),
        original_args: Some(Arc::new(json!(key))),
        query_cache_key: key.into(),
        page: PageArg::default(),
    };
    let (arg, request_id) = (Arc::new(arg), request_id.into());
    CacheAction::Query(Request { arg, request_id, upsert: false, step })
}

fn mutation(request_id: &str, step: Step) -> CacheAction {
    let arg = MutationArg {
        endpoint_name: "add".into(),
        original_args: None,
        track: true,
        fixed_cache_key: None,
    };
    let (arg, request_id) = (Arc::new(arg), request_id.into());
    CacheAction::Mutation(Request { arg, request_id, upsert: false, step })
}

fn pending(at: u64) -> Step {
    Step::Pending { started_time_stamp: at }
}

fn fulfilled(at: u64, payload: CacheData, merged: Option<Delta>, tags: Tags) -> Step {
    Step::Fulfilled(Fulfilled {
        payload,
        started_time_stamp: at,
        fulfilled_time_stamp: at + 5,
        base_query_meta: None,
        merged,
        tags,
    })
}

fn rejected(at: u64, payload: Option<Value>, tags: Tags) -> Step {
    Step::Rejected(Rejected {
        payload: payload.map(Arc::new),
        error: SerializedError::rejected(),
        aborted: false,
        condition: false,
        started_time_stamp: Some(at),
        base_query_meta: None,
        tags,
    })
}

fn wire_arg(key: &str) -> Value {
    json!({"type": "query", "subscribe": true, "endpointName": "list", "originalArgs": key,
        "queryCacheKey": key})
}

fn requests() -> Vec<Case> {
    let merged = Delta::between(list(&["a", "b"]), list(&["a", "b", "c"]));
    let add = json!({"type": "mutation", "endpointName": "add", "track": true});
    vec![
        (
            query("z", "q1", pending(10)),
            json!({"type": "posts/executeQuery/pending", "meta": {"startedTimeStamp": 10,
                "arg": wire_arg("z"), "requestId": "q1", "requestStatus": "pending"}}),
        ),
        (
            query("z", "q1", fulfilled(10, list(&["a", "b"]), None, [tag("Post", 2)].into())),
            json!({"type": "posts/executeQuery/fulfilled", "payload": ["a", "b"], "meta": {
                "startedTimeStamp": 10, "fulfilledTimeStamp": 15, "arg": wire_arg("z"),
                "requestId": "q1", "requestStatus": "fulfilled",
                "retake": {"tags": {"z": [{"type": "Post", "id": 2}]}}}}),
        ),
        (
            query("z", "q2", pending(20)),
            json!({"type": "posts/executeQuery/pending", "meta": {"startedTimeStamp": 20,
                "arg": wire_arg("z"), "requestId": "q2", "requestStatus": "pending"}}),
        ),
        (
            // The answer is one row; the endpoint's `merge` appends it.
            query("z", "q2", fulfilled(20, list(&["c"]), Some(merged), ["Post"].into())),
            json!({"type": "posts/executeQuery/fulfilled", "payload": ["c"], "meta": {
                "startedTimeStamp": 20, "fulfilledTimeStamp": 25, "arg": wire_arg("z"),
                "requestId": "q2", "requestStatus": "fulfilled",
                "retake": {"tags": {"z": [{"type": "Post"}]},
                    "patches": {"z": [{"op": "add", "path": "/2", "value": "c"}]}}}}),
        ),
        (
            query("a", "q3", pending(30)),
            json!({"type": "posts/executeQuery/pending", "meta": {"startedTimeStamp": 30,
                "arg": wire_arg("a"), "requestId": "q3", "requestStatus": "pending"}}),
        ),
        (
            query("a", "q3", rejected(30, Some(json!({"status": 404})), [tag("Post", "x")].into())),
            json!({"type": "posts/executeQuery/rejected", "payload": {"status": 404},
                "error": {"message": "Rejected"}, "meta": {"startedTimeStamp": 30,
                "arg": wire_arg("a"), "requestId": "q3", "requestStatus": "rejected",
                "rejectedWithValue": true, "condition": false, "aborted": false,
                "retake": {"tags": {"a": [{"type": "Post", "id": "x"}]}}}}),
        ),
        (
            mutation("m1", pending(40)),
            json!({"type": "posts/executeMutation/pending", "meta": {"startedTimeStamp": 40,
                "arg": add, "requestId": "m1", "requestStatus": "pending"}}),
        ),
        (
            mutation("m1", fulfilled(40, CacheData::new(7), None, Tags::none())),
            json!({"type": "posts/executeMutation/fulfilled", "payload": 7, "meta": {
                "startedTimeStamp": 40, "fulfilledTimeStamp": 45, "arg": add, "requestId": "m1",
                "requestStatus": "fulfilled"}}),
        ),
        (
            mutation("m2", pending(50)),
            json!({"type": "posts/executeMutation/pending", "meta": {"startedTimeStamp": 50,
                "arg": add, "requestId": "m2", "requestStatus": "pending"}}),
        ),
        (
            mutation("m2", rejected(50, None, Tags::none())),
            json!({"type": "posts/executeMutation/rejected", "error": {"message": "Rejected"},
                "meta": {"startedTimeStamp": 50, "arg": add, "requestId": "m2",
                "requestStatus": "rejected", "rejectedWithValue": false, "condition": false,
                "aborted": false}}),
        ),
    ]
}

fn edits() -> Vec<Case> {
    let optimistic = Delta::between(list(&["a", "b", "c"]), list(&["b", "c"]));
    let undo = optimistic.inverse().unwrap();
    let patched =
        |patches| CacheAction::QueryResultPatched { query_cache_key: "z".into(), patches };
    let upserted = |key: &str, value, merged| UpsertedEntry {
        endpoint_name: "list".into(),
        original_args: Some(Arc::new(json!(key))),
        query_cache_key: key.into(),
        value,
        provided_tags: [tag("Post", 3)].into(),
        merged,
    };
    let merged = Delta::between(list(&["a", "b", "c"]), list(&["d", "a", "b", "c"]));
    let description = |key| json!({"type": "query", "endpointName": "list", "originalArgs": key, "queryCacheKey": key});
    let polling = SubscriptionOptions { refetch_on_focus: Some(true), ..Default::default() };
    vec![
        (
            patched(optimistic),
            json!({"type": "posts/queries/queryResultPatched", "payload": {"queryCacheKey": "z",
                "patches": [{"op": "remove", "path": "/0"}]}}),
        ),
        (
            patched(undo),
            json!({"type": "posts/queries/queryResultPatched", "payload": {"queryCacheKey": "z",
                "patches": [{"op": "add", "path": "/0", "value": "a"}]}}),
        ),
        (
            CacheAction::CacheEntriesUpserted {
                entries: vec![
                    upserted("10", list(&["n"]), None),
                    upserted("z", list(&["d"]), Some(merged)),
                ],
                request_id: "u1".into(),
                timestamp: 60,
            },
            json!({"type": "posts/queries/cacheEntriesUpserted", "payload": [
                {"queryDescription": description("10"), "value": ["n"],
                    "providedTags": [{"type": "Post", "id": 3}]},
                {"queryDescription": description("z"), "value": ["d"],
                    "providedTags": [{"type": "Post", "id": 3}]}],
                "meta": {"requestId": "u1", "timestamp": 60, "retake": {"patches": {
                    "z": [{"op": "add", "path": "/0", "value": "d"}]}}}}),
        ),
        (
            CacheAction::UpdateProvidedBy(vec![ProvidedTags {
                query_cache_key: "z".into(),
                provided_tags: [tag("Post", 1), tag("Post", "1")].into(),
            }]),
            json!({"type": "posts/invalidation/updateProvidedBy", "payload": [{"queryCacheKey": "z",
                "providedTags": [{"type": "Post", "id": 1}, {"type": "Post", "id": "1"}]}]}),
        ),
        (
            CacheAction::UpdateSubscriptionOptions {
                endpoint_name: "list".into(),
                request_id: "q1".into(),
                query_cache_key: "z".into(),
                options: polling,
            },
            json!({"type": "posts/subscriptions/updateSubscriptionOptions", "payload": {
                "endpointName": "list", "requestId": "q1", "queryCacheKey": "z",
                "options": {"refetchOnFocus": true}}}),
        ),
        (
            CacheAction::UnsubscribeQueryResult {
                request_id: "q3".into(),
                query_cache_key: "a".into(),
            },
            json!({"type": "posts/subscriptions/unsubscribeQueryResult",
                "payload": {"requestId": "q3", "queryCacheKey": "a"}}),
        ),
        (
            CacheAction::RemoveQueryResult { query_cache_key: "a".into() },
            json!({"type": "posts/queries/removeQueryResult", "payload": {"queryCacheKey": "a"}}),
        ),
        (
            CacheAction::RemoveMutationResult { request_id: "m1".into(), fixed_cache_key: None },
            json!({"type": "posts/mutations/removeMutationResult", "payload": {"requestId": "m1"}}),
        ),
        (CacheAction::Window(WindowAction::Unfocused), json!({"type": "__rtkq/unfocused"})),
        (
            CacheAction::InvalidateTags(vec![tag("Post", 1).into()]),
            json!({"type": "posts/invalidateTags", "payload": [{"type": "Post", "id": 1}]}),
        ),
        (CacheAction::MiddlewareRegistered, json!({"type": "posts/config/middlewareRegistered"})),
    ]
}

fn text(state: &ApiState<Posts>) -> String {
    serde_json::to_string(state).unwrap()
}

#[test]
fn json_actions_fold_to_the_live_state() {
    let reset = (CacheAction::ResetApiState, json!({"type": "posts/resetApiState"}));
    let cases: Vec<_> = requests().into_iter().chain(edits()).chain([reset]).collect();
    let mut live = ApiState::<Posts>::default();
    let state = text(&live);
    let mut log = format!(
        "{{\"retake\":1,\"app\":{{\"name\":\"a\",\"version\":\"1\"}},\"state\":{state}}}\n"
    );
    let mut states = Vec::new();
    for (index, (action, wire)) in cases.into_iter().enumerate() {
        let _ = live.reduce(&ApiAction::<Posts>::from(action));
        states.push(text(&live));
        log += &format!("{}\n", json!({"seq": index + 1, "at": 0, "action": wire}));
    }
    let reader = LogReader::new(log.as_bytes()).unwrap();
    let mut replay = fold::<ApiState<Posts>, ApiAction<Posts>, _>(reader).unwrap();
    for live in &states {
        let step = replay.next_step().unwrap().unwrap();
        assert_eq!(&text(step.state), live, "line {}: {:?}", step.line, step.content);
    }
    assert!(replay.next_step().is_none());
    // Each action did something, but for the one that only middleware reads.
    let unchanged = states.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert_eq!(unchanged, 1);
}

#[test]
fn a_written_log_continues_from_any_state() {
    let mut live = ApiState::<Posts>::default();
    for (action, _) in requests() {
        let _ = live.reduce(&ApiAction::<Posts>::from(action));
    }
    let options = LogOptions::new().with_hashes(true).with_patches(true).snapshot_every(3);
    let app = AppInfo::new("posts", "1");
    let mut writer = LogWriter::new(Vec::new(), app, &live, options).unwrap();
    for (action, wire) in edits() {
        let action = ApiAction::<Posts>::from(action);
        let _ = live.reduce(&action);
        writer.append(0, &action, &live).unwrap();
        let written = serde_json::to_value(&action).unwrap();
        assert_eq!(written, wire);
    }
    let log = writer.into_inner();
    let reader = || LogReader::new(&*log).unwrap();
    let end = fold::<ApiState<Posts>, ApiAction<Posts>, _>(reader()).unwrap().run().unwrap();
    assert_eq!(text(&end), text(&live));
    let verified = verify::<ApiState<Posts>, ApiAction<Posts>, _>(reader()).unwrap();
    assert_eq!((verified.actions, verified.compared), (11, 11));
}
