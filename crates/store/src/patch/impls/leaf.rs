//! Values without parts: they are replaced as a whole.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use crate::patch::{Diff, Edit, PatchError, Patchable, Path};

/// The methods that are alike for all leaves; `is_same` is given.
macro_rules! leaf {
    () => {
        fn is_equal(&self, other: &Self) -> bool {
            self.is_same(other)
        }

        fn share_with(&mut self, old: &Self) -> bool {
            self.is_same(old)
        }

        fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
            if self.is_same(next) { Ok(()) } else { diff.replaced(self, next) }
        }

        fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
            match path.split() {
                None => edit.assign(self, path),
                Some((_, rest)) => Err(rest.unresolved()),
            }
        }

        fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
            match path.split() {
                None => path.value(self),
                Some((_, rest)) => Err(rest.unresolved()),
            }
        }
    };
}

/// Numbers and the like, which are their own key.
macro_rules! scalars {
    ($($scalar:ty),*) => {$(
        impl Patchable for $scalar {
            fn is_same(&self, other: &Self) -> bool {
                self == other
            }

            leaf!();

            fn key(&self) -> Option<Cow<'_, str>> {
                Some(Cow::Owned(self.to_string()))
            }
        }
    )*};
}

scalars!(bool, char, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

/// Compared bit by bit: 0 and -0 differ, and a NaN is the same as itself. NaN and infinities
/// have no JSON form.
macro_rules! floats {
    ($($float:ty),*) => {$(
        impl Patchable for $float {
            fn is_same(&self, other: &Self) -> bool {
                self.to_bits() == other.to_bits()
            }

            leaf!();
        }
    )*};
}

floats!(f32, f64);

impl Patchable for () {
    fn is_same(&self, (): &Self) -> bool {
        true
    }

    leaf!();
}

impl Patchable for String {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    leaf!();

    fn key(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self))
    }
}

impl Patchable for Arc<str> {
    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(self, other) || **self == **other
    }

    fn is_equal(&self, other: &Self) -> bool {
        self.is_same(other)
    }

    fn share_with(&mut self, old: &Self) -> bool {
        let is_equal = self.is_same(old);
        if is_equal {
            *self = Arc::clone(old);
        }
        is_equal
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        if self.is_same(next) { Ok(()) } else { diff.replaced(self, next) }
    }

    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        match path.split() {
            None => edit.assign(self, path),
            Some((_, rest)) => Err(rest.unresolved()),
        }
    }

    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        match path.split() {
            None => path.value(self),
            Some((_, rest)) => Err(rest.unresolved()),
        }
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self))
    }
}
