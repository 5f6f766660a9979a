//! The state that a log leads to, and the history that it depends on.

use std::fmt;

use serde::de::DeserializeOwned;

use super::entry::Content;
use super::error::LogError;
use super::header::Header;
use crate::action::Action;
use crate::history::{HistoryChange, HistoryOptions, LiftedState};
use crate::reducer::{Changed, Reducer};
use crate::state::State;

/// The state after the entries of a log so far.
///
/// If the store that wrote the log kept its history, this is the head of a history of its
/// own with the same options, and changes of the history are performed on that. Nothing but
/// reducers runs.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{Content, Head, LogReader};
/// let log = br#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":1},"history":{}}
/// {"seq":1,"at":5,"action":{"type":"counter/added","payload":2}}
/// {"seq":2,"at":6,"lifted":{"type":"TOGGLE_ACTION","id":1}}
/// "#;
/// let mut reader = LogReader::new(&log[..])?;
/// let mut head = Head::new(reader.header(), reader.header().read_state::<Counter>()?);
/// while let Some(entry) = reader.next().transpose()? {
///     let content = match &entry.content {
///         Content::Action(wire) => Content::Action(Added(wire.payload_as()?)),
///         Content::Lifted(change) => Content::Lifted(change.clone()),
///     };
///     head.perform(&content, entry.at, reader.line())?;
/// }
/// assert_eq!(head.state().count, 1, "the action is skipped");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Head<S, A>(Kept<S, A>);

#[derive(Clone)]
enum Kept<S, A> {
    State(S),
    History(Box<LiftedState<S, A>>),
}

impl<S: State, A: Action> Head<S, A> {
    /// Returns `state` as the one that the log with this `header` begins with.
    #[must_use]
    pub fn new(header: &Header, state: S) -> Self {
        Self::begun(state, header.history.clone())
    }

    fn begun(state: S, history: Option<HistoryOptions>) -> Self {
        Self(match history {
            Some(options) => Kept::History(Box::new(LiftedState::new(state, options))),
            None => Kept::State(state),
        })
    }

    /// Returns the state.
    #[must_use]
    pub fn state(&self) -> &S {
        match &self.0 {
            Kept::State(state) => state,
            Kept::History(history) => history.head(),
        }
    }

    /// Returns the history, if the store kept one.
    #[must_use]
    pub fn history(&self) -> Option<&LiftedState<S, A>> {
        match &self.0 {
            Kept::State(_) => None,
            Kept::History(history) => Some(history),
        }
    }

    /// Returns the state, without the history.
    #[must_use]
    pub fn into_state(self) -> S {
        match self.0 {
            Kept::State(state) => state,
            Kept::History(history) => S::clone(history.head()),
        }
    }
}

impl<S: State + DeserializeOwned + Reducer<A>, A: Action> Head<S, A> {
    /// Goes on to the state after `content`, which happened `at` and stands in `line`.
    ///
    /// # Errors
    /// [`LogError::NoHistory`] and [`LogError::Travel`] for a change of a history that is not
    /// there, or that cannot change so. The state is as before.
    pub fn perform(
        &mut self,
        content: &Content<A>,
        at: u64,
        line: usize,
    ) -> Result<Changed, LogError> {
        match (content, &mut self.0) {
            (Content::Action(action), Kept::State(state)) => Ok(state.reduce(action)),
            (Content::Action(action), Kept::History(history)) => {
                Ok(history.perform_and_tell(action.clone(), at).1)
            }
            (Content::Lifted(HistoryChange::Restart(restart)), _) => {
                *self = Self::begun(self.state().clone(), restart.history.clone());
                Ok(Changed::NONE)
            }
            (Content::Lifted(change), Kept::History(history)) => {
                history.replay(change).map_err(|source| LogError::Travel { line, source })?;
                Ok(Changed::ALL)
            }
            (Content::Lifted(_), Kept::State(_)) => Err(LogError::NoHistory { line }),
        }
    }
}

impl<S: fmt::Debug, A> fmt::Debug for Head<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kept::State(state) => state.fmt(f),
            Kept::History(history) => history.fmt(f),
        }
    }
}
