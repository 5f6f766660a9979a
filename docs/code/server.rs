// An application with a session and a server, for the examples about HTTP.
mod server {
    pub use retake::http::{HeaderValue, Part, ResponseHandler};
    pub use retake::prelude::*;
    pub use serde::{Deserialize, Serialize};
    pub use serde_json::{Value, json};

    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    pub struct Session {
        pub token: String,
    }

    #[slice(name = "session")]
    impl Session {
        fn token_received(&mut self, token: String) {
            self.token = token;
        }
        fn logged_out(&mut self) {
            self.token.clear();
        }
    }

    #[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
    pub struct App {
        pub session: Session,
        pub server: ApiState<Server>,
    }

    #[derive(Clone, Debug, Action)]
    pub enum AppAction {
        Session(SessionAction),
        Server(ApiAction<Server>),
    }

    pub struct Server;
    impl Api for Server {
        const REDUCER_PATH: &'static str = "server";
        type State = App;
        type Action = AppAction;
        type BaseQuery = DynBaseQuery;
        fn slice(app: &App) -> &ApiState<Self> {
            &app.server
        }
    }

    pub struct Ask(pub Request);
    impl Query for Ask {
        type Api = Server;
        type Arg = ();
        type Output = Value;
        const NAME: &'static str = "ask";
        fn query(&self, (): &()) -> Request {
            self.0.clone()
        }
    }

    pub fn tokio_runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("it starts")
    }

    /// Returns what is in the cache after `request`.
    pub fn ask(
        base_query: impl BaseQuery<Args = Request>,
        request: Request,
    ) -> Result<Value, QueryError> {
        tokio_runtime().block_on(async {
            let session = Session { token: "1815".into() };
            let store = configure_store::<App, AppAction>()
                .preloaded_state(App { session, ..App::default() })
                .api(Server, DynBaseQuery::new(base_query))
                .build()
                .expect("the api fits the state");
            let answer = store.dispatch(Ask(request).initiate(())).await?;
            Ok(Value::clone(&answer))
        })
    }

    /// Starts a server that answers with what it was asked, and returns its address.
    pub fn start_server() -> String {
        async fn echo(request: axum::extract::Request) -> axum::Json<Value> {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.expect("it is read");
            let header = |name: &str| head.headers.get(name).and_then(|it| it.to_str().ok());
            axum::Json(json!({
                "request": format!("{} {}", head.method, head.uri),
                "content-type": header("content-type"),
                "accept": header("accept"),
                "authorization": header("authorization"),
                "body": String::from_utf8_lossy(&body),
            }))
        }
        async fn graphql(axum::Json(document): axum::Json<Value>) -> axum::Json<Value> {
            axum::Json(match document["variables"]["name"].as_str() {
                Some(name) => json!({"data": {"hello": format!("Hello, {name}")}}),
                None => json!({"errors": [{"message": "who are you?"}]}),
            })
        }
        let router = axum::Router::new()
            .route("/graphql", axum::routing::post(graphql))
            .fallback(echo);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("it is a socket");
        let address = listener.local_addr().expect("it is bound");
        std::thread::spawn(move || {
            tokio_runtime().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("it listens");
                axum::serve(listener, router).await
            })
        });
        format!("http://{address}")
    }
}
use server::*;
