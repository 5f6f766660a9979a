//! JSON Schemas.

use std::fmt;
use std::sync::Arc;

use retake_store::cache::SchemaIssue;
use retake_store::patch::Pointer;
use serde_json::Value;

use crate::schema::Schema;

/// A JSON Schema, compiled.
///
/// It accepts a value or refuses it with every issue that it has, and changes nothing:
/// `default` is a remark there. Nothing is fetched: a `$ref` leads to a part of the schema
/// itself. Clones share what was compiled.
///
/// # Examples
/// ```
/// use retake_thunks::{JsonSchema, Schema};
/// use serde_json::json;
///
/// let schema = JsonSchema::new(&json!({
///     "type": "object",
///     "required": ["id"],
///     "properties": {"id": {"type": "integer", "minimum": 1}},
/// }))?;
/// assert!(schema.validate(json!({"id": 5})).is_ok());
/// let issues = schema.validate(json!({"id": 0})).unwrap_err();
/// assert_eq!(issues[0].path.as_str(), "/id");
/// # Ok::<(), retake_thunks::InvalidJsonSchema>(())
/// ```
///
/// Source: JSON Schema, drafts 4 to 2020-12; 2020-12 without `$schema`.
#[derive(Clone)]
pub struct JsonSchema(Arc<jsonschema::Validator>);

impl JsonSchema {
    /// Returns `schema`, compiled.
    ///
    /// # Errors
    /// [`InvalidJsonSchema`] when it is none, or refers to what is not in it.
    pub fn new(schema: &Value) -> Result<Self, InvalidJsonSchema> {
        let validator = jsonschema::options().offline().build(schema);
        let invalid = |error: jsonschema::ValidationError<'_>| InvalidJsonSchema {
            reason: error.to_string(),
        };
        validator.map(|validator| Self(Arc::new(validator))).map_err(invalid)
    }
}

impl Schema for JsonSchema {
    fn validate(&self, value: Value) -> Result<Value, Vec<SchemaIssue>> {
        let issues: Vec<_> = self
            .0
            .iter_errors(&value)
            .map(|error| {
                let path = Pointer::parse(error.instance_path().to_string()).unwrap_or_default();
                SchemaIssue::new(error.to_string()).at(path)
            })
            .collect();
        if issues.is_empty() { Ok(value) } else { Err(issues) }
    }
}

/// A schema that may be invalid: then it accepts nothing, and says why.
///
/// So an endpoint can write its schema down without saying what to do about a mistake in it.
impl Schema for Result<JsonSchema, InvalidJsonSchema> {
    fn validate(&self, value: Value) -> Result<Value, Vec<SchemaIssue>> {
        match self {
            Ok(schema) => schema.validate(value),
            Err(error) => Err(vec![SchemaIssue::new(error.to_string())]),
        }
    }
}

impl fmt::Debug for JsonSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonSchema").finish_non_exhaustive()
    }
}

/// What was given as a JSON Schema is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the JSON Schema is invalid: {reason}; correct it")]
pub struct InvalidJsonSchema {
    /// Why.
    pub reason: String,
}
