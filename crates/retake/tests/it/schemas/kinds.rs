//! What can be a schema: closures, types, JSON Schemas.

use std::collections::BTreeMap;

use retake::prelude::*;
use retake::thunks::Schema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::app::{answer, fetch, query, start};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
struct Row {
    row_id: u32,
    #[serde(default)]
    notes: Vec<String>,
}

/// Checks what `schema` makes of a value, or at which path and why it refuses it.
#[track_caller]
fn check(schema: &dyn Schema, value: Value, expected: Result<Value, &[(&str, &str)]>) {
    match (schema.validate(value), expected) {
        (Ok(value), Ok(expected)) => assert_eq!(value, expected),
        (Err(issues), Err(expected)) => {
            assert_eq!(issues.len(), expected.len(), "{issues:?}");
            for (issue, (path, message)) in issues.iter().zip(expected) {
                assert_eq!(issue.path.as_str(), *path, "{issue}");
                assert!(issue.message.contains(message), "{issue}");
            }
        }
        (result, _) => panic!("{result:?}"),
    }
}

#[test]
fn a_type_applies_defaults_and_renames_and_says_where_it_does_not_fit() {
    let schema = serde_schema::<BTreeMap<String, Vec<Row>>>();
    check(
        &schema,
        json!({"a/b": [{"row_id": 1, "more": true}]}),
        Ok(json!({"a/b": [{"rowId": 1, "notes": []}]})),
    );
    check(
        &schema,
        json!({"a/b": [{"row_id": 1}, {"row_id": "2"}]}),
        Err(&[("/a~1b/1/row_id", "expected u32")]),
    );
    check(&schema, json!(5), Err(&[("", "expected a map")]));
}

#[cfg(feature = "jsonschema")]
mod json_schemas {
    use super::*;

    fn row() -> Value {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"$ref": "#/$defs/id"}, "a/b": {"type": "string"}},
            "$defs": {"id": {"type": "integer", "minimum": 1}},
        })
    }

    #[test]
    fn a_json_schema_changes_nothing_and_names_every_issue() {
        let schema = JsonSchema::new(&row()).unwrap();
        check(&schema, json!({"id": 1, "more": 2}), Ok(json!({"id": 1, "more": 2})));
        check(&schema, json!({}), Err(&[("", "\"id\" is a required property")]));
        check(
            &schema,
            json!({"id": 0, "a/b": 5}),
            Err(&[("/a~1b", "is not of type \"string\""), ("/id", "less than the minimum")]),
        );
    }

    #[test]
    fn an_invalid_schema_is_an_error_and_as_a_schema_accepts_nothing() {
        let invalid = JsonSchema::new(&json!({"type": "thing"}));
        assert!(
            invalid.as_ref().unwrap_err().to_string().starts_with("the JSON Schema is invalid")
        );
        check(&invalid, json!(5), Err(&[("", "the JSON Schema is invalid")]));
        check(&JsonSchema::new(&row()), json!({"id": 1}), Ok(json!({"id": 1})));
    }

    /// A schema may come from anywhere: it must not make requests or read files.
    #[test]
    fn nothing_is_fetched_for_a_reference() {
        for elsewhere in ["https://example.com/row.json", "file:///etc/hostname"] {
            assert!(JsonSchema::new(&json!({ "$ref": elsewhere })).is_err());
        }
    }

    #[test]
    fn an_answer_is_checked_by_a_json_schema() {
        let store = start(SchemaHooks::new());
        let schemas = Schemas::new().response(JsonSchema::new(&row()));
        let (state, _) = fetch(&store, query(answer(json!({"id": 0})), schemas));
        let error = state.error.unwrap();
        assert_eq!(error.value()["name"], "SchemaError");
        assert_eq!(error.to_string(), "0 is less than the minimum of 1");
    }
}
