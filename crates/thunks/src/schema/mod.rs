//! Schemas: what an endpoint's values have to be like.

#[cfg(feature = "jsonschema")]
mod json_schema;
mod serde_schema;
mod validation;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use retake_store::cache::{SchemaFailure, SchemaHooks, SchemaIssue, SchemaKind, SkippedSchemas};
use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

#[cfg(feature = "jsonschema")]
pub use json_schema::{InvalidJsonSchema, JsonSchema};
pub use serde_schema::{SerdeSchema, serde_schema};
pub(crate) use validation::{SchemaCell, Validation};

/// Says whether a value is as it should be, and makes it so where it can.
///
/// The engine calls it while a request is under way, never inside a reducer, on any thread.
/// What it returns takes the place of the value: defaults, trimmed texts, renamed members.
/// A panic is contained, and rejects the request.
///
/// A closure is a schema; so are [`serde_schema`] and, with the feature `jsonschema`, a
/// `JsonSchema`.
///
/// # Examples
/// ```
/// use retake_store::cache::SchemaIssue;
/// use retake_thunks::Schema;
/// use serde_json::{Value, json};
///
/// let positive = |value: Value| {
///     if value.as_i64() > Some(0) { Ok(value) } else { Err(vec![SchemaIssue::new("not positive")]) }
/// };
/// assert_eq!(positive.validate(json!(5)), Ok(json!(5)));
/// assert_eq!(positive.validate(json!(0)).unwrap_err()[0].message, "not positive");
/// ```
///
/// Source: Standard Schema, `validate`; here it is synchronous.
pub trait Schema: MaybeSend + MaybeSync + 'static {
    /// Returns `value` as it is to be used.
    ///
    /// # Errors
    /// What is wrong with it: at least one issue.
    fn validate(&self, value: Value) -> Result<Value, Vec<SchemaIssue>>;
}

impl<F> Schema for F
where
    F: Fn(Value) -> Result<Value, Vec<SchemaIssue>> + MaybeSend + MaybeSync + 'static,
{
    fn validate(&self, value: Value) -> Result<Value, Vec<SchemaIssue>> {
        self(value)
    }
}

/// The schemas of an endpoint, and what it does when a value does not fit one.
///
/// Values are checked in their JSON form; an absent argument or meta is `null`. A request
/// passes `arg`, `raw_response`, `response` and `meta` in this order, or after an error
/// `raw_error_response`, `meta` and `error_response`. An upsert of one entry passes all but
/// `meta`. The state keeps the argument as it was given.
///
/// In an infinite query `arg` is `{"queryArg": .., "pageParam": ..}` and the responses are one
/// page, each time that a page is fetched. Its upserts are not checked.
///
/// # Examples
/// ```
/// use retake_store::cache::{SchemaIssue, SchemaKind};
/// use retake_thunks::{Schemas, serde_schema};
/// use serde_json::{Value, json};
///
/// let schemas = Schemas::new()
///     .arg(|id: Value| match id.as_u64() {
///         Some(1..) => Ok(id),
///         _ => Err(vec![SchemaIssue::new("ids begin with 1")]),
///     })
///     .response(serde_schema::<Vec<String>>())
///     .catch_failure(|failure| json!({"status": "SCHEMA", "error": failure.to_string()}))
///     .skip([SchemaKind::Meta]);
/// assert!(!schemas.is_empty());
/// ```
///
/// Source: RTK Query, `argSchema` and its like.
#[derive(Clone, Default)]
pub struct Schemas {
    schemas: BTreeMap<SchemaKind, Arc<dyn Schema>>,
    hooks: SchemaHooks,
    /// Whether arguments and data are checked page by page, by whoever fetches the pages.
    is_by_page: bool,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $kind:ident;)+) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(self, schema: impl Schema) -> Self {
                self.with(SchemaKind::$kind, schema)
            }
        )+
    };
}

impl Schemas {
    /// Returns no schemas.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Sets the schema of the argument, before a request is made of it.
        arg: Arg;
        /// Sets the schema of the data before `transform_response`; with a `query_fn` of
        /// one's own, of what that returns.
        raw_response: RawResponse;
        /// Sets the schema of the data that is cached.
        response: Response;
        /// Sets the schema of an error before `transform_error_response`.
        raw_error_response: RawErrorResponse;
        /// Sets the schema of the error that the entry shows.
        error_response: ErrorResponse;
        /// Sets the schema of what is known of an answer beside its data.
        meta: Meta;
    }

    /// Sets the schema of `kind`.
    #[must_use]
    pub fn with(mut self, kind: SchemaKind, schema: impl Schema) -> Self {
        self.schemas.insert(kind, Arc::new(schema));
        self
    }

    /// Sets what is told of failures, before the api is; see [`SchemaHooks::on_failure`].
    #[must_use]
    pub fn on_failure<F>(mut self, told: F) -> Self
    where
        F: Fn(&SchemaFailure) + MaybeSend + MaybeSync + 'static,
    {
        self.hooks = self.hooks.on_failure(told);
        self
    }

    /// Sets what makes an error of a failure, instead of the api's; see
    /// [`SchemaHooks::catch_failure`].
    #[must_use]
    pub fn catch_failure<F>(mut self, convert: F) -> Self
    where
        F: Fn(&SchemaFailure) -> Value + MaybeSend + MaybeSync + 'static,
    {
        self.hooks = self.hooks.catch_failure(convert);
        self
    }

    /// Sets which schemas are not asked, instead of the api's choice: `true` is all, `false`
    /// none.
    #[must_use]
    pub fn skip(mut self, schemas: impl Into<SkippedSchemas>) -> Self {
        self.hooks = self.hooks.skip(schemas);
        self
    }

    /// Sets all hooks, those that several endpoints share for example.
    #[must_use]
    pub fn hooks(mut self, hooks: SchemaHooks) -> Self {
        self.hooks = hooks;
        self
    }

    /// Returns these schemas as those of an infinite query.
    pub(crate) fn by_page(mut self) -> Self {
        self.is_by_page = true;
        self
    }

    /// Returns whether there is no schema.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.schemas.is_empty()
    }
}

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas")
            .field("schemas", &self.schemas.keys())
            .field("hooks", &self.hooks)
            .finish()
    }
}
