//! Handles that steps name: what a dispatch returned, to be used by later steps.

use std::future::IntoFuture;
use std::sync::Arc;

use retake::store::cache::{ApiAction, CacheAction, QueryError, SubscriptionOptions};
use retake::thunks::{BoxFuture, MutationHandle, Paged, Refetching, Upserting};
use retake::{Query, QueryHandle};
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::{AppStore, TestApi};
use crate::calls::Refusal;
use crate::endpoints::{AnyInfiniteQuery, AnyMutation, AnyQuery};
use crate::queries::QueryEndpoint;
use crate::scenario::{Direction, InitiateSpec};
use crate::slot::Slot;
use crate::view::query_view;

/// What a step named.
pub(crate) enum Handle<N: Slot> {
    Query(Asked<AnyQuery<N>>),
    Infinite {
        asked: Asked<Paged<AnyInfiniteQuery<N>>>,
        endpoint: AnyInfiniteQuery<N>,
        arg: Option<Value>,
    },
    Mutation(MutationHandle<AnyMutation<N>>),
}

/// What asking a query gave.
pub(crate) enum Asked<E: Query> {
    Initiated { handle: QueryHandle<E>, is_subscribed: bool },
    Refetch(Refetching<E>),
    Upsert(Upserting<E>),
}

impl<E: Query> Asked<E> {
    fn handle(&self) -> &QueryHandle<E> {
        match self {
            Self::Initiated { handle, .. } => handle,
            Self::Refetch(refetching) => refetching.handle(),
            Self::Upsert(upserting) => upserting.handle(),
        }
    }

    /// Returns what an entry's end of subscription is, if there is one.
    fn unsubscription(&self) -> Option<CacheAction> {
        let Self::Initiated { handle, is_subscribed: true } = self else { return None };
        Some(CacheAction::UnsubscribeQueryResult {
            request_id: Arc::clone(handle.request_id()?),
            query_cache_key: Arc::clone(handle.query_cache_key()?),
        })
    }
}

/// Evaluates `$then` with the handle of a query of either kind, and `$other` for a mutation.
macro_rules! with_handle {
    ($handle:expr, $query:ident => $then:expr, $mutation:ident => $other:expr) => {
        match $handle {
            Handle::Query(asked) => {
                let $query = asked.handle();
                $then
            }
            Handle::Infinite { asked, .. } => {
                let $query = asked.handle();
                $then
            }
            Handle::Mutation($mutation) => $other,
        }
    };
}

/// A handle of whichever api made it.
pub(crate) trait AnyHandle {
    fn request_id(&self) -> Option<&Arc<str>>;

    /// Returns what a step that made this handle reports.
    fn report(&self) -> Value;

    /// Fetches again; with `cached_pages` said, by the initiation that this is. `None` if this
    /// is no handle of a query.
    fn refetch(
        &self,
        store: &AppStore,
        cached_pages: Option<bool>,
    ) -> Result<Option<Box<dyn AnyHandle>>, Refusal>;

    /// Fetches a page more; `None` if this is no handle of an infinite query.
    fn fetch_page(
        &self,
        store: &AppStore,
        direction: Direction,
    ) -> Result<Option<Box<dyn AnyHandle>>, Refusal>;

    /// Waits for what is under way and returns what `await` reports.
    fn settled(&self, store: &AppStore) -> BoxFuture<'static, Value>;

    /// Waits for what is under way and returns its data.
    fn result(&self) -> BoxFuture<'static, Result<Value, QueryError>>;

    fn abort(&self, reason: Option<&str>);

    /// Resets a mutation; `None` if this is none.
    fn reset(&self) -> Option<()>;

    fn update_subscription_options(&self, options: SubscriptionOptions);

    /// Ends the subscription and keeps the handle for later steps: dispatches the action that
    /// dropping the handle would.
    fn unsubscribe_in_place(&self, store: &AppStore) -> Result<(), Refusal>;

    /// Lets go of the handle without an end of its subscription.
    fn detach(self: Box<Self>);
}

impl<N: Slot> AnyHandle for Handle<N> {
    fn request_id(&self) -> Option<&Arc<str>> {
        with_handle!(self, query => query.request_id(), mutation => mutation.request_id())
    }

    fn report(&self) -> Value {
        let mut report = json!({"requestId": self.request_id()});
        let key = with_handle!(self, query => query.query_cache_key(), _mutation => None);
        if let Some(key) = key {
            report["queryCacheKey"] = (&**key).into();
        }
        report
    }

    fn refetch(
        &self,
        store: &AppStore,
        cached_pages: Option<bool>,
    ) -> Result<Option<Box<dyn AnyHandle>>, Refusal> {
        Ok(Some(Box::new(match (self, cached_pages) {
            (Self::Query(asked), _) => Self::Query(Asked::Refetch(asked.handle().refetch())),
            (Self::Infinite { asked, endpoint, arg }, None) => {
                let asked = Asked::Refetch(asked.handle().refetch());
                Self::Infinite { asked, endpoint: endpoint.clone(), arg: arg.clone() }
            }
            (Self::Infinite { endpoint, arg, .. }, Some(refetch)) => {
                let options = InitiateSpec {
                    subscribe: Some(false),
                    force_refetch: Some(true.into()),
                    refetch_cached_pages: Some(refetch),
                    ..InitiateSpec::default()
                };
                let endpoint = QueryEndpoint::Infinite(endpoint.clone());
                endpoint.initiate(store, arg.clone(), &options)?
            }
            (Self::Mutation(_), _) => return Ok(None),
        })))
    }

    fn fetch_page(
        &self,
        store: &AppStore,
        direction: Direction,
    ) -> Result<Option<Box<dyn AnyHandle>>, Refusal> {
        let Self::Infinite { endpoint, arg, .. } = self else { return Ok(None) };
        let options = InitiateSpec {
            subscribe: Some(false),
            direction: Some(direction),
            ..InitiateSpec::default()
        };
        let endpoint = QueryEndpoint::Infinite(endpoint.clone());
        Ok(Some(Box::new(endpoint.initiate(store, arg.clone(), &options)?)))
    }

    fn settled(&self, store: &AppStore) -> BoxFuture<'static, Value> {
        match self {
            Self::Query(asked) => {
                let settled = asked.handle().settled();
                Box::pin(async move { json!({"value": query_view(&settled.await)}) })
            }
            Self::Infinite { asked, endpoint, arg } => {
                let (settled, store) = (asked.handle().settled(), store.clone());
                let (endpoint, arg) = (QueryEndpoint::Infinite(endpoint.clone()), arg.clone());
                Box::pin(async move {
                    settled.await;
                    json!({"value": endpoint.view(&store.state(), arg)})
                })
            }
            Self::Mutation(mutation) => {
                let result = mutation.into_future();
                Box::pin(async move {
                    match result.await {
                        Ok(data) => json!({"value": {"data": data}}),
                        Err(error) => json!({"value": {"error": error}}),
                    }
                })
            }
        }
    }

    fn result(&self) -> BoxFuture<'static, Result<Value, QueryError>> {
        match self {
            Self::Query(asked) => json_of(asked.handle().into_future()),
            Self::Infinite { asked, .. } => json_of(asked.handle().into_future()),
            Self::Mutation(mutation) => json_of(mutation.into_future()),
        }
    }

    fn abort(&self, reason: Option<&str>) {
        match reason {
            None => with_handle!(self, query => query.abort(), mutation => mutation.abort()),
            Some(reason) => {
                with_handle!(
                    self,
                    query => query.abort_with(reason),
                    mutation => mutation.abort_with(reason)
                );
            }
        }
    }

    fn reset(&self) -> Option<()> {
        let Self::Mutation(mutation) = self else { return None };
        mutation.reset();
        Some(())
    }

    fn update_subscription_options(&self, options: SubscriptionOptions) {
        with_handle!(
            self,
            query => query.update_subscription_options(options),
            _mutation => {}
        );
    }

    fn unsubscribe_in_place(&self, store: &AppStore) -> Result<(), Refusal> {
        let action = match self {
            Self::Query(asked) => asked.unsubscription(),
            Self::Infinite { asked, .. } => asked.unsubscription(),
            Self::Mutation(_) => None,
        };
        let Some(action) = action else { return Ok(()) };
        Ok(store.try_dispatch(ApiAction::<TestApi<N>>::new(action))?)
    }

    fn detach(self: Box<Self>) {
        match *self {
            Self::Query(Asked::Initiated { handle, .. }) => handle.detach(),
            Self::Infinite { asked: Asked::Initiated { handle, .. }, .. } => handle.detach(),
            _ => {}
        }
    }
}

fn json_of<T: Serialize + Send + Sync + 'static>(
    result: BoxFuture<'static, Result<Arc<T>, QueryError>>,
) -> BoxFuture<'static, Result<Value, QueryError>> {
    Box::pin(async move { result.await.map(|data| json!(*data)) })
}
