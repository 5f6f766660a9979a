//! Writing a log.

use std::fmt;
use std::io::Write;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::depth::{MAX_DEPTH, depth};
use super::entry::{Content, Entry};
use super::error::reason;
use super::hash::{json_of, slice_hashes};
use super::header::{AppInfo, Header};
use super::options::LogOptions;
use super::recover::LogEnd;
use crate::action::{Action, WireAction, WireError};
use crate::history::HistoryChange;
use crate::patch::{PatchError, diff};

/// Writes a log: the header at once, and then one line for each action.
///
/// A line is written with one call of the output, which is not flushed before
/// [`flush`](Self::flush). If [`LogOptions`] ask for anything about the state, each action
/// costs one serialisation of it.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{AppInfo, LogOptions, LogWriter};
/// let mut state = Counter { count: 1 };
/// let app = AppInfo::new("counter", "1.0.0");
/// let mut writer = LogWriter::new(Vec::new(), app, &state, LogOptions::new())?;
/// state.reduce(&Added(2));
/// assert_eq!(writer.append(1000, &Added(2), &state)?, 1);
/// writer.flush()?;
/// assert_eq!(String::from_utf8(writer.into_inner())?, r#"{"retake":1,"app":{"name":"counter","version":"1.0.0"},"state":{"count":1}}
/// {"seq":1,"at":1000,"action":{"type":"counter/added","payload":2}}
/// "#);
/// # Ok(())
/// # }
/// ```
pub struct LogWriter<W> {
    output: W,
    options: LogOptions,
    /// The number of the last entry.
    seq: u64,
    /// The state after the last entry, if patches are asked for.
    previous: Value,
    line: Vec<u8>,
    /// Whether a line may have been written in part: nothing may follow it.
    is_stopped: bool,
}

impl<W: Write> LogWriter<W> {
    /// Writes the header of a log that begins with `state`.
    ///
    /// # Errors
    /// [`WriteError`] when `state` has no JSON form, or `output` fails.
    pub fn new<S: Serialize + ?Sized>(
        output: W,
        app: AppInfo,
        state: &S,
        options: LogOptions,
    ) -> Result<Self, WriteError> {
        let header = Header::new(app, state).map_err(WriteError::not_json)?;
        Self::with_header(output, &header, options)
    }

    /// Writes `header`: [`new`](Self::new) for stores that keep their history.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Examples
    /// ```
    /// use retake_store::history::{HistoryChange, HistoryOptions, LiftedAction};
    /// use retake_store::log::{AppInfo, Header, LogOptions, LogWriter};
    /// let history = Some(HistoryOptions::default());
    /// let header = Header::new(AppInfo::new("counter", "1"), &0)?.with_history(history);
    /// let mut writer = LogWriter::with_header(Vec::new(), &header, LogOptions::new())?;
    /// let (action, current_state_index) = (LiftedAction::Sweep, None);
    /// writer.append_lifted(5, HistoryChange::Lifted { action, current_state_index }, &0)?;
    /// assert_eq!(String::from_utf8(writer.into_inner())?, r#"{"retake":1,"app":{"name":"counter","version":"1"},"state":0,"history":{}}
    /// {"seq":1,"at":5,"lifted":{"type":"SWEEP"}}
    /// "#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_header(
        output: W,
        header: &Header,
        options: LogOptions,
    ) -> Result<Self, WriteError> {
        let previous = match options.has_patches() {
            true => serde_json::from_str(header.state.get()).map_err(WriteError::not_json)?,
            false => Value::Null,
        };
        let line = Vec::new();
        let mut writer = Self { output, options, seq: 0, previous, line, is_stopped: false };
        writer.write_line(header)?;
        Ok(writer)
    }

    /// Returns a writer that goes on behind `end`, with `state`, which is what the log leads to.
    ///
    /// `output` appends to the log, which ends where [`recover`](super::recover) says: cut off
    /// what is torn before. `state` is that of a [`fold`](super::fold) of the log; a program
    /// that starts from another state starts another log.
    ///
    /// # Errors
    /// [`WriteError::OtherState`] when the last entry has hashes and `state` has others; when
    /// `state` has no JSON form, or `output` fails.
    ///
    /// # Examples
    /// See [`recover`](super::recover).
    pub fn resume<S: Serialize + ?Sized>(
        mut output: W,
        end: &LogEnd,
        state: &S,
        options: LogOptions,
    ) -> Result<Self, WriteError> {
        let state = json_of(state).map_err(WriteError::not_json)?;
        if end.hash.is_some() {
            let slices = end.other_slices(&slice_hashes(&state).map_err(WriteError::not_json)?);
            if !slices.is_empty() {
                return Err(WriteError::OtherState { slices });
            }
        }
        if !end.has_line_break {
            output.write_all(b"\n")?;
        }
        let previous = if options.has_patches() { state } else { Value::Null };
        let line = Vec::new();
        Ok(Self { output, options, seq: end.seq, previous, line, is_stopped: false })
    }

    /// Writes that `action` happened and led to `state`, and returns its place in the log.
    ///
    /// # Errors
    /// [`WriteError`] when the action or the state has no JSON form; then nothing is written,
    /// and a log without this action does not lead to the same states. Or when the output
    /// fails; then nothing more can be written.
    pub fn append<A: Action, S: Serialize + ?Sized>(
        &mut self,
        at: u64,
        action: &A,
        state: &S,
    ) -> Result<u64, WriteError> {
        self.append_wire(at, action.to_wire()?, state)
    }

    /// Writes an action that is in its JSON form already: see [`append`](Self::append).
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn append_wire<S: Serialize + ?Sized>(
        &mut self,
        at: u64,
        action: WireAction,
        state: &S,
    ) -> Result<u64, WriteError> {
        self.append_content(at, Content::Action(action), state)
    }

    /// Writes that the history changed, and that `state` is now what the next action is
    /// reduced onto: the store's `head`.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    ///
    /// # Examples
    /// See [`with_header`](Self::with_header).
    pub fn append_lifted<S: Serialize + ?Sized>(
        &mut self,
        at: u64,
        change: HistoryChange,
        state: &S,
    ) -> Result<u64, WriteError> {
        self.append_content(at, Content::Lifted(change), state)
    }

    pub(super) fn append_content<S: Serialize + ?Sized>(
        &mut self,
        at: u64,
        content: Content,
        state: &S,
    ) -> Result<u64, WriteError> {
        let state = self.serialise(state)?;
        self.write_entry(at, content, state)
    }

    /// Flushes the output.
    ///
    /// # Errors
    /// [`WriteError::Io`] when the output fails.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        Ok(self.output.flush()?)
    }

    /// Returns the output, unflushed.
    #[must_use]
    pub fn into_inner(self) -> W {
        self.output
    }

    /// Returns the text of the state, if the next entry says anything about it.
    fn serialise<S: Serialize + ?Sized>(
        &self,
        state: &S,
    ) -> Result<Option<Box<RawValue>>, WriteError> {
        let options = self.options;
        (options.has_hashes() || options.has_patches() || options.has_snapshot(self.seq + 1))
            .then(|| to_raw_value(state).map_err(WriteError::not_json))
            .transpose()
    }

    fn write_entry(
        &mut self,
        at: u64,
        content: Content,
        state: Option<Box<RawValue>>,
    ) -> Result<u64, WriteError> {
        let (has_hashes, has_patches) = (self.options.has_hashes(), self.options.has_patches());
        let mut entry = Entry::new(self.seq + 1, at, content);
        let mut now = None;
        if let Some(text) = state {
            if has_hashes || has_patches {
                let json: Value = serde_json::from_str(text.get()).map_err(WriteError::not_json)?;
                if has_hashes {
                    entry.hash = Some(slice_hashes(&json).map_err(WriteError::not_json)?);
                }
                if has_patches {
                    entry.patch = Some(diff(&self.previous, &json)?.forward);
                }
                now = Some(json);
            }
            entry.snapshot = self.options.has_snapshot(entry.seq).then_some(text);
        }
        self.write_line(&entry)?;
        self.seq = entry.seq;
        self.previous = now.filter(|_| has_patches).unwrap_or_default();
        Ok(self.seq)
    }

    /// Writes `content`, an entry or a header, as it is.
    pub(super) fn write_line<T: Serialize>(&mut self, content: &T) -> Result<(), WriteError> {
        if self.is_stopped {
            return Err(WriteError::Stopped);
        }
        self.line.clear();
        serde_json::to_writer(&mut self.line, content).map_err(WriteError::not_json)?;
        if depth(&self.line) > MAX_DEPTH {
            return Err(WriteError::TooDeep { max: MAX_DEPTH });
        }
        // Raw JSON keeps its line breaks. They are between tokens: inside of a string they
        // are escaped.
        for byte in &mut self.line {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        self.line.push(b'\n');
        self.is_stopped = true;
        self.output.write_all(&self.line)?;
        self.is_stopped = false;
        Ok(())
    }
}

impl<W: fmt::Debug> fmt::Debug for LogWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogWriter")
            .field("output", &self.output)
            .field("options", &self.options)
            .field("seq", &self.seq)
            .field("is_stopped", &self.is_stopped)
            .finish_non_exhaustive()
    }
}

/// A log cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The output failed; the last line may be torn.
    #[error("the log cannot be written: {0}; start another log")]
    Io(#[from] std::io::Error),
    /// An earlier line may be torn.
    #[error("the log ends where its output failed; start another log")]
    Stopped,
    /// The action has no JSON form.
    #[error(transparent)]
    Action(#[from] WireError),
    /// The state, or the change of the history, has no JSON form.
    #[error(
        "what is to be logged has no JSON form: {reason}; keep such values (maps with structured \
         keys, for example) out of the state"
    )]
    NotJson {
        /// Why not.
        reason: String,
    },
    /// It nests so deep that no reader would read the line.
    #[error(
        "what is to be logged nests deeper than {max} lists and objects, which no reader of logs \
         takes: keep such values out of actions, and of a state that is logged"
    )]
    TooDeep {
        /// How deep a line may nest.
        max: usize,
    },
    /// The log leads to another state than the one that it is to go on with.
    #[error(
        "the log leads to another state, in {}: fold it and go on from the state that it leads \
         to, or, if that is what was done and its code has changed since, start another log",
        quoted(slices)
    )]
    OtherState {
        /// The slices that differ, in the order of their names.
        slices: Vec<String>,
    },
    /// The states before and after have no patch between them.
    #[error(transparent)]
    Patch(#[from] PatchError),
}

impl WriteError {
    pub(super) fn not_json(error: serde_json::Error) -> Self {
        Self::NotJson { reason: reason(&error) }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::io;

    use super::*;

    /// Takes one line only.
    #[derive(Debug, Default)]
    struct Full(Vec<u8>);

    impl Write for Full {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            if !self.0.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.extend(text);
            Ok(text.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nothing_follows_a_line_that_may_be_torn() {
        let (output, options) = (Full::default(), LogOptions::new());
        let mut writer = LogWriter::new(output, AppInfo::default(), &(), options).unwrap();
        let mut append = || writer.append_wire(0, WireAction::new("a"), &());
        assert!(matches!(append(), Err(WriteError::Io(_))));
        assert!(matches!(append(), Err(WriteError::Stopped)));
    }
}
