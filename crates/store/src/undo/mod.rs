//! Undo and redo for the user: the steps of chosen slices, as part of the state.
//!
//! [`Undoable<T>`] is a slice around a slice: it holds the value, and the patches that lead to
//! the values before and after it. [`Undo`] says which actions are steps, and which of them
//! are one step together; [`UndoAction`] goes back and forth. Everything is data: the steps are
//! in the JSON form of the state, what undoes is an action like any other, and a log with both
//! replays.
//!
//! This is not [`history`](crate::history), which is for developers and travels the whole
//! state. What is undone here happens: it is a change of the state, which listeners hear of.
//!
//! # Examples
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/note.rs"));
//! # fn main() {
//! use retake_store::Store;
//! use retake_store::undo::UndoAction;
//!
//! let store = Store::new(App::default());
//! store.dispatch(NoteAction::Typed("re".into()));
//! store.dispatch(NoteAction::Typed("retake".into())); // one step with the one before
//! store.dispatch(NoteAction::Cleared);
//!
//! store.dispatch(UndoAction::<Note>::undo());
//! assert_eq!(store.state().note.text, "retake");
//! store.dispatch(UndoAction::<Note>::undo());
//! assert_eq!(store.state().note.text, "");
//! assert!(!store.state().note.can_undo());
//! store.dispatch(UndoAction::<Note>::redo());
//! assert_eq!(store.state().note.text, "retake");
//! # }
//! ```
//!
//! # Trade-offs
//!
//! - A step keeps the values on both of its sides and makes patches of them when the state is
//!   serialised. What the values share is there once: use persistent collections. A step that
//!   was read from JSON is only its patches.
//! - An action that may be a step copies the value once, and compares it with the one before to
//!   see whether it changed; that is by value, since what is shared is not the same in a replay.
//!   In a list of many rows that is what a step costs most.
//! - Time is no reason to end a step, since reducers know no time. Dispatch an action that is
//!   [`Recording::Seal`], when a field loses the focus or from a timer.

mod action;
mod recording;
mod step;
mod undoable;

pub use action::UndoAction;
pub use recording::{Recording, Undo};
pub use undoable::Undoable;
