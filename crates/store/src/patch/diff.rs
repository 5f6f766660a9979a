//! Making patches: where a difference is and what leads there and back.

use serde_json::Value;

use super::error::PatchError;
use super::op::PatchOp;
use super::patchable::Patchable;
use super::pointer::Pointer;

/// The operations between two values, in both directions.
///
/// Each list is in the order in which it is applied.
///
/// # Examples
/// ```
/// use retake_store::patch::{Patches, diff};
///
/// assert_eq!(diff(&1, &1)?, Patches::default());
/// let Patches { forward, inverse } = diff(&1, &2)?;
/// assert_eq!((forward.len(), inverse.len()), (1, 1));
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patches {
    /// Leads from the old value to the next.
    pub forward: Vec<PatchOp>,
    /// Leads from the next value back to the old.
    pub inverse: Vec<PatchOp>,
}

impl Patches {
    /// Returns whether the values are equal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forward.is_empty()
    }
}

/// Returns the patches from `old` to `next` and back.
///
/// Both lists are empty exactly when the values are equal. Shared parts are skipped by
/// pointer.
///
/// # Errors
/// [`PatchError::NotRepresentable`] when a changed value has no faithful JSON form.
///
/// # Examples
/// ```
/// use retake_store::patch::{PatchOp, Pointer, diff};
/// use serde_json::json;
///
/// let patches = diff(&json!({"likes": 1}), &json!({"likes": 2}))?;
/// let path = Pointer::parse("/likes")?;
/// assert_eq!(patches.forward, [PatchOp::Replace { path: path.clone(), value: json!(2) }]);
/// assert_eq!(patches.inverse, [PatchOp::Replace { path, value: json!(1) }]);
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
pub fn diff<T: Patchable>(old: &T, next: &T) -> Result<Patches, PatchError> {
    let mut diff = Diff::new();
    old.diff_into(next, &mut diff)?;
    Ok(diff.finish())
}

/// The patches between two values while they are made, and where in the values that is.
///
/// An implementation of [`Patchable::diff_into`] reports each part that differs. What it
/// reports about different members may come in any order.
///
/// # Examples
/// ```
/// use retake_store::patch::Diff;
///
/// let mut diff = Diff::new();
/// diff.member("count", &1, &2)?;
/// diff.member("name", &"same".to_owned(), &"same".to_owned())?;
/// assert_eq!(diff.finish().forward.len(), 1);
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
#[derive(Debug, Default)]
pub struct Diff {
    at: Pointer,
    // Both in the order in which they are applied.
    patches: Patches,
}

impl Diff {
    /// Returns a diff at the root, without patches.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the patches that were reported.
    #[must_use]
    pub fn finish(self) -> Patches {
        self.patches
    }

    /// Returns where the values are that are being compared.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.at
    }

    /// Reports the difference of the values of member `name`, unless they are the same.
    ///
    /// # Errors
    /// As [`Patchable::diff_into`].
    pub fn member<T: Patchable>(
        &mut self,
        name: &str,
        old: &T,
        next: &T,
    ) -> Result<(), PatchError> {
        if old.is_same(next) {
            return Ok(());
        }
        self.within(name, |diff| old.diff_into(next, diff))
    }

    /// Reports the difference of the values of member `name`, which may be absent: a value is
    /// written only if `is_present` says so, and an absent member reads as `absent`.
    ///
    /// # Errors
    /// As [`Patchable::diff_into`], and [`PatchError::NotRepresentable`] when a value that is
    /// not written differs from `absent`.
    ///
    /// # Examples
    /// ```
    /// use retake_store::patch::{Diff, PatchOp, Pointer};
    ///
    /// let mut diff = Diff::new();
    /// diff.optional_member("note", &None, &Some(1), Option::is_some, &None)?;
    /// let path = Pointer::parse("/note")?;
    /// assert_eq!(diff.finish().inverse, [PatchOp::Remove { path }]);
    /// # Ok::<(), retake_store::patch::PatchError>(())
    /// ```
    pub fn optional_member<T: Patchable>(
        &mut self,
        name: &str,
        old: &T,
        next: &T,
        is_present: impl Fn(&T) -> bool,
        absent: &T,
    ) -> Result<(), PatchError> {
        if old.is_same(next) {
            return Ok(());
        }
        self.within(name, |diff| {
            for value in [old, next] {
                if !is_present(value) && !value.is_equal(absent) {
                    return Err(diff.not_representable(
                        "it is not written, and the absent member reads as another value",
                    ));
                }
            }
            match (is_present(old), is_present(next)) {
                (true, true) => old.diff_into(next, diff),
                (true, false) => diff.removed(old),
                (false, true) => diff.added(next),
                (false, false) => Ok(()),
            }
        })
    }

    /// Runs `report` for the values at member or row `token` of the present ones.
    ///
    /// # Errors
    /// What `report` returns.
    pub fn within<R>(
        &mut self,
        token: &str,
        report: impl FnOnce(&mut Self) -> Result<R, PatchError>,
    ) -> Result<R, PatchError> {
        let len = self.at.len();
        self.at.push(token);
        let result = report(self);
        self.at.truncate(len);
        result
    }

    /// Runs `report` for the values at row `index` of the present ones.
    ///
    /// # Errors
    /// What `report` returns.
    pub fn within_row<R>(
        &mut self,
        index: usize,
        report: impl FnOnce(&mut Self) -> Result<R, PatchError>,
    ) -> Result<R, PatchError> {
        let len = self.at.len();
        self.at.push_index(index);
        let result = report(self);
        self.at.truncate(len);
        result
    }

    /// Reports that `next` takes the place of `old` here.
    ///
    /// # Errors
    /// [`PatchError::NotRepresentable`] when one of them has no faithful JSON form.
    pub fn replaced<T: Patchable>(&mut self, old: &T, next: &T) -> Result<(), PatchError> {
        let (old, next) = (self.json(old)?, self.json(next)?);
        self.replaced_json(old, next);
        Ok(())
    }

    /// Reports that `next` is here and nothing was.
    ///
    /// # Errors
    /// [`PatchError::NotRepresentable`] when it has no faithful JSON form.
    pub fn added<T: Patchable>(&mut self, next: &T) -> Result<(), PatchError> {
        let next = self.json(next)?;
        self.added_json(next);
        Ok(())
    }

    /// Reports that `old` was here and nothing is.
    ///
    /// # Errors
    /// [`PatchError::NotRepresentable`] when it has no faithful JSON form.
    pub fn removed<T: Patchable>(&mut self, old: &T) -> Result<(), PatchError> {
        let old = self.json(old)?;
        self.removed_json(old);
        Ok(())
    }

    pub(super) fn replaced_json(&mut self, old: Value, next: Value) {
        let path = self.at.clone();
        self.patches.forward.push(PatchOp::Replace { path: path.clone(), value: next });
        self.patches.inverse.push(PatchOp::Replace { path, value: old });
    }

    pub(super) fn added_json(&mut self, next: Value) {
        let path = self.at.clone();
        self.patches.forward.push(PatchOp::Add { path: path.clone(), value: next });
        self.patches.inverse.push(PatchOp::Remove { path });
    }

    pub(super) fn removed_json(&mut self, old: Value) {
        let path = self.at.clone();
        self.patches.forward.push(PatchOp::Remove { path: path.clone() });
        self.patches.inverse.push(PatchOp::Add { path, value: old });
    }

    /// Reports the rows behind the first `len` of two lists, of which one has no more.
    pub(super) fn tail(&mut self, len: usize, old: &[Value], next: &[Value]) {
        let at = |index: usize| {
            let mut path = self.at.clone();
            path.push_index(len + index);
            path
        };
        let add = |rows: &[Value], ops: &mut Vec<PatchOp>| {
            ops.extend(
                rows.iter()
                    .enumerate()
                    .map(|(index, row)| PatchOp::Add { path: at(index), value: row.clone() }),
            );
        };
        let remove = |rows: &[Value], ops: &mut Vec<PatchOp>| {
            ops.extend((0..rows.len()).rev().map(|index| PatchOp::Remove { path: at(index) }));
        };
        remove(old, &mut self.patches.forward);
        add(next, &mut self.patches.forward);
        remove(next, &mut self.patches.inverse);
        add(old, &mut self.patches.inverse);
    }

    /// Adds lists that were made with paths from here.
    pub(super) fn extend(&mut self, patches: Patches) {
        self.patches.forward.extend(patches.forward);
        self.patches.inverse.extend(patches.inverse);
    }

    /// Runs the steps of a list whose later steps depend on the earlier ones: their inverses
    /// are applied last step first.
    pub(super) fn in_sequence(
        &mut self,
        steps: impl FnOnce(&mut Sequence<'_>) -> Result<(), PatchError>,
    ) -> Result<(), PatchError> {
        let start = self.patches.inverse.len();
        let mut sequence = Sequence { diff: self, start, undone: Vec::new() };
        steps(&mut sequence)?;
        let undone = sequence.undone;
        self.patches.inverse.extend(undone.into_iter().rev().flatten());
        Ok(())
    }

    /// Runs `report` for values that must not become `null`, which would be read as none.
    pub(super) fn not_null(
        &mut self,
        report: impl FnOnce(&mut Self) -> Result<(), PatchError>,
    ) -> Result<(), PatchError> {
        let (forward, inverse) = (self.patches.forward.len(), self.patches.inverse.len());
        report(self)?;
        let mut reported =
            self.patches.forward[forward..].iter().chain(&self.patches.inverse[inverse..]);
        let is_null = |op: &PatchOp| match op {
            PatchOp::Replace { path, value } => value.is_null() && *path == self.at,
            _ => false,
        };
        if reported.any(is_null) {
            return Err(self.not_representable("it is `null` inside, which reads back as `None`"));
        }
        Ok(())
    }

    pub(super) fn not_representable(&self, reason: impl Into<String>) -> PatchError {
        PatchError::NotRepresentable { path: self.at.clone(), reason: reason.into() }
    }

    /// Returns the JSON form of `value`, which reads back as an equal value.
    fn json<T: Patchable>(&self, value: &T) -> Result<Value, PatchError> {
        let json = serde_json::to_value(value)
            .map_err(|error| self.not_representable(error.to_string()))?;
        match T::deserialize(&json) {
            Ok(read) if read.is_equal(value) => Ok(json),
            Ok(_) => Err(self.not_representable("it reads back as another value")),
            Err(error) => Err(self.not_representable(format!("it does not read back: {error}"))),
        }
    }
}

/// Steps of which each acts on what the ones before it left.
pub(super) struct Sequence<'a> {
    diff: &'a mut Diff,
    start: usize,
    undone: Vec<Vec<PatchOp>>,
}

impl Sequence<'_> {
    /// Reports one step about row `index`.
    pub(super) fn row(
        &mut self,
        index: usize,
        report: impl FnOnce(&mut Diff) -> Result<(), PatchError>,
    ) -> Result<(), PatchError> {
        self.diff.within_row(index, report)?;
        let undo = self.diff.patches.inverse.split_off(self.start);
        if !undo.is_empty() {
            self.undone.push(undo);
        }
        Ok(())
    }
}
