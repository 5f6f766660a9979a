//! What endpoints can define: transforms, `query_fn`, merging, lifecycles, untyped ones.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use retake::prelude::*;
use retake::store::cache::SerializedError;
use retake::thunks::{
    Failure, Fetched, JsonArg, QueryFnContext, QueryState, UntypedMutation, UntypedQuery,
};
use retake_testing::Reply;
use serde_json::{Value, json};

use crate::app::{AppAction, FilterAction, PostsApi, start};

/// Doubles its answer, says what is wrong with an error, merges by adding.
struct Number;
impl Query for Number {
    type Api = PostsApi;
    type Arg = u32;
    type Output = u32;
    const NAME: &'static str = "number";
    fn try_query(&self, n: &u32) -> Result<Request, SerializedError> {
        match n {
            13 => Err(SerializedError::new("Unlucky", "13 is not asked for")),
            n => Ok(format!("numbers/{n}").into()),
        }
    }
    fn transform_response(
        &self,
        response: Value,
        _: Option<&Value>,
        n: &u32,
    ) -> Result<u32, SerializedError> {
        let number = response.as_u64().and_then(|number| u32::try_from(number).ok());
        let error = || SerializedError::new("NoNumber", format!("{n} got {response}"));
        number.map(|number| number * 2).ok_or_else(error)
    }
    fn transform_error_response(
        &self,
        error: Value,
        _: Option<&Value>,
        n: &u32,
    ) -> Result<Value, SerializedError> {
        Ok(json!({"status": error["status"], "about": n}))
    }
    fn merge(&self, cached: &u32, incoming: &u32, _: &u32) -> Option<u32> {
        Some(cached + incoming)
    }
    fn force_refetch(&self, n: &u32, cached: &QueryState<u32>) -> bool {
        *n == 7 && cached.data.is_some()
    }
}

#[track_caller]
fn check(n: u32, reply: Reply, expected: Result<u32, Value>) {
    let (store, _) = start(|server| server.on(&format!("GET numbers/{n}"), reply));
    let result = store.run_until(store.dispatch(Number.initiate(n)));
    assert_eq!(result.map(|it| *it).map_err(|error| error.value().clone()), expected);
}

#[test]
fn answers_and_errors_are_transformed() {
    check(1, Reply::ok(json!(4)), Ok(8));
    check(2, Reply::status(404, json!("gone")), Err(json!({"status": 404, "about": 2})));
    check(3, Reply::ok(json!("x")), Err(json!({"name": "NoNumber", "message": "3 got \"x\""})));
    check(
        13,
        Reply::ok(json!(1)),
        Err(json!({"name": "Unlucky", "message": "13 is not asked for"})),
    );
    check(4, Reply::failure("broken"), Err(json!({"name": "Error", "message": "broken"})));
}

#[test]
fn new_data_is_merged_and_can_be_forced() {
    let (store, server) = start(|server| server.on("GET numbers/7", Reply::ok(json!(1))));
    let handle = store.dispatch(Number.initiate(7));
    assert_eq!(*store.run_until(&handle).unwrap(), 2, "the first data is cached as it is");
    let again = store.dispatch(Number.initiate(7));
    assert_eq!(*store.run_until(&again).unwrap(), 4, "`force_refetch` fetches, `merge` adds");
    let upserted = store.run_until(store.dispatch(Number.upsert_query_data(7, 100))).unwrap();
    assert_eq!(*upserted, 104, "an upsert is merged, too, and not transformed");
    assert_eq!(server.requests().len(), 2);
}

/// Asks twice and knows the store.
struct Sum;
impl Query for Sum {
    type Api = PostsApi;
    type Arg = ();
    type Output = u64;
    const NAME: &'static str = "sum";
    async fn query_fn(
        &self,
        (): (),
        cx: QueryFnContext<PostsApi>,
    ) -> Result<Fetched<u64>, Failure> {
        let mut sum = 0;
        for n in 1..=2 {
            let answer = cx.base_query(format!("numbers/{n}").into()).await?;
            sum += answer.data.as_u64().unwrap_or_default();
        }
        if let Some(store) = cx.store() {
            store.dispatch(FilterAction::TextChanged(format!("sum {sum}")));
        }
        Ok(sum.into())
    }
    async fn on_query_started(&self, (): (), cx: QueryContext<Self>) {
        let log: &Log = cx.extra().expect("the extra value");
        assert!(cx.get_cache_entry().is_loading());
        log.say(format!("{} started", cx.request_id()));
        let Ok(fulfilled) = cx.query_fulfilled().await else { return };
        log.say(format!("{} brought {}", cx.request_id(), fulfilled.data));
        cx.update_cached_data(|sum| *sum += 1000);
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);
impl Log {
    fn say(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

#[test]
fn a_query_fn_may_ask_several_times_and_runs_beside_its_lifecycle() {
    let log = Log::default();
    let runtime = retake_testing::VirtualRuntime::new();
    let server = retake_testing::ScriptedBaseQuery::new(runtime.clone());
    server.on("GET numbers/1", Reply::ok(json!(3)).after(Duration::from_millis(5)));
    server.on("GET numbers/2", Reply::ok(json!(4)));
    let store = configure_store::<crate::app::App, AppAction>()
        .runtime(runtime.clone())
        .extra(log.clone())
        .api(PostsApi, server)
        .build()
        .unwrap();
    let handle = store.dispatch(Sum.initiate(()));
    assert_eq!(*log.0.lock().unwrap(), ["r1 started"], "it starts within the dispatch");
    runtime.run_until(handle.settled());
    assert_eq!(*log.0.lock().unwrap(), ["r1 started", "r1 brought 7"]);
    assert_eq!(*handle.state().data.unwrap(), 1007);
    assert_eq!(store.state().filter.text, "sum 7");
}

#[test]
fn untyped_endpoints_take_and_give_json() {
    let (store, server) = start(|server| {
        server.on("GET things/5", Reply::ok(json!({"id": 5})));
        server.on("POST things", Reply::ok(json!({"id": 6})));
    });
    let get = UntypedQuery::<PostsApi>::new("getThing")
        .query(|arg| Ok(format!("things/{}", arg.value().unwrap_or(&Value::Null)).into()))
        .provides_tags(|_, arg| {
            arg.value().and_then(Value::as_u64).map(|id| tag("Post", id)).into_iter().collect()
        })
        .build();
    let add = UntypedMutation::<PostsApi>::new("addThing")
        .query(|arg| Ok(Request::post("things").json(arg)))
        .invalidates_tags(|_, _| ["Post"].into())
        .build();
    let handle = store.dispatch(get.initiate(json!(5).into()));
    assert_eq!(*store.run_until(&handle).unwrap(), json!({"id": 5}));
    assert_eq!(handle.query_cache_key().map(|key| &**key), Some("getThing(5)"));
    let added = store.run_until(store.dispatch(add.initiate(JsonArg::Absent))).unwrap();
    assert_eq!(*added, json!({"id": 6}));
    let urls: Vec<_> = server.requests().into_iter().map(|sent| sent.url).collect();
    assert_eq!(urls, ["things/5", "things", "things/5"], "the tag refetches");
}

/// Once, the second entry's patches took the place of the first one's in the log.
#[test]
fn law_1_entries_of_one_key_are_merged_before_there_is_an_action() {
    use retake::store::Action;
    for cached in [None, Some(1)] {
        let (store, _) = start(|_| {});
        if let Some(cached) = cached {
            store.run_until(store.dispatch(Number.upsert_query_data(7, cached))).unwrap();
        }
        let entries = [Number.upsert_entry(7, 10), Number.upsert_entry(7, 100)];
        store.dispatch(upsert_query_entries(entries));
        let expected = cached.unwrap_or_default() + 110;
        let select = Number.select(&7);
        assert_eq!(select(&store.state()).data.as_deref(), Some(&expected));
        let mut replayed = crate::app::App::default();
        for wire in store.log().wires() {
            let _ = replayed.reduce(&AppAction::from_wire(&wire).unwrap().unwrap());
        }
        assert_eq!(select(&replayed).data.as_deref(), Some(&expected));
    }
}

/// Only the first entry of a key can have patches in `meta.retake`: those behind it, that an
/// endpoint did not want to merge, are their values.
#[test]
fn law_1_entries_of_one_key_that_do_not_all_merge_replay() {
    use retake::store::Action;
    /// Merges with small numbers only.
    struct Small;
    impl Query for Small {
        type Api = PostsApi;
        type Arg = ();
        type Output = u32;
        const NAME: &'static str = "small";
        fn query(&self, (): &()) -> Request {
            "small".into()
        }
        fn merge(&self, cached: &u32, incoming: &u32, (): &()) -> Option<u32> {
            (*cached < 3).then_some(cached + incoming)
        }
    }
    let cases: [(&[u32], u32); 3] = [(&[2, 20], 20), (&[5, 1, 1], 2), (&[5, 1, 1, 5], 7)];
    for (numbers, expected) in cases {
        let (store, _) = start(|_| {});
        store.run_until(store.dispatch(Small.upsert_query_data((), 1))).unwrap();
        let entries = numbers.iter().map(|number| Small.upsert_entry((), *number));
        store.dispatch(upsert_query_entries(entries));
        assert_eq!(Small.select(&())(&store.state()).data.as_deref(), Some(&expected));
        let mut replayed = crate::app::App::default();
        for wire in store.log().wires() {
            let _ = replayed.reduce(&AppAction::from_wire(&wire).unwrap().unwrap());
        }
        assert_eq!(Small.select(&())(&replayed).data.as_deref(), Some(&expected), "{numbers:?}");
    }
}
