//! The trait of values that can be compared and patched.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::apply::Edit;
use super::diff::Diff;
use super::error::PatchError;
use super::path::Path;

/// Values whose differences are patches.
///
/// `#[derive(Patchable)]` writes it for structs and enums; scalars, strings, `Option`, `Box`,
/// `Arc`, `Vec`, `im::Vector`, `im::OrdMap`, `BTreeMap`, tuples and [`Value`] have it; and
/// [`Json`](super::Json) gives it to any other type that serde knows. Callers use
/// [`diff`](super::diff()) and [`apply_patches`](super::apply_patches); the methods here are
/// called by them and by the implementations for containers.
///
/// An implementation keeps:
///
/// - *Equal* means that the JSON forms are equal.
/// - [`is_same`](Self::is_same) implies [`is_equal`](Self::is_equal).
/// - [`diff_into`](Self::diff_into) emits nothing exactly when the values are equal, and what
///   it emits leads from one value to the other and back.
/// - [`apply_at`](Self::apply_at) and [`value_at`](Self::value_at) act as the same operation
///   on the JSON form would, or fail. A failed `apply_at` may leave `self` half changed: the
///   caller works on a clone.
///
/// # Examples
/// By hand, for a struct with two members:
/// ```
/// use std::borrow::Cow;
/// use retake_store::patch::{Diff, Edit, Mode, PatchError, Patchable, Path, apply_patches, diff};
/// use serde::{Deserialize, Serialize};
/// use serde_json::Value;
///
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// struct Post { id: u32, title: String }
///
/// impl Patchable for Post {
///     fn is_same(&self, other: &Self) -> bool {
///         self.id.is_same(&other.id) && self.title.is_same(&other.title)
///     }
///     fn is_equal(&self, other: &Self) -> bool {
///         self.id.is_equal(&other.id) && self.title.is_equal(&other.title)
///     }
///     fn share_with(&mut self, old: &Self) -> bool {
///         let id = self.id.share_with(&old.id);
///         let title = self.title.share_with(&old.title);
///         id && title
///     }
///     fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
///         diff.member("id", &self.id, &next.id)?;
///         diff.member("title", &self.title, &next.title)
///     }
///     fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
///         let Some((name, rest)) = path.split() else { return edit.assign(self, path) };
///         match &*name {
///             "id" => self.id.apply_at(rest, edit),
///             "title" => self.title.apply_at(rest, edit),
///             _ => Err(rest.unresolved()),
///         }
///     }
///     fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
///         let Some((name, rest)) = path.split() else { return path.value(self) };
///         match &*name {
///             "id" => self.id.value_at(rest),
///             "title" => self.title.value_at(rest),
///             _ => Err(rest.unresolved()),
///         }
///     }
///     fn key(&self) -> Option<Cow<'_, str>> {
///         self.id.key()
///     }
/// }
///
/// let old = vec![Post { id: 1, title: "a".into() }, Post { id: 2, title: "b".into() }];
/// let next = vec![Post { id: 2, title: "c".into() }];
/// let patches = diff(&old, &next)?;
/// assert_eq!(patches.forward.len(), 2); // remove /0, replace /0/title
/// assert_eq!(apply_patches(&old, &patches.forward, Mode::Strict)?, next);
/// # Ok::<(), PatchError>(())
/// ```
///
/// Source: Immer for the laws, RFC 6902 for the operations, RTK's structural sharing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not `Patchable`: its differences cannot be told as patches",
    label = "not `Patchable`",
    note = "a type of your own: `#[derive(Patchable)]` beside serde's derives and `Clone`",
    note = "a type of another crate: wrap it, `retake::store::patch::Json<{Self}>`"
)]
pub trait Patchable: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Returns whether the values are surely equal, by pointers where there are any.
    ///
    /// It may be `false` for equal values and is never `true` for different ones. It decides
    /// that a recipe changed nothing, so it is called on dispatch paths.
    fn is_same(&self, other: &Self) -> bool;

    /// Returns whether the values are equal, skipping what is shared.
    fn is_equal(&self, other: &Self) -> bool;

    /// Puts the parts of `old` that equal the parts of `self` in their place, and returns
    /// whether the whole is equal.
    ///
    /// Afterwards `self` is as before by [`is_equal`](Self::is_equal), and what did not change
    /// is pointer-equal to what it was in `old`. Rows of lists are compared by position.
    fn share_with(&mut self, old: &Self) -> bool;

    /// Emits the patches from `self` to `next` and back into `diff`, which knows where the
    /// values are.
    ///
    /// # Errors
    /// [`PatchError::NotRepresentable`] when a patch would have to carry a value that has no
    /// faithful JSON form.
    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError>;

    /// Applies `edit` to the part of `self` at `path`; at the end of the path that is `self`.
    ///
    /// # Errors
    /// [`PatchError`] when the path does not resolve or the value does not fit there.
    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError>;

    /// Returns the JSON form of the part of `self` at `path`, and serialises nothing else.
    ///
    /// # Errors
    /// [`PatchError`] when the path does not resolve or the part has no JSON form.
    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError>;

    /// Returns what identifies this value among the rows of a list; `None` is "nothing".
    ///
    /// The key of a struct is that of its field `id` or of the field with `#[patch(key)]`; a
    /// number or a string is its own key. Keys need not be unique for patches to be right,
    /// only for them to be short.
    fn key(&self) -> Option<Cow<'_, str>> {
        None
    }
}
