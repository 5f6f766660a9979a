//! Types as schemas.

use std::fmt;
use std::marker::PhantomData;

use retake_store::cache::SchemaIssue;
use retake_store::patch::Pointer;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::schema::Schema;

/// Returns the schema of what serde reads as a `T`.
///
/// The value becomes what serde writes of that `T`: members that `T` does not know are gone,
/// defaults and renames are applied.
///
/// # Examples
/// ```
/// use retake_thunks::{Schema, serde_schema};
/// use serde::{Deserialize, Serialize};
/// use serde_json::json;
///
/// #[derive(Serialize, Deserialize)]
/// struct Post { id: u32, #[serde(default)] title: String }
///
/// let schema = serde_schema::<Post>();
/// assert_eq!(schema.validate(json!({"id": 5})), Ok(json!({"id": 5, "title": ""})));
/// let issues = schema.validate(json!({"id": "5"})).unwrap_err();
/// assert_eq!(issues[0].path.as_str(), "/id");
/// ```
#[must_use]
pub fn serde_schema<T: Serialize + DeserializeOwned + 'static>() -> SerdeSchema<T> {
    SerdeSchema(PhantomData)
}

/// A type as a schema; see [`serde_schema`].
pub struct SerdeSchema<T>(PhantomData<fn() -> T>);

impl<T: Serialize + DeserializeOwned + 'static> Schema for SerdeSchema<T> {
    fn validate(&self, value: Value) -> Result<Value, Vec<SchemaIssue>> {
        let decoded: T = serde_path_to_error::deserialize(value).map_err(|error| {
            let path = pointer(error.path());
            vec![SchemaIssue::new(error.into_inner().to_string()).at(path)]
        })?;
        serde_json::to_value(decoded).map_err(|error| vec![SchemaIssue::new(error.to_string())])
    }
}

/// Returns where in a JSON value `path` is; variants of enums are members of objects.
fn pointer(path: &serde_path_to_error::Path) -> Pointer {
    let mut pointer = Pointer::root();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_index(*index),
            Segment::Map { key } => pointer.push(key),
            Segment::Enum { variant } => pointer.push(variant),
            Segment::Unknown => break,
        }
    }
    pointer
}

impl<T> Clone for SerdeSchema<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SerdeSchema<T> {}

impl<T> fmt::Debug for SerdeSchema<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerdeSchema<{}>", std::any::type_name::<T>())
    }
}
