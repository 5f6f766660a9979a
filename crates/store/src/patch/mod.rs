//! Patches: the difference of two values as data, and its way back.
//!
//! [`diff`] of an old and a next value gives [`Patches`]: the operations that lead forward
//! and those that lead back. [`apply_patches`] applies either list to a value and returns
//! another one, or an error and nothing. Both work on typed values through [`Patchable`],
//! which `#[derive(Patchable)]` writes, and on [`serde_json::Value`]; the operations have
//! the JSON form of RFC 6902 and do not depend on the type.
//!
//! For any `a` and `b` of one type, with `d = diff(a, b)`:
//!
//! - applying `d.forward` to `a` gives a value equal to `b`,
//! - applying `d.inverse` to `b` gives a value equal to `a`,
//!
//! where *equal* means that the JSON forms are equal. The patches are a function of the two
//! values: what these share in memory saves time and changes nothing. A value for which this cannot hold,
//! because its JSON form reads back as another value, is refused with
//! [`PatchError::NotRepresentable`].
//!
//! # Examples
//! ```
//! use retake_store::patch::{Mode, PatchOp, Pointer, apply_patches, diff};
//!
//! let old = im::vector!["read".to_owned(), "write".to_owned(), "rest".to_owned()];
//! let mut next = old.clone();
//! next.remove(1);
//!
//! let patches = diff(&old, &next)?;
//! assert_eq!(patches.forward, [PatchOp::Remove { path: Pointer::parse("/1")? }]);
//! assert_eq!(apply_patches(&old, &patches.forward, Mode::Strict)?, next);
//! assert_eq!(apply_patches(&next, &patches.inverse, Mode::Strict)?, old);
//! # Ok::<(), retake_store::patch::PatchError>(())
//! ```
//!
//! # Trade-offs
//!
//! - Rows of typed lists are matched by key or by value, so that removing one of many rows
//!   is one operation. [`serde_json::Value`] lists are compared by position, as RTK does it.
//! - Every value that a patch carries is read back once when the patch is made. This doubles
//!   the cost of making patches, which happens only where somebody records them, and buys
//!   that patches which were made can be applied.
//! - A reordered row is removed and added, not moved.
mod apply;
mod diff;
mod error;
mod impls;
mod invert;
mod json;
mod op;
mod patchable;
mod path;
mod pointer;
mod rows;
mod value;

pub(crate) use apply::apply_op;
pub use apply::{Change, Edit, Mode, apply_patches};
pub use diff::{Diff, Patches, diff};
pub use error::PatchError;
pub use invert::invert;
pub use json::Json;
#[doc(hidden)]
pub use json::{apply_through_json, value_through_json};
pub use op::PatchOp;
pub use patchable::Patchable;
pub use path::Path;
pub use pointer::{Pointer, Tokens};
#[doc(hidden)]
pub use serde_json::Value;
