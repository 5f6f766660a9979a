// A slice that can be undone, by hand, for the examples in the documentation.
use std::any::Any;
use std::borrow::Cow;

use retake_store::patch::{Diff, Edit, PatchError, Patchable, Path, Value};
use retake_store::undo::{Recording, Undo, UndoAction, Undoable};
use retake_store::{Action, Changed, Reducer, State, WireAction, WireError};

#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Note {
    pub text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum NoteAction {
    Typed(String),
    Cleared,
}

impl Undo for Note {
    const NAME: &'static str = "note";
    type Action = NoteAction;

    fn recording(action: &NoteAction) -> Recording<'_> {
        match action {
            NoteAction::Typed(_) => Recording::merge("text"),
            NoteAction::Cleared => Recording::Step,
        }
    }
}

impl<A: Action> Reducer<A> for Note {
    fn reduce(&mut self, action: &A) -> Changed {
        match action.leaf().downcast_ref() {
            Some(NoteAction::Typed(text)) => self.text.clone_from(text),
            Some(NoteAction::Cleared) => self.text.clear(),
            None => return Changed::NONE,
        }
        Changed::ALL
    }
}

impl Patchable for Note {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }
    fn is_equal(&self, other: &Self) -> bool {
        self == other
    }
    fn share_with(&mut self, old: &Self) -> bool {
        self == old
    }
    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        diff.member("text", &self.text, &next.text)
    }
    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        match path.split() {
            None => edit.assign(self, path),
            Some((name, rest)) if name == "text" => self.text.apply_at(rest, edit),
            Some((_, rest)) => Err(rest.unresolved()),
        }
    }
    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        path.value(self)
    }
}

impl Action for NoteAction {
    fn action_type(&self) -> Cow<'_, str> {
        match self {
            Self::Typed(_) => "note/typed".into(),
            Self::Cleared => "note/cleared".into(),
        }
    }
    fn leaf(&self) -> &dyn Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        let wire = WireAction::new(self.action_type());
        match self {
            Self::Typed(text) => wire.with_payload(text),
            Self::Cleared => Ok(wire),
        }
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        match &*wire.kind {
            "note/typed" => Some(wire.payload_as().map(Self::Typed)),
            "note/cleared" => Some(Ok(Self::Cleared)),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct App {
    pub note: Undoable<Note>,
}

impl State for App {}

#[derive(Clone, Debug)]
pub enum AppAction {
    Note(NoteAction),
    Undo(UndoAction<Note>),
}

impl From<NoteAction> for AppAction {
    fn from(action: NoteAction) -> Self {
        Self::Note(action)
    }
}

impl From<UndoAction<Note>> for AppAction {
    fn from(action: UndoAction<Note>) -> Self {
        Self::Undo(action)
    }
}

impl Reducer<AppAction> for App {
    fn reduce(&mut self, action: &AppAction) -> Changed {
        self.note.reduce(action)
    }
}

impl Action for AppAction {
    fn action_type(&self) -> Cow<'_, str> {
        match self {
            Self::Note(action) => action.action_type(),
            Self::Undo(action) => action.action_type(),
        }
    }
    fn leaf(&self) -> &dyn Any {
        match self {
            Self::Note(action) => action.leaf(),
            Self::Undo(action) => action.leaf(),
        }
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        match self {
            Self::Note(action) => action.to_wire(),
            Self::Undo(action) => action.to_wire(),
        }
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        let undo = || UndoAction::from_wire(wire).map(|it| it.map(Self::Undo));
        NoteAction::from_wire(wire).map(|it| it.map(Self::Note)).or_else(undo)
    }
}
