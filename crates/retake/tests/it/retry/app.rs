//! The application of these tests: every request passes a `Retry`.

use retake::prelude::*;
use retake::thunks::Runtime;
use retake_testing::{ActionLog, ScriptedBaseQuery, TestStore, VirtualRuntime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) type Server = Retry<ScriptedBaseQuery>;

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
pub(super) struct App {
    pub(super) posts: ApiState<PostsApi>,
}

#[derive(Clone, Debug, Action)]
pub(super) enum AppAction {
    Posts(ApiAction<PostsApi>),
}

pub(super) struct PostsApi;
impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "posts";
    const TAG_TYPES: &'static [&'static str] = &["Post"];
    type State = App;
    type Action = AppAction;
    type BaseQuery = Server;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.posts
    }
}

/// Retried as the api says.
pub(super) struct GetPost;
impl Query for GetPost {
    type Api = PostsApi;
    type Arg = u32;
    type Output = u32;
    const NAME: &'static str = "getPost";
    fn query(&self, id: &u32) -> Request {
        Request::get(format!("posts/{id}"))
    }
    fn provides_tags(&self, _: QueryOutcome<'_, Self>, _: &u32) -> Tags {
        ["Post"].into()
    }
}

/// Retried once, whatever the api says, and says who failed.
pub(super) struct GetOnceMore;
impl Query for GetOnceMore {
    type Api = PostsApi;
    type Arg = u32;
    type Output = u32;
    const NAME: &'static str = "getOnceMore";
    fn query(&self, id: &u32) -> Request {
        Request::get(format!("posts/{id}"))
    }
    fn extra_options(&self) -> ExtraOptions {
        RetryOptions::new().max_retries(1).into()
    }
    fn provides_tags(&self, _: QueryOutcome<'_, Self>, _: &u32) -> Tags {
        ["Post"].into()
    }
    fn transform_error_response(
        &self,
        error: Value,
        _: Option<&Value>,
        id: &u32,
    ) -> Result<Value, SerializedError> {
        Ok(json!({"id": id, "error": error}))
    }
}

pub(super) struct RenamePost;
impl Mutation for RenamePost {
    type Api = PostsApi;
    type Arg = u32;
    type Output = u32;
    const NAME: &'static str = "renamePost";
    fn query(&self, id: &u32) -> Request {
        Request::patch(format!("posts/{id}"))
    }
    fn extra_options(&self) -> ExtraOptions {
        RetryOptions::new().max_retries(2).into()
    }
}

pub(super) fn start_on(
    runtime: impl Runtime,
    time: VirtualRuntime,
    server: Server,
) -> TestStore<App, AppAction> {
    let log = ActionLog::new();
    let store = configure_store::<App, AppAction>()
        .runtime(runtime)
        .api(PostsApi, server)
        .middleware(log.clone())
        .build()
        .unwrap();
    TestStore::from_parts(store, time, log)
}

pub(super) fn start(
    wrap: impl FnOnce(ScriptedBaseQuery) -> Server,
) -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    let time = VirtualRuntime::new();
    let server = ScriptedBaseQuery::new(time.clone());
    (start_on(time.clone(), time, wrap(server.clone())), server)
}
