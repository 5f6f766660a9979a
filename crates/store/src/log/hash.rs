//! Hashes of states: the same on every machine.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use serde_json::{Number, Value};
use xxhash_rust::xxh3::xxh3_64;

/// Returns the hash of each member of the JSON form of `state`, by name.
///
/// A state that is not an object is one slice with the name `""`. The hash is XXH3 (64 bits,
/// 16 lower-case hexadecimal digits) of the slice's compact JSON with the members of every
/// object sorted by name, by their UTF-8 bytes. It does not depend on process, platform,
/// hasher seeds, order of properties or features of `serde_json`; it does depend on the
/// order of lists, so a slice must not hold a set that is written in random order.
///
/// Time: one serialisation of the state.
///
/// Source: XXH3.
///
/// # Errors
/// When `state` has no JSON form.
///
/// # Examples
/// ```
/// use retake_store::log::state_hashes;
/// use serde_json::json;
/// let hashes = state_hashes(&json!({"count": 1, "todos": []}))?;
/// assert_eq!(hashes["count"], "65cd25028f98f158");
/// assert_eq!(hashes["count"], state_hashes(&1)?[""]);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn state_hashes<S: Serialize + ?Sized>(
    state: &S,
) -> Result<BTreeMap<String, String>, serde_json::Error> {
    slice_hashes(&json_of(state)?)
}

/// Returns the JSON form of `state`, by way of its text.
///
/// The text is what readers of a log see, and unlike a direct conversion it does not depend
/// on features of `serde_json` for `f32` and 128-bit numbers.
pub(super) fn json_of<S: Serialize + ?Sized>(state: &S) -> Result<Value, serde_json::Error> {
    serde_json::from_str(&serde_json::to_string(state)?)
}

pub(super) fn slice_hashes(state: &Value) -> Result<BTreeMap<String, String>, serde_json::Error> {
    match state {
        Value::Object(slices) => slices
            .iter()
            .map(|(name, slice)| hash(slice).map(|hash| (name.clone(), hash)))
            .collect(),
        slice => Ok(BTreeMap::from([(String::new(), hash(slice)?)])),
    }
}

fn hash(slice: &Value) -> Result<String, serde_json::Error> {
    let mut text = Vec::new();
    write_canonical(slice, &mut text)?;
    Ok(format!("{:016x}", xxh3_64(&text)))
}

fn write_canonical(value: &Value, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_canonical(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            // The feature `preserve_order` keeps them in another order.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            out.push(b'{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, name)?;
                out.push(b':');
                write_canonical(member, out)?;
            }
            out.push(b'}');
        }
        Value::Number(number) => {
            write_number(number, out).map_err(serde_json::Error::io)?;
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {
            serde_json::to_writer(&mut *out, value)?;
        }
    }
    Ok(())
}

/// The feature `arbitrary_precision` keeps the digits as they were written.
fn write_number(number: &Number, out: &mut Vec<u8>) -> std::io::Result<()> {
    if let Some(number) = number.as_u64() {
        write!(out, "{number}")
    } else if let Some(number) = number.as_i64() {
        write!(out, "{number}")
    } else if let Some(number) = number.as_f64() {
        write!(out, "{number:?}")
    } else {
        write!(out, "{number}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(json: &str, canonical: &str) {
        let mut out = Vec::new();
        write_canonical(&serde_json::from_str(json).unwrap(), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), canonical);
    }

    #[test]
    fn canonical_text() {
        check(
            r#" {"b": [1, {"d": null, "c": true}], "a": "\u00e9\n"} "#,
            "{\"a\":\"é\\n\",\"b\":[1,{\"c\":true,\"d\":null}]}",
        );
        check(r#"{"é":1,"z":2,"":3,"Z":4}"#, r#"{"":3,"Z":4,"z":2,"é":1}"#);
        check(
            "[0, -1, 18446744073709551615, -9223372036854775808]",
            "[0,-1,18446744073709551615,-9223372036854775808]",
        );
        check("[1.0, 1e2, 0.1, 1e300, 5e-324, 1.5E-7]", "[1.0,100.0,0.1,1e300,5e-324,1.5e-7]");
        check("[18446744073709551616]", "[1.8446744073709552e19]");
    }

    #[test]
    fn short_floats_hash_as_they_are_written() {
        assert_eq!(json_of(&0.1_f32).unwrap(), json_of(&0.1_f64).unwrap());
    }
    /// The hashes were made by another implementation of XXH3.
    #[test]
    fn hashes_are_the_same_everywhere() {
        let mut state =
            HashMap::from([("count".to_owned(), json!(1)), ("todos".to_owned(), json!([]))]);
        for index in 0..50 {
            state.insert(format!("post{index}"), json!({"b": [1, -2, 0.5, null, true], "a": "é"}));
        }
        let hashes = state_hashes(&state).unwrap();
        assert_eq!(hashes["count"], "65cd25028f98f158");
        assert_eq!(hashes["todos"], "831154110e30ac6a");
        assert!((0..50).all(|index| hashes[&format!("post{index}")] == "31bc86761c7c2986"));
        assert_eq!(
            state_hashes(&7).unwrap(),
            BTreeMap::from([(String::new(), "06eed105b82285fa".into())])
        );
        assert!(state_hashes(&BTreeMap::<String, ()>::new()).unwrap().is_empty());
        assert!(state_hashes(&BTreeMap::from([((1, 2), 3)])).is_err());
    }
}
