//! An infinite query's entry as its reader sees it.

use std::ops::Deref;
use std::sync::Arc;

use retake_store::cache::{
    CacheData, InfiniteData, InfiniteQueryDirection, QueryEntry, QueryError, SerializedError,
};
use retake_store::patch::Patchable;

use crate::endpoint::{InfiniteQuery, Paged};
use crate::engine::{Args, ErasedQuery, has_page};
use crate::result::QueryState;

/// An infinite query's entry, typed; an entry that does not exist is uninitialized.
///
/// It dereferences to the entry as that of a query: `state.data`, `state.error`,
/// `state.is_fetching()`, .. To move something out of it, write `state.query.data`.
///
/// Source: RTK Query, the result of an infinite query's `select`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct InfiniteQueryState<Page, PageParam> {
    /// The entry, as that of a query; its data is all pages.
    pub query: QueryState<InfiniteData<Page, PageParam>>,
    /// The page that the last request asked for; `None` when it asked for all.
    pub direction: Option<InfiniteQueryDirection>,
    /// Whether there is a page after the last one; `false` without pages.
    pub has_next_page: bool,
    /// Whether there is a page before the first one; `false` without pages.
    pub has_previous_page: bool,
}

impl<Page: Patchable, PageParam: Patchable> InfiniteQueryState<Page, PageParam> {
    /// Returns `entry` as its reader sees it; `endpoint` says which pages there are.
    #[must_use]
    pub fn of<E>(endpoint: &Paged<E>, entry: Option<&Arc<QueryEntry>>) -> Self
    where
        E: InfiniteQuery<Page = Page, PageParam = PageParam>,
    {
        Self::read(entry, |direction, cached, args| has_page(endpoint, direction, cached, args))
    }

    /// Returns `entry` as its reader sees it; the endpoint that a store knows says which pages
    /// there are.
    pub(crate) fn known(
        endpoint: Option<&Arc<dyn ErasedQuery>>,
        entry: Option<&Arc<QueryEntry>>,
    ) -> Self {
        Self::read(entry, |direction, cached, args| {
            endpoint.map_or(Ok(false), |endpoint| endpoint.has_page(direction, cached, args))
        })
    }

    fn read(
        entry: Option<&Arc<QueryEntry>>,
        has_page: impl Fn(InfiniteQueryDirection, &CacheData, &Args) -> Result<bool, SerializedError>,
    ) -> Self {
        let query = QueryState::<InfiniteData<Page, PageParam>>::of(entry);
        let has_pages = query.data.as_ref().is_some_and(|data| !data.pages.is_empty());
        let cached = entry.and_then(|entry| entry.data.as_ref()).filter(|_| has_pages);
        // A rule that panics was logged, and names no page.
        let has_page = |direction| {
            cached.is_some_and(|cached| {
                has_page(direction, cached, &query.original_args).unwrap_or(false)
            })
        };
        Self {
            direction: entry.and_then(|entry| entry.direction),
            has_next_page: has_page(InfiniteQueryDirection::Forward),
            has_previous_page: has_page(InfiniteQueryDirection::Backward),
            query,
        }
    }
}

impl<Page, PageParam> InfiniteQueryState<Page, PageParam> {
    fn is_last(&self, direction: InfiniteQueryDirection) -> bool {
        self.direction == Some(direction)
    }

    /// Returns whether the page after the last one is being fetched.
    #[must_use]
    pub fn is_fetching_next_page(&self) -> bool {
        self.query.is_fetching() && self.is_last(InfiniteQueryDirection::Forward)
    }

    /// Returns whether the page before the first one is being fetched.
    #[must_use]
    pub fn is_fetching_previous_page(&self) -> bool {
        self.query.is_fetching() && self.is_last(InfiniteQueryDirection::Backward)
    }

    /// Returns whether the last request was for the page after the last one, and failed.
    #[must_use]
    pub fn is_fetch_next_page_error(&self) -> bool {
        self.query.is_error() && self.is_last(InfiniteQueryDirection::Forward)
    }

    /// Returns whether the last request was for the page before the first one, and failed.
    #[must_use]
    pub fn is_fetch_previous_page_error(&self) -> bool {
        self.query.is_error() && self.is_last(InfiniteQueryDirection::Backward)
    }

    /// Returns the pages, or why there are none to rely on.
    ///
    /// # Errors
    /// As [`QueryState::into_result`].
    pub fn into_result(self) -> Result<Arc<InfiniteData<Page, PageParam>>, QueryError> {
        self.query.into_result()
    }
}

impl<Page, PageParam> Deref for InfiniteQueryState<Page, PageParam> {
    type Target = QueryState<InfiniteData<Page, PageParam>>;

    fn deref(&self) -> &Self::Target {
        &self.query
    }
}
