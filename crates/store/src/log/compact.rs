//! Compaction: a log anew, from one of its entries on.

use std::io::{BufRead, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::api_slices::{ApiSlices, fold_api_slices};
use super::entry::{Content, Entry};
use super::error::LogError;
use super::header::{AppInfo, Header};
use super::options::LogOptions;
use super::reader::LogReader;
use super::recorded::RecordedState;
use super::replay::{Recorded, Replay};
use super::untyped::UntypedAction;
use super::verify::{Checks, VerifyError};
use super::writer::{LogWriter, WriteError};
use crate::action::Action;
use crate::history::{ActionId, HistoryChange, Import, ImportError};
use crate::reducer::Reducer;
use crate::state::State;

/// What a compacted log is to be. The default keeps all entries, without what they say about
/// the state.
///
/// # Examples
/// ```
/// use retake_store::log::{Compaction, LogOptions};
/// let compaction = Compaction::after(9_000).with_options(LogOptions::new().snapshot_every(100));
/// assert_ne!(compaction, Compaction::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Compaction {
    after: u64,
    options: LogOptions,
    app: Option<AppInfo>,
}

impl Compaction {
    /// Returns the compaction whose header has the state after the entry `seq`; 0 is the
    /// header of the old log, and keeps every entry.
    pub fn after(seq: u64) -> Self {
        Self { after: seq, ..Self::default() }
    }

    /// Sets what entries say about the state.
    pub fn with_options(mut self, options: LogOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets which application the new log is of: the present version, if an upcaster brings
    /// the actions up to date. It is that of the old log otherwise.
    pub fn of_app(mut self, app: AppInfo) -> Self {
        self.app = Some(app);
        self
    }

    fn app(&self, header: &Header) -> AppInfo {
        self.app.clone().unwrap_or_else(|| header.app.clone())
    }
}

/// What became of the entries of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compacted {
    /// How many are in the state of the new header now.
    pub folded: u64,
    /// How many were kept.
    pub kept: u64,
}

/// A log cannot be compacted; what was written so far is to be thrown away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompactError {
    /// The log cannot be read, or does not lead to the states that it says.
    #[error(transparent)]
    Log(#[from] VerifyError),
    /// The new log cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The log ends before the entry.
    #[error("there is no entry {after}: the log ends with {last}; name one that is there")]
    NoEntry {
        /// The entry.
        after: u64,
        /// The last one.
        last: u64,
    },
    /// Only the application knows the state after an entry.
    #[error(
        "the log does not say what the state is after entry {seq}, and only the application can \
         tell: compact in its code (`Replay::compact`), or after entry {known}, or record with \
         patches or snapshots"
    )]
    UnknownState {
        /// The entry.
        seq: u64,
        /// The last one before it after which the state is known; 0 is the header.
        known: u64,
    },
    /// Only the application can carry the history over.
    #[error(
        "the store kept its history, and only the application can carry that over: compact in its \
         code (`Replay::compact`)"
    )]
    History,
    /// What the history was after an entry has no JSON form.
    #[error(
        "after entry {seq} the history is paused or begins with an error, and what it has taken in \
         is no list of actions: compact after another entry"
    )]
    UnwritableHistory {
        /// The entry.
        seq: u64,
    },
}

impl From<LogError> for CompactError {
    fn from(error: LogError) -> Self {
        Self::Log(error.into())
    }
}

/// Writes the log in `reader` anew to `output`, without the application that wrote it.
///
/// The new header has the state after the entry of the [`Compaction`]; the entries behind it
/// follow, numbered from 1. What happens in them stays as it is, and so do the hashes and
/// patches that they carry, if the options ask for them; none are made. Snapshots are made
/// anew, where the options put them. Unknown members are not kept.
///
/// The state is taken from the patches and snapshots of the old log, and the slices of the apis
/// are replayed and compared with what the log says: a log that does not lead there is not
/// compacted. In slices that are not of an api, maps that stand in the order of creation are
/// sorted by name in the new header and its snapshots, unless the old log has a snapshot there:
/// patches do not say an order. [`verify`](super::verify) finds the new log as good as the old one.
///
/// Memory: the state, and one line.
///
/// # Errors
/// [`CompactError`]; the new log is incomplete then.
///
/// # Examples
/// ```
/// use retake_store::log::{Compaction, LogOptions, LogReader, compact};
/// let log = br#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":1}}
/// {"seq":1,"at":5,"action":{"type":"counter/added","payload":2},"patch":[{"op":"replace","path":"/count","value":3}]}
/// {"seq":2,"at":6,"action":{"type":"counter/added","payload":4},"patch":[{"op":"replace","path":"/count","value":7}]}
/// "#;
/// let mut compacted = Vec::new();
/// let compaction = Compaction::after(1).with_options(LogOptions::new().snapshot_every(1));
/// let done = compact(LogReader::new(&log[..])?, &mut compacted, &compaction)?;
/// assert_eq!((done.folded, done.kept), (1, 1));
/// assert_eq!(String::from_utf8(compacted)?, r#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":3}}
/// {"seq":1,"at":6,"action":{"type":"counter/added","payload":4},"snapshot":{"count":7}}
/// "#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compact<R: BufRead, W: Write>(
    reader: LogReader<R>,
    output: W,
    compaction: &Compaction,
) -> Result<Compacted, CompactError> {
    let options = compaction.options;
    let recorded = RecordedState::new(reader.header())?;
    let replay = fold_api_slices(reader)?;
    let checks = replay.checks()?;
    let mut source = Source { replay, checks, recorded };
    while source.seq() < compaction.after {
        if source.next()?.is_none() {
            return Err(CompactError::NoEntry { after: compaction.after, last: source.seq() });
        }
    }
    let app = compaction.app(source.replay.reader().header());
    // Behind a restart without a history there is none any more.
    let history = source.replay.reader().header().history.clone().filter(|_| compaction.after == 0);
    if compaction.after > 0 && source.replay.history().is_some() {
        return Err(CompactError::History);
    }
    let header = Header { app, state: source.state()?, history };
    let mut writer = LogWriter::with_header(output, &header, options)?;
    let mut done = Compacted { folded: source.seq(), kept: 0 };
    while let Some(recorded) = source.next()? {
        done.kept += 1;
        let Recorded { at, written, evidence, .. } = recorded;
        let mut entry = Entry::new(done.kept, at, written);
        entry.hash = evidence.hash.filter(|_| options.has_hashes());
        entry.patch = evidence.patch.filter(|_| options.has_patches());
        if options.has_snapshot(done.kept) {
            entry.snapshot = Some(source.state()?);
        }
        writer.write_line(&entry)?;
    }
    writer.flush()?;
    Ok(done)
}

/// A log that is compacted without its application.
struct Source<R> {
    replay: Replay<ApiSlices, UntypedAction, R>,
    checks: Checks,
    recorded: RecordedState,
}

impl<R: BufRead> Source<R> {
    fn next(&mut self) -> Result<Option<Recorded<UntypedAction>>, CompactError> {
        let Some(recorded) = self.replay.check(&mut self.checks).transpose()? else {
            return Ok(None);
        };
        self.recorded.advance(recorded.seq, recorded.line, &recorded.evidence)?;
        Ok(Some(recorded))
    }

    fn seq(&self) -> u64 {
        self.replay.reader().seq()
    }

    /// Returns the state after the last entry that was read.
    fn state(&self) -> Result<Box<RawValue>, CompactError> {
        let text = self.recorded.text(self.replay.state()).map_err(WriteError::not_json)?;
        let unknown =
            || CompactError::UnknownState { seq: self.seq(), known: self.recorded.known() };
        text.ok_or_else(unknown)
    }
}

impl<S, A, R> Replay<S, A, R>
where
    S: State + Serialize + DeserializeOwned + Reducer<A>,
    A: Action,
    R: BufRead,
{
    /// Writes the rest of the log anew to `output`.
    ///
    /// The new header has the state after the entry of the [`Compaction`]; the entries behind
    /// it follow, numbered from 1, as the upcaster returns them, with hashes, patches and
    /// snapshots as the options ask. They are made anew, from the states of this replay. The
    /// old log is verified meanwhile: one that does not lead to the states that it says is not
    /// compacted. [`verify`](super::verify) finds nothing wrong with the new log.
    ///
    /// If the store kept its history, that is in the new log as well: the header has the state
    /// that a reset leads to, and the first entry imports the history as it was. It counts
    /// neither as folded nor as kept.
    ///
    /// Memory: the state, the history, and one line.
    ///
    /// # Errors
    /// [`CompactError`]; the new log is incomplete then.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use retake_store::log::{Compaction, LogReader, fold};
    /// let log = br#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":1}}
    /// {"seq":1,"at":5,"action":{"type":"counter/added","payload":2}}
    /// {"seq":2,"at":6,"action":{"type":"counter/added","payload":4}}
    /// "#;
    /// let mut compacted = Vec::new();
    /// let replay = fold::<Counter, Added, _>(LogReader::new(&log[..])?)?;
    /// replay.compact(&mut compacted, &Compaction::after(1))?;
    /// assert_eq!(String::from_utf8(compacted)?, r#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":3}}
    /// {"seq":1,"at":6,"action":{"type":"counter/added","payload":4}}
    /// "#);
    /// # Ok(())
    /// # }
    /// ```
    pub fn compact<W: Write>(
        mut self,
        output: W,
        compaction: &Compaction,
    ) -> Result<Compacted, CompactError> {
        let mut checks = self.checks()?;
        let mut at = 0;
        while self.reader().seq() < compaction.after {
            let Some(recorded) = self.check(&mut checks).transpose()? else {
                let last = self.reader().seq();
                return Err(CompactError::NoEntry { after: compaction.after, last });
            };
            at = recorded.at;
        }
        let mut writer = self.begin(output, compaction, at)?;
        let mut done = Compacted { folded: self.reader().seq(), kept: 0 };
        while let Some(recorded) = self.check(&mut checks).transpose()? {
            writer.append_content(recorded.at, recorded.written, self.state())?;
            done.kept += 1;
        }
        writer.flush()?;
        Ok(done)
    }

    /// Writes the header, and the history if there is one; the last entry happened `at`.
    fn begin<W: Write>(
        &self,
        output: W,
        compaction: &Compaction,
        at: u64,
    ) -> Result<LogWriter<W>, CompactError> {
        let (app, options) = (compaction.app(self.reader().header()), compaction.options);
        let Some(history) = self.history() else {
            return Ok(LogWriter::new(output, app, self.state(), options)?);
        };
        let is_absorbing = history.is_paused() && history.next_action_id() != ActionId(1);
        if is_absorbing || history.steps().next().is_some_and(|(_, step)| step.error.is_some()) {
            return Err(CompactError::UnwritableHistory { seq: self.reader().seq() });
        }
        let kept = history.options().clone().start_paused(history.is_paused());
        let header = Header::new(app, &**history.initial()).map_err(WriteError::not_json)?;
        let mut writer = LogWriter::with_header(output, &header.with_history(Some(kept)), options)?;
        if self.reader().seq() > 0 {
            let not_json = |error: ImportError| WriteError::NotJson { reason: error.to_string() };
            let mut next_lifted_state = history.to_json().map_err(not_json)?;
            // They are computed when it is read.
            next_lifted_state["computedStates"] = Value::Array(Vec::new());
            let change = HistoryChange::Import(Import { next_lifted_state });
            writer.append_content(at, Content::Lifted(change), self.state())?;
        }
        Ok(writer)
    }
}
