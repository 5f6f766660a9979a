//! Why a server does not start, or does not wait.

use std::io;

use thiserror::Error;

use super::options::Database;

/// Why a server did not start or could not wait; each message is complete and says what to do.
#[derive(Debug, Error)]
pub(crate) enum ServerError {
    /// Another program listens on the port.
    #[error(
        "port {port} on 127.0.0.1 is taken: stop the program that listens there, choose another \
         port, or pass 0 for a free one"
    )]
    PortTaken {
        /// The port that was asked for.
        port: u16,
    },
    /// The port cannot be listened on for another reason, such as a missing permission.
    #[error(
        "cannot listen on 127.0.0.1:{port}: {cause}; choose a port above 1023, or 0 for a free one"
    )]
    Bind {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        cause: io::Error,
    },
    /// The share of refused writes is not a share.
    #[error(
        "the fail rate is {given}: pass a number from 0 (refuse no write) to 1 (refuse every write)"
    )]
    FailRate {
        /// The share that was asked for.
        given: f64,
    },
    /// The database cannot be opened, created or filled.
    #[error(
        "cannot open the database ({database}): {cause}; check that its directory exists and can \
         be written, or leave the path out to keep the posts in memory"
    )]
    Database {
        /// Where it should be.
        database: Database,
        /// What `SQLite` said.
        cause: rusqlite::Error,
    },
    /// The runtime ended while the server was starting.
    #[error("the runtime ended before the server had started: keep it running until then")]
    ShuttingDown,
    /// The process cannot listen for ctrl-c.
    #[error("cannot wait for ctrl-c: {cause}; the server has stopped")]
    CtrlC {
        /// What the system said.
        cause: io::Error,
    },
}
