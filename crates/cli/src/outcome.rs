//! How the process ends, and why.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use retake_store::log::{CompactError, LogError, ShrinkError};
use thiserror::Error;

use crate::output::{self, log_name, printable};

/// What a command found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing is wrong. Exit code 0.
    Fine,
    /// There is a difference, and it has been said. Exit code 1.
    Different,
}

/// Why a command ended early; each message is complete and says what to do.
#[derive(Debug, Error)]
pub(crate) enum CliError {
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
    /// The log cannot be read further.
    #[error("{}: {source}", log_name(path))]
    Log {
        /// The log.
        path: PathBuf,
        /// What is wrong with it.
        source: LogError,
    },
    /// The log is shorter.
    #[error(
        "{}: there is no entry {seq}: the log ends with entry {last}; `retake log` lists them",
        log_name(path)
    )]
    NoSuchEntry {
        /// The log.
        path: PathBuf,
        /// Which entry was asked for.
        seq: u64,
        /// The last one; 0: there is none.
        last: u64,
    },
    /// The state has no such slice.
    #[error("there is no slice `{}`; {there}", printable(name))]
    NoSuchSlice {
        /// The slice that was asked for.
        name: String,
        /// The slices that there are, in words.
        there: String,
    },
    /// The log would have to be read more than once.
    #[error("the standard input can be read once only: write the log to a file, and name the file")]
    ReadOnce,
    /// The log cannot be compacted.
    #[error("{}: {source}", path.display())]
    Compact {
        /// The log.
        path: PathBuf,
        /// Why not.
        source: CompactError,
    },
    /// There is no screen to draw on.
    #[error(
        "there is no terminal to show a screen on; `retake log`, `retake diff` and `retake replay` \
         write text"
    )]
    NoTerminal,
    /// The log cannot be shrunk.
    #[error("{}: {source}", path.display())]
    Shrink {
        /// The log.
        path: PathBuf,
        /// Why not.
        source: ShrinkError,
    },
    /// The standard output cannot be written.
    #[error("cannot write to the standard output: {0}; check where it goes")]
    Output(#[from] io::Error),
}

/// Returns the exit code of what a command did, after saying what was wrong.
pub(crate) fn exit(done: Result<Outcome, CliError>) -> ExitCode {
    match done {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Different) => ExitCode::from(1),
        // Whoever read the output has seen enough, as `head` does.
        Err(CliError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            output::complain("error", error);
            ExitCode::from(2)
        }
    }
}
