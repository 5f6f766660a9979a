//! Endpoints without their types, so that the engine compiles once.

use std::sync::Arc;

use retake_store::cache::{CacheData, QueryEntry, QueryError, SerializedError, Tags};
use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

use crate::base_query::{Failure, RequestContext};
use crate::endpoint::arg::from_original_args;
use crate::endpoint::{
    Fetched, Mutation, MutationContext, MutationOutcome, Query, QueryContext, QueryFnContext,
    QueryOptions, QueryOutcome,
};
use crate::engine::lifecycle::Lifecycle;
use crate::engine::{Engine, contain};
use crate::result::QueryState;
use crate::runtime::BoxFuture;

/// The endpoint's argument in its JSON form.
pub(crate) type Args = Option<Arc<Value>>;

/// What a request brings.
pub(crate) type FetchResult = Result<Fetched<CacheData>, Failure>;

/// A [`Query`] without its types.
pub(crate) trait ErasedQuery: MaybeSend + MaybeSync {
    fn name(&self) -> &str;
    fn options(&self) -> QueryOptions;
    fn force_refetch(&self, args: &Args, entry: &Arc<QueryEntry>) -> bool;
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
}

fn decode_error(error: &dyn std::fmt::Display) -> SerializedError {
    SerializedError::new("DecodeError", error.to_string())
}

/// Reads optional data as a `T`.
pub(crate) fn typed<T: retake_store::patch::Patchable>(
    data: Option<&CacheData>,
) -> Result<Option<Arc<T>>, SerializedError> {
    data.map(CacheData::get).transpose().map_err(|error| decode_error(&error))
}

impl<E: Query> ErasedQuery for E {
    fn name(&self) -> &str {
        Query::name(self)
    }

    fn options(&self) -> QueryOptions {
        Query::options(self)
    }

    fn force_refetch(&self, args: &Args, entry: &Arc<QueryEntry>) -> bool {
        let is_forced = contain("`force_refetch`", || {
            let arg = from_original_args(args.as_deref())?;
            Ok(Query::force_refetch(self, &arg, &QueryState::of(Some(entry))))
        });
        is_forced.unwrap_or(false)
    }

    fn fetch(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        cx: RequestContext,
    ) -> BoxFuture<'static, FetchResult> {
        Box::pin(async move {
            let arg = from_original_args(args.as_deref())?;
            let cx = cx.with_endpoint_options(self.extra_options());
            let cx = QueryFnContext::new(engine, cx);
            self.query_fn(arg, cx).await.map(Fetched::erase)
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
            Ok(self.provides_tags(QueryOutcome { data: data.as_deref(), error }, &arg))
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
            Ok(Query::merge(self, &cached, &incoming, &arg).map(CacheData::new))
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
                Query::on_query_started(&*self, arg, cx).await;
            }
        })
    }
}

impl<E: Mutation> ErasedMutation for E {
    fn fetch(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        cx: RequestContext,
    ) -> BoxFuture<'static, FetchResult> {
        Box::pin(async move {
            let arg = from_original_args(args.as_deref())?;
            let cx = cx.with_endpoint_options(self.extra_options());
            let cx = QueryFnContext::new(engine, cx);
            self.query_fn(arg, cx).await.map(Fetched::erase)
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
            Ok(self.invalidates_tags(MutationOutcome { data: data.as_deref(), error }, &arg))
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
                Mutation::on_query_started(&*self, arg, cx).await;
            }
        })
    }
}
