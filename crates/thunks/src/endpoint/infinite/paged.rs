//! Infinite queries as queries: how a request fetches its pages.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use retake_store::cache::{InfiniteData, InfiniteQueryDirection, SerializedError, Tags};

use serde::Deserialize;

use super::pages::{beyond, is_null};
use crate::base_query::Failure;
use crate::endpoint::{
    Fetched, InfiniteQuery, Query, QueryContext, QueryEntryContext, QueryFnContext, QueryOptions,
    QueryOutcome,
};
use crate::engine::decode_error;
use crate::extra_options::ExtraOptions;
use crate::schema::Schemas;

/// An [`InfiniteQuery`] as a [`Query`] of all its pages; clones are one endpoint.
///
/// Edits, contexts and matchers of infinite queries are those of this query. Initiating it
/// asks for the first page, or for all of them again.
pub struct Paged<E>(Arc<E>);

type Pages<E> = InfiniteData<<E as InfiniteQuery>::Page, <E as InfiniteQuery>::PageParam>;

impl<E: InfiniteQuery> Paged<E> {
    /// Returns `endpoint` as a query.
    #[must_use]
    pub fn new(endpoint: E) -> Self {
        Self(Arc::new(endpoint))
    }

    /// Fetches the page with `page_param` and adds it to `data`.
    async fn fetch_page(
        &self,
        mut data: Pages<E>,
        direction: InfiniteQueryDirection,
        page_param: E::PageParam,
        arg: &E::Arg,
        cx: &QueryFnContext<E::Api>,
    ) -> Result<Fetched<Pages<E>>, Failure> {
        let (asked_arg, asked_param) = cx.checked_page_arg(arg, &page_param)?;
        let fetched = self.0.query_fn(asked_arg, asked_param, cx.clone()).await?;
        let Fetched { data: page, meta } = cx.checked_page(fetched)?;
        data.add_page(direction, page, page_param, self.0.max_pages());
        Ok(Fetched { data, meta })
    }

    /// Fetches the first page, and after it as many others as are in `cached`.
    async fn fetch_pages(
        &self,
        cached: &Pages<E>,
        arg: &E::Arg,
        cx: &QueryFnContext<E::Api>,
    ) -> Result<Fetched<Pages<E>>, Failure> {
        let asked = &cx.request().page;
        let first = match cached.page_params.front().filter(|first| !is_null(first)) {
            Some(first) => first.clone(),
            None => match asked.initial_page_param.as_deref() {
                Some(initial) => {
                    E::PageParam::deserialize(initial).map_err(|error| decode_error(&error))?
                }
                None => self.0.initial_page_param(),
            },
        };
        let forward = InfiniteQueryDirection::Forward;
        let none = InfiniteData::default();
        let mut fetched = self.fetch_page(none, forward, first, arg, cx).await?;
        self.check(&fetched.data, arg)?;
        if !asked.refetch_cached_pages.unwrap_or_else(|| self.0.refetch_cached_pages()) {
            return Ok(fetched);
        }
        for _ in 1..cached.page_params.len() {
            let next = beyond(&*self.0, forward, &fetched.data, arg).page_param;
            let Some(page_param) = next else {
                // The list became shorter. RTK Query forgets the meta of its last page, too.
                fetched.meta = None;
                break;
            };
            next_turn().await;
            fetched = self.fetch_page(fetched.data, forward, page_param, arg, cx).await?;
        }
        Ok(fetched)
    }

    /// Checks that dropped pages can be fetched again.
    ///
    /// Source: RTK Query, which checks it in development when endpoints are defined.
    fn check(&self, data: &Pages<E>, arg: &E::Arg) -> Result<(), SerializedError> {
        let mistake = match self.0.max_pages() {
            None => return Ok(()),
            Some(0) => "`max_pages` has to be at least 1",
            Some(_)
                if beyond(&*self.0, InfiniteQueryDirection::Backward, data, arg).has_no_rule =>
            {
                "`max_pages` drops pages that only `get_previous_page_param` can get back: define it"
            }
            Some(_) => return Ok(()),
        };
        let message = format!("the endpoint `{}`: {mistake}", self.0.name());
        Err(SerializedError::new("ConfigurationError", message))
    }
}

/// Lets others run before the next page is asked for.
async fn next_turn() {
    let mut is_first = true;
    poll_fn(|cx| {
        if std::mem::take(&mut is_first) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

impl<E: InfiniteQuery> Query for Paged<E> {
    type Api = E::Api;
    type Arg = E::Arg;
    type Output = Pages<E>;
    const NAME: &'static str = E::NAME;

    fn name(&self) -> &str {
        self.0.name()
    }

    async fn query_fn(
        &self,
        arg: E::Arg,
        cx: QueryFnContext<E::Api>,
    ) -> Result<Fetched<Pages<E>>, Failure> {
        let request = cx.request();
        // As it is now: `on_query_started` may have edited it since the request was asked for.
        // Data of another type, from an older log for example, is replaced.
        let cached = request.cached_data().and_then(|cached| cached.get::<Pages<E>>().ok());
        let cached = cached.map_or_else(InfiniteData::default, |it| Pages::<E>::clone(&it));
        self.check(&cached, &arg)?;
        let Some(direction) = request.page.direction.filter(|_| !cached.pages.is_empty()) else {
            return self.fetch_pages(&cached, &arg, &cx).await;
        };
        match beyond(&*self.0, direction, &cached, &arg).page_param {
            Some(page_param) => self.fetch_page(cached, direction, page_param, &arg, &cx).await,
            None => Ok(Fetched::new(cached)),
        }
    }

    fn provides_tags(&self, outcome: QueryOutcome<'_, Self>, arg: &E::Arg) -> Tags {
        self.0.provides_tags(outcome, arg)
    }

    fn has_page(&self, direction: InfiniteQueryDirection, cached: &Pages<E>, arg: &E::Arg) -> bool {
        cached.pages.is_empty() || beyond(&*self.0, direction, cached, arg).page_param.is_some()
    }

    async fn on_query_started(&self, arg: E::Arg, cx: QueryContext<Self>) {
        self.0.on_query_started(arg, cx).await;
    }

    async fn on_cache_entry_added(&self, arg: E::Arg, cx: QueryEntryContext<Self>) {
        self.0.on_cache_entry_added(arg, cx).await;
    }

    fn options(&self) -> QueryOptions {
        self.0.options()
    }

    fn schemas(&self) -> Schemas {
        self.0.schemas().by_page()
    }

    fn extra_options(&self) -> ExtraOptions {
        self.0.extra_options()
    }

    fn cache_key(&self, arg: &E::Arg) -> Result<String, SerializedError> {
        self.0.cache_key(arg)
    }
}

impl<E> Clone for Paged<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E: InfiniteQuery> fmt::Debug for Paged<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Paged").field(&self.0.name()).finish()
    }
}
