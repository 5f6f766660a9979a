//! Applying patches: all of them, or none.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::PatchError;
use super::op::PatchOp;
use super::patchable::Patchable;
use super::path::Path;
use super::pointer::Pointer;

/// How strictly patches are applied.
///
/// # Examples
/// ```
/// use retake_store::patch::{Mode, PatchOp, Pointer, apply_patches};
///
/// let remove = [PatchOp::Remove { path: Pointer::parse("/5")? }];
/// assert_eq!(apply_patches(&vec![1], &remove, Mode::Lenient)?, [1]);
/// assert!(apply_patches(&vec![1], &remove, Mode::Strict).is_err());
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// RFC 6902: what is removed or replaced exists, and positions are inside of their list.
    #[default]
    Strict,
    /// Immer, as RTK Query's `patchQueryData` and `undo` use it: `replace` creates a missing
    /// member, `remove` of a missing one does nothing, positions of `add` are clamped, a
    /// `replace` past the end of a list extends it, and nothing before the last `replace` of
    /// the whole value counts. The way to the part must exist all the same.
    Lenient,
}

/// What happens to a part of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change<'a> {
    /// The value is added: a member is set, a row inserted.
    Add(&'a Value),
    /// The part is removed.
    Remove,
    /// The value takes the place of the part.
    Replace(&'a Value),
}

/// A change, and how strictly it is applied: what [`Patchable::apply_at`] is given.
///
/// # Examples
/// ```
/// use retake_store::patch::{Change, Edit, Mode, Patchable, Path, Pointer};
///
/// let (mut list, pointer) = (vec![1, 2], Pointer::parse("/0")?);
/// let edit = Edit { change: Change::Remove, mode: Mode::Strict };
/// list.apply_at(Path::new(&pointer), edit)?;
/// assert_eq!(list, [2]);
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edit<'a> {
    /// What happens.
    pub change: Change<'a>,
    /// How strictly.
    pub mode: Mode,
}

impl<'a> Edit<'a> {
    /// Applies this edit to the whole of `target`, which is what `path` led to.
    ///
    /// # Errors
    /// [`PatchError::TypeMismatch`] when the value does not decode as `T`, or when the edit
    /// is a removal: only what contains `target` can remove it.
    ///
    /// # Examples
    /// ```
    /// use retake_store::patch::{Change, Edit, Mode, Path, Pointer};
    ///
    /// let mut count = 1;
    /// let edit = Edit { change: Change::Replace(&5.into()), mode: Mode::Strict };
    /// edit.assign(&mut count, Path::new(&Pointer::root()))?;
    /// assert_eq!(count, 5);
    /// # Ok::<(), retake_store::patch::PatchError>(())
    /// ```
    pub fn assign<T: DeserializeOwned>(
        self,
        target: &mut T,
        path: Path<'_>,
    ) -> Result<(), PatchError> {
        match self.change {
            Change::Add(value) | Change::Replace(value) => {
                *target = path.decode(value)?;
                Ok(())
            }
            Change::Remove => {
                Err(path.mismatch("it is required and cannot be removed; replace it instead"))
            }
        }
    }

    /// Checks that this edit keeps the length of a list whose length is fixed: `rest` is the
    /// path behind the position in it.
    ///
    /// # Errors
    /// [`PatchError::TypeMismatch`] when the edit inserts or removes a row.
    ///
    /// # Examples
    /// ```
    /// use retake_store::patch::{Mode, PatchOp, Pointer, apply_patches};
    ///
    /// let remove = PatchOp::Remove { path: Pointer::parse("/0")? };
    /// assert!(apply_patches(&(1, 2), &[remove], Mode::Strict).is_err());
    /// # Ok::<(), retake_store::patch::PatchError>(())
    /// ```
    pub fn check_slot(self, rest: Path<'_>) -> Result<(), PatchError> {
        if !rest.is_end() || matches!(self.change, Change::Replace(_)) {
            return Ok(());
        }
        Err(rest.mismatch("the list has a fixed length; replace the row, or the whole list"))
    }

    /// Applies this edit to `member`, which may be absent, or to its part at `rest`: a value is
    /// written only if `is_present` says so, and an absent member reads as `absent`.
    ///
    /// # Errors
    /// As [`Patchable::apply_at`].
    ///
    /// # Examples
    /// ```
    /// use retake_store::patch::{Change, Edit, Mode, Path, Pointer};
    ///
    /// let (pointer, mut note) = (Pointer::root(), Some(1));
    /// let edit = Edit { change: Change::Remove, mode: Mode::Strict };
    /// edit.optional_member(&mut note, Path::new(&pointer), Option::is_some, || None)?;
    /// assert_eq!(note, None);
    /// let again = edit.optional_member(&mut note, Path::new(&pointer), Option::is_some, || None);
    /// assert!(again.is_err());
    /// # Ok::<(), retake_store::patch::PatchError>(())
    /// ```
    pub fn optional_member<T: Patchable>(
        self,
        member: &mut T,
        rest: Path<'_>,
        is_present: impl Fn(&T) -> bool,
        absent: impl FnOnce() -> T,
    ) -> Result<(), PatchError> {
        let can_be_set =
            rest.is_end() && (self.is_lenient() || matches!(self.change, Change::Add(_)));
        if !can_be_set && !is_present(member) {
            return Err(rest.unresolved());
        }
        if rest.is_end() && self.change == Change::Remove {
            *member = absent();
            return Ok(());
        }
        member.apply_at(rest, self)
    }

    pub(super) fn is_lenient(self) -> bool {
        self.mode == Mode::Lenient
    }
}

impl Path<'_> {
    /// Reads `value`, which goes to where the walk is, as a `T`.
    ///
    /// # Errors
    /// [`PatchError::TypeMismatch`] when it is not one.
    pub fn decode<T: DeserializeOwned>(self, value: &Value) -> Result<T, PatchError> {
        T::deserialize(value).map_err(|error| self.mismatch(error.to_string()))
    }

    /// Returns the JSON form of `value`, which is where the walk is.
    ///
    /// # Errors
    /// [`PatchError::NotRepresentable`] when it has none.
    pub fn value<T: serde::Serialize>(self, value: &T) -> Result<Value, PatchError> {
        serde_json::to_value(value).map_err(|error| PatchError::NotRepresentable {
            path: self.here(),
            reason: error.to_string(),
        })
    }
}

/// Applies `patches` to `base` in order and returns the next value.
///
/// `base` is unchanged, and parts that no patch touches are shared with it. It is all or
/// nothing: the first operation that fails ends it.
///
/// Time: O(p log n) for p patches on `im` containers. Source: RFC 6902; Immer's
/// `applyPatches` for [`Mode::Lenient`].
///
/// # Errors
/// [`PatchError`] when a path does not resolve, a value does not fit the type, or a test
/// fails; then nothing is applied.
///
/// # Examples
/// ```
/// use retake_store::patch::{Mode, PatchOp, Pointer, apply_patches};
/// use serde_json::json;
///
/// let base = json!({"tags": ["a"]});
/// let patch = PatchOp::Add { path: Pointer::parse("/tags/-")?, value: json!("b") };
/// assert_eq!(apply_patches(&base, &[patch], Mode::Strict)?, json!({"tags": ["a", "b"]}));
///
/// let patch = PatchOp::Replace { path: Pointer::parse("/note")?, value: json!("new") };
/// assert!(apply_patches(&base, std::slice::from_ref(&patch), Mode::Strict).is_err());
/// assert_eq!(apply_patches(&base, &[patch], Mode::Lenient)?["note"], "new");
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
pub fn apply_patches<T: Patchable>(
    base: &T,
    patches: &[PatchOp],
    mode: Mode,
) -> Result<T, PatchError> {
    let root = match mode {
        Mode::Strict => None,
        Mode::Lenient => last_root(patches),
    };
    let (mut next, patches) = match root {
        Some((value, rest)) => (Path::new(&Pointer::root()).decode(value)?, rest),
        None => (base.clone(), patches),
    };
    for op in patches {
        apply_op(&mut next, op, mode)?;
    }
    Ok(next)
}

/// Returns the value of the last replacement of the whole value, and what follows it.
fn last_root(patches: &[PatchOp]) -> Option<(&Value, &[PatchOp])> {
    patches.iter().enumerate().rev().find_map(|(index, op)| match op {
        PatchOp::Replace { path, value } if path.is_root() => Some((value, &patches[index + 1..])),
        _ => None,
    })
}

/// Applies one operation; on an error `target` may be half changed.
pub(crate) fn apply_op<T: Patchable>(
    target: &mut T,
    op: &PatchOp,
    mode: Mode,
) -> Result<(), PatchError> {
    let edit = |change| Edit { change, mode };
    match op {
        PatchOp::Add { path, value } => target.apply_at(Path::new(path), edit(Change::Add(value))),
        PatchOp::Replace { path, value } => {
            target.apply_at(Path::new(path), edit(Change::Replace(value)))
        }
        PatchOp::Remove { path } if path.is_root() => Err(PatchError::NoRoot),
        PatchOp::Remove { path } => target.apply_at(Path::new(path), edit(Change::Remove)),
        PatchOp::Copy { from, path } => {
            let value = target.value_at(Path::new(from))?;
            target.apply_at(Path::new(path), edit(Change::Add(&value)))
        }
        PatchOp::Move { from, path } => {
            let value = target.value_at(Path::new(from))?;
            if from == path {
                return Ok(());
            }
            if path.is_within(from) {
                return Err(PatchError::MoveIntoSelf { from: from.clone(), path: path.clone() });
            }
            target.apply_at(Path::new(from), edit(Change::Remove))?;
            target.apply_at(Path::new(path), edit(Change::Add(&value)))
        }
        PatchOp::Test { path, value } => {
            if super::value::is_json_equal(&target.value_at(Path::new(path))?, value) {
                Ok(())
            } else {
                Err(PatchError::TestFailed { path: path.clone() })
            }
        }
    }
}
