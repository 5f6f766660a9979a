//! What a tool asks of a history.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of an action in a history. 0 is the beginning, `@@INIT`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ActionId(pub u64);

impl ActionId {
    /// The beginning of a history.
    pub const INIT: Self = Self(0);
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a tool asks of a history, in the JSON form of Redux DevTools.
///
/// ```
/// use retake_store::history::{ActionId, LiftedAction};
/// let action: LiftedAction = serde_json::from_str(r#"{"type":"JUMP_TO_ACTION","actionId":2}"#)?;
/// assert_eq!(action, LiftedAction::JumpToAction { action_id: ActionId(2) });
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Source: Redux DevTools, `ActionTypes` of `instrument`; performing and importing are
/// functions of [`LiftedState`](super::LiftedState).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum LiftedAction {
    /// Begin again with the state that the store was created with.
    Reset,
    /// Begin again with the committed state.
    Rollback,
    /// Make the state that is looked at the committed one, and begin again with it.
    Commit,
    /// Forget the actions that are skipped.
    Sweep,
    /// Skip an action, or no longer.
    ToggleAction {
        /// The action.
        id: ActionId,
    },
    /// Skip all actions of a range, or none of them.
    SetActionsActive {
        /// The first action.
        start: ActionId,
        /// The one behind the last.
        end: ActionId,
        /// Whether they count.
        active: bool,
    },
    /// Look at a state.
    JumpToState {
        /// Its place: 0 is the committed state.
        index: usize,
    },
    /// Look at the state after an action; one that is not there changes nothing.
    JumpToAction {
        /// The action.
        action_id: ActionId,
    },
    /// Let an action happen before another one.
    ReorderAction {
        /// The action that moves.
        action_id: ActionId,
        /// The action it happens before; one that is not there, and larger than all, is the
        /// end.
        before_action_id: ActionId,
    },
    /// Refuse actions, or no longer.
    LockChanges {
        /// Whether to refuse.
        status: bool,
    },
    /// Record nothing, or record again; going on commits.
    PauseRecording {
        /// Whether to record nothing.
        status: bool,
    },
}

impl LiftedAction {
    /// Returns the type, as Redux DevTools calls it.
    ///
    /// ```
    /// use retake_store::history::LiftedAction;
    /// assert_eq!(LiftedAction::JumpToState { index: 1 }.action_type(), "JUMP_TO_STATE");
    /// ```
    #[must_use]
    pub fn action_type(&self) -> &'static str {
        match self {
            Self::Reset => "RESET",
            Self::Rollback => "ROLLBACK",
            Self::Commit => "COMMIT",
            Self::Sweep => "SWEEP",
            Self::ToggleAction { .. } => "TOGGLE_ACTION",
            Self::SetActionsActive { .. } => "SET_ACTIONS_ACTIVE",
            Self::JumpToState { .. } => "JUMP_TO_STATE",
            Self::JumpToAction { .. } => "JUMP_TO_ACTION",
            Self::ReorderAction { .. } => "REORDER_ACTION",
            Self::LockChanges { .. } => "LOCK_CHANGES",
            Self::PauseRecording { .. } => "PAUSE_RECORDING",
        }
    }
}
