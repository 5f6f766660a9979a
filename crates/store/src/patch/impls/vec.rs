//! `Vec`: a list that is copied when it is cloned.

use serde_json::Value;

use crate::patch::rows::{self, Rows, Window};
use crate::patch::{Diff, Edit, PatchError, Patchable, Path};

/// Rows are matched by their keys, or else where they are equal. For long lists prefer `im::Vector<Arc<T>>`: a
/// `Vec` is compared and copied row by row.
impl<T: Patchable> Patchable for Vec<T> {
    fn is_same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(own, other)| own.is_same(other))
    }

    fn is_equal(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(own, other)| own.is_equal(other))
    }

    fn share_with(&mut self, old: &Self) -> bool {
        let mut is_equal = self.len() == old.len();
        for (own, old) in self.iter_mut().zip(old) {
            is_equal &= own.share_with(old);
        }
        is_equal
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        let equal = |(own, other): &(&T, &T)| own.is_equal(other);
        let first = self.iter().zip(next).take_while(equal).count();
        let (old_rest, next_rest) = (&self[first..], &next[first..]);
        let last = old_rest.iter().rev().zip(next_rest.iter().rev()).take_while(equal).count();
        let window = Window {
            old: old_rest[..old_rest.len() - last].iter().collect(),
            next: next_rest[..next_rest.len() - last].iter().collect(),
            first,
            is_whole: first == 0 && last == 0,
        };
        window.diff_into(self, next, diff)
    }

    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        match path.split() {
            None => edit.assign(self, path),
            Some((token, rest)) => rows::apply(self, &token, rest, edit),
        }
    }

    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        match path.split() {
            None => path.value(self),
            Some((token, rest)) => rows::value_at(self, &token, rest),
        }
    }
}

impl<T: Patchable> Rows for Vec<T> {
    type Row = T;

    fn count(&self) -> usize {
        self.len()
    }

    fn row(&self, index: usize) -> Option<&T> {
        self.get(index)
    }

    fn row_mut(&mut self, index: usize) -> Option<&mut T> {
        self.get_mut(index)
    }

    fn insert_row(&mut self, index: usize, row: T) {
        self.insert(index, row);
    }

    fn remove_row(&mut self, index: usize) {
        self.remove(index);
    }
}
