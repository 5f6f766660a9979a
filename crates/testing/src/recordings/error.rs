//! What can be wrong with a recording, as its test says it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use retake_store::log::{Content, Divergence, Entry, Shrunk, VerifyError};

/// How many characters of an action a message shows.
const SHOWN_CHARS: usize = 400;

/// The test of a recording fails.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecordingError {
    /// The directory of the recordings cannot be read.
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// No recording is in the directory.
    NoRecording {
        /// The directory.
        path: PathBuf,
    },
    /// The recording cannot be read or replayed.
    Unreadable(VerifyError),
    /// The recording says nothing about the states that it leads to.
    Unproven {
        /// How many actions it has.
        actions: u64,
    },
    /// An action leads to another state than when it was recorded.
    Diverged {
        /// Which action, and where in the state.
        divergence: Box<Divergence>,
        /// A small recording that fails in the same way; or why there is none.
        shrunk: Result<Box<ShrunkTo>, String>,
    },
    /// A reducer panics.
    Panicked {
        /// The line of the entry, from 1.
        line: usize,
        /// What it was to do, and its number.
        entry: Box<Entry>,
        /// What the reducer panicked with.
        message: String,
        /// Where a recording is of the state before and this entry alone; or why there is none.
        shrunk: Result<PathBuf, String>,
    },
}

/// A recording that was shrunk and written to a file.
#[derive(Debug)]
#[non_exhaustive]
pub struct ShrunkTo {
    /// The file.
    pub path: PathBuf,
    /// What is in it.
    pub shrunk: Shrunk,
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory { path, source } => write!(
                f,
                "the recordings in {} cannot be read: {source}; create the directory, or correct \
                 its path, which is relative to the package",
                path.display()
            ),
            Self::NoRecording { path } => write!(
                f,
                "no recording is in {}: put the logs of a `Recorder` there, as `NAME.ndjson`, or \
                 remove this test target",
                path.display()
            ),
            Self::Unreadable(error) => write!(f, "{error}"),
            Self::Unproven { actions } => write!(
                f,
                "nothing can be compared: none of its {actions} actions says where it led; record \
                 it again with `LogOptions::new().with_hashes(true).with_patches(true)`"
            ),
            Self::Diverged { divergence, shrunk } => {
                writeln!(f, "{divergence}")?;
                match shrunk {
                    Ok(shrunk) => write!(f, "{shrunk}"),
                    Err(reason) => write!(f, "it could not be shrunk: {reason}"),
                }
            }
            Self::Panicked { line, entry, message, shrunk } => {
                let Entry { seq, content, .. } = &**entry;
                let kind = match content {
                    Content::Action(action) => &*action.kind,
                    Content::Lifted(change) => change.action_type(),
                };
                writeln!(f, "line {line}: a reducer panics at `{kind}` (seq {seq}): {message}")?;
                writeln!(f, "correct the reducer: it has to take every action in every state")?;
                write_action(content, f)?;
                match shrunk {
                    Ok(path) => write!(f, "shrunk to 1 of {seq} actions: {}", path.display()),
                    Err(reason) => write!(f, "it could not be shrunk: {reason}"),
                }
            }
        }
    }
}

impl std::error::Error for RecordingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Directory { source, .. } => Some(source),
            Self::Unreadable(error) => Some(error),
            Self::Diverged { divergence, .. } => Some(divergence),
            Self::NoRecording { .. } | Self::Unproven { .. } | Self::Panicked { .. } => None,
        }
    }
}

impl From<VerifyError> for RecordingError {
    fn from(error: VerifyError) -> Self {
        Self::Unreadable(error)
    }
}

impl fmt::Display for ShrunkTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shrunk { divergence, entries, replays, is_hidden, .. } = &self.shrunk;
        if let Some(entry) = entries.last() {
            write_action(&entry.content, f)?;
        }
        if *is_hidden {
            writeln!(
                f,
                "the state that is serialised does not show it: look at what is skipped, such as \
                 `#[serde(skip)]`"
            )?;
        }
        write!(
            f,
            "shrunk to {} of {} actions, with {replays} replays: {}",
            entries.len(),
            divergence.seq,
            self.path.display()
        )
    }
}

/// Writes the line that shows an action.
fn write_action(content: &Content, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Content::Action(action) = content else { return Ok(()) };
    let mut text = serde_json::to_string(action).map_err(|_| fmt::Error)?;
    if let Some((end, _)) = text.char_indices().nth(SHOWN_CHARS) {
        text.truncate(end);
        text.push_str("..");
    }
    writeln!(f, "the action: {text}")
}
