//! A document that is edited, and its actions.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use im::Vector;
use proptest::prelude::*;
use retake_store::patch::{Diff, Edit, PatchError, Patchable, Path};
use retake_store::undo::{Recording, Undo, UndoAction, Undoable};
use retake_store::{Action, Changed, Reducer, WireAction, WireError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::patch::model::{Mark, patchable};

/// Rows without keys, so that only their values say which is which.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) rows: Vector<Arc<Mark>>,
    pub(crate) scroll: u32,
}
patchable!(Document { title, rows, scroll } key |_| None);

/// What happens to a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "payload")]
pub(crate) enum DocumentAction {
    /// One step with others.
    Typed(String),
    Named(String),
    Inserted(usize, Arc<Mark>),
    Removed(usize),
    Renamed(usize, String),
    Swapped(usize, usize),
    /// No step.
    Scrolled(u32),
    /// A removal that is no step.
    Lost(usize),
    /// The text field was left.
    Left,
    Opened(String),
}

impl Undo for Document {
    const NAME: &'static str = "document";
    type Action = DocumentAction;

    fn recording(action: &DocumentAction) -> Recording<'_> {
        match action {
            DocumentAction::Typed(_) => Recording::merge("text"),
            DocumentAction::Renamed(row, _) => Recording::merge(format!("row {row}")),
            DocumentAction::Named(_)
            | DocumentAction::Inserted(..)
            | DocumentAction::Removed(_)
            | DocumentAction::Swapped(..) => Recording::Step,
            DocumentAction::Scrolled(_) | DocumentAction::Lost(_) => Recording::Skip,
            DocumentAction::Left => Recording::Seal,
            DocumentAction::Opened(_) => Recording::Clear,
        }
    }
}

impl<A: Action> Reducer<A> for Document {
    fn reduce(&mut self, action: &A) -> Changed {
        let Some(edit) = action.leaf().downcast_ref() else { return Changed::NONE };
        let len = self.rows.len();
        match edit {
            DocumentAction::Typed(text) | DocumentAction::Named(text) => {
                self.title.clone_from(text)
            }
            DocumentAction::Opened(text) => *self = Self { title: text.clone(), ..Self::default() },
            DocumentAction::Inserted(at, row) => self.rows.insert(at % (len + 1), row.clone()),
            DocumentAction::Removed(at) | DocumentAction::Lost(at) if len > 0 => {
                drop(self.rows.remove(at % len))
            }
            DocumentAction::Renamed(at, text) if len > 0 => {
                Arc::make_mut(&mut self.rows[at % len]).text.clone_from(text);
            }
            DocumentAction::Swapped(one, two) if len > 0 => self.rows.swap(one % len, two % len),
            DocumentAction::Scrolled(to) => self.scroll = *to,
            DocumentAction::Removed(_)
            | DocumentAction::Lost(_)
            | DocumentAction::Renamed(..)
            | DocumentAction::Swapped(..) => {}
            DocumentAction::Left => return Changed::NONE,
        }
        Changed::ALL
    }
}

impl Action for DocumentAction {
    fn action_type(&self) -> Cow<'_, str> {
        json!(self)["type"].as_str().unwrap().to_owned().into()
    }

    fn leaf(&self) -> &dyn Any {
        self
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        Ok(serde_json::from_value(json!(self)).unwrap())
    }

    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        serde_json::from_value(json!(wire)).ok().map(Ok)
    }
}

/// A document that remembers little.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Small {
    pub(crate) title: String,
}
patchable!(Small { title } key |_| None);

impl Undo for Small {
    const NAME: &'static str = "small";
    const LIMIT: usize = 3;
    const MAX_BYTES: usize = 250;
    type Action = DocumentAction;
}

impl Small {
    /// Returns the lengths of the steps that can be undone.
    pub(crate) fn bytes_of(small: &Undoable<Self>) -> Vec<usize> {
        let json = json!(small);
        json["past"].as_array().unwrap().iter().map(|step| step.to_string().len()).collect()
    }
}

impl<A: Action> Reducer<A> for Small {
    fn reduce(&mut self, action: &A) -> Changed {
        let Some(DocumentAction::Named(text)) = action.leaf().downcast_ref() else {
            return Changed::NONE;
        };
        self.title.clone_from(text);
        Changed::ALL
    }
}

/// Everything that can happen to an undoable document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    Edit(DocumentAction),
    Undo(UndoAction<Document>),
}

impl Act {
    /// Returns this action as it is read from a log.
    pub(crate) fn through_json(&self) -> Self {
        match self {
            Self::Edit(edit) => Self::Edit(read(&json!(edit.to_wire().unwrap())).unwrap().unwrap()),
            Self::Undo(undo) => Self::Undo(read(&json!(undo)).unwrap().unwrap()),
        }
    }

    pub(crate) fn reduce(&self, document: &mut Undoable<Document>) {
        match self {
            Self::Edit(edit) => reduce(document, edit.clone()),
            Self::Undo(undo) => reduce(document, *undo),
        }
    }
}

/// Reduces `action`; what says that it changed nothing changed nothing.
#[track_caller]
pub(crate) fn reduce(document: &mut Undoable<Document>, action: impl Action) {
    let before = document.clone();
    if document.reduce(&action).is_none() {
        assert_eq!(json!(document), json!(before), "{action:?}");
    }
}

pub(crate) fn read<A: Action>(json: &Value) -> Option<Result<A, WireError>> {
    A::from_wire(&serde_json::from_value(json.clone()).unwrap())
}

pub(crate) fn row(at: u32) -> Arc<Mark> {
    Arc::new(Mark { at, text: String::new() })
}

pub(crate) fn insert(index: usize, at: u32) -> DocumentAction {
    DocumentAction::Inserted(index, row(at))
}

pub(crate) fn any_row() -> impl Strategy<Value = Arc<Mark>> {
    (0..3_u32, "[ab]?").prop_map(|(at, text)| Arc::new(Mark { at, text }))
}

/// Any step, and what parts steps.
pub(crate) fn any_step() -> impl Strategy<Value = DocumentAction> {
    let at = || 0..6_usize;
    prop_oneof![
        3 => "[ab]{0,2}".prop_map(DocumentAction::Typed),
        1 => "[ab]?".prop_map(DocumentAction::Named),
        2 => (at(), any_row()).prop_map(|(at, row)| DocumentAction::Inserted(at, row)),
        1 => at().prop_map(DocumentAction::Removed),
        2 => (at(), "[ab]?").prop_map(|(at, text)| DocumentAction::Renamed(at, text)),
        1 => (at(), at()).prop_map(|(one, two)| DocumentAction::Swapped(one, two)),
        1 => Just(DocumentAction::Left),
    ]
}

pub(crate) fn any_edit() -> impl Strategy<Value = DocumentAction> {
    prop_oneof![
        12 => any_step(),
        2 => (0..3_u32).prop_map(DocumentAction::Scrolled),
        1 => (0..6_usize).prop_map(DocumentAction::Lost),
        1 => "[ab]?".prop_map(DocumentAction::Opened),
    ]
}

pub(crate) fn any_undo() -> impl Strategy<Value = UndoAction<Document>> {
    prop_oneof![
        4 => Just(UndoAction::undo()),
        4 => Just(UndoAction::redo()),
        2 => (-4..5_i64).prop_map(UndoAction::jump),
        1 => Just(UndoAction::clear_history()),
    ]
}

pub(crate) fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![3 => any_edit().prop_map(Act::Edit), 2 => any_undo().prop_map(Act::Undo)]
}
