//! Any type that serde knows, patched through its JSON form.

use std::fmt::Debug;
use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::apply::{Edit, Mode, apply_patches};
use super::diff::{Diff, Patches};
use super::error::PatchError;
use super::op::PatchOp;
use super::patchable::Patchable;
use super::path::Path;
use super::pointer::Pointer;

/// A value of a type that is not [`Patchable`], patched through its JSON form.
///
/// Its own JSON form is that of the value. Every comparison serialises both values and every
/// edit reads the whole value back, so it is for small values of foreign types; lists are
/// compared by position.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use retake_store::patch::{Json, Mode, apply_patches, diff};
///
/// let (old, next) = (Json(Duration::from_secs(1)), Json(Duration::from_secs(2)));
/// let patches = diff(&old, &next)?;
/// assert_eq!(patches.forward[0].path().as_str(), "/secs");
/// assert_eq!(apply_patches(&old, &patches.forward, Mode::Strict)?, next);
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// The patches are those of the `json-patch` crate.
impl<T> Patchable for Json<T>
where
    T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    fn is_same(&self, other: &Self) -> bool {
        self.is_equal(other)
    }

    fn is_equal(&self, other: &Self) -> bool {
        match (serde_json::to_value(&self.0), serde_json::to_value(&other.0)) {
            (Ok(own), Ok(other)) => own == other,
            _ => false,
        }
    }

    fn share_with(&mut self, old: &Self) -> bool {
        let is_equal = self.is_equal(old);
        if is_equal {
            *self = old.clone();
        }
        is_equal
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        let (old, next) = (faithful(self, diff)?, faithful(next, diff)?);
        let forward = between(&old, &next, diff)?;
        let inverse = between(&next, &old, diff)?;
        let here = diff.pointer().clone();
        diff.extend(Patches {
            forward: forward.into_iter().map(|op| op.moved_into(&here)).collect(),
            inverse: inverse.into_iter().map(|op| op.moved_into(&here)).collect(),
        });
        Ok(())
    }

    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        apply_through_json(self, path, edit)
    }

    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        value_through_json(self, path)
    }
}

/// Applies `edit` to the JSON form of `target` and reads the whole back.
///
/// For types whose JSON form is not that of their parts, such as enums.
#[doc(hidden)]
pub fn apply_through_json<T: Serialize + DeserializeOwned>(
    target: &mut T,
    path: Path<'_>,
    edit: Edit<'_>,
) -> Result<(), PatchError> {
    if path.is_end() {
        return edit.assign(target, path);
    }
    let mut value = path.value(target)?;
    value.apply_at(path, edit)?;
    *target = path.decode(&value)?;
    Ok(())
}

/// Returns the part at `path` of the JSON form of `source`.
#[doc(hidden)]
pub fn value_through_json<T: Serialize>(source: &T, path: Path<'_>) -> Result<Value, PatchError> {
    path.value(source)?.value_at(path)
}

/// Returns the JSON form of `value`, which has to read back as itself.
fn faithful<T: Serialize + DeserializeOwned>(value: &T, diff: &Diff) -> Result<Value, PatchError> {
    let refused = |error: serde_json::Error| diff.not_representable(error.to_string());
    let json = serde_json::to_value(value).map_err(refused)?;
    let read = T::deserialize(&json).map_err(refused)?;
    if serde_json::to_value(&read).map_err(refused)? == json {
        Ok(json)
    } else {
        Err(diff.not_representable("it reads back as another value"))
    }
}

/// Returns the operations from `old` to `next`, which are known to lead there.
fn between(old: &Value, next: &Value, diff: &Diff) -> Result<Vec<PatchOp>, PatchError> {
    let ops = json_patch::diff(old, next).0.iter().map(own).collect::<Result<Vec<_>, _>>()?;
    if apply_patches(old, &ops, Mode::Strict).as_ref() == Ok(next) {
        Ok(ops)
    } else {
        Err(diff.not_representable("its patches do not lead from one value to the other"))
    }
}

/// Reads an operation of `json-patch`, whose types stay out of the public signatures.
fn own(op: &json_patch::PatchOperation) -> Result<PatchOp, PatchError> {
    use json_patch::PatchOperation as Theirs;
    let path = Pointer::parse(op.path().as_str())?;
    let from = |from: &str| Pointer::parse(from);
    Ok(match op {
        Theirs::Add(op) => PatchOp::Add { path, value: op.value.clone() },
        Theirs::Remove(_) => PatchOp::Remove { path },
        Theirs::Replace(op) => PatchOp::Replace { path, value: op.value.clone() },
        Theirs::Move(op) => PatchOp::Move { from: from(op.from.as_str())?, path },
        Theirs::Copy(op) => PatchOp::Copy { from: from(op.from.as_str())?, path },
        Theirs::Test(op) => PatchOp::Test { path, value: op.value.clone() },
    })
}
