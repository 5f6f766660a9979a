//! The runtime: the only source of time, ids, randomness and tasks.

#[cfg(not(target_arch = "wasm32"))]
mod tokio;

use std::fmt::Debug;
use std::time::Duration;

use retake_store::{MaybeSend, MaybeSync};

#[cfg(not(target_arch = "wasm32"))]
pub use self::tokio::{NoRuntime, TokioRuntime};

/// A boxed future: `Send` wherever there are threads.
#[cfg(not(target_arch = "wasm32"))]
pub type BoxFuture<'a, T> = futures::future::BoxFuture<'a, T>;
/// A boxed future: `Send` wherever there are threads.
#[cfg(target_arch = "wasm32")]
pub type BoxFuture<'a, T> = futures::future::LocalBoxFuture<'a, T>;

/// Where a store gets time, ids, randomness and tasks from.
///
/// Nothing in retake asks the operating system for any of these: a test passes a runtime
/// with virtual time, and its runs are the same every time. The store calls it from
/// whatever thread dispatches.
pub trait Runtime: Debug + MaybeSend + MaybeSync + 'static {
    /// Returns the milliseconds since the Unix epoch.
    fn now(&self) -> u64;

    /// Returns an id that no other call returned, for a request.
    fn unique_id(&self) -> String;

    /// Returns a number from 0 (inclusive) to 1 (exclusive), to spread retries.
    fn random(&self) -> f64;

    /// Polls `future` once, here and now, and what is left of it as a task.
    ///
    /// The first poll is part of what the caller does: a reaction to an action runs up to
    /// its first wait inside the dispatch of that action.
    fn start(&self, future: BoxFuture<'static, ()>);

    /// Returns a future that is ready after `duration`, counted from this call.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
