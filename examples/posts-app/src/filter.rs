//! A plain slice: which posts the user wants to see.

use retake::prelude::*;
use serde::{Deserialize, Serialize};

/// Which posts the user wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// A part of the title; empty for all posts.
    pub text: String,
}

#[slice(name = "filter")]
impl Filter {
    /// The user typed in the search field.
    fn text_changed(&mut self, text: String) {
        self.text = text;
    }

    /// The user emptied the search field.
    fn cleared(&mut self) {
        self.text.clear();
    }
}
