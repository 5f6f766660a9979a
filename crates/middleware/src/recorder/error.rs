//! Why a log ends early, or does not begin.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use retake_store::DispatchError;
use retake_store::log::{AppInfo, LogError, WriteError};

/// The log does not hold everything that happened: it ends before what it is about.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The log could not be written.
    #[error(transparent)]
    Write(Arc<WriteError>),
    /// There was no room for an action in the queue.
    #[error(
        "the log ends early: {capacity} actions were waiting to be written; raise the capacity, \
         write to a faster output, or let dispatches wait (`WhenFull::Block`)"
    )]
    Full {
        /// How many may wait.
        capacity: usize,
    },
    /// The store has no runtime, and so no time.
    #[error("nothing can be recorded: {0}")]
    Unconfigured(#[from] DispatchError),
    /// The serialisation of the state or of an action panicked.
    #[error(
        "the writer of the log panicked: correct the `Serialize` of the state or of the action \
         that the message on standard error is about"
    )]
    Panicked,
}

impl From<WriteError> for RecordError {
    fn from(error: WriteError) -> Self {
        Self::Write(Arc::new(error))
    }
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        WriteError::from(error).into()
    }
}

/// A log cannot be begun, or gone on with; what is in the file is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is a file already.
    #[error(
        "{}: there is a file already; go on with it by `Recorder::resume`, or give the log \
         another name",
        path.display()
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is being written, by this process or another one.
    #[error(
        "{}: another recorder writes this log; let it finish, or give the log another name",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be opened.
    #[error("{}: {source}; check the path and its permissions", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is there cannot be read as a log of this application.
    #[error("{}: {source}", path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: LogError,
    },
    /// The log is of another application, or of another version of this one: its upcasters
    /// would take new actions for old ones.
    #[error(
        "{}: the log was written by {recorded_by} and cannot be gone on with by {app}; begin \
         another log",
        path.display()
    )]
    OtherApp {
        /// The file.
        path: PathBuf,
        /// Who wants to go on with it.
        app: AppInfo,
        /// Who wrote it.
        recorded_by: AppInfo,
    },
    /// The code has changed since the log was written: its lines lead to another state than
    /// their hashes say.
    #[error(
        "{}: the log's last state and what today's code makes of it differ in {}: the form of the \
         state or a reducer has changed; begin another log, with the state that a fold of this \
         one leads to, or go on with the code that wrote it",
        path.display(),
        quoted(slices)
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The slices that differ, in the order of their names.
        slices: Vec<String>,
    },
    /// The state that the log leads to has no JSON form.
    #[error(
        "{}: the state that the log leads to has no JSON form: {reason}; keep such values (maps \
         with structured keys, for example) out of the state",
        path.display()
    )]
    State {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The thread that writes cannot be started; there are none on `wasm32`.
    #[error("the thread that writes the log cannot be started: {0}; end other programs")]
    Thread(#[source] io::Error),
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
