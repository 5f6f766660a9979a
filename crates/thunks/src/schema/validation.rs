//! The way of one request through the schemas of its endpoint.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use retake_store::cache::{
    CacheData, SchemaFailure, SchemaHooks, SchemaIssue, SchemaKind, SerializedError,
};
use serde_json::Value;

use crate::base_query::{Answer, Failure, RequestContext};
use crate::endpoint::Fetched;
use crate::engine::{Args, Engine, FetchResult, contain, lock};
use crate::schema::{Schema, Schemas};

/// The schemas of an endpoint that are asked, with the hooks of the endpoint and of its api.
#[derive(Default)]
pub(crate) struct EndpointSchemas {
    /// Without those that are skipped.
    schemas: BTreeMap<SchemaKind, Arc<dyn Schema>>,
    endpoint: SchemaHooks,
    api: SchemaHooks,
    is_by_page: bool,
}

impl EndpointSchemas {
    fn new(schemas: Schemas, api: SchemaHooks) -> Self {
        let Schemas { mut schemas, hooks: endpoint, is_by_page } = schemas;
        if let Some(skipped) = endpoint.skipped().or(api.skipped()) {
            schemas.retain(|kind, _| !skipped.contains(*kind));
        }
        Self { schemas, endpoint, api, is_by_page }
    }
}

/// The schemas of an endpoint, asked for when they are first needed.
pub(crate) type SchemaCell = OnceLock<Result<Arc<EndpointSchemas>, SerializedError>>;

/// One request on its way.
///
/// The checks of raw values are in the midst of the endpoint's own work. What they refuse
/// is kept here until the work has ended, and becomes the answer then.
pub(crate) struct Validation {
    schemas: Arc<EndpointSchemas>,
    cx: RequestContext,
    given: Args,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    is_raw_checked: bool,
    /// With what was known of the answer by then.
    refused: Option<(SchemaFailure, Meta)>,
}

/// What is known of an answer beside its data.
pub(crate) type Meta = Option<Arc<Value>>;

/// Makes an endpoint's type of JSON.
type Decode = fn(Arc<Value>) -> Result<CacheData, SerializedError>;

impl Validation {
    /// Returns the validation of a request with the argument `given`; `None` if no schema is
    /// asked.
    ///
    /// `schemas` is called for the endpoint's first request only.
    pub(crate) fn start(
        known: &SchemaCell,
        schemas: &dyn Fn() -> Schemas,
        engine: &Engine,
        cx: &RequestContext,
        given: &Args,
    ) -> Result<Option<Arc<Self>>, SerializedError> {
        let schemas = match known.get() {
            Some(known) => known.clone()?,
            None => {
                let built = contain("`schemas`", || {
                    Ok(Arc::new(EndpointSchemas::new(schemas(), engine.schema_hooks().clone())))
                });
                // Another thread may have been faster; the two are alike.
                let _ = known.set(built.clone());
                built?
            }
        };
        if schemas.schemas.is_empty() {
            return Ok(None);
        }
        let (cx, given) = (cx.clone(), given.clone());
        Ok(Some(Arc::new(Self { schemas, cx, given, progress: Mutex::default() })))
    }

    /// Returns the argument as it was given, if a schema may have changed it.
    pub(crate) fn given(&self) -> Option<&Args> {
        self.has(SchemaKind::Arg).then_some(&self.given)
    }

    pub(crate) fn has(&self, kind: SchemaKind) -> bool {
        self.schemas.schemas.contains_key(&kind)
    }

    /// Returns what `kind`'s schema makes of `value`; without a schema it stays as it is.
    fn check(&self, kind: SchemaKind, value: Value, meta: &Meta) -> Result<Value, Failure> {
        let Some(schema) = self.schemas.schemas.get(&kind) else { return Ok(value) };
        let checked = contain(kind.schema_name(), || Ok(schema.validate(value.clone())))?;
        checked.map_err(|issues| self.refuse(kind, value, issues, meta.clone()))
    }

    fn refuse(
        &self,
        kind: SchemaKind,
        value: Value,
        issues: Vec<SchemaIssue>,
        meta: Meta,
    ) -> Failure {
        let cx = &self.cx;
        let mut failure =
            SchemaFailure::new(Arc::clone(&cx.endpoint), cx.kind, kind, value, issues);
        failure.arg = self.given.clone();
        failure.query_cache_key = cx.query_cache_key.clone();
        let error = failure.to_error();
        lock(&self.progress).refused = Some((failure, meta));
        Failure::Unhandled(error)
    }

    fn check_meta(&self, meta: Meta) -> Result<Meta, Failure> {
        if !self.has(SchemaKind::Meta) {
            return Ok(meta);
        }
        let value = self.check(SchemaKind::Meta, json_of(&meta), &meta)?;
        Ok((!value.is_null()).then(|| Arc::new(value)))
    }

    /// Returns the argument to ask with.
    pub(crate) fn check_arg(&self) -> Result<Args, Failure> {
        let args = &self.given;
        if !self.has(SchemaKind::Arg) || self.schemas.is_by_page {
            return Ok(args.clone());
        }
        let value = self.check_arg_value(json_of(args))?;
        Ok(if value.is_null() && args.is_none() { None } else { Some(Arc::new(value)) })
    }

    /// Returns what the schema of arguments makes of `value`, of one page for example.
    pub(crate) fn check_arg_value(&self, value: Value) -> Result<Value, Failure> {
        // There is no answer yet; RTK Query's meta is an empty object then.
        let meta = Some(Arc::new(Value::Object(serde_json::Map::new())));
        self.check(SchemaKind::Arg, value, &meta)
    }

    /// Returns one page as it is cached.
    pub(crate) fn check_page(
        &self,
        page: CacheData,
        meta: &Meta,
        decode: Decode,
    ) -> Result<CacheData, Failure> {
        let is_raw_checked = std::mem::take(&mut lock(&self.progress).is_raw_checked);
        self.check_data(page, meta, is_raw_checked, decode)
    }

    /// Returns the answer of a base query as transforms get it.
    pub(crate) fn check_raw(&self, answer: Result<Answer, Failure>) -> Result<Answer, Failure> {
        lock(&self.progress).is_raw_checked = true;
        match answer {
            Ok(Answer { data, meta }) => {
                let data = self.check(SchemaKind::RawResponse, data, &meta)?;
                Ok(Answer { data, meta })
            }
            Err(Failure::Error { error, meta } | Failure::Final { error, meta }) => {
                let (error, meta) = self.check_raw_error(error, meta)?;
                Err(Failure::Error { error, meta })
            }
            Err(failure) => Err(failure),
        }
    }

    fn check_raw_error(&self, error: Value, meta: Meta) -> Result<(Value, Meta), Failure> {
        let error = self.check(SchemaKind::RawErrorResponse, error, &meta)?;
        Ok((error, self.check_meta(meta)?))
    }

    /// Returns the data that is cached: that of `fetched`, unless a schema changes it.
    fn check_data(
        &self,
        data: CacheData,
        meta: &Meta,
        is_raw_checked: bool,
        decode: Decode,
    ) -> Result<CacheData, Failure> {
        let kinds = [SchemaKind::RawResponse, SchemaKind::Response];
        let kinds = &kinds[usize::from(is_raw_checked)..];
        if !kinds.iter().any(|kind| self.has(*kind)) {
            return Ok(data);
        }
        let json = data.to_json().map_err(|error| {
            SerializedError::new("EncodeError", format!("the schema cannot be asked: {error}"))
        })?;
        let mut value = (*json).clone();
        for kind in kinds {
            value = self.check(*kind, value, meta)?;
        }
        if value == *json {
            return Ok(data);
        }
        Ok(decode(Arc::new(value))?)
    }

    /// Returns the end of the request, when the endpoint's own work ended with `result`.
    ///
    /// `decode` makes the endpoint's type of data that a schema changed.
    ///
    /// Source: RTK Query, `executeEndpoint`.
    pub(crate) fn settle(&self, result: FetchResult, decode: Decode) -> FetchResult {
        self.check_result(result, decode).map_err(|failure| self.resolve(failure))
    }

    fn check_result(&self, result: FetchResult, decode: Decode) -> FetchResult {
        let is_raw_checked = std::mem::take(&mut lock(&self.progress).is_raw_checked);
        match result {
            Ok(Fetched { data, meta }) => {
                let data = match self.schemas.is_by_page {
                    true => data,
                    false => self.check_data(data, &meta, is_raw_checked, decode)?,
                };
                let meta = if meta.is_some() { self.check_meta(meta)? } else { None };
                Ok(Fetched { data, meta })
            }
            Err(Failure::Error { error, meta } | Failure::Final { error, meta }) => {
                let (error, meta) = match is_raw_checked {
                    true => (error, meta),
                    false => self.check_raw_error(error, meta)?,
                };
                let error = self.check(SchemaKind::ErrorResponse, error, &meta)?;
                Err(Failure::Error { error, meta })
            }
            Err(failure) => Err(failure),
        }
    }

    /// Returns what becomes of a request that failed: what the hooks say if it was a schema.
    fn resolve(&self, failure: Failure) -> Failure {
        let Some((refused, meta)) = lock(&self.progress).refused.take() else {
            return failure;
        };
        let EndpointSchemas { endpoint, api, .. } = &*self.schemas;
        let converted = contain("a hook for schema failures", || {
            endpoint.tell(&refused);
            api.tell(&refused);
            Ok(endpoint.convert(&refused).or_else(|| api.convert(&refused)))
        });
        match converted {
            Ok(Some(error)) => Failure::Error { error, meta },
            Ok(None) => failure,
            Err(error) => Failure::Unhandled(error),
        }
    }
}

fn json_of(value: &Option<Arc<Value>>) -> Value {
    value.as_deref().cloned().unwrap_or_default()
}
