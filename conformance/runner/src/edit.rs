//! Edits of data: the recipes of scenarios (FORMAT 2.2).

use std::any::Any;

use retake::store::patch::Patchable;
use serde_json::Value;

use crate::scenario::{EditOp, EditSpec};
use crate::template::{Scope, add, expand, expand_string, index, number_text, tokens};

/// An edit with its templates expanded.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    op: EditOp,
    path: Vec<String>,
    value: Option<Value>,
}

/// Edits that together are no recipe: a replacement of the whole must stand alone.
#[derive(Debug, thiserror::Error)]
#[error("a replacement of the whole must be the only edit")]
pub(crate) struct NotAlone;

/// Returns the recipe that `edits` are in `scope`.
pub(crate) fn recipe(edits: &[EditSpec], scope: &Scope) -> Result<Vec<Edit>, NotAlone> {
    let is_whole = |edit: &EditSpec| edit.path.is_empty() && edit.op == EditOp::Replace;
    if edits.len() > 1 && edits.iter().any(is_whole) {
        return Err(NotAlone);
    }
    let expanded = edits.iter().map(|edit| Edit {
        op: edit.op,
        path: tokens(&expand_string(&edit.path, scope)),
        value: edit.value.as_ref().and_then(|value| expand(value, scope)),
    });
    Ok(expanded.collect())
}

/// Returns whether `edits` replace the whole data.
pub(crate) fn replaces(edits: &[Edit]) -> bool {
    matches!(edits, [Edit { op: EditOp::Replace, path, .. }] if path.is_empty())
}

/// Applies `edits` to data of any type.
///
/// What edits leave of a value that is no plain JSON has to be one of its type again; if it is
/// not, or if nothing has changed, the value stays.
pub(crate) fn apply<T: Patchable>(data: &mut T, edits: &[Edit]) {
    let any: &mut dyn Any = data;
    if let Some(value) = any.downcast_mut::<Value>() {
        return apply_to_value(value, edits);
    }
    let Ok(old) = serde_json::to_value(&*data) else { return };
    let mut new = old.clone();
    apply_to_value(&mut new, edits);
    if new != old
        && let Ok(new) = serde_json::from_value(new)
    {
        *data = new;
    }
}

/// Applies `edits` in order; one whose target does not resolve does nothing.
fn apply_to_value(data: &mut Value, edits: &[Edit]) {
    for edit in edits {
        // The value says whether there was a target, and nobody asks.
        let _ = apply_one(data, edit);
    }
}

fn apply_one(data: &mut Value, edit: &Edit) -> Option<()> {
    let Some((last, parents)) = edit.path.split_last() else { return edit_root(data, edit) };
    let parent = parents.iter().try_fold(data, |value, token| {
        let token = select(value, token)?;
        child(value, &token)
    })?;
    let token = select(parent, last)?;
    match parent {
        Value::Object(_) | Value::Array(_) => edit_child(parent, &token, edit),
        _ => None,
    }
}

fn edit_root(data: &mut Value, edit: &Edit) -> Option<()> {
    match edit.op {
        EditOp::Replace => *data = edit.value.clone().unwrap_or_default(),
        EditOp::Merge => merge(data, edit)?,
        EditOp::Inc => increase(data, edit)?,
        EditOp::Add | EditOp::Remove => {}
    }
    Some(())
}

fn edit_child(parent: &mut Value, token: &str, edit: &Edit) -> Option<()> {
    match (edit.op, parent) {
        (EditOp::Add, Value::Object(members)) => {
            members.insert(token.to_owned(), edit.value.clone()?);
        }
        (EditOp::Add, Value::Array(items)) => {
            let value = edit.value.clone()?;
            let place = if token == "-" { items.len() } else { index(token)? };
            if place <= items.len() {
                items.insert(place, value);
            }
        }
        (EditOp::Remove, Value::Object(members)) => {
            members.remove(token);
        }
        (EditOp::Remove, Value::Array(items)) => {
            let place = index(token).filter(|place| *place < items.len())?;
            items.remove(place);
        }
        (EditOp::Replace, parent) => *child(parent, token)? = edit.value.clone()?,
        (EditOp::Inc, parent) => increase(child(parent, token)?, edit)?,
        (EditOp::Merge, parent) => merge(child(parent, token)?, edit)?,
        (EditOp::Add | EditOp::Remove, _) => {}
    }
    Some(())
}

fn child<'a>(parent: &'a mut Value, token: &str) -> Option<&'a mut Value> {
    match parent {
        Value::Object(members) => members.get_mut(token),
        Value::Array(items) => items.get_mut(index(token)?),
        _ => None,
    }
}

fn merge(target: &mut Value, edit: &Edit) -> Option<()> {
    let (Value::Object(members), Some(Value::Object(new))) = (target, &edit.value) else {
        return None;
    };
    members.extend(new.clone());
    Some(())
}

fn increase(target: &mut Value, edit: &Edit) -> Option<()> {
    let (Value::Number(old), Some(Value::Number(by))) = (&*target, &edit.value) else {
        return None;
    };
    *target = add(old, by);
    Some(())
}

/// Returns the index that `[field=text]` selects in `parent`, or `token` itself.
fn select(parent: &Value, token: &str) -> Option<String> {
    let inside = token.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let Some((field, wanted)) = inside.and_then(|inside| inside.split_once('=')) else {
        return Some(token.to_owned());
    };
    let rows = parent.as_array()?;
    let is_wanted = |row: &Value| row.is_object() && field_text(row.get(field)) == wanted;
    rows.iter().position(is_wanted).map(|place| place.to_string())
}

/// Returns what JavaScript's `String` makes of a member.
fn field_text(member: Option<&Value>) -> String {
    match member {
        None => "undefined".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number_text(number),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(mut data: Value, edits: Value, expected: Value) {
        let edits: Vec<EditSpec> = serde_json::from_value(edits).unwrap();
        apply(&mut data, &recipe(&edits, &Scope::of_arg(Some(json!({"id": 2})))).unwrap());
        assert_eq!(data, expected);
    }

    #[test]
    fn edits_of_lists() {
        let rows = || json!([{"id": 1, "n": 0}, {"id": 2, "n": 0}]);
        check(
            rows(),
            json!([{"op": "inc", "path": "/[id={arg.id}]/n", "value": 3}]),
            json!([{"id": 1, "n": 0}, {"id": 2, "n": 3}]),
        );
        check(rows(), json!([{"op": "remove", "path": "/[id=1]"}]), json!([{"id": 2, "n": 0}]));
        check(rows(), json!([{"op": "remove", "path": "/2"}]), rows());
        check(rows(), json!([{"op": "add", "path": "/3", "value": 1}]), rows());
        check(json!([1]), json!([{"op": "add", "path": "/-", "value": 2}]), json!([1, 2]));
        check(json!([1]), json!([{"op": "add", "path": "/0", "value": 2}]), json!([2, 1]));
    }

    #[test]
    fn edits_of_objects_and_roots() {
        check(json!({}), json!([{"op": "replace", "path": "/a", "value": 1}]), json!({}));
        check(
            json!({"a": 1}),
            json!([{"op": "merge", "path": "/a", "value": {}}]),
            json!({"a": 1}),
        );
        check(
            json!({"a": 1}),
            json!([{"op": "merge", "path": "", "value": {"b": 2}}]),
            json!({"a": 1, "b": 2}),
        );
        check(json!(4), json!([{"op": "inc", "path": "", "value": 1}]), json!(5));
        check(json!(4), json!([{"op": "add", "path": "/a", "value": 1}]), json!(4));
        check(json!({"a": 1}), json!([{"op": "replace", "path": "", "value": "x"}]), json!("x"));
    }
}
