//! A base query that answers from a script.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use retake_store::cache::SerializedError;
use retake_thunks::{Answer, BaseQuery, Body, Failure, Request, RequestContext, Response, Runtime};
use serde_json::{Value, json};

/// A server in a script: answers by route, in order, after a delay.
///
/// A route is `"METHOD url?query"`, with the parameters of the request form-urlencoded behind
/// the url; or `"METHOD url"`, whatever the parameters are; or a beginning of these that ends
/// in `*`. The longest route that fits goes, of two that differ in the `*` the one without. The
/// url is what the endpoint wrote: a script has no base. Headers and bodies choose nothing;
/// they are in [`requests`](Self::requests).
///
/// The answers of a route are used in order and the last one repeats. An unknown route answers
/// 404. The answer is chosen when the request is sent. A request that says which answers are
/// data is asked; its response handler is not, as the script gives the data. Clones are one
/// server.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use retake_testing::{Reply, ScriptedBaseQuery, VirtualRuntime};
/// use serde_json::json;
///
/// let server = ScriptedBaseQuery::new(VirtualRuntime::new());
/// server.on("GET posts/5", Reply::ok(json!({"id": 5})).after(Duration::from_millis(20)));
/// server.on("GET posts?page=2", Reply::ok(json!([]))); // Request::get("posts").param("page", 2)
/// server.on("PATCH posts/*", Reply::status(422, json!({"message": "no"})));
/// assert!(server.requests().is_empty());
/// ```
#[derive(Clone)]
pub struct ScriptedBaseQuery {
    runtime: Arc<dyn Runtime>,
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    routes: BTreeMap<String, Route>,
    requests: Vec<SentRequest>,
    aborted: Vec<usize>,
}

#[derive(Default)]
struct Route {
    replies: Vec<Reply>,
    used: usize,
}

/// A request that was sent to a [`ScriptedBaseQuery`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SentRequest {
    /// When, in milliseconds since the Unix epoch.
    pub at: u64,
    /// The endpoint.
    pub endpoint: String,
    /// The method.
    pub method: String,
    /// The address, without the parameters.
    pub url: String,
    /// Query parameters in order, as the endpoint gave them.
    pub params: Vec<(String, String)>,
    /// Headers in order, as the endpoint gave them: without those that a base query adds.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Body>,
}

/// What a [`ScriptedBaseQuery`] answers.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a reply does nothing until it is given to a route"]
pub struct Reply {
    delay: Duration,
    /// A status and a body, or why there is neither.
    outcome: Result<(u16, Value), Failure>,
}

impl Reply {
    /// Returns an answer with status 200.
    pub fn ok(body: Value) -> Self {
        Self::status(200, body)
    }

    /// Returns an answer with `status`; one outside of 200 to 299 is an error, unless the
    /// request says otherwise.
    pub fn status(status: u16, body: Value) -> Self {
        Self { delay: Duration::ZERO, outcome: Ok((status, body)) }
    }

    /// Returns the answer of a network that does not work.
    pub fn network_error(message: &str) -> Self {
        let error = json!({"status": "FETCH_ERROR", "error": message});
        Self { delay: Duration::ZERO, outcome: Err(Failure::error(error)) }
    }

    /// Returns a failure of the base query itself.
    pub fn failure(message: &str) -> Self {
        let error = SerializedError::new("Error", message);
        Self { delay: Duration::ZERO, outcome: Err(Failure::Unhandled(error)) }
    }

    /// Delivers the answer after `delay`.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

impl ScriptedBaseQuery {
    /// Returns a server without routes, on the time of `runtime`.
    #[must_use]
    pub fn new(runtime: impl Runtime) -> Self {
        Self { runtime: Arc::new(runtime), script: Arc::default() }
    }

    /// Adds an answer to a route: `"METHOD url?query"`, `"METHOD url"`, or a beginning and `*`.
    pub fn on(&self, route: &str, reply: Reply) {
        self.lock().routes.entry(route.to_owned()).or_default().replies.push(reply);
    }

    /// Returns the requests so far, in the order in which they were sent.
    #[must_use]
    pub fn requests(&self) -> Vec<SentRequest> {
        self.lock().requests.clone()
    }

    /// Returns the requests that were aborted, by their place in [`requests`](Self::requests),
    /// in the order of their abortion.
    #[must_use]
    pub fn aborted(&self) -> Vec<usize> {
        self.lock().aborted.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self, request: Request, cx: &RequestContext) -> (usize, Reply) {
        let Request { method, url, params, headers, body, .. } = request;
        let mut script = self.lock();
        let reply = script.reply(&format!("{method} {url}"), &params);
        let endpoint = cx.endpoint().to_owned();
        let at = self.runtime.now();
        let sent = SentRequest { at, endpoint, method, url, params, headers, body };
        script.requests.push(sent);
        (script.requests.len() - 1, reply)
    }
}

impl Script {
    fn reply(&mut self, request: &str, params: &[(String, String)]) -> Reply {
        let with_params = with_params(request, params);
        let literal = |route: &str| match route.strip_suffix('*') {
            Some(prefix) => with_params.starts_with(prefix).then_some((prefix.len(), false)),
            None => [&*with_params, request].contains(&route).then_some((route.len(), true)),
        };
        let fitting = self.routes.keys().filter_map(|route| Some((literal(route)?, route)));
        let name = fitting.max().map(|(_, route)| route.clone());
        let route = name.and_then(|name| self.routes.get_mut(&name));
        let reply = route.and_then(|route| {
            let index = route.used.min(route.replies.len().saturating_sub(1));
            route.used += 1;
            route.replies.get(index).cloned()
        });
        reply.unwrap_or_else(|| Reply::status(404, json!({"message": "no route"})))
    }
}

/// Returns `request` with its parameters, as the base query for HTTP writes them by default.
fn with_params(request: &str, params: &[(String, String)]) -> String {
    if params.is_empty() {
        return request.to_owned();
    }
    let params = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    match request.split_once('?') {
        None => format!("{request}?{params}"),
        Some((_, "")) => format!("{request}{params}"),
        Some(_) => format!("{request}&{params}"),
    }
}

/// Notes an abortion unless the answer was delivered.
struct Delivery<'a> {
    server: &'a ScriptedBaseQuery,
    request: usize,
    is_delivered: bool,
}

impl Drop for Delivery<'_> {
    fn drop(&mut self) {
        if !self.is_delivered {
            self.server.lock().aborted.push(self.request);
        }
    }
}

impl BaseQuery for ScriptedBaseQuery {
    type Args = Request;

    async fn run(&self, mut request: Request, cx: RequestContext) -> Result<Answer, Failure> {
        if let Some(error) = request.error {
            return Err(Failure::Unhandled(error));
        }
        let validate = request.validate_status.take().unwrap_or_default();
        let (request, reply) = self.receive(request, &cx);
        let mut delivery = Delivery { server: self, request, is_delivered: false };
        self.runtime.sleep(reply.delay).await;
        delivery.is_delivered = true;
        let (status, body) = reply.outcome?;
        if validate.is_valid(&Response::new(status, body.to_string()), &body) {
            Ok(Answer::new(body))
        } else {
            Err(Failure::error(json!({"status": status, "data": body})))
        }
    }
}

impl fmt::Debug for ScriptedBaseQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let script = self.lock();
        f.debug_struct("ScriptedBaseQuery")
            .field("routes", &script.routes.keys())
            .field("requests", &script.requests.len())
            .finish_non_exhaustive()
    }
}
