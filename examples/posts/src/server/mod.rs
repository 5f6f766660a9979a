//! The HTTP server of the example: posts in `SQLite`, behind a JSON interface on the loopback device.
//!
//! | Request                       | Answers                                                    |
//! |-------------------------------|------------------------------------------------------------|
//! | `GET /posts`                  | 200, every post by ascending id                            |
//! | `GET /posts/{id}`             | 200, 404                                                   |
//! | `POST /posts`                 | `{title, body?}`: 201, 422 for an unacceptable title       |
//! | `PATCH /posts/{id}`           | `{title?, body?}`: 200, 404, 422                           |
//! | `POST /posts/{id}/likes`      | `{count}` of 1 to 1000: 200, 404, 422                      |
//! | `DELETE /posts/{id}`          | 200 `{id}`, 404                                            |
//! | `GET /health`                 | 200 `{"ok":true}`                                          |
//!
//! A post is `{id, title, body, likes}`; whatever else a request body holds is ignored. Every
//! refusal is `{"message": ".."}`: besides the above, 400 for a body that is not JSON, 404 for an
//! unknown route, 405 for a method that the route lacks, 415 for a body without
//! `content-type: application/json`, 422 for JSON of another shape, and 503 for a write that
//! [`ServerOptions::fail_rate`] singled out.

mod db;
mod error;
mod extract;
mod faults;
mod options;
mod post;
mod refusal;
mod routes;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::db::PostTable;
pub(crate) use self::error::ServerError;
use self::faults::Faults;
pub(crate) use self::options::{Database, ServerOptions};

/// How long [`Server::stop`] waits for requests that are under way.
const STOP_AFTER: Duration = Duration::from_secs(5);

/// A running server; dropping it stops it.
///
/// A drop only asks: the port is free once the runtime has run the server's task again.
/// [`Server::stop`] waits for that.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    /// The server runs for as long as this sender lives.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    /// Returns a server that listens on 127.0.0.1 and already accepts requests.
    ///
    /// It runs on the tokio runtime of the caller.
    ///
    /// # Errors
    /// [`ServerError::FailRate`] for a share outside 0 to 1, [`ServerError::PortTaken`] and
    /// [`ServerError::Bind`] when the port cannot be had, [`ServerError::Database`] when the
    /// database cannot be opened, [`ServerError::ShuttingDown`] when the runtime ends meanwhile.
    pub(crate) async fn start(options: ServerOptions) -> Result<Self, ServerError> {
        let ServerOptions { port, fail_rate, seed, latency, database } = options;
        let faults = Faults::new(fail_rate, seed, latency)?;
        // Before the database: a second server that was started by mistake must not touch the file.
        let listener = bind(port).await?;
        let address = listener.local_addr().map_err(|cause| ServerError::Bind { port, cause })?;
        let posts = PostTable::open(database).await?;

        let (stop, stopped) = oneshot::channel::<()>();
        let serving = axum::serve(listener, routes::router(posts, faults)).with_graceful_shutdown(
            async move {
                // A dropped sender stops the server as well as a sent message does.
                let _ = stopped.await;
            },
        );
        let task = tokio::spawn(async move {
            // `serve` retries failed accepts by itself and has no error to return.
            let _ = serving.await;
        });
        Ok(Self { address, stop, task })
    }

    /// Returns the address to put before a path: `http://127.0.0.1:PORT`, without a final slash.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops accepting, and returns once the requests under way are answered.
    ///
    /// Connections that are still open after five seconds are left behind. Either way the port is
    /// free afterwards.
    pub(crate) async fn stop(self) {
        let Self { stop, mut task, .. } = self;
        drop(stop);
        if tokio::time::timeout(STOP_AFTER, &mut task).await.is_err() {
            task.abort();
            // Cancelled is what it should be; the wait makes sure that it holds nothing any more.
            let _ = task.await;
        }
    }

    /// Serves until the process receives ctrl-c, then stops as [`Server::stop`] does.
    ///
    /// # Errors
    /// [`ServerError::CtrlC`] when the process cannot listen for it; the server stops then too.
    pub(crate) async fn run_until_stopped(self) -> Result<(), ServerError> {
        let received = tokio::signal::ctrl_c().await;
        self.stop().await;
        received.map_err(|cause| ServerError::CtrlC { cause })
    }
}

async fn bind(port: u16) -> Result<TcpListener, ServerError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => ServerError::PortTaken { port },
        _ => ServerError::Bind { port, cause },
    })
}
