//! The application of these tests: a filter, and posts on a scripted server.

use std::sync::Arc;

use retake::prelude::*;
use retake::store::Store;
use retake_testing::{ActionLog, ScriptedBaseQuery, TestStore};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
pub(crate) struct Post {
    pub(crate) id: u32,
    pub(crate) title: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Filter {
    pub(crate) text: String,
}

#[slice(name = "filter")]
impl Filter {
    fn text_changed(&mut self, text: String) {
        self.text = text;
    }

    fn cleared(&mut self) {
        self.text.clear();
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
pub(crate) struct App {
    pub(crate) filter: Filter,
    pub(crate) posts: ApiState<PostsApi>,
}

#[derive(Clone, Debug, Action)]
pub(crate) enum AppAction {
    Filter(FilterAction),
    Posts(ApiAction<PostsApi>),
}

pub(crate) type AppStore = Store<App, AppAction>;

pub(crate) struct PostsApi;
impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "posts";
    const TAG_TYPES: &'static [&'static str] = &["Post"];
    type State = App;
    type Action = AppAction;
    type BaseQuery = ScriptedBaseQuery;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.posts
    }
}

pub(crate) struct GetPost;
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

pub(crate) type PostList = im::Vector<Arc<Post>>;

pub(crate) struct ListPosts;
impl Query for ListPosts {
    type Api = PostsApi;
    type Arg = ();
    type Output = PostList;
    const NAME: &'static str = "listPosts";
    fn query(&self, (): &()) -> Request {
        "posts".into()
    }
    fn provides_tags(&self, outcome: QueryOutcome<'_, Self>, (): &()) -> Tags {
        let rows = outcome.data.into_iter().flatten().map(|post| tag("Post", post.id));
        rows.chain([tag("Post", "LIST")]).collect()
    }
}

pub(crate) struct RenamePost;
impl Mutation for RenamePost {
    type Api = PostsApi;
    type Arg = Post;
    type Output = Post;
    const NAME: &'static str = "renamePost";
    fn query(&self, post: &Post) -> Request {
        Request::patch(format!("posts/{}", post.id)).json(post)
    }
    async fn on_query_started(&self, post: Post, cx: MutationContext<Self>) {
        let title = post.title.clone();
        let patch = cx.dispatch(GetPost.update_query_data(post.id, |draft| draft.title = title));
        patch.undo_on_err(cx.query_fulfilled()).await;
    }
    fn invalidates_tags(&self, outcome: MutationOutcome<'_, Self>, post: &Post) -> Tags {
        if outcome.error.is_some() { Tags::none() } else { [tag("Post", post.id)].into() }
    }
}

/// Returns a store on `script`, which gets the server.
pub(crate) fn start(
    script: impl FnOnce(&ScriptedBaseQuery),
) -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    let mut server = None;
    let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let base_query = ScriptedBaseQuery::new(runtime.clone());
        script(&base_query);
        server = Some(base_query.clone());
        configure_store::<App, AppAction>()
            .runtime(runtime.clone())
            .api(PostsApi, base_query)
            .middleware(log.clone())
            .build()
            .unwrap()
    });
    (store, server.unwrap())
}

pub(crate) fn post(id: u32, title: &str) -> Post {
    Post { id, title: title.into() }
}
