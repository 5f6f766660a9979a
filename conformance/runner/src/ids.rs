//! Request ids by order of appearance (FORMAT 3).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Renames the request ids of an observation to `r1`, `r2`, .. in order of appearance.
pub fn rename_ids(observation: &mut Value) {
    let mut names = BTreeMap::new();
    let steps = observation.get("steps").and_then(Value::as_array);
    for step in steps.into_iter().flatten() {
        let actions = step.get("actions").and_then(Value::as_array);
        for action in actions.into_iter().flatten() {
            note(action.pointer("/meta/requestId"), &mut names);
            note(action.pointer("/payload/requestId"), &mut names);
        }
        note(step.pointer("/result/requestId"), &mut names);
    }
    if names.iter().any(|(old, new)| old != new) {
        rename(observation, &names);
    }
}

fn note(id: Option<&Value>, names: &mut BTreeMap<String, String>) {
    if let Some(Value::String(id)) = id
        && !names.contains_key(id)
    {
        let name = format!("r{}", names.len() + 1);
        names.insert(id.clone(), name);
    }
}

fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = names.get(text) {
                text.clone_from(name);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(members) => {
            let renamed = std::mem::take(members).into_iter().map(|(name, mut member)| {
                rename(&mut member, names);
                (names.get(&name).cloned().unwrap_or(name), member)
            });
            *members = renamed.collect::<Map<_, _>>();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_numbered_as_they_appear() {
        let mut observation = json!({"steps": [
            {"actions": [{"meta": {"requestId": "b"}}], "result": {"requestId": "a"}},
            {"subscriptions": {"k": {"a": {}, "b": {}}}, "note": "ab"},
        ]});
        rename_ids(&mut observation);
        let expected = json!({"steps": [
            {"actions": [{"meta": {"requestId": "r1"}}], "result": {"requestId": "r2"}},
            {"subscriptions": {"k": {"r2": {}, "r1": {}}}, "note": "ab"},
        ]});
        assert_eq!(observation, expected);
    }
}
