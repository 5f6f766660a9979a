//! Time travel with a server cache: nothing is fetched again, and requests go on at the head.

use std::time::Duration;

use retake::prelude::*;
use retake::store::history::{ActionId, HistoryOptions, LiftedAction};
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore};
use serde_json::json;

use crate::app::{App, AppAction, GetPost, PostsApi, RenamePost, post};

fn start() -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    let mut server = None;
    let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let base_query = ScriptedBaseQuery::new(runtime.clone());
        let answer = Reply::ok(json!({"id": 5, "title": "a"})).after(Duration::from_secs(1));
        base_query.on("GET posts/5", answer);
        base_query.on("PATCH posts/5", Reply::ok(json!({"id": 5, "title": "b"})));
        server = Some(base_query.clone());
        configure_store::<App, AppAction>()
            .runtime(runtime.clone())
            .history(HistoryOptions::default())
            .api(PostsApi, base_query)
            .middleware(log.clone())
            .build()
            .unwrap()
    });
    (store, server.unwrap())
}

fn title(app: &App) -> Option<String> {
    GetPost.select(&5)(app).data.map(|post| post.title.clone())
}

#[test]
fn a_jump_back_fetches_nothing_and_ends_nothing() {
    let (store, server) = start();
    let query = store.dispatch(GetPost.initiate(5)); // 1 pending
    store.advance(Duration::from_secs(1)); // 2 fulfilled
    let (sent, seen) = (server.requests().len(), store.types().len());
    store.travel(LiftedAction::JumpToState { index: 0 }).unwrap();
    assert!(query.state().data.is_none(), "the handle shows what is looked at");
    store.advance(Duration::from_secs(300));
    assert_eq!((server.requests().len(), store.types().len()), (sent, seen));
    store.travel(LiftedAction::JumpToAction { action_id: ActionId(2) }).unwrap();
    assert_eq!(query.state().data.map(|post| post.title.clone()).as_deref(), Some("a"));
}

#[test]
fn requests_go_on_at_the_head_while_an_older_state_is_looked_at() {
    let (store, _) = start();
    let query = store.dispatch(GetPost.initiate(5));
    store.travel(LiftedAction::JumpToState { index: 0 }).unwrap();
    let answered = store.run_until(&query).unwrap();
    assert_eq!(answered.title, "a");
    assert_eq!((title(&store.state()), title(&store.head()).as_deref()), (None, Some("a")));

    // The optimistic edit starts from the head, which has the post; what is shown has not.
    let rename = store.dispatch(RenamePost.initiate(post(5, "b")));
    assert_eq!((title(&store.state()), title(&store.head()).as_deref()), (None, Some("b")));
    store.run_until(rename).unwrap();
}

#[test]
fn a_skipped_action_is_as_if_it_had_not_happened() {
    let (store, server) = start();
    let _query = store.dispatch(GetPost.initiate(5));
    store.advance(Duration::from_secs(1));
    store.dispatch(crate::app::FilterAction::TextChanged("rust".into()));
    let sent = server.requests().len();
    store.travel(LiftedAction::ToggleAction { id: ActionId(2) }).unwrap();
    assert_eq!((title(&store.state()), store.state().filter.text.as_str()), (None, "rust"));
    store.travel(LiftedAction::ToggleAction { id: ActionId(2) }).unwrap();
    assert_eq!(title(&store.state()).as_deref(), Some("a"));
    assert_eq!(server.requests().len(), sent);
}

#[test]
fn a_reset_leaves_timers_and_requests_that_do_no_harm() {
    let (store, _) = start();
    let query = store.dispatch(GetPost.initiate(5));
    store.advance(Duration::from_secs(1));
    drop(query); // the timer of the removal starts
    store.settle();
    store.travel(LiftedAction::Reset).unwrap();
    let again = store.dispatch(GetPost.initiate(5));
    store.advance(Duration::from_secs(100));
    assert_eq!(again.state().data.map(|post| post.title.clone()).as_deref(), Some("a"));
}
