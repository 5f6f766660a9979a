//! A log that several processes write, one after the other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use retake::middleware::Recorder;
use retake::prelude::*;
use retake::store::cache::{QueryStatus, Rehydration};
use retake::store::log::{AppInfo, LogOptions, LogReader, verify};
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore};
use serde_json::json;

use crate::app::{App, AppAction, FilterAction, GetPost, PostsApi};

const MS: Duration = Duration::from_millis(1);

/// A process that goes on with the log at `path`.
fn process(
    path: &Path,
) -> (TestStore<App, AppAction>, ScriptedBaseQuery, Recorder<App, AppAction>) {
    let app = AppInfo::new("posts", "1");
    let options = LogOptions::new().with_hashes(true).with_patches(true);
    let (recorder, state) = Recorder::resume(path, app, options).unwrap();
    let mut server = None;
    let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let base_query = server.insert(ScriptedBaseQuery::new(runtime.clone())).clone();
        for id in 1..=2 {
            let post = json!({"id": id, "title": format!("post {id}")});
            base_query.on(&format!("GET posts/{id}"), Reply::ok(post).after(MS));
        }
        configure_store()
            .preloaded_state(state.unwrap_or_default())
            .runtime(runtime.clone())
            .api(PostsApi, base_query)
            .middleware(log.clone())
            .middleware(recorder.clone())
            .build()
            .unwrap()
    });
    recorder.sync().unwrap();
    (store, server.unwrap(), recorder)
}

#[test]
fn a_log_goes_on_in_the_next_process() {
    let path: PathBuf = std::env::temp_dir().join(format!("retake-goes-on-{}", process::id()));
    let (store, _, recorder) = process(&path);
    store.dispatch(FilterAction::TextChanged("rust".into()));
    let first = store.dispatch(GetPost.initiate(1));
    store.run_until(&first).unwrap();
    let _under_way = store.dispatch(GetPost.initiate(2));
    let recorded = recorder.sync().unwrap();
    drop((first, _under_way, recorder)); // writes, but unlike a crash it unsubscribes
    drop(store);

    let (store, server, recorder) = process(&path);
    assert!(recorder.recorded() >= recorded);
    assert_eq!(store.state().filter.text, "rust");
    assert_eq!(store.state().posts.query("getPost(2)").unwrap().status, QueryStatus::Pending);

    // Nobody is behind the requests and subscriptions of the other process.
    let saved = Rehydration::from(&store.state().posts);
    store.dispatch(PostsApi::reset_api_state());
    store.dispatch(PostsApi::rehydrate(saved));
    let query = store.dispatch(GetPost.initiate(1));
    assert_eq!(store.run_until(&query).unwrap().title, "post 1");
    assert!(server.requests().is_empty(), "it was in the cache");
    assert_eq!(store.run_until(store.dispatch(GetPost.initiate(2))).unwrap().title, "post 2");
    drop(query);
    recorder.finish().unwrap();

    let log = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let verified = verify::<App, AppAction, _>(LogReader::new(&log[..]).unwrap()).unwrap();
    assert_eq!(verified.actions, recorder.recorded());
    assert_eq!(verified.actions, verified.compared);
}
