//! Work as a task: polled at once, settled on a later turn, droppable at any time.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use retake_store::cache::SerializedError;

use crate::abort::AbortSignal;
use crate::engine::contain_future;
use crate::runtime::BoxFuture;

/// How work ended.
pub(crate) enum Outcome<T> {
    /// By itself.
    Finished(T),
    /// It panicked; this says how.
    Panicked(SerializedError),
    /// It was aborted; what was left of it is dropped.
    Aborted(Option<String>),
}

/// Runs `work` until it is ready or `signal` aborts it.
///
/// The first poll starts it, even if it was aborted before; a result or an abortion that is
/// there at once counts on the next turn, so that `pending` is always seen. Later, an
/// abortion goes before a result.
pub(crate) async fn run_task<T>(
    what: &str,
    work: BoxFuture<'static, T>,
    signal: AbortSignal,
) -> Outcome<T> {
    let mut work = pin!(contain_future(what, work));
    let mut signal = signal;
    let mut is_first = true;
    let mut early = None;
    let mut early_abort = None;
    poll_fn(|cx| {
        if std::mem::take(&mut is_first) {
            if let Poll::Ready(result) = work.as_mut().poll(cx) {
                early = Some(result);
                cx.waker().wake_by_ref();
            }
            if let Poll::Ready(reason) = Pin::new(&mut signal).poll(cx) {
                early_abort = Some(reason);
                cx.waker().wake_by_ref();
            }
            return Poll::Pending;
        }
        if let Some(reason) = early_abort.take() {
            return Poll::Ready(Outcome::Aborted(reason));
        }
        if let Poll::Ready(reason) = Pin::new(&mut signal).poll(cx) {
            return Poll::Ready(Outcome::Aborted(reason));
        }
        let result = match early.take() {
            Some(result) => Poll::Ready(result),
            None => work.as_mut().poll(cx),
        };
        result.map(|result| result.map_or_else(Outcome::Panicked, Outcome::Finished))
    })
    .await
}
