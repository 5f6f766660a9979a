// The application of the examples in the guide, with a server in a script.
mod posts {
    pub use std::sync::Arc;

    pub use retake::prelude::*;
    pub use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore, assert_actions};
    pub use serde::{Deserialize, Serialize};
    pub use serde_json::json;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
    pub struct Post {
        pub id: u32,
        pub title: String,
    }

    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    pub struct Filter {
        pub text: String,
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

    #[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
    pub struct App {
        pub filter: Filter,
        pub posts: ApiState<PostsApi>,
    }

    #[derive(Clone, Debug, Action)]
    pub enum AppAction {
        Filter(FilterAction),
        Posts(ApiAction<PostsApi>),
    }

    pub type AppStore = Store<App, AppAction>;

    pub struct PostsApi;
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

    pub struct GetPost;
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

    pub type PostList = im::Vector<Arc<Post>>;

    pub struct ListPosts;
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

    pub fn start() -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
        let mut server = None;
        let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
            let base_query = server.insert(ScriptedBaseQuery::new(runtime.clone())).clone();
            configure_store::<App, AppAction>()
                .runtime(runtime.clone())
                .api(PostsApi, base_query)
                .middleware(log.clone())
                .build()
                .expect("the api fits the state")
        });
        (store, server.expect("the store was built"))
    }

    pub fn post(id: u32, title: &str) -> Post {
        Post { id, title: title.into() }
    }
}
use posts::*;
