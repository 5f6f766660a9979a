//! `im::Vector`: a list that shares its leaves with the lists it was made from.

use std::ptr;

use im::Vector;
use serde_json::Value;

use crate::patch::rows::{self, Rows, Window};
use crate::patch::{Diff, Edit, PatchError, Patchable, Path};

/// Rows are matched by their keys, or else where they are equal, and leaves that both lists share are skipped.
impl<T: Patchable> Patchable for Vector<T> {
    fn is_same(&self, other: &Self) -> bool {
        // A short list is stored in place and has no pointer to compare.
        let are_inline = self.is_inline() && other.is_inline() && self.len() == other.len();
        self.ptr_eq(other) || (are_inline && common_first(self, other, T::is_same) == self.len())
    }

    fn is_equal(&self, other: &Self) -> bool {
        self.ptr_eq(other)
            || (self.len() == other.len() && common_first(self, other, T::is_equal) == self.len())
    }

    fn share_with(&mut self, old: &Self) -> bool {
        if self.ptr_eq(old) {
            return true;
        }
        // Made from the old list, so that leaves without a change stay shared.
        let mut shared = old.clone();
        let mut is_equal = self.len() == old.len();
        shared.truncate(self.len());
        let mut olds = old.iter();
        for (index, mut row) in std::mem::take(self).into_iter().enumerate() {
            match olds.next() {
                Some(old) if row.share_with(old) => {}
                Some(_) => {
                    shared.set(index, row);
                    is_equal = false;
                }
                None => shared.push_back(row),
            }
        }
        *self = shared;
        is_equal
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        if self.ptr_eq(next) {
            return Ok(());
        }
        let first = common_first(self, next, T::is_equal);
        let last = common_last(self, next).min(self.len().min(next.len()) - first);
        let window = Window {
            old: self.focus().narrow(first..self.len() - last).into_iter().collect(),
            next: next.focus().narrow(first..next.len() - last).into_iter().collect(),
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

/// Returns how many rows from the first one on are alike.
fn common_first<T: Patchable>(
    old: &Vector<T>,
    next: &Vector<T>,
    alike: fn(&T, &T) -> bool,
) -> usize {
    let (mut olds, mut nexts) = (old.leaves(), next.leaves());
    let (mut a, mut b): (&[T], &[T]) = (&[], &[]);
    let mut common = 0;
    while refill(&mut a, &mut olds) && refill(&mut b, &mut nexts) {
        let count = a.len().min(b.len());
        let (old, next) = (&a[..count], &b[..count]);
        // Rows at one place in memory are one row, as long as both lists are borrowed.
        if !ptr::eq(old, next)
            && let Some(other) = (0..count).find(|&it| !alike(&old[it], &next[it]))
        {
            return common + other;
        }
        (a, b) = (&a[count..], &b[count..]);
        common += count;
    }
    common
}

/// Returns how many rows from the last one back are equal; these may overlap with those
/// of [`common_first`].
fn common_last<T: Patchable>(old: &Vector<T>, next: &Vector<T>) -> usize {
    let (mut olds, mut nexts) = (old.leaves().rev(), next.leaves().rev());
    let (mut a, mut b): (&[T], &[T]) = (&[], &[]);
    let mut common = 0;
    while refill(&mut a, &mut olds) && refill(&mut b, &mut nexts) {
        let count = a.len().min(b.len());
        let (old, next) = (&a[a.len() - count..], &b[b.len() - count..]);
        if !ptr::eq(old, next)
            && let Some(equal) = (0..count).find(|&it| {
                let from_end = count - 1 - it;
                !old[from_end].is_equal(&next[from_end])
            })
        {
            return common + equal;
        }
        (a, b) = (&a[..a.len() - count], &b[..b.len() - count]);
        common += count;
    }
    common
}

/// Puts the next leaf with rows into an empty `slice`; `false` if there is none.
fn refill<'a, T>(slice: &mut &'a [T], leaves: &mut impl Iterator<Item = &'a [T]>) -> bool {
    while slice.is_empty() {
        match leaves.next() {
            Some(leaf) => *slice = leaf,
            None => return false,
        }
    }
    true
}

impl<T: Patchable> Rows for Vector<T> {
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
