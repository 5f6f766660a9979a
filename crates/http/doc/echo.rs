// An application with an api whose server answers with what it was asked, for the examples
// in the documentation.
use retake_store::cache::{Api, ApiAction, ApiState, QueryError};
use retake_store::{Action, Changed, Reducer, State, Store};
use retake_thunks::{Engine, Environment, Extra, JsonArg, Query, TokioRuntime, UntypedQuery};

#[derive(Clone, Default)]
struct App {
    user: String,
    echo: ApiState<EchoApi>,
}

impl State for App {}

impl<A: Action> Reducer<A> for App {
    fn reduce(&mut self, action: &A) -> Changed {
        self.echo.reduce(action)
    }
}

struct EchoApi;

impl Api for EchoApi {
    const REDUCER_PATH: &'static str = "echo";
    type State = App;
    type Action = ApiAction<EchoApi>;
    type BaseQuery = retake_http::HttpBaseQuery;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.echo
    }
}

fn tokio_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Starts a server that runs as long as the process, and returns its address; it answers
/// everything but `/never`.
fn echo_server() -> String {
    async fn echo(request: axum::extract::Request) -> axum::Json<serde_json::Value> {
        let (head, body) = request.into_parts();
        if head.uri.path() == "/never" {
            std::future::pending::<()>().await;
        }
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let headers = head.headers.iter().map(|(name, value)| {
            (name.to_string(), serde_json::Value::from(value.to_str().unwrap()))
        });
        axum::Json(serde_json::json!({
            "method": head.method.as_str(),
            "target": head.uri.to_string(),
            "headers": headers.collect::<serde_json::Map<_, _>>(),
            "body": String::from_utf8_lossy(&body),
        }))
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        tokio_runtime().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, axum::Router::new().fallback(echo)).await.unwrap();
        });
    });
    format!("http://{address}")
}

/// Returns the answer to `request` as the cache of a store shows it.
fn ask(
    base_query: retake_http::HttpBaseQuery,
    request: retake_thunks::Request,
) -> Result<std::sync::Arc<serde_json::Value>, QueryError> {
    tokio_runtime().block_on(async {
        let runtime = std::sync::Arc::new(TokioRuntime::current().unwrap());
        let engine = Engine::new(&EchoApi, base_query, runtime.clone(), Extra::default());
        let mut environment = Environment::new(runtime, Extra::default());
        environment.add_api(engine.clone());
        let app = App { user: "ada".into(), ..App::default() };
        let store = Store::builder(app).extension(environment).build();
        engine.connect::<EchoApi>(&store);
        let endpoint = UntypedQuery::<EchoApi>::new("ask").query(move |_| Ok(request.clone()));
        store.dispatch(endpoint.build().initiate(JsonArg::Absent)).await
    })
}
