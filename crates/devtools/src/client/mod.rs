//! The client of the remote monitor: a thread with a connection.

mod address;
mod backoff;
mod signals;
mod socket;
mod worker;

use std::fmt;
use std::io;
use std::sync::Arc;

use retake_store::{Action, Reducer, State, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::filter::PatternError;
use crate::options::Devtools;
use crate::session::Session;
use address::Address;
use backoff::Backoff;
use signals::Signals;
use worker::Worker;

pub use address::AddressError;

/// Why Redux DevTools cannot be connected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The store keeps no history.
    #[error(
        "the store keeps no history, which Redux DevTools show and travel in: build it with \
         `.history(HistoryOptions::default())`"
    )]
    NoHistory,
    /// The address cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A pattern is no regular expression.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The thread of the client cannot be started.
    #[error("the thread of the DevTools client cannot be started: {0}")]
    Thread(#[from] io::Error),
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// It is being made.
    Connecting,
    /// The server is there, and no monitor.
    Connected,
    /// A monitor shows the store.
    Monitored,
    /// There is no server, or the connection was lost; it is tried again.
    Waiting,
    /// It has ended: it was dropped, or the store was.
    Closed,
}

/// The connection of a store with Redux DevTools. Dropping it disconnects.
///
/// It does not keep the store alive, and ends with it.
#[must_use = "dropping it disconnects: keep it, or `detach` it"]
pub struct Connection {
    signals: Arc<Signals>,
    is_detached: bool,
}

impl Connection {
    /// Stays connected as long as the store lives.
    pub fn detach(mut self) {
        self.is_detached = true;
    }

    /// Returns where the connection stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.signals.status()
    }

    /// Returns what went wrong last: why a connection was lost or could not be made, or what
    /// a monitor asked for in vain. `None`: nothing yet.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.signals.last_error()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.is_detached {
            self.signals.close();
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl<S, A> Devtools<S, A>
where
    S: State + Reducer<A> + Serialize + DeserializeOwned,
    A: Action,
{
    /// Connects `store` with the server of Redux DevTools, on a thread of its own.
    ///
    /// That there is no server is no error: it is tried again as long as the
    /// [`Connection`] or, after [`detach`](Connection::detach), the store lives. What goes
    /// wrong later is in the connection and in `tracing`, and never in the way of the
    /// application.
    ///
    /// What a monitor dispatches runs on that thread, which has no tokio runtime: middleware
    /// that needs one takes the store's.
    ///
    /// # Errors
    /// [`ConnectError`] when the store keeps no history, the address is none or that of another
    /// machine, or a pattern is no regular expression.
    pub fn connect(self, store: &Store<S, A>) -> Result<Connection, ConnectError> {
        if store.history().is_none() {
            return Err(ConnectError::NoHistory);
        }
        let address = Address::parse(&self.url, self.is_remote_allowed)?;
        let backoff = Backoff::new(self.reconnect);
        let latency = self.latency;
        let session = Session::new(self)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;

        let signals = Arc::new(Signals::new());
        let listener = signals.listener();
        let subscription = store.subscribe(move |_| listener.changed());
        let worker = Worker {
            store: store.downgrade(),
            session,
            signals: Arc::clone(&signals),
            address,
            backoff,
            latency,
        };
        std::thread::Builder::new().name("retake-devtools".to_owned()).spawn(move || {
            worker.run(&runtime);
            drop(subscription);
            // A name that is still being looked up is not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Connection { signals, is_detached: false })
    }
}
