//! When a request is sent again, and after how long.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

use crate::base_query::{Failure, RequestContext};
use crate::extra_options::ExtraOptions;

const MAX_RETRIES: u32 = 5;

/// The wait before the first retry is about twice this, and doubles with each further one.
const FIRST_MILLIS: u64 = 300;

/// Beyond, a doubled wait does not fit.
const MOST_DOUBLINGS: u32 = 40;

trait Backoff: MaybeSend + MaybeSync {
    fn call(&self, failed: &FailedAttempt<'_>) -> Duration;
}

impl<F: Fn(&FailedAttempt<'_>) -> Duration + MaybeSend + MaybeSync> Backoff for F {
    fn call(&self, failed: &FailedAttempt<'_>) -> Duration {
        self(failed)
    }
}

trait RetryCondition: MaybeSend + MaybeSync {
    fn call(&self, failed: &FailedAttempt<'_>) -> bool;
}

impl<F: Fn(&FailedAttempt<'_>) -> bool + MaybeSend + MaybeSync> RetryCondition for F {
    fn call(&self, failed: &FailedAttempt<'_>) -> bool {
        self(failed)
    }
}

/// When a request is sent again, and after how long.
///
/// The options of a [`Retry`](crate::Retry), or of an endpoint or a dispatch, as
/// [`ExtraOptions`]: whatever is set there goes before what the `Retry` says, one option at a
/// time.
///
/// # Examples
/// ```
/// use retake_thunks::{ExtraOptions, RetryOptions};
/// let options: ExtraOptions = RetryOptions::new().max_retries(8).into();
/// assert!(options.get::<RetryOptions>().is_some());
/// ```
///
/// Source: RTK Query, `RetryOptions`.
#[derive(Clone, Default)]
#[must_use = "options do nothing until they are given to a base query or an endpoint"]
pub struct RetryOptions {
    max_retries: Option<u32>,
    backoff: Option<Arc<dyn Backoff>>,
    retry_condition: Option<Arc<dyn RetryCondition>>,
}

impl RetryOptions {
    /// Returns options that leave everything as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how often a request is sent again; 5 times by default, so 6 times in all.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// Sets how long to wait after a failed attempt; by default
    /// [`exponential_backoff`](FailedAttempt::exponential_backoff).
    ///
    /// The wait is on the time of the store's runtime and ends when the request is aborted.
    pub fn backoff<F>(mut self, backoff: F) -> Self
    where
        F: Fn(&FailedAttempt<'_>) -> Duration + MaybeSend + MaybeSync + 'static,
    {
        self.backoff = Some(Arc::new(backoff));
        self
    }

    /// Sets whether an error of the server or the network is worth another attempt.
    ///
    /// It takes the place of `max_retries`: a condition that never says no never ends. An
    /// unhandled failure is not shown to it, and goes by `max_retries` still.
    pub fn retry_condition<F>(mut self, condition: F) -> Self
    where
        F: Fn(&FailedAttempt<'_>) -> bool + MaybeSend + MaybeSync + 'static,
    {
        self.retry_condition = Some(Arc::new(condition));
        self
    }

    /// Returns these options, with those of `defaults` where nothing is set.
    pub(super) fn or(&self, defaults: &Self) -> Self {
        Self {
            max_retries: self.max_retries.or(defaults.max_retries),
            backoff: self.backoff.as_ref().or(defaults.backoff.as_ref()).cloned(),
            retry_condition: self
                .retry_condition
                .as_ref()
                .or(defaults.retry_condition.as_ref())
                .cloned(),
        }
    }

    pub(super) fn limit(&self) -> u32 {
        self.max_retries.unwrap_or(MAX_RETRIES)
    }

    pub(super) fn is_retried(&self, failed: &FailedAttempt<'_>) -> bool {
        match (&self.retry_condition, failed.failure) {
            (Some(condition), Failure::Error { .. }) => condition.call(failed),
            _ => failed.attempt <= failed.max_retries,
        }
    }

    pub(super) fn wait(&self, failed: &FailedAttempt<'_>) -> Duration {
        match &self.backoff {
            Some(backoff) => backoff.call(failed),
            None => failed.exponential_backoff(),
        }
    }
}

impl From<RetryOptions> for ExtraOptions {
    fn from(options: RetryOptions) -> Self {
        Self::new().with(options)
    }
}

impl fmt::Debug for RetryOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryOptions")
            .field("max_retries", &self.max_retries)
            .field("backoff", &self.backoff.is_some())
            .field("retry_condition", &self.retry_condition.is_some())
            .finish()
    }
}

/// An attempt that failed: what conditions and backoffs decide by.
///
/// Source: RTK Query, the arguments of `retryCondition` and `backoff`.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct FailedAttempt<'a> {
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// How often the request is sent again at most, unless a condition decides.
    pub max_retries: u32,
    /// How it failed.
    pub failure: &'a Failure,
    /// The request: its endpoint, abort signal, runtime and extra options.
    pub request: &'a RequestContext,
    args: &'a dyn Any,
}

impl<'a> FailedAttempt<'a> {
    pub(super) fn new(
        attempt: u32,
        max_retries: u32,
        failure: &'a Failure,
        request: &'a RequestContext,
        args: &'a dyn Any,
    ) -> Self {
        Self { attempt, max_retries, failure, request, args }
    }

    /// Returns the error that the server or the network answered with; `None` for an
    /// unhandled failure.
    #[must_use]
    pub fn error(&self) -> Option<&'a Value> {
        match self.failure {
            Failure::Error { error, .. } | Failure::Final { error, .. } => Some(error),
            Failure::Unhandled(_) => None,
        }
    }

    /// Returns what is known of the answer beside the error: over HTTP its headers, for
    /// example.
    #[must_use]
    pub fn meta(&self) -> Option<&'a Value> {
        match self.failure {
            Failure::Error { meta, .. } | Failure::Final { meta, .. } => meta.as_deref(),
            Failure::Unhandled(_) => None,
        }
    }

    /// Returns what was sent, if the base query's arguments are an `A`.
    #[must_use]
    pub fn args<A: Any>(&self) -> Option<&'a A> {
        self.args.downcast_ref()
    }

    /// Returns 600 ms for the first attempt and twice as much for each further one, times a
    /// random number from 0.4 to 1.4, so that clients that failed together do not come back
    /// together.
    ///
    /// Source: RTK Query, the default `backoff`:
    /// `(random + 0.4) * (300 << min(attempt, maxRetries))` milliseconds.
    #[must_use]
    pub fn exponential_backoff(&self) -> Duration {
        let doublings = self.attempt.min(self.max_retries).min(MOST_DOUBLINGS);
        let factor = self.request.runtime().random() + 0.4;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "whole milliseconds; the cast saturates"
        )]
        let millis = (factor * (FIRST_MILLIS << doublings) as f64) as u64;
        Duration::from_millis(millis)
    }
}

impl fmt::Debug for FailedAttempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedAttempt")
            .field("attempt", &self.attempt)
            .field("max_retries", &self.max_retries)
            .field("failure", &self.failure)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
