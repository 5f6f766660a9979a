//! Retries (FORMAT 2.6).

use std::time::Duration;

use retake::prelude::{Answer, BaseQuery, FailedAttempt, Failure, RequestContext, RetryOptions};
use retake::{Request, Retry, retry};
use serde::Deserialize;
use serde_json::Value;

use crate::server::Server;

/// How failed requests are retried.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct RetrySpec {
    pub max_retries: Option<u32>,
    pub backoff: Option<BackoffSpec>,
    pub retry_on_status: Option<Vec<Value>>,
    pub max_attempts: Option<u32>,
}

/// How long to wait before a request is sent again, in milliseconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum BackoffSpec {
    Always(u64),
    ByAttempt(Vec<u64>),
    Named(BackoffName),
}

/// The backoffs of [`BackoffSpec`] that have a name.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum BackoffName {
    Exponential,
}

/// The base query of a scenario: its server, with retries if the api wants them.
#[derive(Debug)]
pub struct ScenarioBaseQuery(Sending);

#[derive(Debug)]
enum Sending {
    Plain(Server),
    Retried(Retry<Server>),
}

impl ScenarioBaseQuery {
    pub(crate) fn new(server: Server, spec: Option<&RetrySpec>) -> Self {
        match spec {
            None => Self(Sending::Plain(server)),
            Some(spec) => Self(Sending::Retried(retry(server).options(retry_options(spec)))),
        }
    }
}

impl BaseQuery for ScenarioBaseQuery {
    type Args = Request;

    async fn run(&self, request: Request, cx: RequestContext) -> Result<Answer, Failure> {
        match &self.0 {
            Sending::Plain(server) => server.run(request, cx).await,
            Sending::Retried(retried) => retried.run(request, cx).await,
        }
    }
}

/// Returns the options that `spec` describes.
pub(crate) fn retry_options(spec: &RetrySpec) -> RetryOptions {
    let mut options = RetryOptions::new();
    if let Some(retries) = spec.max_retries {
        options = options.max_retries(retries);
    }
    if let Some(backoff) = spec.backoff.clone() {
        options = options.backoff(move |failed| Duration::from_millis(wait(&backoff, failed)));
    }
    if let Some(statuses) = spec.retry_on_status.clone() {
        let most = spec.max_attempts.unwrap_or(5);
        options = options.retry_condition(move |failed| {
            let status = failed.error().and_then(|error| error.get("status"));
            status.is_some_and(|status| statuses.contains(status)) && failed.attempt <= most
        });
    }
    options
}

fn wait(spec: &BackoffSpec, failed: &FailedAttempt<'_>) -> u64 {
    match spec {
        BackoffSpec::Always(millis) => *millis,
        BackoffSpec::ByAttempt(millis) => {
            let index = usize::try_from(failed.attempt - 1).unwrap_or(usize::MAX);
            millis.get(index).or(millis.last()).copied().unwrap_or_default()
        }
        BackoffSpec::Named(BackoffName::Exponential) => {
            300 << failed.attempt.min(failed.max_retries)
        }
    }
}
