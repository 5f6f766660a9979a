//! An application with endpoints of its own types, for the scenarios about posts.

use std::sync::Arc;

use retake::prelude::*;
use retake_conformance::ScenarioBaseQuery;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
#[serde(deny_unknown_fields)]
pub(crate) struct Post {
    id: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    likes: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rev: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    v: Option<u64>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
pub(crate) struct App {
    pub(crate) api: ApiState<PostsApi>,
}

#[derive(Clone, Debug, Action)]
pub(crate) enum AppAction {
    Api(ApiAction<PostsApi>),
}

#[derive(Debug)]
pub(crate) struct PostsApi;

impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "api";
    const TAG_TYPES: &'static [&'static str] = &["Post", "User"];
    type State = App;
    type Action = AppAction;
    type BaseQuery = ScenarioBaseQuery;

    fn slice(app: &App) -> &ApiState<Self> {
        &app.api
    }
}

#[derive(Clone)]
pub(crate) struct GetPost;

impl Query for GetPost {
    type Api = PostsApi;
    type Arg = u32;
    type Output = Post;
    const NAME: &'static str = "getPost";

    fn query(&self, id: &u32) -> Request {
        Request::get(format!("/posts/{id}"))
    }

    fn provides_tags(&self, _: QueryOutcome<'_, Self>, id: &u32) -> Tags {
        [tag("Post", *id)].into()
    }
}

#[derive(Clone)]
pub(crate) struct ListPosts;

impl Query for ListPosts {
    type Api = PostsApi;
    type Arg = ();
    type Output = Vec<Arc<Post>>;
    const NAME: &'static str = "listPosts";

    fn query(&self, (): &()) -> Request {
        Request::get("/posts")
    }

    fn provides_tags(&self, outcome: QueryOutcome<'_, Self>, (): &()) -> Tags {
        let posts = outcome.data.into_iter().flatten();
        posts.map(|post| tag("Post", post.id)).chain([tag("Post", "LIST")]).collect()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    page: u32,
    rev: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fresh: Option<bool>,
}

#[derive(Clone)]
pub(crate) struct ListPages;

impl InfiniteQuery for ListPages {
    type Api = PostsApi;
    type Arg = ();
    type PageParam = u32;
    type Page = Page;
    const NAME: &'static str = "list";

    fn query(&self, (): &(), page: &u32) -> Request {
        Request::get(format!("/items?p={page}"))
    }

    fn initial_page_param(&self) -> u32 {
        0
    }

    fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<u32> {
        Some(pages.page_param + 1).filter(|next| *next <= 3)
    }
}

/// What is to be changed of a post.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Change {
    id: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    likes: Option<i64>,
}

/// The members of a change that are sent.
#[derive(Serialize)]
struct Members<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    likes: Option<i64>,
}

/// What the server says to a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
#[serde(untagged)]
pub(crate) enum Updated {
    Post(Post),
    Text(String),
}

#[derive(Clone)]
pub(crate) struct UpdatePost;

impl Mutation for UpdatePost {
    type Api = PostsApi;
    type Arg = Change;
    type Output = Updated;
    const NAME: &'static str = "updatePost";

    fn query(&self, change: &Change) -> Request {
        let members = Members { title: change.title.as_ref(), likes: change.likes };
        Request::patch(format!("/posts/{}", change.id)).json(&members)
    }

    fn invalidates_tags(&self, _: MutationOutcome<'_, Self>, change: &Change) -> Tags {
        [tag("Post", change.id)].into()
    }
}
