//! Several apis in one store, with endpoints and tags of the same names.

use std::time::Duration;

use retake::prelude::*;
use retake::store::{Action, WireAction};
use retake::{BuildError, configure_store};
use retake_testing::{
    ActionLog, Reply, ScriptedBaseQuery, TestStore, VirtualRuntime, assert_actions,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
struct App {
    api: ApiState<Blog>,
    api2: ApiState<Wiki>,
}

#[derive(Clone, Debug, Action)]
enum AppAction {
    Blog(ApiAction<Blog>),
    Wiki(ApiAction<Wiki>),
}

macro_rules! api {
    ($api:ident, $state:ident, $action:ident, $field:ident, $path:literal) => {
        struct $api;
        impl Api for $api {
            const REDUCER_PATH: &'static str = $path;
            const TAG_TYPES: &'static [&'static str] = &["Page"];
            type State = $state;
            type Action = $action;
            type BaseQuery = ScriptedBaseQuery;
            fn slice(app: &$state) -> &ApiState<Self> {
                &app.$field
            }
        }
    };
}

macro_rules! get_page {
    ($name:ident, $api:ident, $url:literal) => {
        struct $name;
        impl Query for $name {
            type Api = $api;
            type Arg = u32;
            type Output = String;
            const NAME: &'static str = "getPage";
            fn query(&self, id: &u32) -> Request {
                Request::get(format!(concat!($url, "/{}"), id))
            }
            fn provides_tags(&self, _: QueryOutcome<'_, Self>, id: &u32) -> Tags {
                [tag("Page", *id)].into()
            }
        }
    };
}

api!(Blog, App, AppAction, api, "api");
api!(Wiki, App, AppAction, api2, "api2");
get_page!(BlogPage, Blog, "blog");
get_page!(WikiPage, Wiki, "wiki");

/// Writes to the blog; the wiki shows the blog's pages, and is told.
struct EditBlog;
impl Mutation for EditBlog {
    type Api = Blog;
    type Arg = u32;
    type Output = ();
    const NAME: &'static str = "edit";
    fn query(&self, id: &u32) -> Request {
        Request::post(format!("blog/{id}"))
    }
    fn invalidates_tags(&self, _: MutationOutcome<'_, Self>, id: &u32) -> Tags {
        [tag("Page", *id)].into()
    }
    async fn on_query_started(&self, id: u32, cx: MutationContext<Self>) {
        if cx.query_fulfilled().await.is_ok() {
            cx.dispatch(Wiki::invalidate_tags([tag("Page", id)]));
        }
    }
}

fn start() -> TestStore<App, AppAction> {
    TestStore::new(|runtime: &VirtualRuntime, log: &ActionLog<AppAction>| {
        let server = ScriptedBaseQuery::new(runtime.clone());
        let slowly = |reply: Reply| reply.after(Duration::from_millis(5));
        server.on("GET blog/1", slowly(Reply::ok(json!("blog"))));
        server.on("GET wiki/1", slowly(Reply::ok(json!("wiki"))));
        server.on("POST blog/1", Reply::ok(json!(null)));
        configure_store::<App, AppAction>()
            .runtime(runtime.clone())
            .api(Blog, server.clone())
            .api(Wiki, server)
            .middleware(log.clone())
            .build()
            .unwrap()
    })
}

/// Asserts that the recorded actions, as a log has them, lead to the state of the store.
#[track_caller]
fn check_replay(store: &TestStore<App, AppAction>) {
    let mut replayed = App::default();
    let path = |app: &App| [app.api.config().clone(), app.api2.config().clone()];
    for wire in store.log().wires() {
        let text = serde_json::to_string(&wire).unwrap();
        let wire: WireAction = serde_json::from_str(&text).unwrap();
        let _ = replayed.reduce(&AppAction::from_wire(&wire).unwrap().unwrap());
    }
    assert_ne!(path(&replayed), path(&store.state()), "`build` registers the middleware");
    let slices = |app: &App| {
        let mut json = serde_json::to_value(app).unwrap();
        for slice in ["api", "api2"] {
            json[slice]["config"]["middlewareRegistered"] = json!(true);
        }
        json
    };
    assert_eq!(slices(&replayed), slices(&store.state()));
}

#[test]
fn endpoints_of_one_name_are_each_apis_own() {
    let store = start();
    let blog = store.dispatch(BlogPage.initiate(1));
    let wiki = store.dispatch(WikiPage.initiate(1));
    assert_eq!(blog.query_cache_key(), wiki.query_cache_key(), "the keys are the same");
    assert_eq!(*store.run_until(&blog).unwrap(), "blog");
    assert_eq!(*store.run_until(&wiki).unwrap(), "wiki");
    assert_actions!(
        store,
        [
            "api/executeQuery/pending",
            "api2/executeQuery/pending",
            "api/executeQuery/fulfilled",
            "api2/executeQuery/fulfilled",
        ]
    );
}

#[test]
fn tags_of_one_api_leave_the_other_alone_unless_told() {
    let store = start();
    let blog = store.dispatch(BlogPage.initiate(1));
    let wiki = store.dispatch(WikiPage.initiate(1));
    store.run_until(blog.settled());
    store.run_until(wiki.settled());
    store.clear();

    store.dispatch(Blog::invalidate_tags([tag("Page", 1)]));
    store.run_until(blog.settled());
    assert_actions!(
        store,
        ["api/invalidateTags", "api/executeQuery/pending", "api/executeQuery/fulfilled"]
    );

    store.run_until(store.dispatch(EditBlog.initiate(1))).unwrap();
    store.advance(Duration::from_millis(5));
    assert_actions!(
        store,
        [
            "api/executeMutation/pending",
            "api/executeMutation/fulfilled",
            "api/executeQuery/pending",
            "api2/invalidateTags",
            "api2/executeQuery/pending",
            "api/executeQuery/fulfilled",
            "api2/executeQuery/fulfilled",
        ]
    );
}

#[test]
fn a_request_of_one_api_does_not_hold_back_tags_of_the_other() {
    let store = start();
    let blog = store.dispatch(BlogPage.initiate(1));
    store.run_until(blog.settled());
    let wiki = store.dispatch(WikiPage.initiate(1));
    store.clear();
    store.dispatch(Blog::invalidate_tags(["Page"]));
    assert_actions!(store, ["api/invalidateTags", "api/executeQuery/pending"]);
    assert!(wiki.state().is_fetching());
}

#[test]
fn a_reset_of_one_api_leaves_the_other_alone() {
    let store = start();
    let blog = store.dispatch(BlogPage.initiate(1));
    let wiki = store.dispatch(WikiPage.initiate(1));
    store.dispatch(Blog::reset_api_state());
    assert!(blog.state().is_uninitialized());
    assert!(wiki.state().is_fetching(), "neither removed nor aborted");
    assert_eq!(*store.run_until(&wiki).unwrap(), "wiki");
    store.settle();
    assert!(store.state().api.queries().is_empty());
    check_replay(&store);
}

#[test]
fn the_log_of_two_apis_replays_to_both_slices() {
    let store = start();
    let blog = store.dispatch(BlogPage.initiate(1));
    let wiki = store.dispatch(WikiPage.initiate(1));
    store.run_until(wiki.settled());
    let edit = store.dispatch(WikiPage.update_query_data(1, |page| page.push('!')));
    assert!(!edit.is_empty());
    drop(blog);
    check_replay(&store);
    assert_eq!(wiki.state().data.as_deref().map(String::as_str), Some("wiki!"));
    store.advance(Duration::from_secs(60));
    assert!(store.state().api.queries().is_empty(), "collected");
    assert_eq!(store.state().api2.queries().len(), 1, "subscribed");
    check_replay(&store);
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
struct Nested {
    api: ApiState<Outer>,
    #[serde(rename = "api/x")]
    inner: ApiState<Inner>,
}

#[derive(Clone, Debug, Action)]
enum NestedAction {
    Outer(ApiAction<Outer>),
    Inner(ApiAction<Inner>),
}

api!(Outer, Nested, NestedAction, api, "api");
api!(Inner, Nested, NestedAction, inner, "api/x");

#[test]
fn paths_that_overlap_are_refused() {
    let runtime = VirtualRuntime::new();
    let server = || ScriptedBaseQuery::new(runtime.clone());
    let builder = || configure_store::<Nested, NestedAction>().runtime(runtime.clone());
    let overlap = BuildError::OverlappingApis { outer: "api", inner: "api/x" };
    let built = builder().api(Outer, server()).api(Inner, server()).build();
    assert_eq!(built.err(), Some(overlap.clone()));
    let built = builder().api(Inner, server()).api(Outer, server()).build();
    assert_eq!(built.err(), Some(overlap), "in whatever order");
    assert!(builder().api(Inner, server()).build().is_ok(), "alone it is a path like others");
}

/// What the blog saved says so: the wiki, which has entries of the same keys, stays as it is.
#[test]
fn a_saved_slice_comes_back_into_its_own_api_only() {
    let store = start();
    store.run_until(store.dispatch(BlogPage.initiate(1))).unwrap();
    let saved = json!(store.state().api);
    let saved: Rehydration = serde_json::from_value(saved).unwrap();
    let error = saved.clone().of_api::<Wiki>().unwrap_err();
    assert!(error.to_string().contains("it is of `api`, not of `api2`"), "{error}");

    let timers = store.runtime().pending_timers();
    store.dispatch(Wiki::rehydrate(saved.clone()));
    assert!(store.state().api2.queries().is_empty());
    assert_eq!(store.runtime().pending_timers(), timers);
    check_replay(&store);

    let other = start();
    other.dispatch(Blog::rehydrate(saved.of_api::<Blog>().unwrap()));
    assert_eq!(json!(other.state().api.queries()), json!(store.state().api.queries()));
}
