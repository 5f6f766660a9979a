//! Listening to the window and the network.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use futures::future::{AbortHandle, abortable};
use futures::{Stream, StreamExt};
use retake_store::cache::{CacheAction, WindowAction};
use retake_store::{Action, DispatchError, MaybeSend, Missing, Reducer, State, Store};

use crate::engine::{contain, refused};
use crate::environment::Environment;

/// Dispatches what `events` says of the window and the network, as it comes, and returns the
/// handle that keeps it doing so.
///
/// Every api of the store reacts to each event: it is one action. Where events come from is
/// the application's business: a terminal's focus reports, a window's, a watcher of network
/// interfaces. Whoever has events without a stream dispatches
/// [`Api::window`](retake_store::cache::Api::window).
///
/// The stream is polled as a task of the store's runtime, first within this call, and is
/// dropped with the store.
///
/// # Errors
/// [`DispatchError::Unconfigured`] when the store has no api.
///
/// Source: RTK Query, `setupListeners`.
pub fn setup_listeners<S, A>(
    store: &Store<S, A>,
    events: impl Stream<Item = WindowAction> + MaybeSend + 'static,
) -> Result<WindowListeners, DispatchError>
where
    S: State + Reducer<A>,
    A: Action,
{
    let engine = Environment::of(store)?.apis().next();
    let engine = engine.ok_or(DispatchError::Unconfigured { missing: Missing::AnyApi })?;
    let host = Arc::clone(engine.host()?);
    let (listening, abort) = abortable(async move {
        let mut events = pin!(events);
        while let Some(event) = events.next().await {
            // A reducer that panics at one event must not keep the others from the store.
            let dispatched = contain("what follows a window event", || {
                host.dispatch(CacheAction::Window(event)).map_err(refused)
            });
            if let Err(error) = dispatched {
                tracing::error!(target: "retake", "a window event was not dispatched: {error}");
            }
        }
    });
    engine.start_open("the stream of window events", async move {
        let _ = listening.await;
    });
    Ok(WindowListeners { abort: Some(abort) })
}

/// Keeps a store listening; see [`setup_listeners`]. Dropping it ends that.
#[must_use = "dropping it stops listening; keep it, or call `detach`"]
pub struct WindowListeners {
    /// `None` when the listening is to outlive this.
    abort: Option<AbortHandle>,
}

impl WindowListeners {
    /// Keeps the store listening for as long as it lives.
    pub fn detach(mut self) {
        self.abort = None;
    }
}

impl Drop for WindowListeners {
    fn drop(&mut self) {
        if let Some(abort) = &self.abort {
            abort.abort();
        }
    }
}

impl fmt::Debug for WindowListeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowListeners").finish_non_exhaustive()
    }
}
