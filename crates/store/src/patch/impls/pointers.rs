//! `Box`, `Arc` and `Option`: they have the JSON form of what is inside.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use crate::patch::{Change, Diff, Edit, PatchError, Patchable, Path};

impl<T: Patchable> Patchable for Box<T> {
    fn is_same(&self, other: &Self) -> bool {
        (**self).is_same(other)
    }

    fn is_equal(&self, other: &Self) -> bool {
        (**self).is_equal(other)
    }

    fn share_with(&mut self, old: &Self) -> bool {
        (**self).share_with(old)
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        (**self).diff_into(next, diff)
    }

    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        (**self).apply_at(path, edit)
    }

    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        (**self).value_at(path)
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        (**self).key()
    }
}

/// An edit copies the value if it is shared.
impl<T: Patchable> Patchable for Arc<T> {
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(self, other) || (**self).is_same(other)
    }

    fn is_equal(&self, other: &Self) -> bool {
        Arc::ptr_eq(self, other) || (**self).is_equal(other)
    }

    fn share_with(&mut self, old: &Self) -> bool {
        if Arc::ptr_eq(self, old) {
            return true;
        }
        let is_equal = match Arc::get_mut(self) {
            Some(value) => value.share_with(old),
            // Only a copy could take over single parts.
            None => (**self).is_equal(old) || Arc::make_mut(self).share_with(old),
        };
        if is_equal {
            *self = Arc::clone(old);
        }
        is_equal
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        if Arc::ptr_eq(self, next) { Ok(()) } else { (**self).diff_into(next, diff) }
    }

    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        Arc::make_mut(self).apply_at(path, edit)
    }

    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        (**self).value_at(path)
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        (**self).key()
    }
}

/// `None` is `null`, so a `Some` of a value that is `null` too cannot be patched. An edit that
/// removes a member makes it `None`.
impl<T: Patchable> Patchable for Option<T> {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(own), Some(other)) => own.is_same(other),
            (None, None) => true,
            _ => false,
        }
    }

    fn is_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(own), Some(other)) => own.is_equal(other),
            (None, None) => true,
            _ => false,
        }
    }

    fn share_with(&mut self, old: &Self) -> bool {
        match (self, old) {
            (Some(own), Some(old)) => own.share_with(old),
            (None, None) => true,
            _ => false,
        }
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        match (self, next) {
            (Some(old), Some(next)) => diff.not_null(|diff| old.diff_into(next, diff)),
            (None, None) => Ok(()),
            _ => diff.replaced(self, next),
        }
    }

    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        match (path.split(), self) {
            (None, target) if edit.change == Change::Remove => {
                *target = None;
                Ok(())
            }
            (None, target) => edit.assign(target, path),
            (Some(_), Some(value)) => value.apply_at(path, edit),
            (Some((_, rest)), None) => Err(rest.unresolved()),
        }
    }

    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        match (path.split(), self) {
            (_, Some(value)) => value.value_at(path),
            (None, None) => Ok(Value::Null),
            (Some((_, rest)), None) => Err(rest.unresolved()),
        }
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        self.as_ref()?.key()
    }
}
