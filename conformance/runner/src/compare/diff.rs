//! The difference of two JSON values.

use serde_json::Value;

/// Patch lists: the paths of retake's patches are pointers, and those of typed lists minimal.
const PATCH_LISTS: [&str; 3] = ["patches", "inversePatches", "rfc6902"];

/// A difference: where, and what is there on each side.
pub(super) struct Difference {
    pub(super) pointer: String,
    pub(super) expected: Option<Value>,
    pub(super) actual: Option<Value>,
}

/// Returns the first difference; `None` stands for an absent value.
pub(super) fn diff(
    expected: Option<&Value>,
    actual: Option<&Value>,
    pointer: &str,
) -> Option<Difference> {
    match (expected, actual) {
        (None, None) => None,
        (Some(Value::Array(one)), Some(Value::Array(two))) => (0..one.len().max(two.len()))
            .find_map(|index| diff(one.get(index), two.get(index), &format!("{pointer}/{index}"))),
        (Some(Value::Object(one)), Some(Value::Object(two))) => {
            let added = two.keys().filter(|name| !one.contains_key(*name));
            let compared = one.keys().chain(added).filter(|it| !PATCH_LISTS.contains(&it.as_str()));
            compared.into_iter().find_map(|name| {
                diff(one.get(name), two.get(name), &format!("{pointer}/{}", escape(name)))
            })
        }
        (Some(Value::Number(one)), Some(Value::Number(two))) if one.as_f64() == two.as_f64() => {
            None
        }
        (one, two) if one == two => None,
        (one, two) => {
            let (expected, actual) = (one.cloned(), two.cloned());
            Some(Difference { pointer: pointer.to_owned(), expected, actual })
        }
    }
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
