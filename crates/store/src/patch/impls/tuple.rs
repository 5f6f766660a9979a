//! Tuples: lists of a fixed length in JSON, whose rows can only be replaced.

use serde_json::Value;

use crate::patch::{Diff, Edit, PatchError, Patchable, Path};

macro_rules! tuple {
    ($($name:ident $index:tt),+) => {
        impl<$($name: Patchable),+> Patchable for ($($name,)+) {
            fn is_same(&self, other: &Self) -> bool {
                $(self.$index.is_same(&other.$index))&&+
            }

            fn is_equal(&self, other: &Self) -> bool {
                $(self.$index.is_equal(&other.$index))&&+
            }

            fn share_with(&mut self, old: &Self) -> bool {
                let mut is_equal = true;
                $(is_equal &= self.$index.share_with(&old.$index);)+
                is_equal
            }

            fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
                $(diff.member(stringify!($index), &self.$index, &next.$index)?;)+
                Ok(())
            }

            fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
                let Some((token, rest)) = path.split() else { return edit.assign(self, path) };
                edit.check_slot(rest)?;
                match &*token {
                    $(stringify!($index) => self.$index.apply_at(rest, edit),)+
                    _ => Err(rest.unresolved()),
                }
            }

            fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
                let Some((token, rest)) = path.split() else { return path.value(self) };
                match &*token {
                    $(stringify!($index) => self.$index.value_at(rest),)+
                    _ => Err(rest.unresolved()),
                }
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
