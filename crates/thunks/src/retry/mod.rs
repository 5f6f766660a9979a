//! Retries: a base query that sends a request again when it fails.

mod options;

use std::fmt;
use std::time::Duration;

use futures::future::select;
use retake_store::cache::QueryError;
use retake_store::{MaybeSend, MaybeSync};
use serde_json::json;

use crate::base_query::{Answer, BaseQuery, Failure, RequestContext};

pub use options::{FailedAttempt, RetryOptions};

/// Returns a base query that sends failed requests again with `base_query`.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use retake_thunks::{retry, Answer, BaseQuery, Failure, RequestContext};
///
/// struct Flaky;
/// impl BaseQuery for Flaky {
///     type Args = String;
///     async fn run(&self, url: String, _: RequestContext) -> Result<Answer, Failure> {
///         Err(Failure::error(serde_json::json!({"status": 503, "data": url})))
///     }
/// }
///
/// let patient = retry(Flaky).max_retries(8).backoff(|_| Duration::from_secs(1));
/// assert!(format!("{patient:?}").contains("max_retries: Some(8)"));
/// ```
///
/// Source: RTK Query, `retry`.
pub fn retry<B: BaseQuery<Args: Clone>>(base_query: B) -> Retry<B> {
    Retry { base_query, options: RetryOptions::new() }
}

/// A base query that sends a request again when it fails; see [`retry`].
///
/// It is one request to the cache: pending once, and settled once, with the last answer. An
/// endpoint or a dispatch can say otherwise with [`RetryOptions`] among its
/// [`ExtraOptions`](crate::ExtraOptions). What must not be sent again is a
/// [`Failure::Final`]. Aborting the request ends the attempt or the wait under way.
///
/// A request that failed unhandled to the end is rejected with a value, the error's JSON
/// form: then `transform_error_response` and tags see it.
#[must_use = "a base query does nothing until an api is built with it"]
pub struct Retry<B> {
    base_query: B,
    options: RetryOptions,
}

impl<B> Retry<B> {
    /// Sets all options at once, in the place of those that were set before.
    pub fn options(mut self, options: RetryOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets how often a request is sent again; 5 times by default.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.options = self.options.max_retries(retries);
        self
    }

    /// Sets how long to wait after a failed attempt; see [`RetryOptions::backoff`].
    pub fn backoff<F>(mut self, backoff: F) -> Self
    where
        F: Fn(&FailedAttempt<'_>) -> Duration + MaybeSend + MaybeSync + 'static,
    {
        self.options = self.options.backoff(backoff);
        self
    }

    /// Sets whether an error is worth another attempt, in the place of a number; see
    /// [`RetryOptions::retry_condition`].
    pub fn retry_condition<F>(mut self, condition: F) -> Self
    where
        F: Fn(&FailedAttempt<'_>) -> bool + MaybeSend + MaybeSync + 'static,
    {
        self.options = self.options.retry_condition(condition);
        self
    }
}

impl<B: BaseQuery<Args: Clone>> BaseQuery for Retry<B> {
    type Args = B::Args;

    async fn run(&self, args: B::Args, cx: RequestContext) -> Result<Answer, Failure> {
        let options = match cx.extra_options().get::<RetryOptions>() {
            Some(options) => options.or(&self.options),
            None => self.options.clone(),
        };
        let mut attempt = 0_u32;
        loop {
            if cx.signal().is_aborted() {
                return Err(aborted());
            }
            let sent = self.base_query.run(args.clone(), cx.clone());
            let failure = match sent.await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final { error, meta }) => return Err(Failure::Error { error, meta }),
                Err(failure) => failure,
            };
            attempt = attempt.saturating_add(1);
            let wait = {
                let failed = FailedAttempt::new(attempt, options.limit(), &failure, &cx, &args);
                options.is_retried(&failed).then(|| options.wait(&failed))
            };
            let Some(wait) = wait else { return Err(exhausted(failure)) };
            select(cx.signal().clone(), cx.runtime().sleep(wait)).await;
        }
    }
}

fn aborted() -> Failure {
    Failure::error(json!({"status": "CUSTOM_ERROR", "error": "Aborted"}))
}

/// Returns the last failure as one with a value.
fn exhausted(failure: Failure) -> Failure {
    match failure {
        Failure::Unhandled(error) => Failure::error(QueryError::from(error).value().clone()),
        failure => failure,
    }
}

impl<B> fmt::Debug for Retry<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("options", &self.options).finish_non_exhaustive()
    }
}
