//! Replaying a log: its actions, reduced onto its state.

use std::collections::BTreeSet;
use std::fmt;
use std::io::BufRead;

use serde::de::DeserializeOwned;

use super::entry::{Content, Entry};
use super::error::LogError;
use super::head::Head;
use super::reader::LogReader;
use super::upcast::Upcaster;
use super::verify::Evidence;
use crate::action::{Action, WireAction, WireError};
use crate::history::{HistoryChange, LiftedState};
use crate::reducer::{Changed, Reducer};
use crate::state::State;

/// Returns the replay of the log in `reader`, before its first action.
///
/// The state is read as an `S` straight from its text; each step reads one action as an `A`
/// and reduces it, or changes the history as it was changed. Nothing else runs: no middleware,
/// no thunk, no effect.
///
/// # Errors
/// [`LogError::UnreadableState`] when the header's state is not an `S`.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{LogReader, fold};
/// let log = br#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":1}}
/// {"seq":1,"at":0,"action":{"type":"counter/added","payload":2}}
/// "#;
/// let replay = fold::<Counter, Added, _>(LogReader::new(&log[..])?)?;
/// assert_eq!(replay.run()?, Counter { count: 3 });
/// # Ok(())
/// # }
/// ```
pub fn fold<S, A, R>(reader: LogReader<R>) -> Result<Replay<S, A, R>, LogError>
where
    S: State + DeserializeOwned + Reducer<A>,
    A: Action,
    R: BufRead,
{
    let state = reader.header().read_state()?;
    Ok(Replay::from_state(reader, state))
}

/// A log that is being replayed: see [`fold`].
pub struct Replay<S, A, R> {
    reader: LogReader<R>,
    head: Head<S, A>,
    upcasters: Vec<Box<dyn Upcaster>>,
    pub(super) part: Option<Part<S, A>>,
}

/// The part of an application's state that a replay knows, if it is not the whole.
pub(super) struct Part<S, A> {
    /// The names of its slices.
    pub(super) slices: BTreeSet<String>,
    /// Refuses an action that concerns the part, and that its reducer cannot read.
    pub(super) check: fn(&S, &A) -> Result<(), WireError>,
}

/// What one entry of a log did.
#[derive(Debug)]
pub struct Step<'a, S, A> {
    /// The line of the entry, from 1.
    pub line: usize,
    /// The place of the entry in its log, from 1.
    pub seq: u64,
    /// When it happened, in milliseconds since the Unix epoch.
    pub at: u64,
    /// What happened.
    pub content: Content<A>,
    /// The state after it: what the next action is reduced onto.
    pub state: &'a S,
    /// What may have changed.
    pub changed: Changed,
}

impl<S, A> Step<'_, S, A> {
    /// Returns the action, if it was one that happened.
    #[must_use]
    pub fn action(&self) -> Option<&A> {
        self.content.action()
    }
}

/// An entry of a log that is still to be performed.
pub(super) struct Recorded<A> {
    pub(super) line: usize,
    pub(super) seq: u64,
    pub(super) at: u64,
    /// What the line says, brought up to date.
    pub(super) written: Content,
    pub(super) content: Content<A>,
    pub(super) evidence: Evidence,
}

impl<S: State, A: Action, R> Replay<S, A, R> {
    /// Returns the replay of the log in `reader` onto `state`, in the place of the header's.
    ///
    /// For logs whose state has an older form: read it from the header and convert it.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use retake_store::log::{LogReader, Replay};
    /// let log = br#"{"retake":1,"app":{"name":"counter","version":"0"},"state":3}"#;
    /// let reader = LogReader::new(&log[..])?;
    /// let count: i64 = reader.header().read_state()?;
    /// let replay = Replay::<_, Added, _>::from_state(reader, Counter { count });
    /// assert_eq!(replay.run()?.count, 3);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn from_state(reader: LogReader<R>, state: S) -> Self {
        let head = Head::new(reader.header(), state);
        Self { reader, head, upcasters: Vec::new(), part: None }
    }

    /// Returns the state after the last step.
    #[must_use]
    pub fn state(&self) -> &S {
        self.head.state()
    }

    /// Returns the history after the last step, if the store that wrote the log kept one.
    #[must_use]
    pub fn history(&self) -> Option<&LiftedState<S, A>> {
        self.head.history()
    }

    /// Returns the state after the last step, and drops the rest of the log.
    #[must_use]
    pub fn into_state(self) -> S {
        self.head.into_state()
    }
}

impl<S, A, R> Replay<S, A, R> {
    /// Returns this replay with `upcaster` before each action that is read, behind those that
    /// were given before.
    #[must_use]
    pub fn upcast_with(mut self, upcaster: impl Upcaster + 'static) -> Self {
        self.upcasters.push(Box::new(upcaster));
        self
    }

    pub(super) fn of_part(mut self, part: Part<S, A>) -> Self {
        self.part = Some(part);
        self
    }

    /// Returns the reader, behind the last step.
    #[must_use]
    pub fn reader(&self) -> &LogReader<R> {
        &self.reader
    }

    pub(super) fn into_reader(self) -> LogReader<R> {
        self.reader
    }

    fn upcast(&self, action: WireAction) -> Result<WireAction, WireError> {
        let app = &self.reader.header().app;
        self.upcasters.iter().try_fold(action, |action, upcaster| upcaster.upcast(app, action))
    }
}

impl<S, A, R> Replay<S, A, R>
where
    S: State + DeserializeOwned + Reducer<A>,
    A: Action,
    R: BufRead,
{
    /// Replays one entry and returns what it did; `None` at the end, and after an error.
    ///
    /// An entry that gives an error does nothing: the state is the one before it.
    ///
    /// # Errors
    /// [`LogError`] when the line cannot be read, is no action of the application, or changes
    /// the history in a way that it cannot.
    pub fn next_step(&mut self) -> Option<Result<Step<'_, S, A>, LogError>> {
        let Recorded { line, seq, at, content, .. } = match self.read()? {
            Ok(recorded) => recorded,
            Err(error) => return Some(Err(error)),
        };
        Some(match self.perform(&content, at, line) {
            Ok(changed) => Ok(Step { line, seq, at, content, state: self.head.state(), changed }),
            Err(error) => Err(error),
        })
    }

    /// Replays the rest and returns the state after it.
    ///
    /// # Errors
    /// The first [`LogError`]. To keep the state before it, take single steps.
    pub fn run(mut self) -> Result<S, LogError> {
        while let Some(recorded) = self.read() {
            let Recorded { line, at, content, .. } = recorded?;
            let _ = self.perform(&content, at, line)?;
        }
        Ok(self.into_state())
    }

    pub(super) fn read(&mut self) -> Option<Result<Recorded<A>, LogError>> {
        let recorded = match self.reader.next()? {
            Ok(entry) => self.recorded(entry),
            Err(error) => Err(error),
        };
        if recorded.is_err() {
            self.reader.end();
        }
        Some(recorded)
    }

    /// Goes on to the state after `content`; nothing follows an error.
    pub(super) fn perform(
        &mut self,
        content: &Content<A>,
        at: u64,
        line: usize,
    ) -> Result<Changed, LogError> {
        let changed = self.head.perform(content, at, line);
        let changed = changed.and_then(|changed| {
            self.check_import(content, line)?;
            Ok(changed)
        });
        changed.inspect_err(|_| self.reader.end())
    }

    /// Refuses a history with an action that the part of the state cannot read.
    fn check_import(&self, content: &Content<A>, line: usize) -> Result<(), LogError> {
        let (Some(part), Some(history), Content::Lifted(HistoryChange::Import(_))) =
            (&self.part, self.head.history(), content)
        else {
            return Ok(());
        };
        let mut actions = history.steps().filter_map(|(id, _)| history.action(id)?.action.as_ref());
        let malformed = |source| LogError::MalformedAction { line, source };
        actions.try_for_each(|action| (part.check)(self.head.state(), action).map_err(malformed))
    }

    fn recorded(&self, entry: Entry) -> Result<Recorded<A>, LogError> {
        let line = self.reader.line();
        let Entry { seq, at, content, hash, patch, snapshot } = entry;
        let evidence = Evidence { hash, patch, snapshot };
        let malformed = |source| LogError::MalformedAction { line, source };
        let wire = match content {
            Content::Action(wire) => self.upcast(wire).map_err(malformed)?,
            Content::Lifted(change) => {
                let (written, content) = (Content::Lifted(change.clone()), Content::Lifted(change));
                return Ok(Recorded { line, seq, at, written, content, evidence });
            }
        };
        let action = match A::from_wire(&wire) {
            Some(Ok(action)) => action,
            Some(Err(source)) => return Err(malformed(source)),
            None => return Err(LogError::UnknownAction { line, action_type: wire.kind }),
        };
        if let Some(part) = &self.part {
            (part.check)(self.head.state(), &action).map_err(malformed)?;
        }
        let (written, content) = (Content::Action(wire), Content::Action(action));
        Ok(Recorded { line, seq, at, written, content, evidence })
    }
}

impl<S: fmt::Debug, A, R: fmt::Debug> fmt::Debug for Replay<S, A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("reader", &self.reader)
            .field("head", &self.head)
            .field("upcasters", &self.upcasters.len())
            .finish_non_exhaustive()
    }
}
