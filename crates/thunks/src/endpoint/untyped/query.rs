//! Untyped queries.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use retake_store::cache::{Api, SerializedError, Tags};
use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

use super::closures::{
    Common, FnResult, ForceRefetch, MakeKey, Merge, QueryEntryAdded, QueryStarted, QueryTags,
    common_setters,
};
use crate::base_query::{BaseQuery, Failure};
use crate::endpoint::{
    Fetched, JsonArg, Query, QueryArgs, QueryContext, QueryEntryContext, QueryFnContext,
    QueryOptions, QueryOutcome,
};
use crate::extra_options::ExtraOptions;
use crate::result::QueryState;
use crate::runtime::BoxFuture;
use crate::schema::Schemas;

/// A query that is known at run time only: JSON in and out.
///
/// Clones are one endpoint. Tools and tests use it; applications write a [`Query`].
pub struct UntypedQuery<P: Api<BaseQuery: BaseQuery>>(Arc<UntypedQueryBuilder<P>>);

impl<P: Api<BaseQuery: BaseQuery>> UntypedQuery<P> {
    /// Returns a builder of the query `name`.
    #[expect(clippy::new_ret_no_self, reason = "the builder is where every query starts")]
    pub fn new(name: impl Into<String>) -> UntypedQueryBuilder<P> {
        UntypedQueryBuilder {
            common: Common::new(name),
            options: QueryOptions::default(),
            provides_tags: None,
            on_query_started: None,
            on_cache_entry_added: None,
            merge: None,
            force_refetch: None,
            cache_key: None,
        }
    }
}

impl<P: Api<BaseQuery: BaseQuery>> Clone for UntypedQuery<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Api<BaseQuery: BaseQuery>> fmt::Debug for UntypedQuery<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedQuery").field("name", &self.0.common.name).finish_non_exhaustive()
    }
}

/// Puts an [`UntypedQuery`] together.
#[must_use = "a builder does nothing until `build`"]
pub struct UntypedQueryBuilder<P: Api<BaseQuery: BaseQuery>> {
    common: Common<P>,
    options: QueryOptions,
    provides_tags: Option<Box<dyn QueryTags<P>>>,
    on_query_started: Option<Box<dyn QueryStarted<P>>>,
    on_cache_entry_added: Option<Box<dyn QueryEntryAdded<P>>>,
    merge: Option<Box<dyn Merge<P>>>,
    force_refetch: Option<Box<dyn ForceRefetch<P>>>,
    cache_key: Option<Box<dyn MakeKey<P>>>,
}

impl<P: Api<BaseQuery: BaseQuery>> fmt::Debug for UntypedQueryBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedQueryBuilder")
            .field("name", &self.common.name)
            .finish_non_exhaustive()
    }
}

impl<P: Api<BaseQuery: BaseQuery>> UntypedQueryBuilder<P> {
    common_setters!();

    /// Sets how the endpoint treats its entries.
    pub fn options(mut self, options: QueryOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the tags that an entry provides.
    pub fn provides_tags<F>(mut self, tags: F) -> Self
    where
        F: Fn(QueryOutcome<'_, UntypedQuery<P>>, &JsonArg) -> Tags
            + MaybeSend
            + MaybeSync
            + 'static,
    {
        self.provides_tags = Some(Box::new(tags));
        self
    }

    /// Sets what runs with every request.
    pub fn on_query_started<F, R>(mut self, started: F) -> Self
    where
        F: Fn(JsonArg, QueryContext<UntypedQuery<P>>) -> R + MaybeSend + MaybeSync + 'static,
        R: Future<Output = ()> + MaybeSend + 'static,
    {
        let boxed = move |arg: JsonArg,
                          cx: QueryContext<UntypedQuery<P>>|
              -> BoxFuture<'static, ()> { Box::pin(started(arg, cx)) };
        self.on_query_started = Some(Box::new(boxed));
        self
    }

    /// Sets what runs with every entry.
    pub fn on_cache_entry_added<F, R>(mut self, added: F) -> Self
    where
        F: Fn(JsonArg, QueryEntryContext<UntypedQuery<P>>) -> R + MaybeSend + MaybeSync + 'static,
        R: Future<Output = ()> + MaybeSend + 'static,
    {
        let boxed = move |arg: JsonArg,
                          cx: QueryEntryContext<UntypedQuery<P>>|
              -> BoxFuture<'static, ()> { Box::pin(added(arg, cx)) };
        self.on_cache_entry_added = Some(Box::new(boxed));
        self
    }

    /// Sets how new data is merged into cached data.
    pub fn merge<F>(mut self, merge: F) -> Self
    where
        F: Fn(&Value, &Value, &JsonArg) -> Option<Value> + MaybeSend + MaybeSync + 'static,
    {
        self.merge = Some(Box::new(merge));
        self
    }

    /// Sets when to fetch although there is data.
    pub fn force_refetch<F>(mut self, force: F) -> Self
    where
        F: Fn(&JsonArg, &QueryState<Value>) -> bool + MaybeSend + MaybeSync + 'static,
    {
        self.force_refetch = Some(Box::new(force));
        self
    }

    /// Sets the key of the entry for an argument.
    pub fn cache_key<F>(mut self, key: F) -> Self
    where
        F: Fn(&JsonArg) -> String + MaybeSend + MaybeSync + 'static,
    {
        self.cache_key = Some(Box::new(key));
        self
    }

    /// Returns the query.
    #[must_use]
    pub fn build(self) -> UntypedQuery<P> {
        UntypedQuery(Arc::new(self))
    }
}

impl<P: Api<BaseQuery: BaseQuery>> Query for UntypedQuery<P> {
    type Api = P;
    type Arg = JsonArg;
    type Output = Value;
    const NAME: &'static str = "untyped";

    fn name(&self) -> &str {
        &self.0.common.name
    }

    fn try_query(&self, arg: &JsonArg) -> Result<QueryArgs<P>, SerializedError> {
        self.0.common.request(arg)
    }

    async fn query_fn(
        &self,
        arg: JsonArg,
        cx: QueryFnContext<P>,
    ) -> Result<Fetched<Value>, Failure> {
        self.0.common.fetch(arg, None, cx).await
    }

    fn provides_tags(&self, outcome: QueryOutcome<'_, Self>, arg: &JsonArg) -> Tags {
        self.0.provides_tags.as_ref().map_or_else(Tags::none, |tags| tags.call(outcome, arg))
    }

    fn merge(&self, cached: &Value, incoming: &Value, arg: &JsonArg) -> Option<Value> {
        self.0.merge.as_ref()?.call(cached, incoming, arg)
    }

    fn force_refetch(&self, arg: &JsonArg, cached: &QueryState<Value>) -> bool {
        self.0.force_refetch.as_ref().is_some_and(|force| force.call(arg, cached))
    }

    fn schemas(&self) -> Schemas {
        self.0.common.schemas.clone()
    }

    async fn on_query_started(&self, arg: JsonArg, cx: QueryContext<Self>) {
        if let Some(started) = &self.0.on_query_started {
            started.call(arg, cx).await;
        }
    }

    async fn on_cache_entry_added(&self, arg: JsonArg, cx: QueryEntryContext<Self>) {
        if let Some(added) = &self.0.on_cache_entry_added {
            added.call(arg, cx).await;
        }
    }

    fn options(&self) -> QueryOptions {
        self.0.options
    }

    fn extra_options(&self) -> ExtraOptions {
        self.0.common.extra_options.clone()
    }

    fn cache_key(&self, arg: &JsonArg) -> Result<String, SerializedError> {
        self.0.common.cache_key(self.0.cache_key.as_deref(), arg)
    }
}
