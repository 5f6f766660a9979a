//! Changes of a history, as an action log keeps them.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::action::Action;
use crate::history::action::LiftedAction;
use crate::history::import::ImportError;
use crate::history::lifted::{LiftedState, TravelError};
use crate::history::options::HistoryOptions;
use crate::reducer::Reducer;
use crate::state::State;

/// A change of a history that a log has to know of, in the JSON form of its lines.
///
/// What only changes which state is looked at is none, nor is a lock: nothing in a log depends
/// on it, but for what begins again with the state that is looked at. Such a change says where
/// that is, unless it is the last one.
///
/// ```
/// use retake_store::history::{ActionId, HistoryChange, LiftedAction};
/// let change = HistoryChange::Lifted {
///     action: LiftedAction::ToggleAction { id: ActionId(2) },
///     current_state_index: None,
/// };
/// assert_eq!(serde_json::to_string(&change)?, r#"{"type":"TOGGLE_ACTION","id":2}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum HistoryChange {
    /// A history was imported: `{"type":"IMPORT_STATE","nextLiftedState":..}`.
    Import(Import),
    /// Another process goes on with the log: `{"type":"RESTART","history":..}`.
    Restart(Restart),
    /// A tool asked for something.
    #[serde(rename_all = "camelCase")]
    Lifted {
        /// What it asked for.
        #[serde(flatten)]
        action: LiftedAction,
        /// The place of the state that was looked at, if it matters and is not the last one.
        #[serde(skip_serializing_if = "Option::is_none")]
        current_state_index: Option<usize>,
    },
}

/// A history that was imported, in any form that [`LiftedState::import`] understands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "IMPORT_STATE", rename_all = "camelCase")]
pub struct Import {
    /// The history.
    pub next_lifted_state: Value,
}

/// The history begins anew with the state that there is, in a process that was started with
/// that state: it is where a reset leads from now on. Or it ends there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "RESTART")]
pub struct Restart {
    /// The options of the new process's history; `None`: it keeps none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryOptions>,
}

impl<'de> Deserialize<'de> for HistoryChange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let read = || {
            match value.get("type").and_then(Value::as_str) {
                Some("IMPORT_STATE") => return Import::deserialize(&value).map(Self::Import),
                Some("RESTART") => return Restart::deserialize(&value).map(Self::Restart),
                _ => {}
            }
            let index = value.get("currentStateIndex").map(usize::deserialize).transpose()?;
            let action = LiftedAction::deserialize(&value)?;
            Ok(Self::Lifted { action, current_state_index: index })
        };
        read().map_err(|error: serde_json::Error| D::Error::custom(error))
    }
}

impl HistoryChange {
    /// Returns the change that a process's log has first when it goes on with the log of
    /// another one, with a history of these options or with none.
    ///
    /// ```
    /// use retake_store::history::{HistoryChange, HistoryOptions};
    /// let change = HistoryChange::restart(HistoryOptions::default().max_age(50));
    /// let json = r#"{"type":"RESTART","history":{"maxAge":50}}"#;
    /// assert_eq!(serde_json::to_string(&change)?, json);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn restart(history: impl Into<Option<HistoryOptions>>) -> Self {
        Self::Restart(Restart { history: history.into() })
    }

    /// Returns the type, such as `TOGGLE_ACTION`.
    ///
    /// ```
    /// use retake_store::history::{HistoryChange, HistoryOptions};
    /// assert_eq!(HistoryChange::restart(HistoryOptions::default()).action_type(), "RESTART");
    /// ```
    #[must_use]
    pub fn action_type(&self) -> &'static str {
        match self {
            Self::Import(_) => "IMPORT_STATE",
            Self::Restart(_) => "RESTART",
            Self::Lifted { action, .. } => action.action_type(),
        }
    }
}

/// Why a history does not change as a log says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The history is not one in which that could happen.
    #[error(transparent)]
    Travel(#[from] TravelError),
    /// What was imported is no history of this application.
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl<S: State + Reducer<A>, A: Action> LiftedState<S, A> {
    /// Returns `action` as a log keeps it; `None` when no log has to know of it.
    pub(crate) fn change(&self, action: LiftedAction) -> Option<HistoryChange> {
        let place = || (!self.is_at_the_end()).then_some(self.current);
        let current_state_index = match action {
            // While paused, what is looked at is what the next action is reduced onto.
            LiftedAction::JumpToState { .. } | LiftedAction::JumpToAction { .. } => {
                self.is_paused.then_some(None)?
            }
            LiftedAction::LockChanges { .. } => return None,
            LiftedAction::Commit | LiftedAction::PauseRecording { .. } => place(),
            _ => None,
        };
        Some(HistoryChange::Lifted { action, current_state_index })
    }

    /// Changes this history as the one did that `change` was recorded of.
    ///
    /// A history that began with the same state and options, performed the same actions and
    /// replayed the same changes has the same [`head`](LiftedState::head). Behind a restart
    /// without a history it is a history of the default options, which leads to the same.
    ///
    /// # Errors
    /// [`ReplayError`] when it is another history; nothing changes then.
    ///
    /// # Panics
    /// As [`perform`](LiftedState::perform).
    pub fn replay(&mut self, change: &HistoryChange) -> Result<(), ReplayError>
    where
        S: DeserializeOwned,
    {
        match change {
            HistoryChange::Import(import) => self.import(&import.next_lifted_state, 0)?,
            HistoryChange::Restart(restart) => {
                let options = restart.history.clone().unwrap_or_default();
                *self = Self::new(S::clone(self.head()), options);
            }
            HistoryChange::Lifted { action, current_state_index } => {
                let before = self.current;
                if !self.is_paused {
                    let last = self.computed.len() - 1;
                    let index = current_state_index.unwrap_or(last);
                    self.apply(&LiftedAction::JumpToState { index })?;
                }
                self.apply(action).inspect_err(|_| self.current = before)?;
            }
        }
        Ok(())
    }
}
