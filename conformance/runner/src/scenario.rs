//! Scenarios: what a scenario file says.
//!
//! The types mirror `schema/scenario.schema.json`; `FORMAT.md` explains them.

use std::collections::BTreeMap;

use retake::store::cache::{InvalidationBehavior, KeepUnusedData, Refetch, SubscriptionOptions};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::script::ScriptOp;

/// A scenario: an api, a scripted server and the steps to run.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    #[serde(rename = "$schema")]
    _schema: Option<IgnoredAny>,
    #[serde(rename = "doc")]
    _doc: Option<IgnoredAny>,
    /// The path of its file without the ending.
    pub name: String,
    api: Option<ApiSpec>,
    /// The apis of a scenario that has several.
    #[serde(default, rename = "apis")]
    pub several_apis: Vec<ApiSpec>,
    /// The answers of the server, by route.
    #[serde(default)]
    pub server: BTreeMap<String, Vec<Response>>,
    /// What happens, in order.
    pub steps: Vec<ApiStep>,
}

impl Scenario {
    /// Returns its apis; the first one is meant where a step names none.
    pub fn apis(&self) -> impl Iterator<Item = &ApiSpec> {
        self.api.iter().chain(&self.several_apis)
    }
}

/// The api of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiSpec {
    /// The key of the api's slice.
    #[serde(default = "default_path")]
    pub reducer_path: String,
    #[serde(rename = "tagTypes")]
    _tag_types: Option<IgnoredAny>,
    /// How long data without subscribers stays cached.
    pub keep_unused_data_for: Option<KeepUnusedData>,
    /// Whether a new subscription fetches although there is data.
    pub refetch_on_mount_or_arg_change: Option<Refetch>,
    /// Whether to fetch again when the window gets the focus.
    #[serde(default)]
    pub refetch_on_focus: bool,
    /// Whether to fetch again when the network is back.
    #[serde(default)]
    pub refetch_on_reconnect: bool,
    /// When invalidated tags take effect.
    pub invalidation_behavior: Option<InvalidationBehavior>,
    /// How failed requests are retried.
    pub retry: Option<RetrySpec>,
    /// The type of the action that carries a state of the api.
    pub rehydrate_action_type: Option<String>,
    /// Whether the failures of schemas are told.
    #[serde(default)]
    pub on_schema_failure: bool,
    /// The error that a failure of a schema becomes.
    #[serde(default, deserialize_with = "present")]
    pub catch_schema_failure: Option<Value>,
    /// The schemas that are not asked.
    pub skip_schema_validation: Option<SkipSpec>,
    /// The keys of its endpoints.
    pub serialize_query_args: Option<KeySpec>,
    /// The endpoints, by name.
    pub endpoints: BTreeMap<String, EndpointSpec>,
}

fn default_path() -> String {
    "api".to_owned()
}

/// An endpoint of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndpointSpec {
    /// Whether it reads or writes.
    #[serde(rename = "type")]
    pub kind: EndpointType,
    /// What it sends.
    pub request: Option<RequestSpec>,
    /// How it gets data without sending one request.
    pub query_fn: Option<QueryFnSpec>,
    /// The pages of an infinite query.
    pub infinite: Option<InfiniteSpec>,
    /// How long an entry without subscribers stays cached.
    pub keep_unused_data_for: Option<KeepUnusedData>,
    /// The tags of its data.
    pub provides_tags: Option<TagsSpec>,
    /// The tags that it makes outdated.
    pub invalidates_tags: Option<TagsSpec>,
    /// What it makes of an answer.
    pub transform_response: Option<TransformSpec>,
    /// What it makes of an error.
    pub transform_error_response: Option<TransformSpec>,
    /// The key of an argument.
    pub serialize_query_args: Option<KeySpec>,
    /// How new data is merged into cached data.
    pub merge: Option<MergeSpec>,
    /// When it fetches although there is data.
    pub force_refetch: Option<ForceSpec>,
    /// Whether new data shares with the old what did not change.
    pub structural_sharing: Option<bool>,
    /// What runs with a request.
    pub on_query_started: Option<Vec<ScriptOp>>,
    /// What runs with an entry.
    pub on_cache_entry_added: Option<Vec<ScriptOp>>,
    /// How its failed requests are retried.
    pub extra_options: Option<RetrySpec>,
    /// What the argument has to be like.
    pub arg_schema: Option<SchemaSpec>,
    /// What an answer has to be like.
    pub raw_response_schema: Option<SchemaSpec>,
    /// What data has to be like.
    pub response_schema: Option<SchemaSpec>,
    /// What an error of the base query has to be like.
    pub raw_error_response_schema: Option<SchemaSpec>,
    /// What an error has to be like.
    pub error_response_schema: Option<SchemaSpec>,
    /// What the meta of an answer has to be like.
    pub meta_schema: Option<SchemaSpec>,
    /// Whether the failures of schemas are told.
    #[serde(default)]
    pub on_schema_failure: bool,
    /// The error that a failure of a schema becomes.
    #[serde(default, deserialize_with = "present")]
    pub catch_schema_failure: Option<Value>,
    /// The schemas that are not asked.
    pub skip_schema_validation: Option<SkipSpec>,
}

/// Whether an endpoint reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum EndpointType {
    Query,
    InfiniteQuery,
    Mutation,
}

/// What an endpoint sends: a template of the address, or of more.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum RequestSpec {
    Url(String),
    Full {
        url: String,
        method: Option<String>,
        #[serde(default, deserialize_with = "present")]
        body: Option<Value>,
        throw: Option<String>,
    },
}

/// How an endpoint gets data without sending one request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct QueryFnSpec {
    pub delay_ms: Option<u64>,
    pub throw: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub error: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    pub data: Option<Value>,
    pub chain: Option<Vec<RequestSpec>>,
    #[serde(default, deserialize_with = "present")]
    pub result: Option<Value>,
}

/// What an endpoint makes of an answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum TransformSpec {
    Pick(String),
    Template(Value),
    Throw(String),
}

/// The key of an argument.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum KeySpec {
    Pick(Vec<String>),
    Value(String),
    String(String),
    EndpointNameOnly(IgnoredAny),
}

/// How new data is merged into cached data.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum MergeSpec {
    Append,
    Replace,
    Assign,
    AppendAt(String),
}

/// When an endpoint fetches although there is data.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum ForceSpec {
    Always(bool),
    When(ForceCase),
}

/// The cases of [`ForceSpec`] that are no boolean.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum ForceCase {
    ArgChanged,
}

/// Tags: one list for every outcome, or one each.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum TagsSpec {
    Always(Vec<TagSpec>),
    #[serde(rename_all = "camelCase")]
    ByOutcome {
        #[serde(default)]
        on_result: Vec<TagSpec>,
        #[serde(default)]
        on_error: Vec<TagSpec>,
    },
}

/// A tag, or how to get tags.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum TagSpec {
    None,
    Type(String),
    Each {
        each: String,
        #[serde(rename = "in", default)]
        of: TagSource,
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        id: String,
    },
    Full {
        #[serde(rename = "type")]
        kind: String,
        #[serde(default, deserialize_with = "present")]
        id: Option<Value>,
    },
}

/// Where the elements of [`TagSpec::Each`] are.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum TagSource {
    #[default]
    Result,
    Arg,
}

/// An answer of the server.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct Response {
    #[serde(default)]
    pub delay_ms: u64,
    pub status: Option<u16>,
    #[serde(default)]
    pub body: Value,
    pub network_error: Option<String>,
    pub throw: Option<String>,
    #[serde(default)]
    pub retry_fail: bool,
    #[serde(default, deserialize_with = "present")]
    pub meta: Option<Value>,
}

/// An edit of data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct EditSpec {
    pub op: EditOp,
    pub path: String,
    #[serde(default, deserialize_with = "present")]
    pub value: Option<Value>,
}

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum EditOp {
    Add,
    Replace,
    Remove,
    Inc,
    Merge,
}

/// An entry that is put into the cache.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct EntrySpec {
    pub endpoint: String,
    #[serde(default, deserialize_with = "present")]
    pub arg: Option<Value>,
    pub value: Value,
}

/// The options of `initiate`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct InitiateSpec {
    pub subscribe: Option<bool>,
    pub force_refetch: Option<Refetch>,
    pub subscription_options: Option<SubscriptionOptions>,
    pub direction: Option<Direction>,
    #[serde(default, deserialize_with = "present")]
    pub initial_page_param: Option<Value>,
    pub refetch_cached_pages: Option<bool>,
}

/// At which end of an infinite query a page is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Direction {
    Forward,
    Backward,
}

/// Whether a prefetch minds the age of data.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum AgeSpec {
    Flag(bool),
    Seconds(f64),
}

/// A patch in Immer's form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct PatchSpec {
    pub op: EditOp,
    pub path: Vec<Value>,
    #[serde(default)]
    pub value: Value,
}

/// Reads a member that is there, `null` included.
pub(crate) fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(d).map(Some)
}

pub use crate::infinite::{InfiniteSpec, PageEnd, PageRule, PageSource};
pub use crate::retry::{BackoffName, BackoffSpec, RetrySpec};
pub use crate::schema::{JsonType, SchemaSpec, SkipSpec};
pub use crate::step::{ApiStep, OverrideCase, OverrideSpec, Step};
