//! An application with a server cache of posts.

use std::sync::Arc;
use std::time::Duration;

use retake::prelude::*;
use retake::thunks::{Answer, Failure, RequestContext};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;

use crate::data::{Post, post};

/// The state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
pub struct App {
    /// The cached posts.
    pub posts: ApiState<PostsApi>,
}

/// The root action.
#[derive(Clone, Debug, Action)]
pub enum AppAction {
    /// What happens to cached posts.
    Posts(ApiAction<PostsApi>),
}

/// The store.
pub type PostsStore = Store<App, AppAction>;

/// The api of posts.
#[derive(Debug)]
pub struct PostsApi;

impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "posts";
    const TAG_TYPES: &'static [&'static str] = &["Post"];
    type State = App;
    type Action = AppAction;
    type BaseQuery = NoServer;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.posts
    }
    /// Timers are set and never fire.
    fn options() -> ApiOptions {
        let day = Duration::from_secs(24 * 60 * 60);
        ApiOptions { keep_unused_data_for: day.into(), ..ApiOptions::default() }
    }
}

/// Refuses every request: benchmarks put data into the cache themselves.
#[derive(Clone, Copy, Debug)]
pub struct NoServer;

impl BaseQuery for NoServer {
    type Args = Request;
    async fn run(&self, request: Request, _: RequestContext) -> Result<Answer, Failure> {
        Err(Failure::error(serde_json::json!({"status": "NO_SERVER", "url": request.url})))
    }
}

/// Rows that an edit of one row shares.
pub type PostList = im::Vector<Arc<Post>>;

macro_rules! query {
    ($(#[$doc:meta])* $name:ident($endpoint:literal): $arg:ident: $ty:ty => $output:ty, $tags:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Query for $name {
            type Api = PostsApi;
            type Arg = $ty;
            type Output = $output;
            const NAME: &'static str = $endpoint;
            fn query(&self, $arg: &$ty) -> Request {
                Request::get(format!("{}/{}", $endpoint, $arg))
            }
            fn provides_tags(&self, outcome: QueryOutcome<'_, Self>, $arg: &$ty) -> Tags {
                let tags: fn(QueryOutcome<'_, Self>, &$ty) -> Tags = $tags;
                tags(outcome, $arg)
            }
        }
    };
}

query!(
    /// A post, with its tag.
    GetPost("getPost"): id: u32 => Post, |_, id| [tag("Post", *id)].into()
);
query!(
    /// A post that is in the list too.
    GetPage("getPage"): id: u32 => Post, |_, id| [tag("Post", *id), tag("Post", "LIST")].into()
);
query!(
    /// The first posts, without tags.
    ListPosts("listPosts"): count: u32 => PostList, |_, _| Tags::none()
);
query!(
    /// The first posts, with a tag for each and one for the list.
    ListTaggedPosts("listTaggedPosts"): count: u32 => PostList, |outcome, _| {
        let rows = outcome.data.into_iter().flatten().map(|post| tag("Post", post.id));
        rows.chain([tag("Post", "LIST")]).collect()
    }
);

/// A store on tokio, as an application has it.
#[derive(Debug)]
pub struct Running {
    /// The store.
    pub store: PostsStore,
    runtime: Runtime,
}

impl Running {
    /// Returns a store with nothing in it.
    ///
    /// # Panics
    /// When the operating system refuses a runtime.
    #[must_use]
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_time().build();
        let runtime = runtime.unwrap_or_else(|error| panic!("no tokio runtime: {error}"));
        let inside = runtime.enter();
        let store = configure_store::<App, AppAction>().api(PostsApi, NoServer).build();
        let store = store.unwrap_or_else(|error| panic!("no store: {error}"));
        drop(inside);
        Self { store, runtime }
    }

    /// Returns a store with the lists of the first `count` posts.
    #[must_use]
    pub fn with_lists(count: u32) -> Self {
        let this = Self::new();
        let list: PostList = (0..count).map(|id| Arc::new(post(id))).collect();
        let entries = [
            ListPosts.upsert_entry(count, list.clone()),
            ListTaggedPosts.upsert_entry(count, list),
        ];
        this.store.dispatch(upsert_query_entries(entries));
        this.run_tasks();
        this
    }

    /// Returns a store with an entry for each of the first `count` posts; every tenth is a
    /// member of the list.
    #[must_use]
    pub fn with_entries(count: u32) -> Self {
        let this = Self::new();
        this.store.dispatch(upsert_query_entries((0..count).map(Self::entry)));
        this.run_tasks();
        this
    }

    fn entry(id: u32) -> retake::thunks::UpsertEntry<PostsApi> {
        if id.is_multiple_of(10) {
            GetPage.upsert_entry(id, post(id))
        } else {
            GetPost.upsert_entry(id, post(id))
        }
    }

    /// Puts the entry of the post `id` into the cache.
    pub fn put(&self, id: u32) {
        self.store.dispatch(upsert_query_entries([Self::entry(id)]));
        self.run_tasks();
    }

    /// Lets tokio run the tasks that are ready: those of new and of cancelled timers.
    fn run_tasks(&self) {
        self.runtime.block_on(async {
            for _ in 0..4 {
                yield_now().await;
            }
        });
    }
}

impl Default for Running {
    fn default() -> Self {
        Self::new()
    }
}
