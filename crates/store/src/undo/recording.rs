//! Which actions are steps.

use std::borrow::Cow;

use crate::patch::Patchable;

/// A value whose changes can be undone, when it is in an [`Undoable`](super::Undoable).
///
/// The value is a slice, or a struct of several slices that `#[derive(State)]` combines: then
/// one sequence of steps covers them all. It is [`Patchable`], which a server cache is not:
/// what the server knows is not undone here, but by an action that tells the server.
///
/// # Examples
/// ```
/// # #[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
/// # struct Note { text: String }
/// # enum NoteAction { Typed(String), Cleared, FocusLost, Opened(String) }
/// use retake_store::undo::{Recording, Undo};
/// # use retake_store::patch::{Diff, Edit, PatchError, Patchable, Path, Value};
/// # impl Patchable for Note {
/// #     fn is_same(&self, other: &Self) -> bool { self.text == other.text }
/// #     fn is_equal(&self, other: &Self) -> bool { self.text == other.text }
/// #     fn share_with(&mut self, old: &Self) -> bool { self.text == old.text }
/// #     fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
/// #         diff.member("text", &self.text, &next.text)
/// #     }
/// #     fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
/// #         edit.assign(self, path)
/// #     }
/// #     fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> { path.value(self) }
/// # }
///
/// impl Undo for Note {
///     const NAME: &'static str = "note";
///     type Action = NoteAction;
///
///     fn recording(action: &NoteAction) -> Recording<'_> {
///         match action {
///             NoteAction::Typed(_) => Recording::merge("text"),
///             NoteAction::Cleared => Recording::Step,
///             NoteAction::FocusLost => Recording::Seal,
///             NoteAction::Opened(_) => Recording::Clear,
///         }
///     }
/// }
/// assert_eq!(Note::recording(&NoteAction::Cleared), Recording::Step);
/// ```
pub trait Undo: Patchable {
    /// The first part of the type strings of [`UndoAction`](super::UndoAction): `"note"` gives
    /// `note/undo`. No slice has actions of these names.
    const NAME: &'static str;

    /// How many steps can be undone at most; older ones are forgotten.
    const LIMIT: usize = 100;

    /// How many bytes the patches of the steps that can be undone have at most, as JSON; older
    /// ones are forgotten.
    ///
    /// With a limit, the patches of a step are made when it is recorded, and not only when
    /// somebody serialises the state.
    const MAX_BYTES: usize = usize::MAX;

    /// The actions that are steps: those of the slice, or, to undo several slices as one, the
    /// root action of the application.
    ///
    /// Whatever else changes the value is [`Recording::Skip`].
    type Action: 'static;

    /// Returns what a change by `action` is.
    ///
    /// Like a reducer this is a function of data alone. It is asked before the action is
    /// reduced, and an action that changes nothing is no step whatever it says.
    fn recording(action: &Self::Action) -> Recording<'_> {
        let _ = action;
        Recording::Step
    }
}

/// What the change by an action is to the user who undoes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording<'a> {
    /// A step of its own.
    Step,
    /// One step with the steps right before it that have the same key.
    ///
    /// An undo or a redo, a [`Step`](Self::Step) and a [`Seal`](Self::Seal) in between part
    /// them.
    Merge(Cow<'a, str>),
    /// No step. It stays when the steps around it are undone, as far as they concern other
    /// parts of the value.
    Skip,
    /// No step, and what is merged next begins a step.
    Seal,
    /// No step, and the steps before it are forgotten: another document was opened.
    Clear,
}

impl<'a> Recording<'a> {
    /// Returns [`Merge`](Self::Merge) with `key`: the name of the text field that is typed in,
    /// the id of the shape that is dragged.
    pub fn merge(key: impl Into<Cow<'a, str>>) -> Self {
        Self::Merge(key.into())
    }
}
