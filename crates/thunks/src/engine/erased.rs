//! Endpoints without their types, so that the engine compiles once.

use std::sync::Arc;

use retake_store::cache::{
    CacheData, InfiniteQueryDirection, QueryEntry, QueryError, SerializedError, Tags,
};
use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

use crate::base_query::{Failure, RequestContext};
use crate::endpoint::arg::from_original_args;
use crate::endpoint::{
    EndpointArg, Fetched, Mutation, MutationContext, MutationEntryContext, MutationOutcome, Query,
    QueryContext, QueryEntryContext, QueryFnContext, QueryOptions, QueryOutcome,
};
use crate::engine::entry::EntryLifecycle;
use crate::engine::lifecycle::Lifecycle;
use crate::engine::{Engine, contain, has_page};
use crate::result::QueryState;
use crate::runtime::BoxFuture;
use crate::schema::{SchemaCell, Schemas, Validation};

/// The endpoint's argument in its JSON form.
pub(crate) type Args = Option<Arc<Value>>;

/// What a request brings.
pub(crate) type FetchResult = Result<Fetched<CacheData>, Failure>;

/// A [`Query`] without its types.
pub(crate) trait ErasedQuery: MaybeSend + MaybeSync {
    fn name(&self) -> &str;
    fn options(&self) -> QueryOptions;
    fn force_refetch(&self, args: &Args, entry: &Arc<QueryEntry>) -> bool;
    /// Returns whether cached data is of the endpoint's type.
    fn is_readable(&self, cached: &CacheData) -> bool;
    fn has_page(
        &self,
        direction: InfiniteQueryDirection,
        cached: &CacheData,
        args: &Args,
    ) -> Result<bool, SerializedError>;
    fn fetch(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        cx: RequestContext,
    ) -> BoxFuture<'static, FetchResult>;
    /// Returns `data` as an upsert puts it into the cache.
    fn upsert(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        cx: RequestContext,
        data: CacheData,
    ) -> BoxFuture<'static, FetchResult>;
    fn tags(
        &self,
        data: Option<&CacheData>,
        error: Option<&QueryError>,
        args: &Args,
    ) -> Result<Tags, SerializedError>;
    fn merge(
        &self,
        cached: &CacheData,
        incoming: &CacheData,
        args: &Args,
    ) -> Result<Option<CacheData>, SerializedError>;
    fn on_query_started(
        self: Arc<Self>,
        args: Args,
        lifecycle: Lifecycle,
    ) -> BoxFuture<'static, ()>;
    fn on_cache_entry_added(
        self: Arc<Self>,
        args: Args,
        entry: EntryLifecycle,
    ) -> BoxFuture<'static, ()>;
}

/// A [`Mutation`] without its types.
pub(crate) trait ErasedMutation: MaybeSend + MaybeSync {
    fn fetch(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        cx: RequestContext,
    ) -> BoxFuture<'static, FetchResult>;
    fn tags(
        &self,
        data: Option<&CacheData>,
        error: Option<&QueryError>,
        args: &Args,
    ) -> Result<Tags, SerializedError>;
    fn on_query_started(
        self: Arc<Self>,
        args: Args,
        lifecycle: Lifecycle,
    ) -> BoxFuture<'static, ()>;
    fn on_cache_entry_added(
        self: Arc<Self>,
        args: Args,
        entry: EntryLifecycle,
    ) -> BoxFuture<'static, ()>;
}

pub(crate) fn decode_error(error: &dyn std::fmt::Display) -> SerializedError {
    SerializedError::new("DecodeError", error.to_string())
}

/// Reads optional data as a `T`.
pub(crate) fn typed<T: retake_store::patch::Patchable>(
    data: Option<&CacheData>,
) -> Result<Option<Arc<T>>, SerializedError> {
    data.map(CacheData::get).transpose().map_err(|error| decode_error(&error))
}

/// Returns data that a schema changed as a `T`.
pub(crate) fn retyped<T: retake_store::patch::Patchable>(
    json: Arc<Value>,
) -> Result<CacheData, SerializedError> {
    let data = CacheData::from_json(json).get::<T>();
    data.map(CacheData::from_arc).map_err(|error| decode_error(&error))
}

/// Returns the argument to ask with, which a schema may have changed.
fn checked_arg<T: EndpointArg>(
    args: &Args,
    validation: Option<&Arc<Validation>>,
) -> Result<T, Failure> {
    let Some(validation) = validation else { return Ok(from_original_args(args.as_deref())?) };
    let checked = validation.check_arg()?;
    from_original_args(checked.as_deref()).map_err(|error| match validation.given() {
        Some(_) => Failure::Unhandled(decode_error(&format!(
            "the schema of the argument returns no `{}`: correct it, or the endpoint's `Arg`",
            std::any::type_name::<T>()
        ))),
        None => Failure::Unhandled(error),
    })
}

/// An endpoint, and its schemas from its first request on.
pub(crate) struct Registered<E> {
    endpoint: E,
    schemas: SchemaCell,
}

impl<E> Registered<E> {
    pub(crate) fn new(endpoint: E) -> Self {
        Self { endpoint, schemas: SchemaCell::new() }
    }

    fn validation(
        &self,
        schemas: impl Fn(&E) -> Schemas,
        engine: &Engine,
        cx: &RequestContext,
        args: &Args,
    ) -> Result<Option<Arc<Validation>>, SerializedError> {
        Validation::start(&self.schemas, &|| schemas(&self.endpoint), engine, cx, args)
    }
}

impl<E: Query> ErasedQuery for Registered<E> {
    fn name(&self) -> &str {
        self.endpoint.name()
    }

    fn options(&self) -> QueryOptions {
        self.endpoint.options()
    }

    fn force_refetch(&self, args: &Args, entry: &Arc<QueryEntry>) -> bool {
        let is_forced = contain("`force_refetch`", || {
            let arg = from_original_args(args.as_deref())?;
            Ok(self.endpoint.force_refetch(&arg, &QueryState::of(Some(entry))))
        });
        is_forced.unwrap_or(false)
    }

    fn is_readable(&self, cached: &CacheData) -> bool {
        // Data that an endpoint wrote is not looked at: as another type it would be serialised
        // with every hit. What JSON is decoded to is kept for the reader.
        let read = || cached.get::<E::Output>().map(drop).map_err(|error| decode_error(&error));
        !cached.is_json() || contain("reading the cached data", read).is_ok()
    }

    fn has_page(
        &self,
        direction: InfiniteQueryDirection,
        cached: &CacheData,
        args: &Args,
    ) -> Result<bool, SerializedError> {
        has_page(&self.endpoint, direction, cached, args)
    }

    fn fetch(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        cx: RequestContext,
    ) -> BoxFuture<'static, FetchResult> {
        Box::pin(async move {
            let validation = self.validation(Query::schemas, &engine, &cx, &args)?;
            let result = match checked_arg(&args, validation.as_ref()) {
                Ok(arg) => {
                    let cx = cx.with_endpoint_options(self.endpoint.extra_options());
                    let cx = QueryFnContext::new(engine, cx, validation.clone());
                    self.endpoint.query_fn(arg, cx).await.map(Fetched::erase)
                }
                Err(failure) => Err(failure),
            };
            match validation {
                Some(validation) => validation.settle(result, retyped::<E::Output>),
                None => result,
            }
        })
    }

    fn upsert(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        cx: RequestContext,
        data: CacheData,
    ) -> BoxFuture<'static, FetchResult> {
        Box::pin(async move {
            let Some(validation) = self.validation(Query::schemas, &engine, &cx, &args)? else {
                return Ok(Fetched::new(data));
            };
            let result = validation.check_arg().map(|_| Fetched::new(data));
            validation.settle(result, retyped::<E::Output>)
        })
    }

    fn tags(
        &self,
        data: Option<&CacheData>,
        error: Option<&QueryError>,
        args: &Args,
    ) -> Result<Tags, SerializedError> {
        contain("`provides_tags`", || {
            let (data, arg) = (typed(data)?, from_original_args(args.as_deref())?);
            Ok(self.endpoint.provides_tags(QueryOutcome { data: data.as_deref(), error }, &arg))
        })
    }

    fn merge(
        &self,
        cached: &CacheData,
        incoming: &CacheData,
        args: &Args,
    ) -> Result<Option<CacheData>, SerializedError> {
        contain("`merge`", || {
            // Data that another version cached is nothing to merge with: it is replaced.
            let Ok(cached) = cached.get() else { return Ok(None) };
            let incoming = incoming.get().map_err(|error| decode_error(&error))?;
            let arg = from_original_args(args.as_deref())?;
            Ok(self.endpoint.merge(&cached, &incoming, &arg).map(CacheData::new))
        })
    }

    fn on_query_started(
        self: Arc<Self>,
        args: Args,
        lifecycle: Lifecycle,
    ) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let arg = from_original_args(args.as_deref());
            if let (Ok(arg), Some(cx)) = (arg, QueryContext::<E>::new(lifecycle)) {
                self.endpoint.on_query_started(arg, cx).await;
            }
        })
    }

    fn on_cache_entry_added(
        self: Arc<Self>,
        args: Args,
        entry: EntryLifecycle,
    ) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let arg = from_original_args(args.as_deref());
            if let (Ok(arg), Some(cx)) = (arg, QueryEntryContext::<E>::new(entry)) {
                self.endpoint.on_cache_entry_added(arg, cx).await;
            }
        })
    }
}

impl<E: Mutation> ErasedMutation for Registered<E> {
    fn fetch(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        cx: RequestContext,
    ) -> BoxFuture<'static, FetchResult> {
        Box::pin(async move {
            let validation = self.validation(Mutation::schemas, &engine, &cx, &args)?;
            let result = match checked_arg(&args, validation.as_ref()) {
                Ok(arg) => {
                    let cx = cx.with_endpoint_options(self.endpoint.extra_options());
                    let cx = QueryFnContext::new(engine, cx, validation.clone());
                    self.endpoint.query_fn(arg, cx).await.map(Fetched::erase)
                }
                Err(failure) => Err(failure),
            };
            match validation {
                Some(validation) => validation.settle(result, retyped::<E::Output>),
                None => result,
            }
        })
    }

    fn tags(
        &self,
        data: Option<&CacheData>,
        error: Option<&QueryError>,
        args: &Args,
    ) -> Result<Tags, SerializedError> {
        contain("`invalidates_tags`", || {
            let (data, arg) = (typed(data)?, from_original_args(args.as_deref())?);
            Ok(self
                .endpoint
                .invalidates_tags(MutationOutcome { data: data.as_deref(), error }, &arg))
        })
    }

    fn on_query_started(
        self: Arc<Self>,
        args: Args,
        lifecycle: Lifecycle,
    ) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let arg = from_original_args(args.as_deref());
            if let (Ok(arg), Some(cx)) = (arg, MutationContext::<E>::new(lifecycle)) {
                self.endpoint.on_query_started(arg, cx).await;
            }
        })
    }

    fn on_cache_entry_added(
        self: Arc<Self>,
        args: Args,
        entry: EntryLifecycle,
    ) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let arg = from_original_args(args.as_deref());
            if let (Ok(arg), Some(cx)) = (arg, MutationEntryContext::<E>::new(entry)) {
                self.endpoint.on_cache_entry_added(arg, cx).await;
            }
        })
    }
}
