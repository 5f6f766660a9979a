//! The scripted server (FORMAT 2.5).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use retake::store::cache::SerializedError;
use retake::thunks::{Answer, Body, Failure, RequestContext, Runtime};
use retake::{BaseQuery, Request};
use retake_testing::VirtualRuntime;
use serde_json::{Value, json};

use crate::journal::Journal;
use crate::scenario::Response;
use crate::template::{Scope, expand};

/// A base query that answers from the script of a scenario; clones are one server.
#[derive(Clone)]
pub(crate) struct Server {
    shared: Arc<Shared>,
    /// The api that lines about requests name, if they do.
    api: Option<String>,
}

struct Shared {
    routes: BTreeMap<String, Vec<Response>>,
    received: Mutex<Received>,
    journal: Journal,
    runtime: VirtualRuntime,
}

#[derive(Default)]
struct Received {
    requests: u64,
    by_route: BTreeMap<String, u64>,
}

impl Server {
    pub(crate) fn new(
        routes: BTreeMap<String, Vec<Response>>,
        journal: Journal,
        runtime: VirtualRuntime,
    ) -> Self {
        let shared = Shared { routes, received: Mutex::default(), journal, runtime };
        Self { shared: Arc::new(shared), api: None }
    }

    /// Returns this server, as an api that lines name `api` asks it.
    pub(crate) fn for_api(&self, api: Option<String>) -> Self {
        Self { shared: Arc::clone(&self.shared), api }
    }

    /// Writes the request down and chooses its answer; returns its number, too, and how many
    /// requests that route has had.
    fn receive(&self, request: &Request, cx: &RequestContext) -> (u64, Response, u64) {
        let mut received = self.shared.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.requests += 1;
        let number = received.requests;
        let mut line = json!({
            "n": number,
            "at": self.shared.runtime.now(),
            "endpoint": cx.endpoint(),
            "method": request.method,
            "url": request.url,
        });
        if let Some(api) = &self.api {
            line["api"] = api.as_str().into();
        }
        if let Some(Body::Json(body)) = &request.body {
            line["body"] = body.clone();
        }
        self.shared.journal.lock().requests.push(line);
        let Some((name, responses)) = self.route(&format!("{} {}", request.method, request.url))
        else {
            return (number, no_route(), 0);
        };
        let count = received.by_route.entry(name.clone()).or_default();
        *count += 1;
        let index = usize::try_from(*count - 1).unwrap_or(usize::MAX);
        let chosen = responses.get(index).or(responses.last());
        (number, chosen.cloned().unwrap_or_else(no_route), *count)
    }

    fn route(&self, key: &str) -> Option<(&String, &Vec<Response>)> {
        let prefix = |name: &String| name.strip_suffix('*').is_some_and(|it| key.starts_with(it));
        self.shared.routes.get_key_value(key).or_else(|| {
            let matching = self.shared.routes.iter().filter(|(name, _)| prefix(name));
            matching.max_by_key(|(name, _)| name.len())
        })
    }
}

fn no_route() -> Response {
    Response { status: Some(404), body: json!({"message": "no route"}), ..Response::default() }
}

/// Writes an abortion down when the delivery is dropped on its way.
struct Delivery<'a> {
    server: &'a Server,
    number: u64,
    is_delivered: bool,
}

impl Drop for Delivery<'_> {
    fn drop(&mut self) {
        if !self.is_delivered {
            let shared = &self.server.shared;
            let line = json!({"n": self.number, "at": shared.runtime.now()});
            shared.journal.lock().aborts.push(line);
        }
    }
}

impl BaseQuery for Server {
    type Args = Request;

    async fn run(&self, request: Request, cx: RequestContext) -> Result<Answer, Failure> {
        let (number, response, n) = self.receive(&request, &cx);
        let mut delivery = Delivery { server: self, number, is_delivered: false };
        self.shared.runtime.sleep(Duration::from_millis(response.delay_ms)).await;
        delivery.is_delivered = true;
        answer(&response, request, n)
    }
}

fn answer(response: &Response, request: Request, n: u64) -> Result<Answer, Failure> {
    if let Some(message) = &response.throw {
        return Err(SerializedError::new("Error", message).into());
    }
    let meta = response.meta.clone().map(Arc::new);
    if let Some(message) = &response.network_error {
        let error = json!({"status": "FETCH_ERROR", "error": message});
        return Err(Failure::Error { error, meta });
    }
    let body = request.body.and_then(|body| body.as_json().cloned());
    let scope = Scope { body, url: Some(request.url), n, ..Scope::default() };
    let data = expand(&response.body, &scope).unwrap_or(Value::Null);
    match response.status.unwrap_or(200) {
        200..300 => Ok(Answer { data, meta }),
        status => {
            let error = json!({"status": status, "data": data});
            Err(if response.retry_fail {
                Failure::Final { error, meta }
            } else {
                Failure::Error { error, meta }
            })
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("routes", &self.shared.routes.keys()).finish_non_exhaustive()
    }
}
