//! Rehydration: a slice that was saved comes back to life in another store.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use retake::middleware::Recorder;
use retake::prelude::*;
use retake::store::cache::{QueryStatus, Rehydration};
use retake::store::log::{AppInfo, Content, LogOptions, LogReader, fold, fold_api_slices};
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore, assert_actions};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const MS: Duration = Duration::from_millis(1);
const MINUTE: Duration = Duration::from_secs(60);

/// What the application saves, and what its own action brings back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Saved {
    user: String,
    posts: Rehydration,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Session {
    user: String,
}

#[slice(name = "session")]
impl Session {
    fn restored(&mut self, saved: Saved) {
        self.user = saved.user;
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
struct App {
    session: Session,
    posts: ApiState<PostsApi>,
}

#[derive(Clone, Debug, Action)]
enum AppAction {
    Session(SessionAction),
    Posts(ApiAction<PostsApi>),
}

struct PostsApi;
impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "posts";
    const TAG_TYPES: &'static [&'static str] = &["Post"];
    type State = App;
    type Action = AppAction;
    type BaseQuery = ScriptedBaseQuery;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.posts
    }
    fn extract_rehydration_info(action: &AppAction) -> Option<&Rehydration> {
        match action {
            AppAction::Session(SessionAction::Restored(saved)) => Some(&saved.posts),
            AppAction::Posts(_) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
struct Post {
    id: u32,
    title: String,
}

struct GetPost;
impl Query for GetPost {
    type Api = PostsApi;
    type Arg = u32;
    type Output = Post;
    const NAME: &'static str = "getPost";
    fn query(&self, id: &u32) -> Request {
        Request::get(format!("posts/{id}"))
    }
    fn provides_tags(&self, _: QueryOutcome<'_, Self>, id: &u32) -> Tags {
        [tag("Post", *id)].into()
    }
}

struct RenamePost;
impl Mutation for RenamePost {
    type Api = PostsApi;
    type Arg = Post;
    type Output = Post;
    const NAME: &'static str = "renamePost";
    fn query(&self, post: &Post) -> Request {
        Request::patch(format!("posts/{}", post.id)).json(post)
    }
}

fn start() -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    let mut server = None;
    let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let base_query = server.insert(ScriptedBaseQuery::new(runtime.clone())).clone();
        for id in 1..=3 {
            let post = json!({"id": id, "title": format!("post {id}")});
            base_query.on(&format!("GET posts/{id}"), Reply::ok(post.clone()).after(MS));
            base_query.on(&format!("PATCH posts/{id}"), Reply::ok(post).after(MS));
        }
        configure_store::<App, AppAction>()
            .runtime(runtime.clone())
            .api(PostsApi, base_query)
            .middleware(log.clone())
            .build()
            .unwrap()
    });
    (store, server.unwrap())
}

/// Returns the state of a process that has two posts and a mutation and is fetching a third
/// post, as text.
fn saved_state() -> String {
    let (store, _) = start();
    let query = store.dispatch(GetPost.initiate(1));
    store.run_until(&query).unwrap();
    store.run_until(store.dispatch(GetPost.initiate(2))).unwrap();
    let rename = RenamePost.initiate(Post { id: 1, title: "post 1".into() });
    store.run_until(store.dispatch(rename.fixed_cache_key("rename"))).unwrap();
    let _pending = store.dispatch(GetPost.initiate(3));
    serde_json::to_string(&*store.state()).unwrap()
}

fn saved_slice() -> Rehydration {
    let saved: Value = serde_json::from_str(&saved_state()).unwrap();
    Rehydration::from_json(&saved["posts"]).unwrap()
}

fn restored() -> SessionAction {
    SessionAction::Restored(Saved { user: "ann".into(), posts: saved_slice() })
}

#[test]
fn entries_of_another_process_are_cached() {
    let (store, server) = start();
    store.dispatch(PostsApi::rehydrate(saved_slice()));
    let state = store.state();
    assert!(state.posts.query("getPost(3)").is_none(), "nobody will answer its request");
    assert_eq!(state.posts.mutation("rename").unwrap().status, QueryStatus::Fulfilled);
    assert!(state.posts.subscriptions().is_empty());

    let query = store.dispatch(GetPost.initiate(1));
    assert_eq!(store.run_until(&query).unwrap().title, "post 1");
    assert!(server.requests().is_empty(), "it is cached");
    store.dispatch(PostsApi::invalidate_tags([tag("Post", 1), tag("Post", 2)]));
    store.advance(MS);
    assert_eq!(server.requests().len(), 1, "its tags came back with it");
    assert!(store.state().posts.query("getPost(2)").is_none(), "nobody subscribed to that one");
}

/// The state of another process, read as the application's own, is a saved slice, too.
#[test]
fn a_whole_state_is_a_saved_slice() {
    let saved: App = serde_json::from_str(&saved_state()).unwrap();
    let (store, _) = start();
    store.dispatch(PostsApi::rehydrate(&saved.posts));
    let (other, _) = start();
    other.dispatch(PostsApi::rehydrate(saved_slice()));
    assert_eq!(json!(*store.state()), json!(*other.state()));
}

#[test]
fn what_nobody_subscribes_to_leaves_after_its_time() {
    let (store, _) = start();
    let query = store.dispatch(GetPost.initiate(2));
    store.run_until(&query).unwrap();
    store.dispatch(PostsApi::rehydrate(saved_slice()));
    assert_eq!(store.runtime().pending_timers(), 1, "for getPost(1) only, and at once");
    store.clear();
    store.advance(MINUTE - MS);
    assert_eq!(store.types(), [""; 0]);
    store.advance(MS);
    assert_actions!(store, ["posts/queries/removeQueryResult"]);
    assert!(store.state().posts.query("getPost(1)").is_none());
    assert!(store.state().posts.query("getPost(2)").is_some());
}

#[test]
fn an_action_of_the_application_brings_entries_back() {
    let (store, server) = start();
    let titles = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&titles);
    let _listener = store.subscribe_to(
        GetPost.topic(&1),
        |app| GetPost.select(&1)(app).data.map(|post| post.title.clone()),
        move |title| seen.lock().unwrap().push(title.clone()),
    );
    store.dispatch(restored());
    assert_actions!(store, ["session/restored"]);
    assert_eq!(store.state().session.user, "ann");
    assert_eq!(*titles.lock().unwrap(), [Some("post 1".to_owned())], "keyed listeners know");
    assert_eq!(store.runtime().pending_timers(), 2, "handlers know");
    store.run_until(store.dispatch(GetPost.initiate(2))).unwrap();
    assert!(server.requests().is_empty());
}

/// Law 1: the log says all of it: with the application's types and no endpoint, and without
/// the types.
#[test]
fn law_1_a_log_of_a_rehydration_replays() {
    let (input, output) = std::io::pipe().unwrap();
    let recorder = Recorder::new(output, AppInfo::new("posts", "1"), LogOptions::new()).unwrap();
    let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let server = ScriptedBaseQuery::new(runtime.clone());
        server.on("GET posts/2", Reply::ok(json!({"id": 2, "title": "post 2"})).after(MS));
        let store = configure_store::<App, AppAction>().runtime(runtime.clone());
        let store = store.api(PostsApi, server).middleware(log.clone());
        store.middleware(recorder.clone()).build().unwrap()
    });
    let query = store.dispatch(GetPost.initiate(2));
    store.dispatch(restored());
    store.run_until(&query).unwrap();
    let other: App = serde_json::from_str(&saved_state()).unwrap();
    store.dispatch(PostsApi::rehydrate(&other.posts));
    store.dispatch(PostsApi::invalidate_tags(["Post"]));
    store.advance(MINUTE);
    recorder.finish().unwrap();
    let log = std::io::read_to_string(input).unwrap();
    let carries: Vec<_> = LogReader::new(log.as_bytes())
        .unwrap()
        .filter_map(|entry| match entry.unwrap().content {
            Content::Action(action) => action
                .meta
                .filter(|meta| meta.pointer("/retake/rehydrate").is_some_and(Value::is_object))
                .map(|_| action.kind),
            Content::Lifted(_) => None,
        })
        .collect();
    assert_eq!(carries, ["session/restored"]);
    let slices = fold_api_slices(LogReader::new(log.as_bytes()).unwrap()).unwrap().run().unwrap();
    assert_eq!(slices.slice("posts"), Some(&*store.state().posts));
    let replayed = fold::<App, AppAction, _>(LogReader::new(log.as_bytes()).unwrap()).unwrap();
    let replayed = replayed.run().unwrap();
    let text = |app: &App| serde_json::to_string(app).unwrap();
    assert_eq!(text(&replayed), text(&store.state()));
    assert_eq!(replayed.posts.query("getPost(2)").unwrap().status, QueryStatus::Fulfilled);
}

/// The answer to a request that a saved entry has overtaken changes no data.
#[test]
fn a_request_under_way_does_not_overwrite_what_came_back() {
    let (store, _) = start();
    let mut saved = json!(saved_slice());
    let entry = &mut saved["queries"]["getPost(1)"];
    entry["data"]["title"] = json!("saved");
    entry["requestId"] = json!("of another process");
    let query = store.dispatch(GetPost.initiate(1));
    store.dispatch(PostsApi::rehydrate(Rehydration::from_json(&saved).unwrap()));
    assert_eq!(store.run_until(&query).unwrap().title, "saved");
    assert_eq!(store.run_until(query.refetch()).unwrap().title, "post 1");
}

#[test]
fn bad_data_is_an_error_and_changes_nothing() {
    let (store, _) = start();
    let before = store.state();
    let wrong = json!({"queries": {"getPost(1)": {"status": "fulfilled", "data": 1}}});
    let error = Rehydration::from_json(&wrong).unwrap_err();
    assert!(error.to_string().contains("missing field `endpointName`"), "{error}");
    let wrong = json!({"type": "posts/rehydrate", "payload": wrong});
    let action = AppAction::from_wire(&serde_json::from_value(wrong).unwrap()).unwrap();
    assert!(action.unwrap_err().reason.contains("endpointName"));
    assert_eq!(store.state(), before);
}
