//! The runtime of applications: tokio and the system clock.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Handle;

use super::{BoxFuture, Runtime};

/// How many characters an id has: as many as the ids of Redux Toolkit.
const ID_LENGTH: usize = 21;

/// A [`Runtime`] on tokio.
///
/// It keeps tokio's handle, so that any thread can dispatch, a thread of a UI too.
#[derive(Clone, Debug)]
pub struct TokioRuntime {
    handle: Handle,
}

/// There is no usable tokio runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRuntime {
    /// The call is not inside a tokio runtime.
    #[error(
        "there is no tokio runtime here: build the store inside `#[tokio::main]` or inside \
         `Runtime::enter`, or give the builder a runtime of your own"
    )]
    Missing,
    /// The tokio runtime has no timers.
    #[error(
        "the tokio runtime has no timers, which cached data needs to expire: build it with \
         `enable_time()` or `enable_all()`"
    )]
    WithoutTime,
}

impl TokioRuntime {
    /// Returns a runtime on `handle`.
    ///
    /// # Errors
    /// [`NoRuntime::WithoutTime`] when the runtime behind it was built without timers.
    pub fn new(handle: Handle) -> Result<Self, NoRuntime> {
        // Tokio has no other way to ask; once built, a runtime keeps what it has.
        let probe = || {
            let _inside = handle.enter();
            drop(tokio::time::sleep(Duration::ZERO));
        };
        match catch_unwind(AssertUnwindSafe(probe)) {
            Ok(()) => Ok(Self { handle }),
            Err(_) => Err(NoRuntime::WithoutTime),
        }
    }

    /// Returns a runtime on the tokio runtime that the caller runs in.
    ///
    /// # Errors
    /// [`NoRuntime`] outside of one, or when it has no timers.
    pub fn current() -> Result<Self, NoRuntime> {
        Self::new(Handle::try_current().map_err(|_| NoRuntime::Missing)?)
    }
}

impl Runtime for TokioRuntime {
    fn now(&self) -> u64 {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
    }

    fn unique_id(&self) -> String {
        std::iter::repeat_with(fastrand::alphanumeric).take(ID_LENGTH).collect()
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }

    /// A task that is left after the first poll is polled again when tokio spawns it, so
    /// that no wake-up is lost between the two. A runtime that was shut down panics when it is
    /// asked for a timer; whoever dispatches then, a destructor perhaps, must not.
    fn start(&self, mut future: BoxFuture<'static, ()>) {
        let first = catch_unwind(AssertUnwindSafe(|| {
            let _inside = self.handle.enter();
            future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        }));
        match first {
            Ok(Poll::Ready(())) => {}
            Ok(Poll::Pending) => drop(self.handle.spawn(future)),
            Err(_) => tracing::error!(target: "retake", "a task panicked before its first wait"),
        }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let _inside = self.handle.enter();
        Box::pin(tokio::time::sleep(duration))
    }
}
