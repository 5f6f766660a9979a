//! What can be wrong with a patch.

use super::pointer::Pointer;

/// A patch cannot be made or cannot be applied.
///
/// # Examples
/// ```
/// use retake_store::patch::{Mode, PatchError, PatchOp, Pointer, apply_patches};
///
/// let path = Pointer::parse("/2")?;
/// let error = apply_patches(&vec![1, 2], &[PatchOp::Remove { path: path.clone() }], Mode::Strict);
/// assert_eq!(error, Err(PatchError::IndexOutOfRange { path, len: 2 }));
/// # Ok::<(), PatchError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatchError {
    /// The text is not a JSON pointer.
    #[error("`{text}` is not a JSON pointer: {reason}")]
    InvalidPointer {
        /// The text.
        text: String,
        /// What is wrong with it and how to write it.
        reason: &'static str,
    },
    /// The value has nothing at this path.
    #[error(
        "patch path `{path}` does not resolve: the value has nothing at `{at}`; \
         apply the patch to the value that it was made for, or add the missing part first"
    )]
    Unresolved {
        /// The path of the operation.
        path: Pointer,
        /// The first part of it that does not exist.
        at: Pointer,
    },
    /// The list is shorter than the path needs.
    #[error(
        "patch path `{path}` is outside of its list, which has {len} rows; \
         apply the patch to the list that it was made for, or use `-` to append"
    )]
    IndexOutOfRange {
        /// The path to the row.
        path: Pointer,
        /// How many rows the list has.
        len: usize,
    },
    /// The value or the operation does not fit the type at this path.
    #[error("the patch does not fit the type at `{path}`: {reason}")]
    TypeMismatch {
        /// The path to the part.
        path: Pointer,
        /// What does not fit.
        reason: String,
    },
    /// A `test` operation found another value.
    #[error(
        "the value at `{path}` is not the one that the patch tests for; \
         apply the patch to the value that it was made for"
    )]
    TestFailed {
        /// The path of the operation.
        path: Pointer,
    },
    /// The value has no JSON form that reads back as the same value.
    #[error(
        "the value at `{path}` has no faithful JSON form: {reason}; keep such values (NaN, \
         skipped fields, maps with structured keys) out of patched data"
    )]
    NotRepresentable {
        /// The path to the part.
        path: Pointer,
        /// Why not.
        reason: String,
    },
    /// The operation would leave no value at all.
    #[error("a patch cannot remove the whole value; replace it, at the path \"\"")]
    NoRoot,
    /// A `move` operation has its own inside as the destination.
    #[error("a patch cannot move `{from}` into its own part `{path}`; use `copy`")]
    MoveIntoSelf {
        /// Where the value is.
        from: Pointer,
        /// Where it should go.
        path: Pointer,
    },
}
