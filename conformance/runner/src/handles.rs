//! Handles that steps name: what a dispatch returned, to be used by later steps.

use std::sync::Arc;

use retake::QueryHandle;
use retake::store::cache::{ApiAction, CacheAction, StoreOf, SubscriptionOptions};
use retake::thunks::{MutationHandle, Refetching, Upserting};
use serde_json::{Value, json};

use crate::app::{AppAction, ReducerPath, TestApi};
use crate::calls::Refusal;
use crate::endpoints::{AnyMutation, AnyQuery};

/// What a step named.
pub(crate) enum Handle<N: ReducerPath> {
    Query { handle: QueryHandle<AnyQuery<N>>, is_subscribed: bool },
    Refetch(Refetching<AnyQuery<N>>),
    Upsert(Upserting<AnyQuery<N>>),
    Mutation(MutationHandle<AnyMutation<N>>),
}

impl<N: ReducerPath> Handle<N> {
    pub(crate) fn query(&self) -> Option<&QueryHandle<AnyQuery<N>>> {
        match self {
            Self::Query { handle, .. } => Some(handle),
            Self::Refetch(refetching) => Some(refetching.handle()),
            Self::Upsert(upserting) => Some(upserting.handle()),
            Self::Mutation(_) => None,
        }
    }

    pub(crate) fn request_id(&self) -> Option<&Arc<str>> {
        match self {
            Self::Mutation(handle) => handle.request_id(),
            other => other.query()?.request_id(),
        }
    }

    /// Returns what a step that made this handle reports.
    pub(crate) fn report(&self) -> Value {
        let mut report = json!({"requestId": self.request_id()});
        if let Some(key) = self.query().and_then(QueryHandle::query_cache_key) {
            report["queryCacheKey"] = (&**key).into();
        }
        report
    }

    pub(crate) fn abort(&self, reason: Option<&str>) {
        match (self, self.query(), reason) {
            (Self::Mutation(handle), _, None) => handle.abort(),
            (Self::Mutation(handle), _, Some(reason)) => handle.abort_with(reason),
            (_, Some(handle), None) => handle.abort(),
            (_, Some(handle), Some(reason)) => handle.abort_with(reason),
            (_, None, _) => {}
        }
    }

    pub(crate) fn update_subscription_options(&self, options: SubscriptionOptions) {
        if let Some(handle) = self.query() {
            handle.update_subscription_options(options);
        }
    }

    /// Ends the subscription and keeps the handle for later steps: dispatches the action that
    /// dropping the handle would.
    pub(crate) fn unsubscribe_in_place(&self, store: &StoreOf<TestApi<N>>) -> Result<(), Refusal> {
        let Self::Query { handle, is_subscribed: true } = self else { return Ok(()) };
        let (Some(request_id), Some(key)) = (handle.request_id(), handle.query_cache_key()) else {
            return Ok(());
        };
        let action = CacheAction::UnsubscribeQueryResult {
            request_id: Arc::clone(request_id),
            query_cache_key: Arc::clone(key),
        };
        Ok(store.try_dispatch(AppAction::Api(ApiAction::new(action)))?)
    }

    /// Ends the subscription, and the handle with it.
    pub(crate) fn unsubscribe(self) {
        if let Self::Query { handle, .. } = self {
            handle.unsubscribe();
        }
    }

    /// Lets go of the handle without an end of its subscription.
    pub(crate) fn detach(self) {
        if let Self::Query { handle, .. } = self {
            handle.detach();
        }
    }
}
