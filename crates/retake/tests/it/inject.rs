//! Endpoints that a store gets from elsewhere, or changes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use retake::prelude::*;
use retake::thunks::{EndpointExists, JsonArg};
use retake_testing::{
    ActionLog, Reply, ScriptedBaseQuery, TestStore, VirtualRuntime, assert_actions,
};
use serde_json::{Value, json};

use crate::app::{App, AppAction, AppStore, GetPost, Post, PostsApi, RenamePost, post, start};

fn served() -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    start(|server| {
        server.on("GET posts/*", Reply::ok(json!({"id": 5, "title": "a"})));
        server.on("GET drafts/*", Reply::ok(json!({"id": 5, "title": "draft"})));
        server.on("PATCH posts/5", Reply::ok(json!({"id": 5, "title": "b"})));
    })
}

/// Takes the place of [`GetPost`]: another address, other tags.
struct GetDraft;
impl Query for GetDraft {
    type Api = PostsApi;
    type Arg = u32;
    type Output = Post;
    const NAME: &'static str = "getPost";
    fn query(&self, id: &u32) -> Request {
        Request::get(format!("drafts/{id}"))
    }
    fn provides_tags(&self, _: QueryOutcome<'_, Self>, _: &u32) -> Tags {
        [tag("Post", "DRAFT")].into()
    }
}

/// Takes the place of [`RenamePost`]: tells nobody.
struct RenameNothing;
impl Mutation for RenameNothing {
    type Api = PostsApi;
    type Arg = Post;
    type Output = Post;
    const NAME: &'static str = "renamePost";
    async fn query_fn(
        &self,
        post: Post,
        _: QueryFnContext<PostsApi>,
    ) -> Result<Fetched<Post>, Failure> {
        Ok(post.into())
    }
}

fn replacing() -> retake::thunks::InjectEndpoints<PostsApi> {
    inject_endpoints::<PostsApi>().override_existing(OverrideExisting::Replace)
}

#[track_caller]
fn check_urls(server: &ScriptedBaseQuery, urls: &[&str]) {
    let sent: Vec<_> = server.requests().into_iter().map(|sent| sent.url).collect();
    assert_eq!(sent, urls);
}

#[test]
fn a_replacement_is_dispatched_by_the_name_of_what_it_replaces() {
    let (store, server) = served();
    assert_eq!(store.dispatch(replacing().query(GetDraft).mutation(RenameNothing)), Ok(()));
    let query = store.dispatch(GetPost.initiate(5));
    assert_eq!(store.run_until(&query).unwrap().title, "draft");
    assert_eq!(query.query_cache_key().map(|key| &**key), Some("getPost(5)"));
    let renamed = store.run_until(store.dispatch(RenamePost.initiate(post(5, "x")))).unwrap();
    assert_eq!(renamed.title, "x");
    check_urls(&server, &["drafts/5"]);
}

#[test]
fn handles_and_tags_follow_a_replacement() {
    let (store, server) = served();
    let query = store.dispatch(GetPost.initiate(5));
    store.run_until(query.settled());
    store.dispatch(replacing().query(GetDraft)).unwrap();
    assert_eq!(query.state().data.map(|post| post.title.clone()).as_deref(), Some("a"));
    assert_eq!(store.run_until(query.refetch()).unwrap().title, "draft");
    store.dispatch(PostsApi::invalidate_tags([tag("Post", 5)]));
    store.dispatch(PostsApi::invalidate_tags([tag("Post", "DRAFT")]));
    check_urls(&server, &["posts/5", "drafts/5", "drafts/5"]);
}

#[test]
fn a_request_under_way_ends_with_the_tags_of_the_replacement() {
    let (store, server) = served();
    let query = store.dispatch(GetPost.initiate(5));
    store.dispatch(replacing().query(GetDraft)).unwrap();
    assert_eq!(store.run_until(&query).unwrap().title, "a", "it was sent before");
    store.dispatch(PostsApi::invalidate_tags([tag("Post", "DRAFT")]));
    check_urls(&server, &["posts/5", "drafts/5"]);
}

#[test]
fn what_is_known_stays_unless_it_is_to_be_replaced() {
    let (store, server) = served();
    let refusing = || inject_endpoints::<PostsApi>().override_existing(OverrideExisting::Refuse);
    assert_eq!(store.dispatch(inject_endpoints::<PostsApi>().query(GetPost)), Ok(()));
    assert_eq!(store.dispatch(inject_endpoints::<PostsApi>().query(GetDraft)), Ok(()));
    let refused = store.dispatch(refusing().mutation(RenameNothing).query(GetDraft));
    assert_eq!(refused, Err(EndpointExists::Known { name: "getPost".into() }));
    assert_eq!(*store.run_until(store.dispatch(GetPost.initiate(5))).unwrap(), post(5, "a"));
    store.run_until(store.dispatch(RenamePost.initiate(post(5, "b")))).unwrap();
    check_urls(&server, &["posts/5", "posts/5"]);
    assert_eq!(store.dispatch(refusing().query(UntypedQuery::new("other").build())), Ok(()));
}

/// Queries and mutations have their names in common.
#[test]
fn an_endpoint_of_the_other_kind_takes_no_place() {
    let (store, server) = served();
    let query = |name| UntypedQuery::<PostsApi>::new(name).build();
    let mutation = |name| UntypedMutation::<PostsApi>::new(name).build();
    let refused = |name: &str| Err(EndpointExists::OfOtherKind { name: name.into() });
    let both = || inject_endpoints().query(query("new")).mutation(mutation("new"));
    assert_eq!(store.dispatch(both()), refused("new"));

    // Nothing was injected.
    assert_eq!(store.dispatch(inject_endpoints().mutation(mutation("new"))), Ok(()));
    for existing in [OverrideExisting::Keep, OverrideExisting::Refuse, OverrideExisting::Replace] {
        let inject = || inject_endpoints().override_existing(existing);
        assert_eq!(store.dispatch(inject().query(query("new"))), refused("new"));
        store.run_until(store.dispatch(GetPost.initiate(5))).unwrap();
        assert_eq!(store.dispatch(inject().mutation(mutation("getPost"))), refused("getPost"));
    }
    check_urls(&server, &["posts/5"]);
}

#[test]
fn two_values_of_one_untyped_name_are_two_endpoints() {
    let (store, server) = served();
    let untyped = |path: &'static str| {
        UntypedQuery::<PostsApi>::new("any")
            .query(move |arg| Ok(format!("{path}/{}", arg.value().unwrap_or(&Value::Null)).into()))
            .build()
    };
    let fetch = |path| {
        let arg = JsonArg::from(json!(1));
        let _ = store.run_until(store.dispatch(untyped(path).initiate(arg).force_refetch(true)));
    };
    fetch("posts");
    fetch("drafts"); // the first of a name stays
    store.dispatch(replacing().query(untyped("drafts"))).unwrap();
    fetch("posts");
    check_urls(&server, &["posts/1", "posts/1", "drafts/1"]);
}

#[test]
fn an_injected_endpoint_fetches_entries_of_a_saved_state() {
    let (saved, _) = served();
    store_post(&saved);
    let runtime = VirtualRuntime::new();
    let server = ScriptedBaseQuery::new(runtime.clone());
    server.on("GET posts/5", Reply::ok(json!({"id": 5, "title": "new"})));
    let log = ActionLog::new();
    let store = configure_store::<App, AppAction>()
        .preloaded_state(App::clone(&saved.state()))
        .runtime(runtime.clone())
        .api(PostsApi, server)
        .middleware(log.clone())
        .build()
        .unwrap();
    let store = TestStore::from_parts(store, runtime, log);
    store.dispatch(PostsApi::invalidate_tags(["Post"]));
    assert_actions!(store, ["posts/invalidateTags"]);
    store.dispatch(inject_endpoints::<PostsApi>().query(GetPost)).unwrap();
    store.dispatch(PostsApi::invalidate_tags(["Post"]));
    store.run_until(store.dispatch(running_queries::<PostsApi>()));
    assert_eq!(GetPost.select(&5)(&store.state()).data.as_deref(), Some(&post(5, "new")));
}

fn store_post(store: &TestStore<App, AppAction>) {
    let query = store.dispatch(GetPost.initiate(5));
    store.run_until(query.settled());
    query.detach();
}

#[test]
fn enhancements_add_up() {
    let (store, server) = served();
    store.dispatch(GetPost.enhance().provides_tags(|mut tags, outcome, id| {
        assert!(outcome.data.is_some_and(|post| post.id == *id));
        tags = tags.iter().cloned().chain([tag("Post", "ENHANCED")]).collect();
        tags
    }));
    store.dispatch(
        GetPost
            .enhance()
            .query(|mut request, id| {
                request.url = format!("{}?id={id}", request.url);
                request
            })
            .options(|options| options.keep_unused_data_for(Duration::from_secs(1))),
    );
    let query = store.dispatch(GetPost.initiate(5));
    store.run_until(query.settled());
    for tag in [tag("Post", 5), tag("Post", "ENHANCED")] {
        store.dispatch(PostsApi::invalidate_tags([tag]));
        store.run_until(query.settled());
    }
    check_urls(&server, &["posts/5?id=5", "posts/5?id=5", "posts/5?id=5"]);
    drop(query);
    store.advance(Duration::from_secs(1));
    assert!(store.state().posts.queries().is_empty(), "collected after a second");
}

#[test]
fn an_enhancement_runs_beside_the_endpoints_own_function() {
    let (store, _) = served();
    store_post(&store);
    store.dispatch(RenamePost.enhance().invalidates_tags(|_, _, _| Tags::none()).on_query_started(
        |post, cx| async move {
            let answer = cx.query_fulfilled().await;
            let title =
                answer.map_or_else(|_| "refused".into(), |answer| answer.data.title.clone());
            cx.dispatch(crate::app::FilterAction::TextChanged(format!("{} {title}", post.id)));
        },
    ));
    store.clear();
    store.run_until(store.dispatch(RenamePost.initiate(post(5, "b")))).unwrap();
    assert_actions!(
        store,
        [
            "posts/executeMutation/pending",
            "posts/queries/queryResultPatched", // the endpoint's own optimistic update
            "posts/invalidation/updateProvidedBy",
            "posts/executeMutation/fulfilled", // no tag, no refetch
            "filter/textChanged",
        ]
    );
    assert_eq!(store.state().filter.text, "5 b");
}

#[test]
fn a_replacement_is_without_the_enhancements_of_what_it_replaces() {
    let (store, server) = served();
    store.dispatch(GetPost.enhance().query(|_, id| Request::get(format!("posts/0{id}"))));
    let query = store.dispatch(GetPost.initiate(5));
    store.dispatch(replacing().query(GetDraft)).unwrap();
    store.run_until(query.refetch()).unwrap();
    store.run_until(query.refetch()).unwrap();
    check_urls(&server, &["posts/05", "drafts/5"]);
}

#[test]
fn a_panic_in_an_enhancement_is_a_rejection() {
    let (store, _) = served();
    store.dispatch(GetPost.enhance().query(|_, _| panic!("not this one")));
    let error = store.run_until(store.dispatch(GetPost.initiate(5))).unwrap_err();
    assert_eq!(error.value(), &json!({"name": "Panic", "message": "not this one"}));
    store.dispatch(replacing().query(GetPost)).unwrap();
    store.dispatch(GetPost.enhance().provides_tags(|_, _, _| panic!("no tags")));
    let error = store.run_until(store.dispatch(GetPost.initiate(5))).unwrap_err();
    assert_eq!(error.value()["message"], "no tags");
}

#[test]
fn stores_do_not_know_of_each_others_replacements() {
    let ((one, one_server), (two, two_server)) = (served(), served());
    one.dispatch(replacing().query(GetDraft)).unwrap();
    assert_eq!(one.run_until(one.dispatch(GetPost.initiate(5))).unwrap().title, "draft");
    assert_eq!(two.run_until(two.dispatch(GetPost.initiate(5))).unwrap().title, "a");
    check_urls(&one_server, &["drafts/5"]);
    check_urls(&two_server, &["posts/5"]);
}

/// Once it was dropped under the lock of the names: a dispatch from there waited for ever.
#[test]
fn the_destructor_of_a_replaced_endpoint_can_dispatch() {
    struct Parting(Arc<Mutex<Option<AppStore>>>);
    impl Drop for Parting {
        fn drop(&mut self) {
            let store = self.0.lock().unwrap().take();
            if let Some(store) = store {
                store.dispatch(GetPost.prefetch(5));
            }
        }
    }
    impl Query for Parting {
        type Api = PostsApi;
        type Arg = u32;
        type Output = Post;
        const NAME: &'static str = "getPost";
        fn query(&self, id: &u32) -> Request {
            Request::get(format!("drafts/{id}"))
        }
    }
    let (store, server) = served();
    let slot = Arc::new(Mutex::new(None));
    let parting = inject_endpoints::<PostsApi>().query(Parting(Arc::clone(&slot)));
    store.dispatch(parting).unwrap();
    *slot.lock().unwrap() = Some(store.store().clone());
    store.dispatch(replacing().query(GetPost)).unwrap();
    check_urls(&server, &["posts/5"]);
}
