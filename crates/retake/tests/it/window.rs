//! Focus and reconnection: where events come from, and who reacts to them.

use std::time::Duration;

use futures::channel::mpsc;
use retake::prelude::*;
use retake::store::Store;
use retake::thunks::{JsonArg, UntypedQuery};
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore, assert_actions};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Two apis in one store: posts are fetched again on focus, users are not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
struct App {
    posts: ApiState<PostsApi>,
    users: ApiState<UsersApi>,
}

#[derive(Clone, Debug, Action)]
enum AppAction {
    Posts(ApiAction<PostsApi>),
    Users(ApiAction<UsersApi>),
}

struct PostsApi;
impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "posts";
    type State = App;
    type Action = AppAction;
    type BaseQuery = ScriptedBaseQuery;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.posts
    }
    fn options() -> ApiOptions {
        ApiOptions { refetch_on_focus: true, ..ApiOptions::default() }
    }
}

struct UsersApi;
impl Api for UsersApi {
    const REDUCER_PATH: &'static str = "users";
    type State = App;
    type Action = AppAction;
    type BaseQuery = ScriptedBaseQuery;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.users
    }
}

fn get<P: Api<BaseQuery = ScriptedBaseQuery>>() -> UntypedQuery<P> {
    UntypedQuery::new("get").query(|_| Ok("it".into())).build()
}

fn start() -> TestStore<App, AppAction> {
    start_with(App::default())
}

fn start_with(state: App) -> TestStore<App, AppAction> {
    TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let server = ScriptedBaseQuery::new(runtime.clone());
        server.on("GET it", Reply::ok(json!(1)));
        configure_store::<App, AppAction>()
            .preloaded_state(state)
            .runtime(runtime.clone())
            .api(PostsApi, server.clone())
            .api(UsersApi, server)
            .middleware(log.clone())
            .build()
            .unwrap()
    })
}

#[test]
fn every_api_of_the_store_reacts_to_one_event() {
    let store = start();
    let post = store.dispatch(get::<PostsApi>().initiate(JsonArg::Absent));
    let user = get::<UsersApi>().initiate(JsonArg::Absent).refetch_on_focus(true);
    let user = store.dispatch(user);
    let indifferent = store.dispatch(get::<UsersApi>().initiate(json!(2).into()));
    store.advance(Duration::ZERO);
    store.clear();

    store.dispatch(UsersApi::window(WindowAction::Unfocused));
    assert!(!store.state().posts.config().focused && !store.state().users.config().focused);
    store.dispatch(UsersApi::window(WindowAction::Focused));
    assert!(post.state().is_fetching() && user.state().is_fetching());
    assert!(!indifferent.state().is_fetching());
    store.dispatch(PostsApi::window(WindowAction::Online));
    assert_actions!(
        store,
        [
            "__rtkq/unfocused",
            "__rtkq/focused",
            // The api that was added last reacts first: its middleware is the inner one.
            "users/executeQuery/pending",
            "posts/executeQuery/pending",
            "__rtkq/online",
        ]
    );
}

/// RTK Query goes by the creation of subscriptions, which a state in JSON does not tell of keys
/// that are whole numbers: a replay from it would go another way.
#[test]
fn keys_that_are_whole_numbers_are_fetched_in_ascending_order() {
    let store = start();
    let by_number = UntypedQuery::<PostsApi>::new("get").query(|_| Ok("it".into()));
    let by_number = by_number.cache_key(|arg| json!(arg.value()).to_string()).build();
    let _handles = [2, 1].map(|id| {
        let handle = store.dispatch(by_number.clone().initiate(json!(id).into()));
        store.advance(Duration::ZERO);
        handle
    });
    store.clear();
    store.dispatch(PostsApi::window(WindowAction::Focused));
    let keys = store.log().wires().into_iter().filter_map(|wire| {
        let meta = wire.meta?;
        Some(meta["arg"]["queryCacheKey"].as_str()?.to_owned())
    });
    assert_eq!(keys.collect::<Vec<_>>(), ["1", "2"]);
}

/// A state from elsewhere may have an entry without any request.
#[test]
fn an_entry_that_was_never_requested_is_left_alone() {
    let mut state = json!(App::default());
    let posts = &mut state["posts"];
    posts["queries"]["get(1)"] = json!({"status": "uninitialized", "endpointName": "get"});
    posts["provided"] = json!({
        "tags": {"It": {"1": ["get(1)"]}},
        "keys": {"get(1)": [{"type": "It", "id": 1}]},
    });
    posts["subscriptions"]["get(1)"] = json!({"r0": {}});
    let store = start_with(serde_json::from_value(state).unwrap());
    let other = get::<PostsApi>().initiate(json!(2).into()).refetch_on_focus(false);
    let other = store.dispatch(other); // the endpoint is known from now on
    store.run_until(&other).unwrap();
    store.clear();
    store.dispatch(PostsApi::invalidate_tags([tag("It", 1)]));
    store.dispatch(PostsApi::window(WindowAction::Focused));
    assert_eq!(store.types(), ["posts/invalidateTags", "__rtkq/focused"]);
}

/// Law 1: one action changes the flags of all apis, in a replay as when it happened.
#[test]
fn law_1_window_events_replay() {
    let store = start();
    let mut replayed = App::clone(&store.state());
    let _post = store.dispatch(get::<PostsApi>().initiate(JsonArg::Absent));
    store.dispatch(PostsApi::window(WindowAction::Unfocused));
    store.dispatch(UsersApi::window(WindowAction::Offline));
    for wire in store.log().wires() {
        let text = serde_json::to_string(&wire).unwrap();
        let action = AppAction::from_wire(&serde_json::from_str(&text).unwrap()).unwrap().unwrap();
        let _ = replayed.reduce(&action);
    }
    let users = replayed.users.config();
    assert!(!users.focused && !users.online);
    assert_eq!(json!(replayed), json!(*store.state()));
}

#[test]
fn a_stream_of_events_is_dispatched_until_its_handle_is_dropped() {
    let store = start();
    let (window, events) = mpsc::unbounded();
    window.unbounded_send(WindowAction::Unfocused).unwrap();
    let listeners = setup_listeners(&store, events).unwrap();
    assert_actions!(store, ["__rtkq/unfocused"]); // what is there already comes at once
    window.unbounded_send(WindowAction::Focused).unwrap();
    store.settle();
    assert_actions!(store, ["__rtkq/focused"]);

    drop(listeners);
    store.settle();
    assert!(window.is_closed(), "the stream is dropped with the handle");
    assert_eq!(store.runtime().pending_tasks(), 0);
}

#[test]
fn a_detached_stream_goes_on_and_is_dropped_with_the_store() {
    let store = start();
    let runtime = store.runtime().clone();
    let (window, events) = mpsc::unbounded();
    setup_listeners(&store, events).unwrap().detach();
    window.unbounded_send(WindowAction::Offline).unwrap();
    store.settle();
    assert_actions!(store, ["__rtkq/offline"]);

    drop(store);
    runtime.settle();
    assert!(window.is_closed());
    assert_eq!(runtime.pending_tasks(), 0);
}

#[test]
fn a_store_without_apis_has_nobody_to_tell() {
    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    struct Nothing;
    #[slice(name = "nothing")]
    impl Nothing {
        fn done(&mut self) {}
    }
    let store = Store::<Nothing, NothingAction>::new(Nothing);
    let refused = setup_listeners(&store, futures::stream::pending::<WindowAction>());
    assert!(refused.unwrap_err().to_string().contains("runtime"));
}
