//! What a scenario says of the schemas of its endpoints (FORMAT 2.10).

use std::collections::BTreeMap;

use retake::store::cache::SchemaKind;
use serde::Deserialize;
use serde_json::Value;

use crate::scenario::present;

/// What a value has to be like.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct SchemaSpec {
    #[serde(rename = "type")]
    pub kind: Option<JsonType>,
    #[serde(default)]
    pub required: Vec<String>,
    #[serde(default)]
    pub properties: BTreeMap<String, SchemaSpec>,
    pub items: Option<Box<SchemaSpec>>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    #[serde(default, deserialize_with = "present")]
    pub default: Option<Value>,
    pub coerce: Option<JsonType>,
    #[serde(default)]
    pub strip: bool,
}

/// The type of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum JsonType {
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
}

/// The schemas that are not asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum SkipSpec {
    All(bool),
    Some(Vec<SchemaKind>),
}
