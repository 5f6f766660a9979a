//! A slice with its steps.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use im::Vector;
use serde::{Deserialize, Serialize};

use super::action::{UndoAction, Way};
use super::recording::{Recording, Undo};
use super::step::Step;
use crate::action::Action;
use crate::patch::Patchable;
use crate::reducer::{Changed, Reducer};
use crate::state::State;

/// A slice whose changes can be undone: the value, and the steps to those before and after it.
///
/// It dereferences to the value, so that readers and selectors do not see the difference. Its
/// reducer gives every action to that of the value, and keeps what [`Undo`] calls a step. A new
/// step forgets the steps that were undone.
///
/// The JSON form is `{"past":[..],"present":..,"future":[..],"group"?:".."}`: a step in the past
/// is the patches (RFC 6902) that lead back, one in the future those that lead forth; the last
/// of the past and the first of the future are next to the present. `group` is the key that the
/// last step can be merged under.
///
/// A step that does not fit any more, because a change that is no step took away what it
/// changed, is forgotten instead of undone; the one behind it is undone.
///
/// Time: a step costs a copy of the value, and a comparison up to the first difference; undoing
/// it costs a copy. Persistent collections are copied in O(1), and compared without looking into
/// what is shared, which is a leaf of 64 rows at a time for an `im::Vector`. Source: redux-undo, for the meaning of the actions.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/note.rs"));
/// # fn main() -> Result<(), serde_json::Error> {
/// use retake_store::Reducer;
/// use retake_store::undo::{UndoAction, Undoable};
///
/// let mut note = Undoable::<Note>::default();
/// let _ = note.reduce(&NoteAction::Typed("a".into()));
/// let _ = note.reduce(&NoteAction::Cleared);
/// let _ = note.reduce(&UndoAction::<Note>::undo());
/// assert_eq!((note.text.as_str(), note.can_undo(), note.can_redo()), ("a", true, true));
///
/// let mut read: Undoable<Note> = serde_json::from_str(&serde_json::to_string(&note)?)?;
/// let _ = read.reduce(&UndoAction::<Note>::undo());
/// assert_eq!(read.text, "");
/// # Ok(())
/// # }
/// ```
///
/// A server cache cannot be in it:
/// ```compile_fail,E0277
/// # use retake_store::cache::{Api, ApiState};
/// # use retake_store::patch::Patchable;
/// fn can_be_undone<T: Patchable>() {}
/// fn cache_of<P: Api>() { can_be_undone::<ApiState<P>>() }
/// ```
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(bound = "T: Patchable")]
pub struct Undoable<T> {
    /// Steps back, the oldest first.
    #[serde(default = "Vector::new")]
    past: Vector<Step<T>>,
    present: T,
    /// Steps forth, the next first.
    #[serde(default = "Vector::new")]
    future: Vector<Step<T>>,
    /// What the last step of the past can be merged under; none if there is no such step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    /// The present as the steps around it have it, if one of them has.
    #[serde(skip)]
    shared: Option<Arc<T>>,
}

impl<T> Undoable<T> {
    /// Returns `present`, without steps.
    #[must_use]
    pub fn new(present: T) -> Self {
        let (past, future) = (Vector::new(), Vector::new());
        Self { past, present, future, group: None, shared: None }
    }

    /// Returns the value; it is also what this dereferences to.
    #[must_use]
    pub fn present(&self) -> &T {
        &self.present
    }

    /// Returns whether there is a step that can be undone.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Returns whether there is a step that was undone and can be done again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Returns how many steps can be undone.
    #[must_use]
    pub fn undo_len(&self) -> usize {
        self.past.len()
    }

    /// Returns how many steps can be done again.
    #[must_use]
    pub fn redo_len(&self) -> usize {
        self.future.len()
    }
}

impl<T: Undo> Undoable<T> {
    fn shared(&mut self) -> Arc<T> {
        let present = &self.present;
        Arc::clone(self.shared.get_or_insert_with(|| Arc::new(present.clone())))
    }

    fn show(&mut self, value: Arc<T>) {
        self.present = T::clone(&value);
        self.shared = Some(value);
    }

    /// Changes the present by `reduce` and keeps the way back.
    fn record(&mut self, key: Option<&str>, reduce: impl FnOnce(&mut T) -> Changed) -> Changed {
        let mut before = self.shared();
        if reduce(&mut self.present).is_none() {
            return Changed::NONE;
        }
        self.shared = None;
        // Equal and not only the same: a log, which shares nothing with this state, has to
        // come to the same answer.
        if self.present.is_equal(&before) {
            return Changed::ALL;
        }
        let after = self.shared();
        if key.is_some()
            && key == self.group.as_deref()
            && let Some(Ok(start)) = self.past.back().map(|last| last.apply(&before))
        {
            self.past.pop_back();
            before = start;
        }
        self.future = Vector::new();
        self.group = None;
        // Merged changes can cancel out: then nothing is left to undo.
        if !after.is_equal(&before) {
            self.past.push_back(Step::between(after, before));
            self.group = key.map(str::to_owned);
            self.forget_oldest();
        }
        Changed::ALL
    }

    fn forget_oldest(&mut self) {
        let mut kept = self.past.len().min(T::LIMIT);
        if T::MAX_BYTES < usize::MAX {
            let newest = self.past.iter().rev().take(kept).scan(0_usize, |bytes, step| {
                *bytes = bytes.saturating_add(step.bytes());
                Some(*bytes)
            });
            kept = newest.take_while(|bytes| *bytes <= T::MAX_BYTES).count();
        }
        self.past = self.past.skip(self.past.len() - kept);
        if self.past.is_empty() {
            self.group = None;
        }
    }

    fn travel(&mut self, way: Way) -> Changed {
        let (past, future) = (self.past.len(), self.future.len());
        let steps = |by: u64| usize::try_from(by).unwrap_or(usize::MAX);
        match way {
            Way::Undo => self.undo(),
            Way::Redo => self.redo(),
            Way::Jump(by) if by < 0 && steps(by.unsigned_abs()) <= past => {
                (0..by.unsigned_abs()).for_each(|_| self.undo());
            }
            Way::Jump(by) if by > 0 && steps(by.unsigned_abs()) <= future => {
                (0..by.unsigned_abs()).for_each(|_| self.redo());
            }
            Way::Jump(_) => {}
            Way::ClearHistory => self.clear(),
        }
        if (past, future) == (self.past.len(), self.future.len()) {
            return Changed::NONE;
        }
        self.group = None;
        Changed::ALL
    }

    fn undo(&mut self) {
        let from = self.shared();
        while let Some(step) = self.past.pop_back() {
            if let Ok(to) = step.apply(&from) {
                self.future.push_front(Step::between(Arc::clone(&to), from));
                return self.show(to);
            }
        }
    }

    fn redo(&mut self) {
        let from = self.shared();
        while let Some(step) = self.future.pop_front() {
            if let Ok(to) = step.apply(&from) {
                self.past.push_back(Step::between(Arc::clone(&to), from));
                return self.show(to);
            }
        }
    }

    fn clear(&mut self) {
        *self = Self::new(self.present.clone());
    }
}

impl<T: Undo + Reducer<A>, A: Action> Reducer<A> for Undoable<T> {
    fn reduce(&mut self, action: &A) -> Changed {
        let levels: [&dyn Any; 2] = [action.leaf(), action];
        if let Some(action) = levels[0].downcast_ref::<UndoAction<T>>() {
            return self.travel(action.way);
        }
        let own = levels.into_iter().find_map(|level| level.downcast_ref::<T::Action>());
        match own.map_or(Recording::Skip, T::recording) {
            Recording::Step => self.record(None, |present| present.reduce(action)),
            Recording::Merge(key) => self.record(Some(&key), |present| present.reduce(action)),
            kind @ (Recording::Skip | Recording::Seal | Recording::Clear) => {
                let mut changed = self.present.reduce(action);
                if !changed.is_none() {
                    self.shared = None;
                }
                if kind != Recording::Skip && self.group.take().is_some() {
                    changed = Changed::ALL;
                }
                if kind == Recording::Clear && (self.can_undo() || self.can_redo()) {
                    self.clear();
                    changed = Changed::ALL;
                }
                changed
            }
        }
    }
}

impl<T: Patchable> State for Undoable<T> {}

impl<T: fmt::Debug> fmt::Debug for Undoable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { past, present, future, group, shared: _ } = self;
        f.debug_struct("Undoable")
            .field("past", past)
            .field("present", present)
            .field("future", future)
            .field("group", group)
            .finish()
    }
}

impl<T> Deref for Undoable<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.present
    }
}

impl<T> From<T> for Undoable<T> {
    fn from(present: T) -> Self {
        Self::new(present)
    }
}

/// Equal when the JSON forms are equal.
impl<T: Patchable> PartialEq for Undoable<T> {
    fn eq(&self, other: &Self) -> bool {
        self.present.is_equal(&other.present)
            && self.past == other.past
            && self.future == other.future
            && self.group == other.group
    }
}
