//! Actions that undo.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::recording::Undo;
use crate::action::{Action, WireAction, WireError};

/// Goes through the steps of an [`Undoable<T>`](super::Undoable), or forgets them.
///
/// It is the action of a slice: the root action has a variant for it. When there is no step to
/// go, nothing changes.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/note.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::Action;
/// use retake_store::undo::UndoAction;
///
/// let json = |action: UndoAction<Note>| serde_json::to_string(&action);
/// assert_eq!(json(UndoAction::undo())?, r#"{"type":"note/undo"}"#);
/// assert_eq!(json(UndoAction::redo())?, r#"{"type":"note/redo"}"#);
/// assert_eq!(json(UndoAction::jump(-2))?, r#"{"type":"note/jump","payload":-2}"#);
/// assert_eq!(json(UndoAction::clear_history())?, r#"{"type":"note/clearHistory"}"#);
/// # Ok(())
/// # }
/// ```
///
/// Source: redux-undo, its action creators.
pub struct UndoAction<T> {
    pub(super) way: Way,
    of: PhantomData<fn() -> T>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Undo,
    Redo,
    Jump(i64),
    ClearHistory,
}

impl<T> UndoAction<T> {
    /// Returns the action that takes the last step back.
    #[must_use]
    pub fn undo() -> Self {
        Self::of(Way::Undo)
    }

    /// Returns the action that does again what was undone last.
    #[must_use]
    pub fn redo() -> Self {
        Self::of(Way::Redo)
    }

    /// Returns the action that goes `by` steps: back if it is negative, else forth.
    ///
    /// When there are not so many steps, nothing changes.
    #[must_use]
    pub fn jump(by: i64) -> Self {
        Self::of(Way::Jump(by))
    }

    /// Returns the action that forgets the steps of both directions.
    #[must_use]
    pub fn clear_history() -> Self {
        Self::of(Way::ClearHistory)
    }

    fn of(way: Way) -> Self {
        Self { way, of: PhantomData }
    }
}

impl<T> Clone for UndoAction<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for UndoAction<T> {}

impl<T> PartialEq for UndoAction<T> {
    fn eq(&self, other: &Self) -> bool {
        self.way == other.way
    }
}

impl<T> Eq for UndoAction<T> {}

impl<T> fmt::Debug for UndoAction<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.way.fmt(f)
    }
}

impl<T: Undo> Action for UndoAction<T> {
    fn action_type(&self) -> Cow<'_, str> {
        let name = match self.way {
            Way::Undo => "undo",
            Way::Redo => "redo",
            Way::Jump(_) => "jump",
            Way::ClearHistory => "clearHistory",
        };
        Cow::Owned(format!("{}/{name}", T::NAME))
    }

    fn leaf(&self) -> &dyn Any {
        self
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        let wire = WireAction::new(self.action_type());
        match self.way {
            Way::Jump(by) => wire.with_payload(&by),
            Way::Undo | Way::Redo | Way::ClearHistory => Ok(wire),
        }
    }

    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        let way = match wire.kind.strip_prefix(T::NAME)?.strip_prefix('/')? {
            "undo" => Ok(Way::Undo),
            "redo" => Ok(Way::Redo),
            "jump" => wire.payload_as().map(Way::Jump),
            "clearHistory" => Ok(Way::ClearHistory),
            _ => return None,
        };
        Some(way.map(Self::of))
    }
}

impl<T: Undo> Serialize for UndoAction<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_wire().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de, T: Undo> Deserialize<'de> for UndoAction<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let wire = WireAction::deserialize(deserializer)?;
        match Self::from_wire(&wire) {
            Some(action) => action.map_err(D::Error::custom),
            None => Err(D::Error::custom(format_args!(
                "`{}` does not undo `{}`: `undo`, `redo`, `jump` and `clearHistory` do",
                wire.kind,
                T::NAME
            ))),
        }
    }
}
