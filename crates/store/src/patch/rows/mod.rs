//! Lists: what their rows have in common, and edits of single rows.
mod matching;

use serde_json::Value;

use super::apply::{Change, Edit};
use super::diff::Diff;
use super::error::PatchError;
use super::patchable::Patchable;
use super::path::{Path, index_of};

/// How far past its end a lenient `replace` extends a list. JavaScript has no limit; here the
/// rows between are real, so that one patch could use up the memory.
const MAX_HOLES: usize = 10_000;

/// A list whose rows can be edited by position.
pub(super) trait Rows {
    type Row: Patchable;

    fn count(&self) -> usize;
    fn row(&self, index: usize) -> Option<&Self::Row>;
    fn row_mut(&mut self, index: usize) -> Option<&mut Self::Row>;
    /// Inserts before `index`, which is at most the count.
    fn insert_row(&mut self, index: usize, row: Self::Row);
    /// Removes row `index`, which exists.
    fn remove_row(&mut self, index: usize);
}

/// Applies `edit` to the row that `token` names, or to its part at `rest`.
pub(super) fn apply<L: Rows>(
    rows: &mut L,
    token: &str,
    rest: Path<'_>,
    edit: Edit<'_>,
) -> Result<(), PatchError> {
    let len = rows.count();
    let index = match index_of(token) {
        Some(index) => index,
        None if token == "-" && rest.is_end() && matches!(edit.change, Change::Add(_)) => len,
        None => return Err(rest.unresolved()),
    };
    let outside = || PatchError::IndexOutOfRange { path: rest.here(), len };
    if !rest.is_end() {
        return rows.row_mut(index).ok_or_else(outside)?.apply_at(rest, edit);
    }
    match edit.change {
        Change::Add(_) if index > len && !edit.is_lenient() => Err(outside()),
        Change::Add(value) => {
            rows.insert_row(index.min(len), rest.decode(value)?);
            Ok(())
        }
        Change::Remove if index < len => {
            rows.remove_row(index);
            Ok(())
        }
        Change::Remove if edit.is_lenient() => Ok(()),
        Change::Replace(value) if index < len => {
            if let Some(row) = rows.row_mut(index) {
                *row = rest.decode(value)?;
            }
            Ok(())
        }
        Change::Replace(value) if edit.is_lenient() && index - len <= MAX_HOLES => {
            let row = rest.decode(value)?;
            for hole in len..index {
                rows.insert_row(hole, rest.decode(&Value::Null)?);
            }
            rows.insert_row(index, row);
            Ok(())
        }
        Change::Remove | Change::Replace(_) => Err(outside()),
    }
}

/// Returns the JSON form of the row that `token` names, or of its part at `rest`.
pub(super) fn value_at<L: Rows>(
    rows: &L,
    token: &str,
    rest: Path<'_>,
) -> Result<Value, PatchError> {
    let index = index_of(token).ok_or_else(|| rest.unresolved())?;
    match rows.row(index) {
        Some(row) => row.value_at(rest),
        None => Err(PatchError::IndexOutOfRange { path: rest.here(), len: rows.count() }),
    }
}

/// What is left of two lists without their common first and last rows.
pub(super) struct Window<'a, T> {
    pub(super) old: Vec<&'a T>,
    pub(super) next: Vec<&'a T>,
    /// The position of the first row of both.
    pub(super) first: usize,
    /// Whether nothing was left out.
    pub(super) is_whole: bool,
}

impl<T: Patchable> Window<'_, T> {
    /// Reports the differences; `old_list` and `next_list` are the lists around the window.
    pub(super) fn diff_into<L: Patchable>(
        &self,
        old_list: &L,
        next_list: &L,
        diff: &mut Diff,
    ) -> Result<(), PatchError> {
        let found = matching::find(&self.old, &self.next);
        let is_rewritten = self.is_whole && found.are_keyed && found.pairs.is_empty();
        if is_rewritten && self.old.len() > 1 && self.next.len() > 1 {
            return diff.replaced(old_list, next_list);
        }
        diff.in_sequence(|steps| {
            let (mut i, mut j) = (0, 0);
            let end = (self.old.len(), self.next.len());
            for (a, b) in found.pairs.iter().copied().chain([end]) {
                while i < a && j < b {
                    let (old, next) = (self.old[i], self.next[j]);
                    steps.row(self.first + j, |diff| replace_row(old, next, diff))?;
                    (i, j) = (i + 1, j + 1);
                }
                // Before row `i` of the old list, the list is already the next one up to `j`.
                for old in &self.old[i..a] {
                    steps.row(self.first + j, |diff| diff.removed(*old))?;
                }
                for (offset, next) in self.next[j..b].iter().enumerate() {
                    steps.row(self.first + j + offset, |diff| diff.added(*next))?;
                }
                if (a, b) != end {
                    let (old, next) = (self.old[a], self.next[b]);
                    if !old.is_same(next) {
                        steps.row(self.first + b, |diff| old.diff_into(next, diff))?;
                    }
                }
                (i, j) = (a + 1, b + 1);
            }
            Ok(())
        })
    }
}

/// Reports that one row is where another was: another row, or the same one changed.
fn replace_row<T: Patchable>(old: &T, next: &T, diff: &mut Diff) -> Result<(), PatchError> {
    if old.key() == next.key() { old.diff_into(next, diff) } else { diff.replaced(old, next) }
}
