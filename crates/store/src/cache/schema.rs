//! Schemas: what is checked of a request, and what an api does when something does not fit.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cache::SerializedError;
use crate::patch::Pointer;
use crate::platform::{MaybeSend, MaybeSync};

/// Whether an endpoint reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointKind {
    /// A query.
    Query,
    /// A mutation.
    Mutation,
}

/// What of a request a schema checks.
///
/// Source: RTK Query, `SchemaType`; the JSON form is its name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SchemaKind {
    /// The argument, before a request is made of it.
    Arg,
    /// The data before `transform_response`.
    RawResponse,
    /// The data after `transform_response`.
    Response,
    /// The error before `transform_error_response`.
    RawErrorResponse,
    /// The error after `transform_error_response`.
    ErrorResponse,
    /// What is known of the answer beside its data.
    Meta,
}

impl SchemaKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Arg,
        Self::RawResponse,
        Self::Response,
        Self::RawErrorResponse,
        Self::ErrorResponse,
        Self::Meta,
    ];

    /// Returns the name of the schema, such as `"rawResponseSchema"`.
    #[must_use]
    pub fn schema_name(self) -> &'static str {
        match self {
            Self::Arg => "argSchema",
            Self::RawResponse => "rawResponseSchema",
            Self::Response => "responseSchema",
            Self::RawErrorResponse => "rawErrorResponseSchema",
            Self::ErrorResponse => "errorResponseSchema",
            Self::Meta => "metaSchema",
        }
    }
}

/// What is wrong with a value.
///
/// Source: Standard Schema, `Issue`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaIssue {
    /// What is wrong, for people.
    pub message: String,
    /// Where in the value.
    pub path: Pointer,
}

impl SchemaIssue {
    /// Returns an issue of the whole value.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), path: Pointer::root() }
    }

    /// Returns the issue as one of the part at `path`.
    #[must_use]
    pub fn at(mut self, path: Pointer) -> Self {
        self.path = path;
        self
    }
}

impl fmt::Display for SchemaIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// A part of a request that does not fit its schema.
///
/// Source: RTK Query, `NamedSchemaError` and `SchemaFailureInfo`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the value of `{endpoint}` does not fit its {}: {}", .schema.schema_name(), self.message())]
#[non_exhaustive]
pub struct SchemaFailure {
    /// Which schema refused.
    pub schema: SchemaKind,
    /// What it refused.
    pub value: Value,
    /// Why.
    pub issues: Vec<SchemaIssue>,
    /// The endpoint.
    pub endpoint: Arc<str>,
    /// Whether the endpoint reads or writes.
    pub kind: EndpointKind,
    /// The argument as it was given; absent for an endpoint without one.
    pub arg: Option<Arc<Value>>,
    /// The entry that the request belongs to; mutations have none.
    pub query_cache_key: Option<Arc<str>>,
}

impl SchemaFailure {
    /// Returns the failure of `endpoint`, without an argument or entry.
    #[must_use]
    pub fn new(
        endpoint: Arc<str>,
        kind: EndpointKind,
        schema: SchemaKind,
        value: Value,
        issues: Vec<SchemaIssue>,
    ) -> Self {
        Self { schema, value, issues, endpoint, kind, arg: None, query_cache_key: None }
    }

    fn message(&self) -> &str {
        self.issues.first().map_or("the schema gives no reason", |issue| &issue.message)
    }

    /// Returns the failure as the error of a request: `SchemaError`, with the message of the
    /// first issue.
    ///
    /// Source: Redux Toolkit, `miniSerializeError` of a `NamedSchemaError`.
    #[must_use]
    pub fn to_error(&self) -> SerializedError {
        SerializedError::new("SchemaError", self.message())
    }
}

/// The schemas that are not asked.
///
/// # Examples
/// ```
/// use retake_store::cache::{SchemaKind, SkippedSchemas};
/// assert!(SkippedSchemas::from(true).contains(SchemaKind::Arg));
/// assert!(!SkippedSchemas::from([SchemaKind::Meta]).contains(SchemaKind::Arg));
/// ```
///
/// Source: RTK Query, `skipSchemaValidation`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkippedSchemas(BTreeSet<SchemaKind>);

impl SkippedSchemas {
    /// Returns whether `kind` is one of them.
    #[must_use]
    pub fn contains(&self, kind: SchemaKind) -> bool {
        self.0.contains(&kind)
    }
}

impl From<bool> for SkippedSchemas {
    /// All of them, or none.
    fn from(skips: bool) -> Self {
        if skips { SchemaKind::ALL.into_iter().collect() } else { Self::default() }
    }
}

impl<const N: usize> From<[SchemaKind; N]> for SkippedSchemas {
    fn from(kinds: [SchemaKind; N]) -> Self {
        kinds.into_iter().collect()
    }
}

impl From<Vec<SchemaKind>> for SkippedSchemas {
    fn from(kinds: Vec<SchemaKind>) -> Self {
        kinds.into_iter().collect()
    }
}

impl FromIterator<SchemaKind> for SkippedSchemas {
    fn from_iter<I: IntoIterator<Item = SchemaKind>>(kinds: I) -> Self {
        Self(kinds.into_iter().collect())
    }
}

trait OnFailure: MaybeSend + MaybeSync {
    fn call(&self, failure: &SchemaFailure);
}

impl<F: Fn(&SchemaFailure) + MaybeSend + MaybeSync> OnFailure for F {
    fn call(&self, failure: &SchemaFailure) {
        self(failure);
    }
}

trait CatchFailure: MaybeSend + MaybeSync {
    fn call(&self, failure: &SchemaFailure) -> Value;
}

impl<F: Fn(&SchemaFailure) -> Value + MaybeSend + MaybeSync> CatchFailure for F {
    fn call(&self, failure: &SchemaFailure) -> Value {
        self(failure)
    }
}

/// What is done when a value does not fit its schema, by an api or by an endpoint.
///
/// Without any of it the request is rejected without a value, and no tags are computed.
///
/// # Examples
/// ```
/// use retake_store::cache::{SchemaHooks, SchemaKind};
/// use serde_json::json;
///
/// let hooks = SchemaHooks::new()
///     .catch_failure(|failure| json!({"status": "SCHEMA", "error": failure.to_string()}))
///     .skip([SchemaKind::Meta]);
/// ```
///
/// Source: RTK Query, `onSchemaFailure`, `catchSchemaFailure`, `skipSchemaValidation`.
#[derive(Clone, Default)]
pub struct SchemaHooks {
    on_failure: Option<Arc<dyn OnFailure>>,
    catch_failure: Option<Arc<dyn CatchFailure>>,
    skipped: Option<SkippedSchemas>,
}

impl SchemaHooks {
    /// Returns no hooks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what is told of failures: that of the endpoint first, then that of the api.
    #[must_use]
    pub fn on_failure<F>(mut self, told: F) -> Self
    where
        F: Fn(&SchemaFailure) + MaybeSend + MaybeSync + 'static,
    {
        self.on_failure = Some(Arc::new(told));
        self
    }

    /// Sets what makes an error of the base query's kind of a failure; the endpoint's
    /// replaces the api's.
    ///
    /// The request is then rejected with that value, as if the server had answered with it
    /// after `transform_error_response`.
    #[must_use]
    pub fn catch_failure<F>(mut self, convert: F) -> Self
    where
        F: Fn(&SchemaFailure) -> Value + MaybeSend + MaybeSync + 'static,
    {
        self.catch_failure = Some(Arc::new(convert));
        self
    }

    /// Sets which schemas are not asked; the endpoint's choice replaces the api's.
    #[must_use]
    pub fn skip(mut self, schemas: impl Into<SkippedSchemas>) -> Self {
        self.skipped = Some(schemas.into());
        self
    }

    /// Tells of a failure.
    pub fn tell(&self, failure: &SchemaFailure) {
        if let Some(told) = &self.on_failure {
            told.call(failure);
        }
    }

    /// Returns what a failure is converted to, if anything.
    #[must_use]
    pub fn convert(&self, failure: &SchemaFailure) -> Option<Value> {
        self.catch_failure.as_ref().map(|convert| convert.call(failure))
    }

    /// Returns the schemas that are not asked, if that was said.
    #[must_use]
    pub fn skipped(&self) -> Option<&SkippedSchemas> {
        self.skipped.as_ref()
    }
}

impl fmt::Debug for SchemaHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SchemaHooks")
            .field("on_failure", &self.on_failure.is_some())
            .field("catch_failure", &self.catch_failure.is_some())
            .field("skipped", &self.skipped)
            .finish()
    }
}
