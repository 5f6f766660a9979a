//! Values without a faithful JSON form are refused where a patch would carry them.

use std::collections::BTreeMap;

use retake_store::patch::{Diff, Edit, Json, PatchError, Patchable, Path, diff};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::kind;

#[track_caller]
fn check<T: Patchable>(old: &T, next: &T, path: &str) {
    for patches in [diff(old, next), diff(next, old)] {
        match patches {
            Err(PatchError::NotRepresentable { path: found, .. }) => {
                assert_eq!(found.as_str(), path);
            }
            Err(other) => panic!("{}", kind(&other)),
            Ok(patches) => panic!("{patches:?}"),
        }
    }
}

#[test]
fn numbers_that_are_none() {
    check(&1.0, &f64::NAN, "");
    check(&vec![1.0, 2.0], &vec![1.0, f64::INFINITY], "/1");
    // `null` reads back as `None`.
    check(&Some(1.0_f32), &Some(f32::NAN), "");
    // The row that is added has one inside.
    check(&vec![], &vec![(1, f64::NAN)], "/0");
}

#[test]
fn a_value_that_is_not_emitted_may_be_anything() {
    let patches = diff(&(f64::NAN, 1), &(f64::NAN, 2)).unwrap();
    assert_eq!(patches.forward.len(), 1);
}

#[test]
fn two_values_that_are_both_null() {
    check(&None, &Some(()), "");
    check(&Some(Some(1)), &Some(None), "");
}

#[test]
fn keys_that_are_no_strings() {
    check(&BTreeMap::new(), &BTreeMap::from([((1, 2), 3)]), "");
    check(&BTreeMap::new(), &BTreeMap::from([(Some(1), 3), (None, 4)]), "");
    check(&im::OrdMap::new(), &im::OrdMap::unit(vec![1], 3), "");
}

#[test]
fn numbers_too_large_for_json() {
    check(&0, &u128::MAX, "");
}

/// A value of which JSON keeps only the half.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Half {
    kept: u8,
    #[serde(skip)]
    lost: u8,
}

impl Patchable for Half {
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }
    fn is_equal(&self, other: &Self) -> bool {
        self == other
    }
    fn share_with(&mut self, old: &Self) -> bool {
        self == old
    }
    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        if self == next { Ok(()) } else { diff.replaced(self, next) }
    }
    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        edit.assign(self, path)
    }
    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        path.value(self)
    }
}

#[test]
fn fields_that_json_loses() {
    check(&Half { kept: 1, lost: 0 }, &Half { kept: 1, lost: 2 }, "");
    check(&vec![], &vec![Half { kept: 1, lost: 2 }], "/0");
    // For `Json`, equal means that the JSON forms are equal.
    let (old, next) = (Json(Half { kept: 1, lost: 0 }), Json(Half { kept: 1, lost: 2 }));
    assert!(diff(&old, &next).unwrap().is_empty());
}

/// A value that JSON reads back as another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Doubled {
    #[serde(serialize_with = "twice")]
    count: u8,
}

fn twice<S: serde::Serializer>(count: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(count * 2)
}

#[test]
fn a_foreign_type_that_reads_back_as_another_value() {
    check(&Json(Doubled { count: 1 }), &Json(Doubled { count: 2 }), "");
}
