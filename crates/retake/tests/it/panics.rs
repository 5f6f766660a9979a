//! Panics of user code around an answer: the entry, the tags and the callers survive.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use retake::prelude::*;
use retake::store::cache::CacheAction;
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore, VirtualRuntime};
use serde_json::json;

use crate::app::{App, AppAction, GetPost, ListPosts, PostsApi, RenamePost, post};

/// Panics once, when so many actions of the type have arrived.
struct PanicOn(&'static str, AtomicUsize);
impl Middleware<App, AppAction> for PanicOn {
    fn handle(&self, action: AppAction, next: Next<'_, App, AppAction>) {
        if action.action_type() == self.0 && self.1.fetch_sub(1, Ordering::SeqCst) == 1 {
            panic!("a bug behind {}", self.0);
        }
        next.run(action);
    }
}

fn start(panic_on: &'static str) -> TestStore<App, AppAction> {
    start_at(panic_on, 1)
}

fn start_at(panic_on: &'static str, count: usize) -> TestStore<App, AppAction> {
    let (runtime, log) = (VirtualRuntime::new(), ActionLog::new());
    let server = ScriptedBaseQuery::new(runtime.clone());
    server.on("GET posts/*", Reply::ok(json!({"id": 5, "title": "a"})));
    server.on("PATCH posts/*", Reply::ok(json!({"id": 5, "title": "b"})));
    let store = configure_store()
        .runtime(runtime.clone())
        .api(PostsApi, server)
        .middleware(PanicOn(panic_on, AtomicUsize::new(count)))
        .middleware(log.clone())
        .build()
        .unwrap();
    TestStore::from_parts(store, runtime, log)
}

/// Once the entry stayed pending for ever, and no tag was invalidated any more.
#[test]
fn law_8_a_panic_behind_an_answer_rejects_the_request() {
    let store = start("posts/executeQuery/fulfilled");
    let query = store.dispatch(GetPost.initiate(5));
    let error = store.run_until(&query).unwrap_err();
    assert_eq!(error.value()["name"], "Panic");
    assert!(query.state().is_error());
    assert_eq!(store.run_until(query.refetch()).unwrap().title, "a");
    store.dispatch(PostsApi::invalidate_tags([tag("Post", 5)]));
    assert!(query.state().is_fetching(), "tags are still invalidated");
}

/// Once the entry was never fetched again, and on some runtimes the panic went up.
#[test]
fn law_8_a_panic_behind_a_poll_does_not_end_the_polling() {
    let store = start_at("posts/executeQuery/pending", 2);
    let every = Duration::from_secs(1);
    let query = store.dispatch(GetPost.initiate(5).polling_interval(every));
    store.run_until(&query).unwrap();
    let fetched_at = query.state().started_time_stamp;
    store.advance(every);
    assert_eq!(query.state().started_time_stamp, fetched_at, "the panic was instead of a request");
    store.advance(every);
    assert!(query.state().started_time_stamp > fetched_at);
}

#[test]
fn law_8_a_panic_behind_a_mutation_rejects_it_and_undoes_its_edit() {
    let store = start("posts/executeMutation/fulfilled");
    let query = store.dispatch(GetPost.initiate(5));
    store.run_until(&query).unwrap();
    let rename = store.dispatch(RenamePost.initiate(post(5, "b")));
    let error = store.run_until(rename).unwrap_err();
    assert_eq!(error.value()["name"], "Panic");
    assert_eq!(query.state().data.unwrap().title, "a");
}

/// Once the caller was told that the store was gone.
#[test]
fn law_8_a_listener_that_panics_does_not_take_the_answer_away() {
    let store = start("nothing");
    let panics = store.subscribe(|app| {
        let is_done = |it: &retake::store::cache::MutationEntry| it.status.is_settled();
        assert!(!app.posts.mutations().values().any(|entry| is_done(entry)), "a listener's bug");
    });
    let rename = store.dispatch(RenamePost.initiate(post(5, "b")));
    assert_eq!(store.run_until(rename).unwrap().title, "b");
    drop(panics);
}

/// Once a runtime that was shut down made the destructor of a handle panic.
/// Once the caller got the panic, and the other entries were not put in.
#[test]
fn law_8_options_that_panic_leave_one_entry_out() {
    struct NoOptions;
    impl Query for NoOptions {
        type Api = PostsApi;
        type Arg = ();
        type Output = u32;
        const NAME: &'static str = "noOptions";
        fn query(&self, (): &()) -> Request {
            "numbers".into()
        }
        fn options(&self) -> QueryOptions {
            panic!("a bug in the options")
        }
    }
    let store = start("");
    store.dispatch(upsert_query_entries([NoOptions.upsert_entry((), 1)]));
    let entries = [NoOptions.upsert_entry((), 2), GetPost.upsert_entry(5, post(5, "b"))];
    store.dispatch(upsert_query_entries(entries));
    assert_eq!(*NoOptions.select(&())(&store.state()).data.unwrap(), 1);
    assert_eq!(GetPost.select(&5)(&store.state()).data.unwrap().title, "b");
}

#[test]
fn law_7_a_handle_may_outlive_its_runtime() {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let server = ScriptedBaseQuery::new(VirtualRuntime::new());
    let store = {
        let _inside = tokio.enter();
        configure_store::<App, AppAction>().api(PostsApi, server).build().unwrap()
    };
    let query = store.dispatch(GetPost.initiate(5));
    drop(tokio);
    drop(query);
    assert!(!store.state().posts.is_subscribed("getPost(5)"));
}

/// Once a transport that never answers went on for ever.
#[test]
fn law_7_what_is_under_way_ends_with_its_store() {
    let runtime = VirtualRuntime::new();
    let server = ScriptedBaseQuery::new(runtime.clone());
    server.on("GET posts/*", Reply::ok(json!(null)).after(std::time::Duration::from_secs(9999)));
    let store = configure_store::<App, AppAction>()
        .runtime(runtime.clone())
        .api(PostsApi, server.clone())
        .build()
        .unwrap();
    store.dispatch(GetPost.initiate(5)).detach();
    drop(store);
    runtime.settle();
    assert_eq!(server.aborted(), [0]);
    assert_eq!((runtime.pending_tasks(), runtime.pending_timers()), (0, 0));
}

/// A request whose entry was removed and asked for again has no place any more; once it went
/// on after its store.
#[test]
fn law_7_a_request_that_lost_its_place_ends_with_its_store() {
    let (store, _) = crate::app::start(|server| {
        let day = std::time::Duration::from_secs(86_400);
        server.on("GET posts", Reply::ok(json!([])).after(day));
        server.on("GET posts", Reply::ok(json!([])).after(day));
    });
    store.dispatch(ListPosts.prefetch(()));
    let query_cache_key = "listPosts(undefined)".into();
    let removal = CacheAction::RemoveQueryResult { query_cache_key };
    store.dispatch(ApiAction::<PostsApi>::new(removal));
    store.dispatch(ListPosts.prefetch(()));
    let runtime = store.runtime().clone();
    assert_eq!(runtime.pending_timers(), 2, "both are under way");
    drop(store);
    runtime.settle();
    assert_eq!((runtime.pending_tasks(), runtime.pending_timers()), (0, 0));
}

/// Once the log said what the patches said, not what the type had room for.
#[test]
fn law_1_patches_replay_as_the_type_took_them() {
    use retake::store::Action as _;
    let store = start("nothing");
    store.run_until(store.dispatch(GetPost.upsert_query_data(5, post(5, "a")))).unwrap();
    let patch =
        json!([{"op": "replace", "path": "", "value": {"id": 5, "title": "b", "extra": 1}}]);
    store.dispatch(GetPost.patch_query_data(5, serde_json::from_value(patch).unwrap())).unwrap();
    let mut replayed = App::default();
    for wire in store.log().wires() {
        let _ = replayed.reduce(&AppAction::from_wire(&wire).unwrap().unwrap());
    }
    assert_eq!(json!(replayed.posts.queries()), json!(store.state().posts.queries()));
}

/// Once an edit of cached JSON lost what decoding adds.
#[test]
fn law_1_an_edit_of_rehydrated_json_replays() {
    use retake::store::Action as _;
    let with = |data: serde_json::Value| {
        let mut state = json!(App::default());
        state["posts"]["queries"]["getPost(5)"] = json!({
            "status": "fulfilled", "endpointName": "getPost", "requestId": "old",
            "originalArgs": 5, "data": data, "startedTimeStamp": 1, "fulfilledTimeStamp": 2,
        });
        serde_json::from_value::<App>(state).unwrap()
    };
    let initial = with(json!({"id": 5, "title": "a", "gone": true}));
    let (runtime, log) = (VirtualRuntime::new(), ActionLog::new());
    let store = configure_store()
        .preloaded_state(initial.clone())
        .runtime(runtime.clone())
        .api(PostsApi, ScriptedBaseQuery::new(runtime))
        .middleware(log.clone())
        .build()
        .unwrap();
    let patch = store.dispatch(GetPost.update_query_data(5, |post| post.title.push('!')));
    assert!(!patch.is_empty());
    let mut replayed = initial;
    for wire in log.wires() {
        let _ = replayed.reduce(&AppAction::from_wire(&wire).unwrap().unwrap());
    }
    assert_eq!(json!(replayed.posts.queries()), json!(store.state().posts.queries()));
}
