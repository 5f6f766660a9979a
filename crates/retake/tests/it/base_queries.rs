//! One application over HTTP and over a script: the base query is chosen by who builds it.

use std::time::Duration;

use retake::ConfigureStore;
use retake::prelude::*;
use retake_testing::{Reply, ScriptedBaseQuery, VirtualRuntime};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
struct App {
    posts: ApiState<PostsApi>,
}

#[derive(Clone, Debug, Action)]
enum AppAction {
    Posts(ApiAction<PostsApi>),
}

struct PostsApi;
impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "posts";
    type State = App;
    type Action = AppAction;
    type BaseQuery = DynBaseQuery;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.posts
    }
}

struct GetTitle;
impl Query for GetTitle {
    type Api = PostsApi;
    type Arg = u32;
    type Output = String;
    const NAME: &'static str = "getTitle";
    fn query(&self, id: &u32) -> Request {
        Request::get(format!("titles/{id}")).validate_status(|answer, _| answer.status == 203)
    }
}

/// What the application does; `base_query` is the only thing that is not its own.
fn configure(base_query: impl BaseQuery<Args = Request>) -> ConfigureStore<App, AppAction> {
    configure_store().api(PostsApi, DynBaseQuery::new(base_query))
}

#[tokio::test]
async fn over_http() {
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let store = configure(HttpBaseQuery::new(format!("http://{nobody}"))).build().unwrap();
    let error = store.dispatch(GetTitle.initiate(5)).await.unwrap_err();
    assert!(matches!(error.decode(), Ok(FetchError::Fetch { .. })), "{error}");
}

#[test]
fn over_a_script() {
    let runtime = VirtualRuntime::new();
    let server = ScriptedBaseQuery::new(runtime.clone());
    let store = configure(server.clone()).runtime(runtime.clone()).build().unwrap();

    server.on("GET titles/5", Reply::status(203, json!("a")).after(Duration::from_millis(20)));
    server.on("GET titles/6", Reply::ok(json!("b")));
    let found = runtime.run_until(store.dispatch(GetTitle.initiate(5)));
    assert_eq!(*found.unwrap(), "a");
    let refused = runtime.run_until(store.dispatch(GetTitle.initiate(6))).unwrap_err();
    assert_eq!(refused.value(), &json!({"status": 200, "data": "b"}));

    let given_up = store.dispatch(GetTitle.initiate(5).force_refetch(true));
    given_up.abort();
    runtime.settle();
    assert_eq!(server.aborted(), [2], "the script's future was dropped");
}
