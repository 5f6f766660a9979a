//! Untyped infinite queries.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use retake_store::cache::{Api, SerializedError, Tags};
use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

use super::closures::{
    Common, FnResult, InfiniteQueryEntryAdded, InfiniteQueryStarted, InfiniteQueryTags, MakeKey,
    PageParam, common_setters,
};
use crate::base_query::{BaseQuery, Failure};
use crate::endpoint::arg::combined_arg;
use crate::endpoint::{
    Fetched, InfinitePages, InfiniteQuery, JsonArg, Paged, QueryArgs, QueryContext,
    QueryEntryContext, QueryFnContext, QueryOptions, QueryOutcome,
};
use crate::extra_options::ExtraOptions;
use crate::runtime::BoxFuture;
use crate::schema::Schemas;

/// An infinite query that is known at run time only: JSON in and out.
///
/// Its functions for one page are given `{"queryArg": .., "pageParam": ..}`, without
/// `queryArg` when there is no argument; `transform_error_response` is given the argument.
/// A page parameter that is `null` names no page.
///
/// Clones are one endpoint. Tools and tests use it; applications write an [`InfiniteQuery`].
///
/// Source: RTK Query, `InfiniteQueryCombinedArg`.
pub struct UntypedInfiniteQuery<P: Api<BaseQuery: BaseQuery>>(Arc<UntypedInfiniteQueryBuilder<P>>);

impl<P: Api<BaseQuery: BaseQuery>> UntypedInfiniteQuery<P> {
    /// Returns a builder of the infinite query `name`, whose first page has the parameter
    /// `initial_page_param`.
    #[expect(clippy::new_ret_no_self, reason = "the builder is where every query starts")]
    pub fn new(
        name: impl Into<String>,
        initial_page_param: Value,
    ) -> UntypedInfiniteQueryBuilder<P> {
        UntypedInfiniteQueryBuilder {
            common: Common::new(name),
            initial_page_param,
            get_next_page_param: None,
            get_previous_page_param: None,
            max_pages: None,
            refetch_cached_pages: true,
            options: QueryOptions::default(),
            provides_tags: None,
            on_query_started: None,
            on_cache_entry_added: None,
            cache_key: None,
        }
    }
}

impl<P: Api<BaseQuery: BaseQuery>> Clone for UntypedInfiniteQuery<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Api<BaseQuery: BaseQuery>> fmt::Debug for UntypedInfiniteQuery<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedInfiniteQuery")
            .field("name", &self.0.common.name)
            .finish_non_exhaustive()
    }
}

/// Puts an [`UntypedInfiniteQuery`] together.
#[must_use = "a builder does nothing until `build`"]
pub struct UntypedInfiniteQueryBuilder<P: Api<BaseQuery: BaseQuery>> {
    common: Common<P>,
    initial_page_param: Value,
    get_next_page_param: Option<Box<dyn PageParam<P>>>,
    get_previous_page_param: Option<Box<dyn PageParam<P>>>,
    max_pages: Option<usize>,
    refetch_cached_pages: bool,
    options: QueryOptions,
    provides_tags: Option<Box<dyn InfiniteQueryTags<P>>>,
    on_query_started: Option<Box<dyn InfiniteQueryStarted<P>>>,
    on_cache_entry_added: Option<Box<dyn InfiniteQueryEntryAdded<P>>>,
    cache_key: Option<Box<dyn MakeKey<P>>>,
}

impl<P: Api<BaseQuery: BaseQuery>> fmt::Debug for UntypedInfiniteQueryBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedInfiniteQueryBuilder")
            .field("name", &self.common.name)
            .finish_non_exhaustive()
    }
}

impl<P: Api<BaseQuery: BaseQuery>> UntypedInfiniteQueryBuilder<P> {
    common_setters!();

    /// Sets which page comes after the last one; without it, none does.
    pub fn get_next_page_param<F>(mut self, rule: F) -> Self
    where
        F: Fn(InfinitePages<'_, UntypedInfiniteQuery<P>>) -> Option<Value>
            + MaybeSend
            + MaybeSync
            + 'static,
    {
        self.get_next_page_param = Some(Box::new(rule));
        self
    }

    /// Sets which page comes before the first one; without it, none does.
    pub fn get_previous_page_param<F>(mut self, rule: F) -> Self
    where
        F: Fn(InfinitePages<'_, UntypedInfiniteQuery<P>>) -> Option<Value>
            + MaybeSend
            + MaybeSync
            + 'static,
    {
        self.get_previous_page_param = Some(Box::new(rule));
        self
    }

    /// Sets how many pages are kept at most; see [`InfiniteQuery::max_pages`].
    pub fn max_pages(mut self, max_pages: usize) -> Self {
        self.max_pages = Some(max_pages);
        self
    }

    /// Sets whether fetching again asks for all cached pages.
    pub fn refetch_cached_pages(mut self, refetch: bool) -> Self {
        self.refetch_cached_pages = refetch;
        self
    }

    /// Sets how the endpoint treats its entries.
    pub fn options(mut self, options: QueryOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the tags that an entry provides.
    pub fn provides_tags<F>(mut self, tags: F) -> Self
    where
        F: Fn(QueryOutcome<'_, Paged<UntypedInfiniteQuery<P>>>, &JsonArg) -> Tags
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
        F: Fn(JsonArg, QueryContext<Paged<UntypedInfiniteQuery<P>>>) -> R
            + MaybeSend
            + MaybeSync
            + 'static,
        R: Future<Output = ()> + MaybeSend + 'static,
    {
        let boxed = move |arg: JsonArg,
                          cx: QueryContext<Paged<UntypedInfiniteQuery<P>>>|
              -> BoxFuture<'static, ()> { Box::pin(started(arg, cx)) };
        self.on_query_started = Some(Box::new(boxed));
        self
    }

    /// Sets what runs with every entry.
    pub fn on_cache_entry_added<F, R>(mut self, added: F) -> Self
    where
        F: Fn(JsonArg, QueryEntryContext<Paged<UntypedInfiniteQuery<P>>>) -> R
            + MaybeSend
            + MaybeSync
            + 'static,
        R: Future<Output = ()> + MaybeSend + 'static,
    {
        let boxed = move |arg: JsonArg,
                          cx: QueryEntryContext<Paged<UntypedInfiniteQuery<P>>>|
              -> BoxFuture<'static, ()> { Box::pin(added(arg, cx)) };
        self.on_cache_entry_added = Some(Box::new(boxed));
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

    /// Returns the infinite query.
    #[must_use]
    pub fn build(self) -> UntypedInfiniteQuery<P> {
        UntypedInfiniteQuery(Arc::new(self))
    }
}

/// Returns what the functions for one page are given.
fn combined(arg: &JsonArg, page_param: &Value) -> Result<JsonArg, SerializedError> {
    combined_arg(arg.value(), page_param).map(JsonArg::Value)
}

impl<P: Api<BaseQuery: BaseQuery>> InfiniteQuery for UntypedInfiniteQuery<P> {
    type Api = P;
    type Arg = JsonArg;
    type PageParam = Value;
    type Page = Value;
    const NAME: &'static str = "untyped";

    fn name(&self) -> &str {
        &self.0.common.name
    }

    fn try_query(
        &self,
        arg: &JsonArg,
        page_param: &Value,
    ) -> Result<QueryArgs<P>, SerializedError> {
        self.0.common.request(&combined(arg, page_param)?)
    }

    async fn query_fn(
        &self,
        arg: JsonArg,
        page_param: Value,
        cx: QueryFnContext<P>,
    ) -> Result<Fetched<Value>, Failure> {
        self.0.common.fetch(combined(&arg, &page_param)?, Some(arg), cx).await
    }

    fn initial_page_param(&self) -> Value {
        self.0.initial_page_param.clone()
    }

    fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<Value> {
        self.0.get_next_page_param.as_ref()?.call(pages)
    }

    fn get_previous_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<Value> {
        match &self.0.get_previous_page_param {
            Some(rule) => rule.call(pages),
            None => pages.none_before(),
        }
    }

    fn max_pages(&self) -> Option<usize> {
        self.0.max_pages
    }

    fn refetch_cached_pages(&self) -> bool {
        self.0.refetch_cached_pages
    }

    fn provides_tags(&self, outcome: QueryOutcome<'_, Paged<Self>>, arg: &JsonArg) -> Tags {
        self.0.provides_tags.as_ref().map_or_else(Tags::none, |tags| tags.call(outcome, arg))
    }

    async fn on_query_started(&self, arg: JsonArg, cx: QueryContext<Paged<Self>>) {
        if let Some(started) = &self.0.on_query_started {
            started.call(arg, cx).await;
        }
    }

    async fn on_cache_entry_added(&self, arg: JsonArg, cx: QueryEntryContext<Paged<Self>>) {
        if let Some(added) = &self.0.on_cache_entry_added {
            added.call(arg, cx).await;
        }
    }

    fn options(&self) -> QueryOptions {
        self.0.options
    }

    fn schemas(&self) -> Schemas {
        self.0.common.schemas.clone()
    }

    fn extra_options(&self) -> ExtraOptions {
        self.0.common.extra_options.clone()
    }

    fn cache_key(&self, arg: &JsonArg) -> Result<String, SerializedError> {
        self.0.common.cache_key(self.0.cache_key.as_deref(), arg)
    }
}
