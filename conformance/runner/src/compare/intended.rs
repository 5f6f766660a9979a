//! What retake does otherwise on purpose, taken out of both sides.

use serde_json::{Map, Value, json};

/// Returns `step` as it is compared.
pub(super) fn normalise(step: &Value) -> Value {
    let mut step = step.clone();
    let Some(members) = step.as_object_mut() else { return step };
    members.entry("user").or_insert_with(|| json!({"count": 0, "last": null}));
    for name in ["requests", "aborts", "lifecycle", "schemaFailures", "settled"] {
        members.entry(name).or_insert_with(|| json!([]));
    }
    if members.contains_key("threw") {
        members.insert("threw".to_owned(), true.into());
    }
    if let Some(Value::Array(actions)) = members.get_mut("actions") {
        actions.retain(|action| action.get("reducerThrew") != Some(&Value::Bool(true)));
    }
    if let Some(Value::Array(failures)) = members.get_mut("schemaFailures") {
        failures.retain(|failure| failure["value"]["error"] != "AbortError");
    }
    if let Some(Value::Array(lines)) = members.get_mut("lifecycle") {
        for line in lines.iter_mut().filter(|line| line["event"] == "threw") {
            line["error"] = true.into();
        }
    }
    if let Some(state) = members.get_mut("state") {
        slices_mut(state).into_iter().for_each(prune_provided);
    }
    step
}

/// Whether this is the slice of an api, not slices by reducer path.
fn is_slice(state: &Value) -> bool {
    state.get("queries").is_some() && state.get("provided").is_some()
}

/// Returns the slices of all apis.
fn slices_mut(state: &mut Value) -> Vec<&mut Value> {
    if is_slice(state) {
        return vec![state];
    }
    state.as_object_mut().into_iter().flat_map(Map::values_mut).collect()
}

fn object<'a>(value: &'a Value, name: &str) -> Option<&'a Map<String, Value>> {
    value.get(name)?.as_object()
}

/// Leaves out tag lists that became empty, and tags of entries that are gone.
fn prune_provided(state: &mut Value) {
    let queries = object(state, "queries").cloned().unwrap_or_default();
    let is_alive = |key: &Value| key.as_str().is_some_and(|key| queries.contains_key(key));
    let Some(provided) = state.get_mut("provided") else { return };
    if let Some(Value::Object(kinds)) = provided.get_mut("tags") {
        kinds.retain(|_, rows| {
            let Value::Object(rows) = rows else { return true };
            rows.retain(|_, keys| {
                let Value::Array(keys) = keys else { return true };
                keys.retain(is_alive);
                !keys.is_empty()
            });
            !rows.is_empty()
        });
    }
    if let Some(Value::Object(keys)) = provided.get_mut("keys") {
        keys.retain(|key, _| queries.contains_key(key));
    }
}

/// Returns whether an entry whose tags RTK Query kept after its removal comes back: those old
/// tags act on it until it provides new ones, and retake has none.
pub(super) fn revives_orphan(before: &Value, after: &Value) -> bool {
    let (before, after) = (&before["state"], &after["state"]);
    match before {
        Value::Object(by_path) if !is_slice(before) => {
            by_path.iter().any(|(path, slice)| revives_in(slice, &after[path]))
        }
        slice => revives_in(slice, after),
    }
}

fn revives_in(before: &Value, after: &Value) -> bool {
    let queries = |slice: &Value| object(slice, "queries").cloned().unwrap_or_default();
    let (old, new) = (queries(before), queries(after));
    let provided = object(&before["provided"], "keys");
    provided.into_iter().flatten().any(|(key, tags)| {
        let is_orphan =
            !old.contains_key(key) && tags.as_array().is_some_and(|tags| !tags.is_empty());
        is_orphan && new.contains_key(key)
    })
}
