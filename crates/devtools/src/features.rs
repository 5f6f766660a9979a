//! Which buttons a monitor shows.

use retake_store::history::LiftedAction;
use serde_json::{Value, json};

use crate::protocol::{Command, MonitorMessage};

/// Which buttons a monitor shows. What is off is refused, too, when it is asked for.
///
/// The default has all of them but `test`, which writes tests in JavaScript.
///
/// Source: Redux DevTools, `features`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// Stop recording, and go on.
    pub pause: bool,
    /// Refuse actions, and accept them again.
    pub lock: bool,
    /// Keep histories when the page is loaded again.
    pub persist: bool,
    /// What a history is exported as.
    pub export: Export,
    /// Import a history.
    pub import: bool,
    /// Look at another state.
    pub jump: bool,
    /// Leave actions out.
    pub skip: bool,
    /// Change the order of actions.
    pub reorder: bool,
    /// Dispatch actions.
    pub dispatch: bool,
    /// Let another application's history be this one's.
    pub sync: bool,
    /// Write tests.
    pub test: bool,
}

/// What a history is exported as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Export {
    /// Nothing: there is no button.
    Off,
    /// What the monitor shows: with states, and as sanitised, filtered and limited as it is.
    #[default]
    Lifted,
    /// All actions of the history and the state they begin with, exactly as they are.
    Actions,
}

impl Default for Features {
    fn default() -> Self {
        let mut features = Self::all();
        features.test = false;
        features
    }
}

impl Features {
    /// Returns all features.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            pause: true,
            lock: true,
            persist: true,
            export: Export::Lifted,
            import: true,
            jump: true,
            skip: true,
            reorder: true,
            dispatch: true,
            sync: true,
            test: true,
        }
    }

    /// Returns a monitor that can only look.
    ///
    /// ```
    /// use retake_devtools::Features;
    /// let jumping = Features { jump: true, ..Features::none() };
    /// assert!(!jumping.dispatch);
    /// ```
    #[must_use]
    pub const fn none() -> Self {
        Self {
            pause: false,
            lock: false,
            persist: false,
            export: Export::Off,
            import: false,
            jump: false,
            skip: false,
            reorder: false,
            dispatch: false,
            sync: false,
            test: false,
        }
    }

    pub(crate) fn to_json(self) -> Value {
        json!({
            "pause": self.pause,
            "lock": self.lock,
            "persist": self.persist,
            "export": match self.export {
                Export::Off => json!(false),
                Export::Lifted => json!(true),
                Export::Actions => json!("custom"),
            },
            // `true` would let the monitor import into what it shows, and nowhere else.
            "import": if self.import { json!("custom") } else { json!(false) },
            "jump": self.jump,
            "skip": self.skip,
            "reorder": self.reorder,
            "dispatch": self.dispatch,
            "sync": self.sync,
            "test": self.test,
        })
    }

    /// Returns the feature that `message` uses, if it is off.
    pub(crate) fn refuses(&self, message: &MonitorMessage) -> Option<&'static str> {
        let (name, is_on) = match message {
            MonitorMessage::Dispatch(Command::Import(_)) | MonitorMessage::Import(_) => {
                ("import", self.import)
            }
            MonitorMessage::Dispatch(Command::Travel(action)) => self.of(action)?,
            MonitorMessage::Action(_) => ("dispatch", self.dispatch),
            MonitorMessage::Export => ("export", self.export != Export::Off),
            MonitorMessage::Sync { .. } => ("sync", self.sync),
            _ => return None,
        };
        (!is_on).then_some(name)
    }

    fn of(&self, action: &LiftedAction) -> Option<(&'static str, bool)> {
        Some(match action {
            LiftedAction::JumpToState { .. } | LiftedAction::JumpToAction { .. } => {
                ("jump", self.jump)
            }
            LiftedAction::ToggleAction { .. }
            | LiftedAction::SetActionsActive { .. }
            | LiftedAction::Sweep => ("skip", self.skip),
            LiftedAction::ReorderAction { .. } => ("reorder", self.reorder),
            LiftedAction::LockChanges { .. } => ("lock", self.lock),
            LiftedAction::PauseRecording { .. } => ("pause", self.pause),
            // Reset, revert and commit have no feature of their own: they come with travelling.
            _ => ("jump", self.jump),
        })
    }
}
