//! Retries: which requests are sent again, when, and what is left at the end.

mod app;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use retake::prelude::*;
use retake::thunks::{BoxFuture, Runtime};
use retake_testing::{EPOCH, Reply, ScriptedBaseQuery, VirtualRuntime, assert_actions};
use serde_json::{Value, json};

use app::{GetOnceMore, GetPost, PostsApi, RenamePost, Server, start, start_on};

const MS: Duration = Duration::from_millis(1);

/// Returns when requests were sent, in milliseconds since the start.
fn times(server: &ScriptedBaseQuery) -> Vec<u64> {
    server.requests().iter().map(|request| request.at - EPOCH).collect()
}

fn unavailable() -> Reply {
    Reply::status(503, json!("busy"))
}

/// Checks when the requests for post 1 are sent, and what is left at the end.
#[track_caller]
fn check(
    wrap: impl FnOnce(ScriptedBaseQuery) -> Server,
    replies: &[Reply],
    sent: &[u64],
    expected: Result<u32, Value>,
) {
    let (store, server) = start(wrap);
    for reply in replies {
        server.on("GET posts/1", reply.clone());
    }
    let result = store.run_until(store.dispatch(GetPost.initiate(1)));
    assert_eq!(times(&server), sent);
    assert_eq!(result.map(|it| *it).map_err(|error| error.value().clone()), expected);
    let settled = if store.state().posts.query("getPost(1)").unwrap().error.is_some() {
        "posts/executeQuery/rejected"
    } else {
        "posts/executeQuery/fulfilled"
    };
    assert_eq!(store.types()[..2], ["posts/executeQuery/pending", settled]);
}

#[test]
fn failed_requests_are_sent_again() {
    let every_10 = |server| retry(server).max_retries(2).backoff(|_| 10 * MS);
    let busy = json!({"status": 503, "data": "busy"});
    let ok = Reply::ok(json!(7));
    check(every_10, std::slice::from_ref(&ok), &[0], Ok(7));
    check(every_10, &[unavailable(), ok.clone()], &[0, 10], Ok(7));
    check(every_10, &[unavailable(), unavailable(), ok.clone()], &[0, 10, 20], Ok(7));
    check(every_10, &[unavailable()], &[0, 10, 20], Err(busy.clone()));
    check(|it| retry(it).max_retries(0), &[unavailable(), ok.clone()], &[0], Err(busy));
    let growing = |it| retry(it).backoff(|failed| failed.attempt * 10 * MS);
    check(growing, &[unavailable(), unavailable(), ok], &[0, 10, 30], Ok(7));
}

/// 600 ms, doubled with each attempt, times 0.4 and what the runtime draws: 0.5 here.
#[test]
fn the_default_backoff_is_exponential() {
    let sent = [0, 540, 1_620, 3_780, 8_100, 16_740];
    check(retry, &[unavailable()], &sent, Err(json!({"status": 503, "data": "busy"})));
    let capped = |it| {
        let twice = |failed: &FailedAttempt<'_>| failed.attempt <= 3;
        retry(it).max_retries(1).retry_condition(twice)
    };
    check(
        capped,
        &[unavailable()],
        &[0, 540, 1_080, 1_620],
        Err(json!({"status": 503, "data": "busy"})),
    );
}

#[test]
fn an_unhandled_failure_is_retried_and_then_a_value() {
    let twice = |server| retry(server).max_retries(1).backoff(|_| MS);
    let error = json!({"name": "Error", "message": "lost"});
    check(twice, &[Reply::failure("lost")], &[0, 1], Err(error.clone()));
    check(twice, &[Reply::failure("lost"), Reply::ok(json!(7))], &[0, 1], Ok(7));
    // A condition is asked about answers only.
    let never = |server| retry(server).max_retries(1).backoff(|_| MS).retry_condition(|_| false);
    check(never, &[Reply::failure("lost")], &[0, 1], Err(error));
}

#[test]
fn a_condition_takes_the_place_of_the_number() {
    let sees = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&sees);
    let (store, server) = start(|server| {
        retry(server).max_retries(0).backoff(|_| MS).retry_condition(move |failed| {
            let url = failed.args::<Request>().unwrap().url.clone();
            let status = failed.error().unwrap()["status"].clone();
            sees.lock().unwrap().push((
                failed.attempt,
                failed.request.endpoint().to_owned(),
                url,
                status,
            ));
            failed.error().unwrap()["status"] == 503
        })
    });
    server.on("GET posts/1", unavailable());
    server.on("GET posts/1", Reply::status(500, json!("bug")));
    let error = store.run_until(store.dispatch(GetPost.initiate(1))).unwrap_err();
    assert_eq!(error.status(), Some(500));
    let attempt = |n, status: u16| (n, "getPost".to_owned(), "posts/1".to_owned(), json!(status));
    assert_eq!(*seen.lock().unwrap(), [attempt(1, 503), attempt(2, 500)]);
}

/// Says at the second attempt that there is no use.
struct Hopeless(AtomicU64);
impl BaseQuery for Hopeless {
    type Args = ();
    async fn run(&self, (): (), _: RequestContext) -> Result<Answer, Failure> {
        let meta = Some(Arc::new(json!("seen")));
        let error = json!({"status": 401});
        Err(match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => Failure::Error { error, meta },
            _ => Failure::Final { error, meta },
        })
    }
}

/// Runs any base query as a `query_fn` of the api.
struct Run<B>(B);
impl<B: BaseQuery<Args = ()>> Query for Run<B> {
    type Api = PostsApi;
    type Arg = ();
    type Output = Value;
    const NAME: &'static str = "run";
    async fn query_fn(
        &self,
        (): (),
        cx: QueryFnContext<PostsApi>,
    ) -> Result<Fetched<Value>, Failure> {
        self.0.run((), cx.request().clone()).await.map(|answer| Fetched::new(answer.data))
    }
}

#[test]
fn a_final_failure_is_not_retried() {
    let (store, _) = start(retry);
    let hopeless = retry(Hopeless(AtomicU64::new(0))).backoff(|_| 30 * MS);
    let error = store.run_until(store.dispatch(Run(hopeless).initiate(()))).unwrap_err();
    assert_eq!((error.status(), store.runtime().now()), (Some(401), EPOCH + 30));
    let rejected = store.log().wires().remove(1);
    assert_eq!(rejected.meta.unwrap()["baseQueryMeta"], "seen");

    // Without retries it is an error like any other.
    let (store, _) = start(retry);
    let error = store.run_until(store.dispatch(Run(Hopeless(AtomicU64::new(1))).initiate(())));
    assert_eq!(error.unwrap_err().status(), Some(401));
}

#[test]
fn nested_retries_multiply() {
    struct Count(Arc<AtomicU64>);
    impl BaseQuery for Count {
        type Args = ();
        async fn run(&self, (): (), _: RequestContext) -> Result<Answer, Failure> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Err(Failure::error(json!("no")))
        }
    }
    let sent = Arc::new(AtomicU64::new(0));
    let inner = retry(Count(Arc::clone(&sent))).max_retries(3);
    let (store, _) = start(retry);
    store.run_until(store.dispatch(Run(retry(inner).max_retries(3)).initiate(()))).unwrap_err();
    assert_eq!(sent.load(Ordering::Relaxed), 16);
}

#[test]
fn endpoints_and_dispatches_have_options_of_their_own() {
    let (store, server) = start(|server| retry(server).max_retries(4).backoff(|_| 10 * MS));
    server.on("GET posts/1", unavailable());
    server.on("PATCH posts/1", unavailable());
    let sent = |expected: usize| {
        assert_eq!(server.requests().len(), expected);
    };
    let handle = store.dispatch(GetOnceMore.initiate(1));
    let error = store.run_until(&handle).unwrap_err();
    assert_eq!(error.value()["id"], 1);
    assert_eq!(times(&server), [0, 10]);

    let never = RetryOptions::new().max_retries(0);
    let again = GetOnceMore.initiate(1).force_refetch(true).extra_options(never.clone());
    let again = store.dispatch(again);
    store.run_until(&again).unwrap_err();
    sent(3);

    // What was said to one dispatch says nothing to later requests of the entry.
    store.dispatch(PostsApi::invalidate_tags(["Post"]));
    store.advance(100 * MS);
    sent(5);

    store.run_until(store.dispatch(RenamePost.initiate(1))).unwrap_err();
    sent(8);
    store.run_until(store.dispatch(RenamePost.initiate(1).extra_options(never))).unwrap_err();
    sent(9);

    // Where nothing else is said the backoff is that of the api.
    let started = store.runtime().now();
    let slower = RetryOptions::new().backoff(|_| 40 * MS);
    let slower = store.dispatch(RenamePost.initiate(1).extra_options(slower));
    store.run_until(slower).unwrap_err();
    let last = times(&server)[9..].to_vec();
    let started = started - EPOCH;
    assert_eq!(last[1..], [started + 40, started + 80, started + 120, started + 160]);
}

#[test]
fn any_base_query_reads_the_options_it_knows() {
    struct Tenant(&'static str);
    struct WithTenant;
    impl BaseQuery for WithTenant {
        type Args = ();
        async fn run(&self, (): (), cx: RequestContext) -> Result<Answer, Failure> {
            let tenant = cx.extra_options().get::<Tenant>();
            Ok(Answer::new(json!(tenant.map_or("none", |tenant| tenant.0))))
        }
    }
    let (store, _) = start(retry);
    let query = store.dispatch(Run(WithTenant).initiate(()));
    assert_eq!(*store.run_until(&query).unwrap(), "none");
    let north = ExtraOptions::new().with(Tenant("north"));
    let again = Run(WithTenant).initiate(()).force_refetch(true).extra_options(north);
    assert_eq!(*store.run_until(store.dispatch(again)).unwrap(), "north");
}

#[test]
fn an_abortion_ends_the_wait() {
    let (store, server) = start(|server| retry(server).backoff(|_| 100 * MS));
    server.on("GET posts/1", unavailable().after(5 * MS));
    let handle = store.dispatch(GetPost.initiate(1));
    store.advance(55 * MS);
    assert_eq!(store.runtime().pending_timers(), 1, "the backoff");
    handle.abort();
    store.settle();
    assert_eq!(store.runtime().pending_timers(), 0, "nothing waits any more");
    store.advance(Duration::from_secs(10));
    assert_eq!(times(&server), [0]);
    assert_actions!(store, ["posts/executeQuery/pending", "posts/executeQuery/rejected"]);
    assert_eq!(handle.state().error.unwrap().value()["name"], "AbortError");
}

/// Whoever runs a base query apart from the request gets an answer, too.
#[test]
fn an_abortion_is_seen_by_the_retries_themselves() {
    struct Apart(Arc<Mutex<Option<Result<Answer, Failure>>>>);
    impl BaseQuery for Apart {
        type Args = ();
        async fn run(&self, (): (), cx: RequestContext) -> Result<Answer, Failure> {
            let (outcome, runtime) = (Arc::clone(&self.0), Arc::clone(cx.runtime()));
            runtime.start(Box::pin(async move {
                let hopeful = retry(Busy).backoff(|_| 100 * MS);
                *outcome.lock().unwrap() = Some(hopeful.run((), cx).await);
            }));
            std::future::pending().await
        }
    }
    struct Busy;
    impl BaseQuery for Busy {
        type Args = ();
        async fn run(&self, (): (), _: RequestContext) -> Result<Answer, Failure> {
            Err(Failure::error(json!("busy")))
        }
    }
    let outcome = Arc::default();
    let (store, _) = start(retry);
    let handle = store.dispatch(Run(Apart(Arc::clone(&outcome))).initiate(()));
    store.advance(150 * MS);
    assert_eq!(*outcome.lock().unwrap(), None);
    handle.abort();
    store.settle();
    let aborted = Failure::error(json!({"status": "CUSTOM_ERROR", "error": "Aborted"}));
    assert_eq!(*outcome.lock().unwrap(), Some(Err(aborted)));
}

#[test]
fn a_condition_that_panics_rejects_the_request() {
    let (store, server) = start(|server| retry(server).retry_condition(|_| panic!("a bug")));
    server.on("GET posts/1", unavailable());
    let error = store.run_until(store.dispatch(GetPost.initiate(1))).unwrap_err();
    assert_eq!(error.value(), &json!({"name": "Panic", "message": "a bug"}));
    assert_eq!(times(&server), [0]);
}

/// Virtual time with random numbers in a fixed order.
#[derive(Clone, Debug)]
struct Spread(VirtualRuntime, Arc<AtomicU64>);

impl Runtime for Spread {
    fn now(&self) -> u64 {
        self.0.now()
    }
    fn unique_id(&self) -> String {
        self.0.unique_id()
    }
    fn random(&self) -> f64 {
        f64::from(u8::try_from(self.1.fetch_add(1, Ordering::Relaxed) % 4).unwrap()) / 4.0
    }
    fn start(&self, future: BoxFuture<'static, ()>) {
        self.0.start(future);
    }
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }
}

/// The spread of the waits is the runtime's: a run can be repeated.
#[test]
fn waits_are_spread_by_the_runtime() {
    let run = |seed| {
        let time = VirtualRuntime::new();
        let server = ScriptedBaseQuery::new(time.clone());
        server.on("GET posts/1", unavailable());
        let spread = Spread(time.clone(), Arc::new(AtomicU64::new(seed)));
        let store = start_on(spread, time, retry(server.clone()).max_retries(3));
        store.run_until(store.dispatch(GetPost.initiate(1))).unwrap_err();
        times(&server)
    };
    assert_eq!(run(0), [0, 240, 240 + 780, 240 + 780 + 2_160]);
    assert_eq!(run(0), run(0));
    assert_eq!(run(1), [0, 390, 390 + 1_080, 390 + 1_080 + 2_760]);
}
