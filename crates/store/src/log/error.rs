//! What can be wrong with a log.

use crate::action::WireError;
use crate::history::ReplayError;
use crate::patch::PatchError;

/// A log cannot be read or replayed further.
///
/// Every message names the line, counted from 1, and what to do.
///
/// # Examples
/// ```
/// use retake_store::log::{LogError, LogReader};
/// let error = LogReader::new(&br#"{"name":"posts"}"#[..]).err();
/// assert!(matches!(error, Some(LogError::NotALog { line: 1, .. })));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The input failed.
    #[error("line {line}: the log cannot be read: {source}; check the file and read it again")]
    Io {
        /// The line that was being read.
        line: usize,
        /// How it failed.
        source: std::io::Error,
    },
    /// The line is not JSON.
    #[error(
        "line {line}: not JSON at column {column}: {reason}; correct the line, or cut the log off \
         before it"
    )]
    NotJson {
        /// The line.
        line: usize,
        /// Where in the line, in bytes from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The last line ends in its middle, as after a crash of the writer.
    #[error(
        "line {line}: the last line is torn: its writer stopped in the middle; everything before \
         it is whole, so cut the log off before it"
    )]
    Torn {
        /// The line.
        line: usize,
    },
    /// The first line is JSON, but not the header of a log.
    #[error(
        "line {line}: this is not a retake log: {reason}; give it a file that a log writer made"
    )]
    NotALog {
        /// The line.
        line: usize,
        /// What is missing.
        reason: String,
    },
    /// The log is in another format.
    #[error(
        "line {line}: the log has format version {found} and this version of retake reads \
         {supported}; use the version of retake that wrote it"
    )]
    UnsupportedVersion {
        /// The line.
        line: usize,
        /// The version of the log.
        found: u64,
        /// The version that is read.
        supported: u64,
    },
    /// The log is empty, or begins with an entry.
    #[error(
        "line {line}: the header is missing; put the line \
         `{{\"retake\":1,\"app\":..,\"state\":..}}` with the state at the beginning first"
    )]
    MissingHeader {
        /// The line.
        line: usize,
    },
    /// A state in the log is not of the type that it is read as.
    #[error(
        "line {line}: the state does not fit its type: {reason}; read the log with the version \
         of the application that wrote it, or convert the state and use `Replay::from_state`"
    )]
    UnreadableState {
        /// The line.
        line: usize,
        /// What does not fit.
        reason: String,
    },
    /// The state that an action leads to cannot be written as JSON, and so not be compared.
    #[error(
        "line {line}: the state has no JSON form: {reason}; keep such values (maps with \
         structured keys, for example) out of the state"
    )]
    UnwritableState {
        /// The line.
        line: usize,
        /// Why not.
        reason: String,
    },
    /// The patch of an entry does not fit the state that the log says was before it.
    #[error(
        "line {line}: its patch does not apply to the state that the lines before it lead to: \
         {source}; correct the line, or take its patch out"
    )]
    UnappliedPatch {
        /// The line.
        line: usize,
        /// Why not.
        source: PatchError,
    },
    /// The line is JSON, but not an entry.
    #[error("line {line}: this is no log entry: {reason}; correct the line")]
    MalformedEntry {
        /// The line.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// An entry is missing, or stands in another place.
    #[error(
        "line {line}: the entry has seq {found} where {expected} was expected: lines are missing \
         or out of order; restore them, or cut the log off before this line"
    )]
    WrongSequence {
        /// The line.
        line: usize,
        /// The number that comes next.
        expected: u64,
        /// The number that is there.
        found: u64,
    },
    /// The application has no action of this type.
    #[error(
        "line {line}: `{action_type}` is no action of this application; replay with the version \
         that wrote the log, or add an upcaster for the older type"
    )]
    UnknownAction {
        /// The line.
        line: usize,
        /// The Redux type string.
        action_type: String,
    },
    /// The type of the action is known, and its content does not fit.
    #[error("line {line}: {source}")]
    MalformedAction {
        /// The line.
        line: usize,
        /// What does not fit, with the type of the action.
        source: WireError,
    },
    /// The entry changes a history, and the header says that there is none.
    #[error(
        "line {line}: the entry changes the history (`lifted`), and the header has no `history`: \
         restore that member, which has the options of the store's history"
    )]
    NoHistory {
        /// The line.
        line: usize,
    },
    /// The history cannot change as the entry says.
    #[error(
        "line {line}: the history cannot change so: {source}; lines before it are missing or \
         changed: restore them, or cut the log off before this line"
    )]
    Travel {
        /// The line.
        line: usize,
        /// Why not.
        source: ReplayError,
    },
}

impl LogError {
    /// Returns the line, counted from 1; the header is line 1.
    ///
    /// ```
    /// # use retake_store::log::LogError;
    /// assert_eq!(LogError::Torn { line: 7 }.line(), 7);
    /// ```
    #[must_use]
    pub fn line(&self) -> usize {
        match self {
            Self::Io { line, .. }
            | Self::NotJson { line, .. }
            | Self::Torn { line }
            | Self::NotALog { line, .. }
            | Self::UnsupportedVersion { line, .. }
            | Self::MissingHeader { line }
            | Self::UnreadableState { line, .. }
            | Self::UnwritableState { line, .. }
            | Self::UnappliedPatch { line, .. }
            | Self::MalformedEntry { line, .. }
            | Self::WrongSequence { line, .. }
            | Self::UnknownAction { line, .. }
            | Self::MalformedAction { line, .. }
            | Self::NoHistory { line }
            | Self::Travel { line, .. } => *line,
        }
    }

    /// Returns the Redux type string of the action that it is about, if it is about one.
    ///
    /// ```
    /// # use retake_store::log::LogError;
    /// let error = LogError::UnknownAction { line: 2, action_type: "a/b".into() };
    /// assert_eq!(error.action_type(), Some("a/b"));
    /// ```
    #[must_use]
    pub fn action_type(&self) -> Option<&str> {
        match self {
            Self::UnknownAction { action_type, .. } => Some(action_type),
            Self::MalformedAction { source, .. } => Some(&source.kind),
            _ => None,
        }
    }

    /// Returns whether only the last line is incomplete, and everything before it is whole.
    ///
    /// ```
    /// # use retake_store::log::LogError;
    /// assert!(LogError::Torn { line: 7 }.is_torn());
    /// ```
    #[must_use]
    pub fn is_torn(&self) -> bool {
        matches!(self, Self::Torn { .. })
    }
}

/// Returns the message without the place: it counts lines of the text that was parsed.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    if let Some(place) = text.rfind(" at line ") {
        text.truncate(place);
    }
    text
}
