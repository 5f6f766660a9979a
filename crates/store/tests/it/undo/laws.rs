//! What holds for every sequence of edits, undos and redos.

use proptest::collection::vec;
use proptest::prelude::*;
use retake_store::Reducer;
use retake_store::undo::{Recording, Undo, UndoAction, Undoable};
use serde_json::json;

use super::document::{Act, Document, any_act, any_step, any_undo, reduce};

/// Undo as one would write it at first: a list of whole documents.
#[derive(Default)]
struct Snapshots {
    past: Vec<Document>,
    present: Document,
    future: Vec<Document>,
    group: Option<String>,
}

impl Snapshots {
    fn reduce(&mut self, act: &Act) {
        match act {
            Act::Edit(edit) => {
                let before = self.present.clone();
                let _ = self.present.reduce(edit);
                let key = match Document::recording(edit) {
                    Recording::Merge(key) => Some(key.into_owned()),
                    Recording::Seal => return self.group = None,
                    _ => None,
                };
                if self.present == before {
                    return;
                }
                self.future.clear();
                if key.is_none() || key != self.group {
                    self.past.push(before);
                }
                self.group = key;
                if self.past.last() == Some(&self.present) {
                    self.past.pop();
                    self.group = None;
                }
                let forgotten = self.past.len().saturating_sub(Document::LIMIT);
                self.past.drain(..forgotten);
            }
            Act::Undo(undo) => {
                let by = json!(undo)["payload"].as_i64().unwrap_or_default();
                let (past, future) = (self.past.len() as i64, self.future.len() as i64);
                let undo = *undo;
                if undo == UndoAction::clear_history() {
                    self.past.clear();
                    self.future.clear();
                } else if undo == UndoAction::undo() && past > 0 {
                    self.step(-1);
                } else if undo == UndoAction::redo() && future > 0 {
                    self.step(1);
                } else if undo == UndoAction::jump(by) && -past <= by && by <= future && by != 0 {
                    (0..by.abs()).for_each(|_| self.step(by.signum()));
                } else {
                    return;
                }
                self.group = None;
            }
        }
    }

    fn step(&mut self, by: i64) {
        let (from, to) = match by {
            -1 => (&mut self.past, &mut self.future),
            _ => (&mut self.future, &mut self.past),
        };
        let next = from.pop().unwrap();
        to.push(std::mem::replace(&mut self.present, next));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Patches undo what snapshots would.
    #[test]
    fn as_snapshots_do(
        acts in vec(
            prop_oneof![any_step().prop_map(Act::Edit), any_undo().prop_map(Act::Undo)],
            0..60,
        ),
    ) {
        let (mut document, mut snapshots) = (Undoable::default(), Snapshots::default());
        for act in acts {
            act.reduce(&mut document);
            snapshots.reduce(&act);
            prop_assert_eq!(document.present(), &snapshots.present, "{:?}", act);
            prop_assert_eq!(document.undo_len(), snapshots.past.len(), "{:?}", act);
            prop_assert_eq!(document.redo_len(), snapshots.future.len(), "{:?}", act);
        }
    }

    /// Undoing everything leads to the first document, doing it again to the last.
    #[test]
    fn there_and_back(edits in vec(any_step(), 0..40)) {
        let mut document = Undoable::<Document>::default();
        edits.into_iter().for_each(|edit| reduce(&mut document, edit));
        let (last, steps) = (document.clone(), document.undo_len());
        (0..steps).for_each(|_| reduce(&mut document, UndoAction::<Document>::undo()));
        prop_assert_eq!(document.present(), &Document::default());
        prop_assert_eq!((document.can_undo(), document.redo_len()), (false, steps));
        (0..steps).for_each(|_| reduce(&mut document, UndoAction::<Document>::redo()));
        prop_assert_eq!(document.present(), last.present());
        prop_assert_eq!(&json!(document)["past"], &json!(last)["past"]);
    }

    /// Whatever happened in between, a redo is the way back of the undo before it.
    #[test]
    fn a_redo_takes_an_undo_back(acts in vec(any_act(), 0..40)) {
        let mut document = Undoable::<Document>::default();
        acts.iter().for_each(|act| act.reduce(&mut document));
        let (before, steps) = (document.present().clone(), document.redo_len());
        reduce(&mut document, UndoAction::<Document>::undo());
        if document.redo_len() > steps {
            reduce(&mut document, UndoAction::<Document>::redo());
        }
        prop_assert_eq!(document.present(), &before);
    }

    /// Law 1: a JSON log leads to the same state, also when it begins in the middle.
    #[test]
    fn the_same_through_json(acts in vec(any_act(), 0..40), start in 0..40_usize) {
        let (mut live, mut replayed) = (Undoable::default(), Undoable::default());
        let mut resumed = None;
        for (index, act) in acts.iter().enumerate() {
            if index == start {
                let text = serde_json::to_string(&live).unwrap();
                resumed = Some(serde_json::from_str::<Undoable<Document>>(&text).unwrap());
            }
            act.reduce(&mut live);
            act.through_json().reduce(&mut replayed);
            prop_assert_eq!(json!(replayed), json!(live), "{:?}", act);
            prop_assert_eq!(&replayed, &live);
            if let Some(resumed) = &mut resumed {
                act.reduce(resumed);
                prop_assert_eq!(json!(resumed), json!(live), "{:?}", act);
            }
        }
    }

    /// The same with a state that is written and read after every action.
    #[test]
    fn the_same_when_read_each_time(acts in vec(any_act(), 0..40)) {
        let mut live = Undoable::<Document>::default();
        let mut read = json!(live);
        for act in &acts {
            act.reduce(&mut live);
            let mut once: Undoable<Document> = serde_json::from_value(read).unwrap();
            act.reduce(&mut once);
            read = json!(once);
        }
        prop_assert_eq!(read, json!(live));
    }
}
