//! Async thunks: their actions, their result, their abortion.

use std::time::Duration;

use retake::configure_store;
use retake::store::cache::SerializedError;
use retake::store::{Action, Changed, Reducer, State, WireAction};
use retake::thunks::{
    AsyncThunk, AsyncThunkAction, AsyncThunkContext, AsyncThunkStep, Rejection, Runtime,
};
use retake_testing::{ActionLog, TestStore, VirtualRuntime, assert_actions};
use serde::Serialize;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
struct Users {
    name: Option<String>,
    is_loading: bool,
    error: Option<String>,
}

impl State for Users {}

impl Reducer<AsyncThunkAction<FetchUser>> for Users {
    fn reduce(&mut self, action: &AsyncThunkAction<FetchUser>) -> Changed {
        self.is_loading = matches!(action.step, AsyncThunkStep::Pending);
        match &action.step {
            AsyncThunkStep::Pending => {}
            AsyncThunkStep::Fulfilled(name) => self.name = Some(name.clone()),
            AsyncThunkStep::Rejected { payload, error, .. } => {
                self.error = payload.clone().or_else(|| error.message.clone());
            }
        }
        Changed::ALL
    }
}

/// 0 is nobody, 1 fails without a value, 2 panics, 3 takes a while, 4 waits twice, others
/// exist.
struct FetchUser;

impl AsyncThunk for FetchUser {
    type State = Users;
    type Action = AsyncThunkAction<Self>;
    type Arg = u32;
    type Output = String;
    type Error = String;
    const TYPE_PREFIX: &'static str = "users/fetch";
    const DISPATCH_CONDITION_REJECTION: bool = true;

    async fn run(&self, id: u32, cx: AsyncThunkContext<Self>) -> Result<String, Rejection<String>> {
        assert!(cx.state().is_loading, "`pending` was reduced before the thunk runs");
        match id {
            0 => Err(Rejection::Value("nobody".into())),
            1 => Err(SerializedError::new("Error", "broken").into()),
            2 => panic!("user bug"),
            3 => {
                let runtime: &VirtualRuntime = cx.extra().expect("the extra value");
                runtime.sleep(Duration::from_secs(5)).await;
                Ok("slow".into())
            }
            4 => {
                cx.runtime().sleep(Duration::from_secs(1)).await;
                cx.runtime().sleep(Duration::from_secs(1)).await;
                Ok("patient".into())
            }
            id => Ok(format!("user {id} of {}", cx.request_id())),
        }
    }

    fn condition(&self, id: &u32, state: &Users) -> bool {
        !state.is_loading || *id == 3
    }
}

fn start() -> TestStore<Users, AsyncThunkAction<FetchUser>> {
    TestStore::new(|runtime, log: &ActionLog<_>| {
        configure_store()
            .runtime(runtime.clone())
            .extra(runtime.clone())
            .middleware(log.clone())
            .build()
            .expect("the store fits")
    })
}

#[track_caller]
fn check(id: u32, expected: Result<&str, &str>, last: &str) {
    let store = start();
    let handle = store.dispatch(FetchUser.with(id));
    assert_actions!(store, ["users/fetch/pending"]);
    let result = store.run_until(handle).map_err(|rejection| rejection.to_string());
    assert_eq!(result.as_deref().map_err(String::as_str), expected);
    assert_actions!(store, [last]);
}

#[test]
fn a_run_is_pending_and_then_settles() {
    check(5, Ok("user 5 of r1"), "users/fetch/fulfilled");
    check(0, Err("rejected with \"nobody\""), "users/fetch/rejected");
    check(1, Err("Error: broken"), "users/fetch/rejected");
    check(2, Err("Panic: user bug"), "users/fetch/rejected");
    check(3, Ok("slow"), "users/fetch/fulfilled");
}

#[test]
fn a_condition_stops_a_run_before_it_is_pending() {
    let store = start();
    let first = store.dispatch(FetchUser.with(3));
    let second = store.dispatch(FetchUser.with(7));
    assert_actions!(store, ["users/fetch/pending", "users/fetch/rejected"]);
    let rejection = store.run_until(second).expect_err("the condition stops it");
    assert_eq!(rejection, Rejection::Error(SerializedError::condition()));
    store.run_until(first).expect("the first goes on");
}

#[test]
fn an_aborted_run_is_rejected_and_dropped() {
    let store = start();
    let handle = store.dispatch(FetchUser.with(3));
    assert_eq!(store.runtime().pending_timers(), 1);
    handle.abort(Some("no longer needed"));
    let rejection = store.run_until(handle).expect_err("it was aborted");
    assert_eq!(rejection, Rejection::Error(SerializedError::new("AbortError", "no longer needed")));
    assert_eq!(store.runtime().pending_timers(), 0, "what the run waited for is dropped");
    assert_actions!(store, ["users/fetch/pending", "users/fetch/rejected"]);
}

#[test]
fn actions_have_the_json_form_of_redux_toolkit() {
    let store = start();
    store.run_until(store.dispatch(FetchUser.with(0))).expect_err("nobody");
    let wires = store.log().wires();
    let expected = serde_json::json!([
        {
            "type": "users/fetch/pending",
            "meta": {"arg": 0, "requestId": "r1", "requestStatus": "pending"},
        },
        {
            "type": "users/fetch/rejected",
            "payload": "nobody",
            "meta": {
                "arg": 0, "requestId": "r1", "requestStatus": "rejected",
                "aborted": false, "condition": false, "rejectedWithValue": true,
            },
            "error": {"message": "Rejected"},
        },
    ]);
    assert_eq!(serde_json::to_value(&wires).expect("wires are JSON"), expected);
    let mut replayed = Users::default();
    for wire in &wires {
        let text = serde_json::to_string(wire).expect("wires are JSON");
        let wire: WireAction = serde_json::from_str(&text).expect("it was written here");
        let action = AsyncThunkAction::<FetchUser>::from_wire(&wire).expect("a known type");
        let _ = replayed.reduce(&action.expect("a whole action"));
    }
    assert_eq!(replayed, *store.state());
}

/// The run was lost at its second wait: the signal of its abortion was polled again after
/// the handle was gone.
#[test]
fn a_run_goes_on_without_its_handle() {
    let store = start();
    drop(store.dispatch(FetchUser.with(4)));
    store.advance(Duration::from_secs(2));
    assert_eq!(store.state().name.as_deref(), Some("patient"));
    assert_actions!(store, ["users/fetch/pending", "users/fetch/fulfilled"]);
}
