//! A title that is being written, with undo and redo.

use retake::prelude::*;
use serde::{Deserialize, Serialize};

/// The title of a post, before it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Patchable)]
pub struct Draft {
    /// What is written so far.
    pub title: String,
}

/// Undoes what was written, and does it again.
pub type DraftUndo = UndoAction<Draft>;

#[slice(name = "draft")]
impl Draft {
    /// The user began to write, with this title.
    fn begun(&mut self, title: String) {
        self.title = title;
    }

    /// The user wrote or erased a letter.
    fn typed(&mut self, title: String) {
        self.title = title;
    }
}

/// A step is a word: the letters that are typed while the title has as many words are one.
impl Undo for Draft {
    const NAME: &'static str = "draft";
    type Action = DraftAction;

    fn recording(action: &DraftAction) -> Recording<'_> {
        match action {
            DraftAction::Begun(_) => Recording::Clear,
            DraftAction::Typed(title) => {
                Recording::merge(title.split_whitespace().count().to_string())
            }
        }
    }
}
