//! Cached data that is not of the endpoint's type: as good as none, and fetched.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use retake::prelude::*;
use retake::store::cache::{MutationEntry, QueryStatus};
use retake::store::log::{AppInfo, LogOptions, LogReader, LogWriter, fold};
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore, assert_actions};
use serde_json::{Value, json};

use crate::app::{App, AppAction, GetPost, Post, PostsApi, RenamePost, post, start};

const MS: Duration = Duration::from_millis(1);

/// What an older version of the application saved: a post without a title.
fn outdated() -> Value {
    json!({"queries": {"getPost(5)": {
        "status": "fulfilled", "endpointName": "getPost", "originalArgs": 5, "requestId": "old",
        "data": {"id": 5}, "fulfilledTimeStamp": 1,
    }}})
}

fn script(server: &ScriptedBaseQuery) {
    server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "new"})).after(MS));
}

fn rehydrated() -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    let (store, server) = start(script);
    store.dispatch(PostsApi::rehydrate(Rehydration::from_json(&outdated()).unwrap()));
    (store, server)
}

fn preloaded() -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    let mut state = json!(App::default());
    state["posts"]["queries"] = outdated()["queries"].take();
    let state: App = serde_json::from_value(state).unwrap();
    let mut server = None;
    let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let server = server.insert(ScriptedBaseQuery::new(runtime.clone()));
        script(server);
        configure_store()
            .runtime(runtime.clone())
            .preloaded_state(state)
            .api(PostsApi, server.clone())
            .middleware(log.clone())
            .build()
            .unwrap()
    });
    (store, server.unwrap())
}

#[test]
fn it_is_fetched_by_whoever_asks() {
    for (store, server) in [rehydrated(), preloaded()] {
        let query = store.dispatch(GetPost.initiate(5));
        assert!(query.state().is_loading(), "there is nothing to show meanwhile");
        assert!(query.state().error.is_none());
        assert_eq!(*store.run_until(&query).unwrap(), post(5, "new"));
        drop(store.dispatch(GetPost.initiate(5)));
        assert_eq!(server.requests().len(), 1, "what came is cached");
    }
}

#[test]
fn it_is_prefetched() {
    let prefetches = [
        GetPost.prefetch(5),
        GetPost.prefetch(5).if_older_than(Duration::ZERO),
        GetPost.prefetch(5).if_older_than(Duration::from_secs(u32::MAX.into())),
    ];
    for prefetch in prefetches {
        let (store, server) = rehydrated();
        store.dispatch(prefetch);
        store.advance(MS);
        assert_eq!(server.requests().len(), 1);
        assert!(GetPost.select(&5)(&store.state()).is_success());
    }
}

/// The data is decoded when it is first asked for, and kept: asking again reads nothing.
#[test]
fn readable_data_of_another_process_is_a_hit() {
    let (store, server) = start(script);
    let mut saved = outdated();
    saved["queries"]["getPost(5)"]["data"]["title"] = json!("saved");
    store.dispatch(PostsApi::rehydrate(Rehydration::from_json(&saved).unwrap()));
    let query = store.dispatch(GetPost.initiate(5));
    let first = store.run_until(&query).unwrap();
    assert_eq!(first.title, "saved");
    let again = store.run_until(store.dispatch(GetPost.initiate(5))).unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    assert!(server.requests().is_empty());
}

#[test]
fn its_reader_gets_an_error_with_a_name() {
    let (store, _) = rehydrated();
    let state = GetPost.select(&5)(&store.state());
    assert!(state.is_error() && state.data.is_none());
    let error = state.error.unwrap();
    assert_eq!(error.value()["name"], "DecodeError");
    assert!(error.to_string().contains("missing field `title`"), "{error}");

    let entry: MutationEntry = serde_json::from_value(json!({
        "status": "fulfilled", "endpointName": "renamePost", "requestId": "r", "data": {"id": 5},
    }))
    .unwrap();
    let state = MutationState::<Post>::of(Some(&entry.into()));
    assert!(state.is_error() && state.data.is_none());
    assert_eq!(state.error.unwrap().value()["name"], "DecodeError");
}

#[test]
fn an_answer_of_another_type_is_such_an_error() {
    let (store, server) = start(|_| ());
    server.on("PATCH posts/5", Reply::ok(json!({"id": 5})));
    let untyped = UntypedMutation::<PostsApi>::new("renamePost")
        .query(|_| Ok(Request::patch("posts/5")))
        .build();
    let inject = inject_endpoints().mutation(untyped);
    store.dispatch(inject.override_existing(OverrideExisting::Replace)).unwrap();
    let seen = Arc::new(Mutex::new(None));
    let noted = Arc::clone(&seen);
    store.dispatch(RenamePost.enhance().on_query_started(move |_, cx| {
        let noted = Arc::clone(&noted);
        async move { *noted.lock().unwrap() = cx.query_fulfilled().await.err() }
    }));
    let error = store.run_until(store.dispatch(RenamePost.initiate(post(5, "new")))).unwrap_err();
    assert_eq!(error.value()["name"], "DecodeError");
    assert_eq!(seen.lock().unwrap().as_ref().unwrap().error, error);
}

/// Why the last request failed says more than that the data before it was of no use.
#[test]
fn the_error_of_a_later_request_is_shown() {
    let (store, server) = start(|_| ());
    server.on("GET posts/5", Reply::status(500, json!("down")));
    store.dispatch(PostsApi::rehydrate(Rehydration::from_json(&outdated()).unwrap()));
    let query = store.dispatch(GetPost.initiate(5));
    let error = store.run_until(&query).unwrap_err();
    assert_eq!(error.value()["status"], 500);
    let state: QueryState<_> = query.state();
    assert_eq!((state.status, state.data), (QueryStatus::Rejected, None));
}

/// Law 1: that data was of no use is not in the log, only what was done about it.
#[test]
fn law_1_a_log_of_it_replays() {
    let (store, _) = start(script);
    let mut log =
        LogWriter::new(Vec::new(), AppInfo::new("posts", "1"), &*store.state(), LogOptions::new())
            .unwrap();
    store.dispatch(PostsApi::rehydrate(Rehydration::from_json(&outdated()).unwrap()));
    let query = store.dispatch(GetPost.initiate(5));
    store.run_until(&query).unwrap();
    for action in store.log().actions() {
        log.append(0, &action, &*store.state()).unwrap();
    }
    let log = log.into_inner();
    let replayed = fold::<App, AppAction, _>(LogReader::new(&log[..]).unwrap()).unwrap();
    assert_eq!(json!(replayed.run().unwrap()), json!(*store.state()));
    assert_actions!(
        store,
        ["posts/rehydrate", "posts/executeQuery/pending", "posts/executeQuery/fulfilled"]
    );
}
