//! Why the program ended early.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use retake::BuildError;
use retake::devtools::ConnectError;
use retake::middleware::{OpenError, RecordError};
use retake::store::log::{LogError, VerifyError};
use thiserror::Error;

use crate::server::ServerError;

/// Why the program ended early; each message is complete and says what to do.
#[derive(Debug, Error)]
pub(crate) enum RunError {
    /// The server does not start, or does not wait.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The store cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Redux DevTools cannot be connected.
    #[error(transparent)]
    Devtools(#[from] ConnectError),
    /// The server did not answer a request that cannot be refused.
    #[error(
        "{what}: {reason}; check the address, and that a server runs there (`posts --serve PORT` \
         starts one)"
    )]
    Request {
        /// What was asked for.
        what: String,
        /// What came of it.
        reason: String,
    },
    /// There is no screen.
    #[error("`--interactive` needs a terminal: its input and output cannot be files or pipes")]
    NoTerminal,
    /// The screen does not work.
    #[error("the terminal does not work as a screen: {0}; try another terminal")]
    Terminal(io::Error),
    /// The server has nothing to work with.
    #[error("the server has no posts: create one, or start it with another database")]
    NoPosts,
    /// Something that the job says does not hold.
    #[error("{what} is not as it should be\n  expected {expected}\n  got      {got}")]
    Claim {
        /// What was looked at.
        what: String,
        /// What it should be.
        expected: String,
        /// What it is.
        got: String,
    },
    /// A file cannot be opened, read or written.
    #[error("cannot {verb} {}: {cause}; check the path and its permissions", path.display())]
    File {
        /// What was to be done with it.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The log cannot be begun.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log could not be written to its end.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The log cannot be read or replayed.
    #[error("{}: {source}", path.display())]
    Log {
        /// The log.
        path: PathBuf,
        /// What is wrong with it.
        source: LogError,
    },
    /// The replay came to another state.
    #[error("{}: {source}", path.display())]
    Replay {
        /// The log.
        path: PathBuf,
        /// Where, and how.
        source: VerifyError,
    },
    /// Some actions carry nothing to compare a state with.
    #[error(
        "{}: {missing} of {actions} actions say nothing about the state after them; record the \
         log with hashes and patches",
        path.display()
    )]
    Unproven {
        /// The log.
        path: PathBuf,
        /// How many actions.
        actions: u64,
        /// How many of them carry nothing.
        missing: u64,
    },
    /// There is no such action to corrupt.
    #[error(
        "there is no action {nth} to corrupt: the log has {found} that changed the state by a value"
    )]
    NothingToCorrupt {
        /// Which action was asked for.
        nth: usize,
        /// How many there are.
        found: usize,
    },
    /// The second process cannot be started.
    #[error("cannot start the replay: {0}; run `posts --replay FILE` by hand")]
    Spawn(io::Error),
    /// The second process did not come to the same state; it has said why.
    #[error("the replay failed ({0})")]
    ReplayFailed(ExitStatus),
}
