//! Cache keys: an endpoint's name and its argument as text.

use std::fmt::Write;

use serde_json::Value;

/// Returns the key of the entry of `endpoint` with argument `arg`.
///
/// It is the name with the argument's compact JSON in parentheses, members of objects
/// sorted by name, so that equal arguments have one entry. An absent argument is written
/// `undefined`.
///
/// # Examples
/// ```
/// use retake_store::cache::cache_key;
/// use serde_json::json;
/// assert_eq!(cache_key("getPost", Some(&json!({"b": 1, "a": null}))), r#"getPost({"a":null,"b":1})"#);
/// assert_eq!(cache_key("getPosts", None), "getPosts(undefined)");
/// ```
///
/// Source: RTK Query, `defaultSerializeQueryArgs`.
#[must_use]
pub fn cache_key(endpoint: &str, arg: Option<&Value>) -> String {
    let mut key = String::with_capacity(endpoint.len() + 12);
    key.push_str(endpoint);
    key.push('(');
    match arg {
        Some(arg) => write_sorted(arg, &mut key),
        None => key.push_str("undefined"),
    }
    key.push(')');
    key
}

/// Writes `value` as compact JSON with sorted members, whatever order the map keeps.
pub(crate) fn write_sorted(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_sorted(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                let _ = write!(out, "{}:", Value::String(name.clone()));
                write_sorted(member, out);
            }
            out.push('}');
        }
        scalar => {
            let _ = write!(out, "{scalar}");
        }
    }
}
