//! Initiations of infinite queries.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use retake_store::cache::{
    ActionOf, InfiniteQueryDirection, Refetch, SerializedError, StateOf, StoreOf,
    SubscriptionOptions,
};
use retake_store::{Dispatch, DispatchError};
use serde_json::Value;

use crate::endpoint::{InfiniteQuery, Paged, Query};
use crate::extra_options::ExtraOptions;
use crate::handle::{InfiniteQueryHandle, QueryHandle};
use crate::initiate::InitiateQuery;

/// What to dispatch to fetch pages and subscribe; see [`InfiniteQuery::initiate`].
///
/// Source: RTK Query, `endpoint.initiate` of an infinite query.
#[must_use = "an initiation does nothing until it is dispatched"]
pub struct InitiateInfiniteQuery<E: InfiniteQuery> {
    query: InitiateQuery<Paged<E>>,
    mistake: Option<SerializedError>,
}

impl<E: InfiniteQuery> InitiateInfiniteQuery<E> {
    pub(crate) fn new(endpoint: Paged<E>, arg: E::Arg) -> Self {
        Self { query: endpoint.initiate(arg), mistake: None }
    }

    /// Sets whether the handle subscribes to the entry, and so keeps it cached; it does by
    /// default.
    pub fn subscribe(mut self, subscribe: bool) -> Self {
        self.query = self.query.subscribe(subscribe);
        self
    }

    /// Sets whether to fetch although there is data: always, never, or from some age on.
    pub fn force_refetch(mut self, refetch: impl Into<Refetch>) -> Self {
        self.query = self.query.force_refetch(refetch);
        self
    }

    /// Sets all options of the subscription, which the state keeps.
    pub fn subscription_options(mut self, options: SubscriptionOptions) -> Self {
        self.query = self.query.subscription_options(options);
        self
    }

    /// Sets options for the base query; see [`InitiateQuery::extra_options`].
    pub fn extra_options(mut self, options: impl Into<ExtraOptions>) -> Self {
        self.query = self.query.extra_options(options);
        self
    }

    /// Sets how long after each answer the pages are fetched again; see
    /// [`InitiateQuery::polling_interval`].
    pub fn polling_interval(mut self, interval: Duration) -> Self {
        self.query = self.query.polling_interval(interval);
        self
    }

    /// Sets whether polling pauses while the window does not have the focus; it does not by
    /// default.
    pub fn skip_polling_if_unfocused(mut self, skip: bool) -> Self {
        self.query = self.query.skip_polling_if_unfocused(skip);
        self
    }

    /// Sets whether the pages are fetched again when the window gets the focus; the api decides
    /// by default.
    pub fn refetch_on_focus(mut self, refetch: bool) -> Self {
        self.query = self.query.refetch_on_focus(refetch);
        self
    }

    /// Sets whether the pages are fetched again when the network is back; the api decides by
    /// default.
    pub fn refetch_on_reconnect(mut self, refetch: bool) -> Self {
        self.query = self.query.refetch_on_reconnect(refetch);
        self
    }

    /// Asks for one page more, at this end of the cached ones, instead of the first page or
    /// all of them.
    ///
    /// Without cached pages the first one is fetched; when there is none at that end, nothing.
    pub fn direction(mut self, direction: InfiniteQueryDirection) -> Self {
        self.query.page.direction = Some(direction);
        self
    }

    /// Sets the parameter of the first page, instead of the endpoint's, for when there is no
    /// cached page.
    pub fn initial_page_param(mut self, page_param: &E::PageParam) -> Self {
        match serde_json::to_value(page_param) {
            Ok(page_param) => self.query.page.initial_page_param = Some(Arc::new(page_param)),
            Err(error) => {
                let message = format!("the page parameter has no JSON form: {error}");
                self.mistake = Some(SerializedError::new("ArgError", message));
            }
        }
        self
    }

    /// Sets whether all cached pages are fetched again or only the first, instead of what the
    /// endpoint says.
    pub fn refetch_cached_pages(mut self, refetch: bool) -> Self {
        self.query.page.refetch_cached_pages = Some(refetch);
        self
    }

    /// Adds a note to the action, as `meta.arg.param`; no request depends on it.
    pub fn param(mut self, param: Value) -> Self {
        self.query.page.param = Some(Arc::new(param));
        self
    }
}

impl<E: InfiniteQuery> fmt::Debug for InitiateInfiniteQuery<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InitiateInfiniteQuery").field(&self.query).finish()
    }
}

impl<E: InfiniteQuery> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for InitiateInfiniteQuery<E> {
    type Output = InfiniteQueryHandle<E>;

    /// As that of [`InitiateQuery`].
    fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<Self::Output, DispatchError> {
        let handle = match self.mistake {
            Some(mistake) => QueryHandle::failed(store.clone(), mistake),
            None => self.query.dispatch_on(store)?,
        };
        Ok(InfiniteQueryHandle::from(handle))
    }
}
