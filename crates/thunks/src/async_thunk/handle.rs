//! The handle of an async thunk: its result.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;
use retake_store::cache::SerializedError;

use crate::abort::AbortHandle;
use crate::async_thunk::{AsyncThunk, Rejection};

pub(super) type RunResult<T> =
    Result<<T as AsyncThunk>::Output, Rejection<<T as AsyncThunk>::Error>>;

/// A run of an async thunk: a future of its result.
///
/// Dropping it does not stop the run.
///
/// Source: Redux Toolkit, what dispatching a `createAsyncThunk` returns; awaiting it is
/// `unwrap()`.
pub struct AsyncThunkHandle<T: AsyncThunk> {
    request_id: Arc<str>,
    abort: AbortHandle,
    result: Shared<oneshot::Receiver<RunResult<T>>>,
}

impl<T: AsyncThunk> AsyncThunkHandle<T> {
    pub(super) fn new(
        request_id: Arc<str>,
        abort: AbortHandle,
        result: Shared<oneshot::Receiver<RunResult<T>>>,
    ) -> Self {
        Self { request_id, abort, result }
    }

    /// Aborts the run: it is rejected with an `AbortError` that has `reason` as its message.
    pub fn abort(&self, reason: Option<&str>) {
        self.abort.abort(reason.map(str::to_owned));
    }

    /// Returns the id of the run.
    #[must_use]
    pub fn request_id(&self) -> &Arc<str> {
        &self.request_id
    }
}

impl<T: AsyncThunk> Unpin for AsyncThunkHandle<T> {}

impl<T: AsyncThunk> Future for AsyncThunkHandle<T> {
    type Output = RunResult<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.result.poll_unpin(cx).map(|result| {
            result.unwrap_or_else(|_| {
                Err(Rejection::Error(SerializedError::new(
                    "RuntimeStopped",
                    "the runtime stopped before the thunk had ended",
                )))
            })
        })
    }
}

impl<T: AsyncThunk> fmt::Debug for AsyncThunkHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncThunkHandle")
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
