//! A store with one api, and a runtime whose timers the test fires.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::channel::oneshot;
use retake_http::HttpBaseQuery;
use retake_http::reqwest::Client;
use retake_store::cache::{Api, ApiAction, ApiState, QueryError};
use retake_store::{Action, Changed, Reducer, State, Store};
use retake_thunks::{
    Answer, BoxFuture, Engine, Environment, Extra, Failure, Fetched, JsonArg, Mutation, Query,
    QueryHandle, Request, Runtime, TokioRuntime, UntypedMutation, UntypedQuery,
};
use serde_json::Value;

#[derive(Clone, Default)]
pub(crate) struct App {
    pub(crate) token: String,
    server: ApiState<Server>,
}

impl State for App {}

impl<A: Action> Reducer<A> for App {
    fn reduce(&mut self, action: &A) -> Changed {
        self.server.reduce(action)
    }
}

pub(crate) struct Server;

impl Api for Server {
    const REDUCER_PATH: &'static str = "server";
    type State = App;
    type Action = ApiAction<Server>;
    type BaseQuery = HttpBaseQuery;
    fn slice(app: &App) -> &ApiState<Self> {
        &app.server
    }
}

/// Tokio, but time stands still until the test fires the timers.
#[derive(Debug)]
pub(crate) struct Timers {
    tokio: TokioRuntime,
    waiting: Mutex<Vec<(Duration, oneshot::Sender<()>)>>,
}

impl Timers {
    pub(crate) fn durations(&self) -> Vec<Duration> {
        self.waiting.lock().unwrap().iter().map(|(duration, _)| *duration).collect()
    }

    pub(crate) fn fire(&self) {
        for (_, timer) in self.waiting.lock().unwrap().drain(..) {
            timer.send(()).unwrap();
        }
    }
}

impl Runtime for Timers {
    fn now(&self) -> u64 {
        0
    }

    fn unique_id(&self) -> String {
        self.tokio.unique_id()
    }

    fn random(&self) -> f64 {
        0.0
    }

    fn start(&self, future: BoxFuture<'static, ()>) {
        self.tokio.start(future);
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (timer, fired) = oneshot::channel();
        self.waiting.lock().unwrap().push((duration, timer));
        Box::pin(async move { fired.await.unwrap() })
    }
}

type Sent = Arc<Mutex<Option<Result<Answer, Failure>>>>;

/// A request under way.
pub(crate) struct UnderWay {
    pub(crate) handle: QueryHandle<UntypedQuery<Server>>,
    outcome: Sent,
}

impl UnderWay {
    /// Waits for the end and returns what the base query answered.
    pub(crate) async fn outcome(self) -> Result<Answer, Failure> {
        self.handle.settled().await;
        self.outcome.lock().unwrap().take().expect("the base query has not answered")
    }
}

pub(crate) struct Harness {
    pub(crate) store: Store<App, ApiAction<Server>>,
    pub(crate) timers: Arc<Timers>,
}

impl Harness {
    pub(crate) fn new(base_query: HttpBaseQuery) -> Self {
        // The proxies of the environment are none of the tests' business.
        Self::with_client(base_query, Client::builder().no_proxy().build().unwrap())
    }

    pub(crate) fn with_client(base_query: HttpBaseQuery, client: Client) -> Self {
        let tokio = TokioRuntime::current().unwrap();
        let timers = Arc::new(Timers { tokio, waiting: Mutex::default() });
        let runtime: Arc<dyn Runtime> = timers.clone();
        let base_query = base_query.client(client);
        let engine = Engine::new(&Server, base_query, runtime.clone(), Extra::default());
        let mut environment = Environment::new(runtime, Extra::default());
        environment.add_api(engine.clone());
        let app = App { token: "t0p-secret".to_owned(), ..App::default() };
        let store = Store::builder(app).extension(environment).build();
        engine.connect::<Server>(&store);
        Self { store, timers }
    }

    /// Sends `request`.
    pub(crate) fn start(&self, request: Request) -> UnderWay {
        let outcome = Sent::default();
        let seen = Arc::clone(&outcome);
        let endpoint = UntypedQuery::new(format!("{request:?}")).query_fn(move |_, cx| {
            let (request, seen) = (request.clone(), Arc::clone(&seen));
            async move {
                let answer = cx.base_query(request).await;
                *seen.lock().unwrap() = Some(answer.clone());
                answer.map(|answer| Fetched { data: answer.data, meta: answer.meta })
            }
        });
        let handle = self.store.dispatch(endpoint.build().initiate(JsonArg::Absent));
        UnderWay { handle, outcome }
    }

    /// Sends `request` and returns what the base query answers.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, Failure> {
        self.start(request).outcome().await
    }

    /// Returns what a query with `request` leaves in the cache.
    pub(crate) async fn query(&self, request: Request) -> Result<Arc<Value>, QueryError> {
        let endpoint = UntypedQuery::<Server>::new("query").query(move |_| Ok(request.clone()));
        self.store.dispatch(endpoint.build().initiate(JsonArg::Absent)).await
    }

    /// Returns what a mutation with `request` answers.
    pub(crate) async fn mutate(&self, request: Request) -> Result<Arc<Value>, QueryError> {
        let endpoint = UntypedMutation::<Server>::new("mutate").query(move |_| Ok(request.clone()));
        self.store.dispatch(endpoint.build().initiate(JsonArg::Absent)).await
    }
}

/// Returns the error that a request is rejected with.
#[track_caller]
pub(crate) fn error_of(outcome: Result<Answer, Failure>) -> Value {
    match outcome {
        Err(Failure::Error { error, .. }) => error,
        other => panic!("not rejected with a value: {other:?}"),
    }
}

/// Returns the meta of an answer or of an error.
#[track_caller]
pub(crate) fn meta_of(outcome: Result<Answer, Failure>) -> Value {
    let (Ok(Answer { meta, .. }) | Err(Failure::Error { meta, .. })) = outcome else {
        panic!("no answer: {outcome:?}");
    };
    Value::clone(&meta.expect("no meta"))
}
