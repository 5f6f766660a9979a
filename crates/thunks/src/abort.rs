//! Cancelling what is under way.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;

type Reason = Option<String>;

/// Aborts a request or a thunk; every clone aborts the same one.
#[derive(Clone)]
pub struct AbortHandle(Arc<Mutex<Option<oneshot::Sender<Reason>>>>);

/// Is ready when its [`AbortHandle`] aborts, with the reason if there was one.
///
/// It is never ready when the handle is gone without aborting. It can be polled again
/// whatever came of it.
///
/// # Examples
/// ```
/// use futures::FutureExt;
/// use retake_thunks::AbortHandle;
///
/// let (handle, mut signal) = AbortHandle::new();
/// assert_eq!((&mut signal).now_or_never(), None);
/// handle.abort(Some("enough".into()));
/// assert_eq!((&mut signal).now_or_never(), Some(Some("enough".into())));
/// assert!(signal.is_aborted());
///
/// let (handle, mut signal) = AbortHandle::new();
/// drop(handle);
/// assert_eq!((&mut signal).now_or_never(), None);
/// assert_eq!((&mut signal).now_or_never(), None);
/// ```
#[derive(Clone)]
pub struct AbortSignal(Signal);

#[derive(Clone)]
enum Signal {
    Open(Shared<oneshot::Receiver<Reason>>),
    Aborted(Reason),
    /// The handle is gone.
    Closed,
}

impl AbortHandle {
    /// Returns a handle and the signal that it gives.
    #[must_use]
    pub fn new() -> (Self, AbortSignal) {
        let (sender, receiver) = oneshot::channel();
        (Self(Arc::new(Mutex::new(Some(sender)))), AbortSignal(Signal::Open(receiver.shared())))
    }

    /// Aborts, unless that was done before; `reason` becomes the message of the error.
    pub fn abort(&self, reason: Option<String>) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            let _ = sender.send(reason);
        }
    }
}

impl AbortSignal {
    /// Returns whether the handle has aborted.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        match &self.0 {
            Signal::Open(signal) => matches!(signal.clone().now_or_never(), Some(Ok(_))),
            Signal::Aborted(_) => true,
            Signal::Closed => false,
        }
    }
}

impl Future for AbortSignal {
    type Output = Reason;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reason> {
        if let Signal::Open(signal) = &mut self.0 {
            match signal.poll_unpin(cx) {
                Poll::Ready(Ok(reason)) => self.0 = Signal::Aborted(reason),
                Poll::Ready(Err(_)) => self.0 = Signal::Closed,
                Poll::Pending => {}
            }
        }
        match &self.0 {
            Signal::Aborted(reason) => Poll::Ready(reason.clone()),
            Signal::Open(_) | Signal::Closed => Poll::Pending,
        }
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortHandle").finish_non_exhaustive()
    }
}

impl fmt::Debug for AbortSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortSignal").field("is_aborted", &self.is_aborted()).finish()
    }
}
