//! The handle of an infinite query: a subscription, and the pages beyond.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::sync::Arc;

use retake_store::MaybeSend;
use retake_store::cache::{
    InfiniteData, InfiniteQueryDirection, PageArg, QueryError, Refetch, SubscriptionOptions,
};

use crate::endpoint::{InfiniteQuery, Paged};
use crate::handle::{QueryHandle, Refetching};
use crate::result::InfiniteQueryState;
use crate::runtime::BoxFuture;

/// A subscription to an infinite query's entry, which stays cached while there is one.
///
/// It is awaited and dropped like a [`QueryHandle`].
///
/// Source: RTK Query, `InfiniteQueryActionCreatorResult`, with the functions for pages that its
/// hooks have.
#[must_use = "dropping the handle unsubscribes; keep it, await it, or call `detach`"]
pub struct InfiniteQueryHandle<E: InfiniteQuery> {
    handle: QueryHandle<Paged<E>>,
}

impl<E: InfiniteQuery> InfiniteQueryHandle<E> {
    /// Returns the entry as it is now.
    ///
    /// Which pages there are says the endpoint that the store knows by the name of this one.
    #[must_use]
    pub fn state(&self) -> InfiniteQueryState<E::Page, E::PageParam> {
        self.handle.read(|entry| InfiniteQueryState::known(self.handle.known(), entry))
    }

    /// Waits as [`QueryHandle::settled`] does and returns the entry then.
    pub fn settled(
        &self,
    ) -> impl Future<Output = InfiniteQueryState<E::Page, E::PageParam>> + MaybeSend + 'static + use<E>
    {
        let known = self.handle.known().cloned();
        self.handle.read_settled(move |entry| InfiniteQueryState::known(known.as_ref(), entry))
    }

    /// Fetches the page after the last one; without cached pages, the first one.
    ///
    /// When a request of the entry is under way, or there is no such page, none is made:
    /// awaiting what is returned gives the pages once no request is under way.
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch).
    pub fn fetch_next_page(&self) -> Refetching<Paged<E>> {
        self.fetch_page(InfiniteQueryDirection::Forward)
    }

    /// Fetches the page before the first one, as [`fetch_next_page`](Self::fetch_next_page)
    /// fetches the one after the last.
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch).
    pub fn fetch_previous_page(&self) -> Refetching<Paged<E>> {
        self.fetch_page(InfiniteQueryDirection::Backward)
    }

    fn fetch_page(&self, direction: InfiniteQueryDirection) -> Refetching<Paged<E>> {
        let page = PageArg { direction: Some(direction), ..PageArg::default() };
        self.handle.fetch(None, page)
    }

    /// Fetches the cached pages again, one after the other, from the first one on; the
    /// endpoint may say that only the first one is. Joins a request under way.
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch).
    pub fn refetch(&self) -> Refetching<Paged<E>> {
        self.handle.refetch()
    }

    /// Fetches again as [`refetch`](Self::refetch) does: all cached pages, or only the first
    /// one, whatever the endpoint says.
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch).
    pub fn refetch_cached_pages(&self, refetch: bool) -> Refetching<Paged<E>> {
        let page = PageArg { refetch_cached_pages: Some(refetch), ..PageArg::default() };
        self.handle.fetch(Some(Refetch::Always), page)
    }

    /// Aborts the request that this dispatch started, whichever page it fetches; one that it
    /// only joined goes on. That of a later page is aborted by [`Refetching::handle`].
    pub fn abort(&self) {
        self.handle.abort();
    }

    /// Aborts as [`abort`](Self::abort) does; `reason` becomes the message of the error.
    pub fn abort_with(&self, reason: impl Into<String>) {
        self.handle.abort_with(reason);
    }

    /// Replaces the options of the subscription.
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch).
    pub fn update_subscription_options(&self, options: SubscriptionOptions) {
        self.handle.update_subscription_options(options);
    }

    /// Ends the subscription; the same as dropping the handle.
    pub fn unsubscribe(self) {}

    /// Keeps the subscription for as long as the store lives.
    pub fn detach(self) {
        self.handle.detach();
    }

    /// Returns this handle as that of a query.
    pub fn into_query(self) -> QueryHandle<Paged<E>> {
        self.handle
    }

    /// Returns the id of this dispatch: of its request and of its subscription.
    #[must_use]
    pub fn request_id(&self) -> Option<&Arc<str>> {
        self.handle.request_id()
    }

    /// Returns the key of the entry.
    #[must_use]
    pub fn query_cache_key(&self) -> Option<&Arc<str>> {
        self.handle.query_cache_key()
    }
}

impl<E: InfiniteQuery> From<QueryHandle<Paged<E>>> for InfiniteQueryHandle<E> {
    fn from(handle: QueryHandle<Paged<E>>) -> Self {
        Self { handle }
    }
}

impl<E: InfiniteQuery> IntoFuture for &InfiniteQueryHandle<E> {
    type Output = Result<Arc<InfiniteData<E::Page, E::PageParam>>, QueryError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        (&self.handle).into_future()
    }
}

impl<E: InfiniteQuery> IntoFuture for InfiniteQueryHandle<E> {
    type Output = Result<Arc<InfiniteData<E::Page, E::PageParam>>, QueryError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.handle.into_future()
    }
}

impl<E: InfiniteQuery> fmt::Debug for InfiniteQueryHandle<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InfiniteQueryHandle").field(&self.handle).finish()
    }
}
