//! The slices of a log's apis replay without the application that wrote it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use retake_store::cache::{
    Api, ApiAction, ApiState, CacheAction, Rehydration, Step, WindowAction, tag,
};
use retake_store::log::{
    AppInfo, LogError, LogOptions, LogReader, LogWriter, UntypedAction, VerifyError,
    fold_api_slices,
};
use retake_store::{Action, Reducer, WireAction};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cache_app::*;

/// A state with two apis and slices that are none.
#[derive(Default, Serialize)]
struct Site {
    filter: String,
    /// It says of itself that it is somebody else.
    copy: ApiState<PostsApi>,
    users: ApiState<UsersApi>,
    api: ApiState<PostsApi>,
    count: u32,
}

struct UsersApi;

impl Api for UsersApi {
    const REDUCER_PATH: &'static str = "users";
    type State = ApiState<Self>;
    type Action = ApiAction<Self>;
    type BaseQuery = ();
    fn slice(state: &ApiState<Self>) -> &ApiState<Self> {
        state
    }
}

impl Site {
    /// Reduces `wire`, like an application that has types for it.
    fn reduce(&mut self, wire: &WireAction) {
        match wire.kind.as_str() {
            "filter/changed" | "filter/rehydrate" => self.filter = wire.payload_as().unwrap(),
            "session/restored" => {
                let saved: Rehydration = wire.member_as("posts").unwrap();
                let _ = Reducer::reduce(
                    &mut self.api,
                    &ApiAction::<PostsApi>::new(CacheAction::Rehydrate(saved)),
                );
            }
            _ => {}
        }
        if let Some(action) = ApiAction::<PostsApi>::from_wire(wire) {
            let _ = Reducer::reduce(&mut self.api, &action.unwrap());
        }
        if let Some(action) = ApiAction::<UsersApi>::from_wire(wire) {
            let _ = Reducer::reduce(&mut self.users, &action.unwrap());
        }
        self.count += 1;
    }
}

fn posts(action: CacheAction) -> WireAction {
    PostsAction::new(action).to_wire().unwrap()
}

fn users(action: CacheAction) -> WireAction {
    ApiAction::<UsersApi>::new(action).to_wire().unwrap()
}

fn own(kind: &str, payload: &Value) -> WireAction {
    WireAction::new(kind).with_payload(payload).unwrap()
}

/// As a recorder writes it: the slice is in the payload somewhere, and in `meta`.
fn restored() -> WireAction {
    let entry = json!({"status": "fulfilled", "endpointName": "getPost", "requestId": "old",
        "originalArgs": 9, "startedTimeStamp": 5, "data": 9, "fulfilledTimeStamp": 9});
    let saved = json!({"queries": {"getPost(9)": entry, "getPost(8)": entry}});
    WireAction {
        meta: Some(json!({"retake": {"rehydrate": {"api": saved}}})),
        ..own("session/restored", &json!({"user": "ann", "posts": saved}))
    }
}

pub(crate) fn session() -> Vec<WireAction> {
    let [pending, fulfilled] = cached(2, json!({"title": "a"}), [tag("Post", 2)]);
    let [other, rejected] = [pending_at(30), rejected_with(json!(500), no_tags())]
        .map(|step: Step| users(query(arg(7), "u", step)));
    vec![
        posts(CacheAction::MiddlewareRegistered),
        own("filter/changed", &json!("rust")),
        posts(pending),
        other,
        own("filter/rehydrate", &json!("a type that looks like one of an api")),
        posts(fulfilled),
        rejected,
        posts(patched(2, json!([{"op": "replace", "path": "/title", "value": "b"}]))),
        posts(CacheAction::Window(WindowAction::Unfocused)),
        restored(),
        posts(upsert_entries("r9", 40, [upserted(1, data(json!(1)), no_tags())])),
        users(CacheAction::ResetApiState),
    ]
}

/// Returns the log of `actions`, and the slices of the apis after each.
pub(crate) fn record(actions: Vec<WireAction>, options: LogOptions) -> (String, Vec<String>) {
    let mut live = Site::default();
    let mut log = LogWriter::new(Vec::new(), AppInfo::new("site", "1"), &live, options).unwrap();
    let mut states = Vec::new();
    for action in actions {
        live.reduce(&action);
        let posts = serde_json::to_string(&live.api).unwrap();
        let users = serde_json::to_string(&live.users).unwrap();
        states.push(format!(r#"{{"api":{posts},"users":{users}}}"#));
        log.append_wire(0, action, &live).unwrap();
    }
    (String::from_utf8(log.into_inner()).unwrap(), states)
}

fn reader(log: &str) -> LogReader<&[u8]> {
    LogReader::new(log.as_bytes()).unwrap()
}

#[test]
fn slices_go_through_the_states_of_the_application() {
    let (log, states) = record(session(), LogOptions::new());
    let mut replay = fold_api_slices(reader(&log)).unwrap();
    for (live, action) in states.iter().zip(session()) {
        let step = replay.next_step().unwrap().unwrap();
        assert_eq!(step.action().unwrap().wire(), &action);
        assert_eq!(&serde_json::to_string(step.state).unwrap(), live, "line {}", step.line);
    }
    assert!(replay.next_step().is_none());
    let slices = replay.into_state();
    let paths: Vec<_> = slices.iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["api", "users"]);
    assert!(slices.slice("api").unwrap().query("getPost(8)").is_some());
    assert!(slices.slice("filter").is_none() && slices.slice("copy").is_none());
}

#[test]
fn what_the_log_says_of_them_is_compared() {
    let all = LogOptions::new().with_hashes(true).with_patches(true).snapshot_every(3);
    for options in [
        all,
        LogOptions::new().with_hashes(true),
        LogOptions::new().with_patches(true),
        LogOptions::new().snapshot_every(1),
    ] {
        let (log, _) = record(session(), options);
        let verified = fold_api_slices(reader(&log)).unwrap().verify().unwrap();
        assert_eq!((verified.actions, verified.compared), (12, 12));

        // What happens to another slice is not known here; what happens to an api's is.
        let other = log.replace(r#""payload":"rust""#, r#""payload":"ruby""#);
        assert!(fold_api_slices(reader(&other)).unwrap().verify().is_ok());
        let planted = log.replace(r#""payload":{"title":"a"}"#, r#""payload":{"title":"x"}"#);
        assert_ne!(planted, log);
        match fold_api_slices(reader(&planted)).unwrap().verify() {
            Err(VerifyError::Diverged(found)) => {
                assert_eq!((found.line, found.slices.as_slice()), (7, &["api".to_owned()][..]));
                assert_eq!(found.action_type, "api/executeQuery/fulfilled");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn patches_of_the_whole_state_are_of_its_slices_too() {
    let (log, states) = record(session()[..3].to_vec(), LogOptions::new());
    let whole = |state: &str| {
        let mut state: Value = serde_json::from_str(state).unwrap();
        state["filter"] = json!("not compared");
        json!([{"op": "test", "path": "/filter", "value": "-"},
            {"op": "replace", "path": "", "value": state}])
    };
    let line = log.lines().nth(3).unwrap();
    let with = |patch: &Value| line.replace("\"seq\":3", &format!("\"patch\":{patch},\"seq\":3"));
    let good = log.replace(line, &with(&whole(&states[2])));
    assert!(fold_api_slices(reader(&good)).unwrap().verify().is_ok());
    let bad = log.replace(line, &with(&whole(&states[1])));
    assert!(fold_api_slices(reader(&bad)).unwrap().verify().is_err());
}

#[track_caller]
fn check(action: WireAction, reason: &str) {
    let (log, _) = record(Vec::new(), LogOptions::new());
    let log = format!("{log}{}\n", json!({"seq": 1, "at": 0, "action": action}));
    let mut replay = fold_api_slices(reader(&log)).unwrap();
    match replay.next_step() {
        Some(Err(LogError::MalformedAction { line: 2, source })) => {
            assert_eq!(source.kind, action.kind);
            assert!(source.reason.starts_with(reason), "{source}");
        }
        other => panic!("{other:?}"),
    }
    assert!(replay.next_step().is_none());
}

#[test]
fn actions_of_the_apis_that_do_not_fit_are_refused() {
    check(own("api/executeQuery/pending", &Value::Null), "has no meta");
    check(own("users/queries/removeQueryResult", &json!(1)), "has an unexpected payload");
    check(own("api/rehydrate", &json!("x")), "has an unexpected payload");
    let rehydrate = |meta| WireAction { meta: Some(meta), ..WireAction::new("session/restored") };
    let what = "has an unexpected `meta.retake.rehydrate`";
    check(rehydrate(json!({"retake": {"rehydrate": {"api": 1}}})), what);
    check(rehydrate(json!({"retake": {"rehydrate": [1]}})), what);
}

#[test]
fn a_slice_that_cannot_be_read_is_not_left_out() {
    let state = |state: &str| {
        format!(r#"{{"retake":1,"app":{{"name":"a","version":"1"}},"state":{state}}}"#)
    };
    let log = state(r#"{"api":{"queries":[],"config":{"reducerPath":"api"}}}"#);
    let error = fold_api_slices(reader(&log)).err().unwrap().to_string();
    assert!(error.contains("in the slice `api`: "), "{error}");
    for other in ["7", "[]", "null", r#"{"api":{"config":{"reducerPath":"b"}}}"#] {
        assert!(fold_api_slices(reader(&state(other))).unwrap().state().is_empty(), "{other}");
    }
}

#[test]
fn an_action_says_whose_it_is() {
    let action = |kind: &str| UntypedAction::from(WireAction::new(kind));
    assert_eq!(action("a/b/resetApiState").reducer_path(), Some("a/b"));
    assert_eq!(action("api/executeQuery/other").reducer_path(), None);
    assert_eq!(action("__rtkq/online").reducer_path(), None);
    assert!(action("__rtkq/online").cache_action().is_some());
    assert!(action("filter/rehydrate").cache_action().is_none());
    assert!(action("filter/changed").cache_action().is_none());
    for action in session() {
        assert_eq!(UntypedAction::from_wire(&action).unwrap().unwrap().to_wire().unwrap(), action);
    }
}
