//! Patch operations: one step of a patch, as data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::pointer::Pointer;

/// One step of a patch.
///
/// Its JSON form is an operation of a JSON patch document, such as
/// `{"op":"replace","path":"/title","value":"new"}`. A list of them is applied in order.
///
/// Source: RFC 6902.
///
/// # Examples
/// ```
/// use retake_store::patch::{PatchOp, Pointer};
///
/// let op: PatchOp = serde_json::from_str(r#"{"op":"remove","path":"/posts/3"}"#)?;
/// assert_eq!(op, PatchOp::Remove { path: Pointer::parse("/posts/3")? });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum PatchOp {
    /// Sets a member, or inserts into a list before the row at this position; `-` is the end.
    Add {
        /// Where the value goes.
        path: Pointer,
        /// What is added.
        value: Value,
    },
    /// Takes away the value, which must exist.
    Remove {
        /// Where the value is.
        path: Pointer,
    },
    /// Puts a value in the place of another, which must exist.
    Replace {
        /// Where the value is.
        path: Pointer,
        /// What takes its place.
        value: Value,
    },
    /// Removes a value and adds it elsewhere.
    Move {
        /// Where the value is.
        from: Pointer,
        /// Where it goes, in the document without it.
        path: Pointer,
    },
    /// Adds a copy of a value elsewhere.
    Copy {
        /// Where the value is.
        from: Pointer,
        /// Where the copy goes.
        path: Pointer,
    },
    /// Changes nothing, and fails unless the value equals another.
    Test {
        /// Where the value is.
        path: Pointer,
        /// What it has to equal.
        value: Value,
    },
}

impl PatchOp {
    /// Returns where this operation acts.
    ///
    /// ```
    /// use retake_store::patch::{PatchOp, Pointer};
    /// let op = PatchOp::Remove { path: Pointer::parse("/0")? };
    /// assert_eq!(op.path().as_str(), "/0");
    /// # Ok::<(), retake_store::patch::PatchError>(())
    /// ```
    #[must_use]
    pub fn path(&self) -> &Pointer {
        match self {
            Self::Add { path, .. }
            | Self::Remove { path }
            | Self::Replace { path, .. }
            | Self::Move { path, .. }
            | Self::Copy { path, .. }
            | Self::Test { path, .. } => path,
        }
    }

    /// Returns this operation with its paths inside of the value at `place`.
    ///
    /// ```
    /// use retake_store::patch::{PatchOp, Pointer};
    /// let op = PatchOp::Remove { path: Pointer::parse("/0")? };
    /// assert_eq!(op.moved_into(&Pointer::parse("/posts")?).path().as_str(), "/posts/0");
    /// # Ok::<(), retake_store::patch::PatchError>(())
    /// ```
    #[must_use]
    pub fn moved_into(mut self, place: &Pointer) -> Self {
        match &mut self {
            Self::Move { from, path } | Self::Copy { from, path } => {
                *from = place.join(from);
                *path = place.join(path);
            }
            Self::Add { path, .. }
            | Self::Remove { path }
            | Self::Replace { path, .. }
            | Self::Test { path, .. } => *path = place.join(path),
        }
        self
    }
}
