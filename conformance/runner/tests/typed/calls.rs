//! Endpoints and handles of any types, as steps call them: with JSON.

use std::error::Error;
use std::future::IntoFuture;

use retake::prelude::*;
use retake::store::Store;
use retake::store::cache::{InfiniteQueryDirection, QueryError};
use retake::thunks::{BoxFuture, MutationHandle, Refetching, UpsertEntry, Upserting};
use retake::{PatchHandle, QueryHandle};
use retake_conformance::scenario::{Direction, EditSpec, InitiateSpec};
use retake_conformance::{edited, infinite_query_view, mutation_view, query_view};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::{App, AppAction, ListPages, PostsApi};

pub(crate) type AppStore = Store<App, AppAction>;
pub(crate) type Failed = Box<dyn Error>;
type Outcome = BoxFuture<'static, Result<Value, QueryError>>;

/// A query, with JSON.
pub(crate) trait AnyQuery {
    fn initiate(
        &self,
        store: &AppStore,
        arg: Option<&Value>,
        options: &InitiateSpec,
    ) -> Result<Box<dyn AnyHandle>, Failed>;
    fn prefetch(&self, store: &AppStore, arg: Option<&Value>, force: bool) -> Result<(), Failed>;
    fn update(
        &self,
        store: &AppStore,
        arg: Option<&Value>,
        edits: &[EditSpec],
        update_provided: bool,
    ) -> Result<PatchHandle<PostsApi>, Failed>;
    fn upsert(
        &self,
        store: &AppStore,
        arg: Option<&Value>,
        value: &Value,
    ) -> Result<Box<dyn AnyHandle>, Failed>;
    fn upsert_entry(
        &self,
        arg: Option<&Value>,
        value: &Value,
    ) -> Result<UpsertEntry<PostsApi>, Failed>;
    fn view(&self, app: &App, arg: Option<&Value>) -> Result<Value, Failed>;
}

/// What a step named.
pub(crate) trait AnyHandle {
    fn request_id(&self) -> Option<&str>;
    fn query_cache_key(&self) -> Option<&str>;
    fn abort(&self);
    /// What `await` reports.
    fn settled(&self) -> BoxFuture<'static, Value>;
    fn result(&self) -> Outcome;
    fn refetch(&self) -> Option<Box<dyn AnyHandle>> {
        None
    }
    fn update_subscription_options(&self, _options: SubscriptionOptions) {}
    fn reset(&self) {}
    /// Keeps the subscription although the handle is let go of.
    fn detach(self: Box<Self>);
}

fn read<T: DeserializeOwned>(value: Option<&Value>) -> Result<T, Failed> {
    Ok(serde_json::from_value(value.cloned().unwrap_or_default())?)
}

impl<E: Query<Api = PostsApi> + Clone> AnyQuery for E {
    fn initiate(
        &self,
        store: &AppStore,
        arg: Option<&Value>,
        options: &InitiateSpec,
    ) -> Result<Box<dyn AnyHandle>, Failed> {
        let mut initiate = self.clone().initiate(read(arg)?);
        initiate = initiate.subscribe(options.subscribe.unwrap_or(true));
        if let Some(refetch) = options.force_refetch {
            initiate = initiate.force_refetch(refetch);
        }
        if let Some(options) = options.subscription_options {
            initiate = initiate.subscription_options(options);
        }
        Ok(Box::new(Asked::Initiated(store.dispatch(initiate))))
    }

    fn prefetch(&self, store: &AppStore, arg: Option<&Value>, force: bool) -> Result<(), Failed> {
        let prefetch = self.clone().prefetch(read(arg)?);
        store.dispatch(if force { prefetch.force() } else { prefetch });
        Ok(())
    }

    fn update(
        &self,
        store: &AppStore,
        arg: Option<&Value>,
        edits: &[EditSpec],
        update_provided: bool,
    ) -> Result<PatchHandle<PostsApi>, Failed> {
        let update = self.clone().update_query_data(read(arg)?, |draft| {
            let next = json!(draft);
            let next = edited(next, edits, arg.cloned()).map_err(|error| error.to_string());
            *draft = serde_json::from_value(next.unwrap()).unwrap();
        });
        Ok(store.dispatch(update.update_provided(update_provided)))
    }

    fn upsert(
        &self,
        store: &AppStore,
        arg: Option<&Value>,
        value: &Value,
    ) -> Result<Box<dyn AnyHandle>, Failed> {
        let upsert = self.clone().upsert_query_data(read(arg)?, read(Some(value))?);
        Ok(Box::new(Asked::Upserting(store.dispatch(upsert))))
    }

    fn upsert_entry(
        &self,
        arg: Option<&Value>,
        value: &Value,
    ) -> Result<UpsertEntry<PostsApi>, Failed> {
        Ok(Query::upsert_entry(self.clone(), read(arg)?, read(Some(value))?))
    }

    fn view(&self, app: &App, arg: Option<&Value>) -> Result<Value, Failed> {
        Ok(query_view(&self.select(&read(arg)?)(app)))
    }
}

/// The pages of [`ListPages`], with JSON: asking for them and looking at them is not what it is
/// for a query, the rest is.
pub(crate) struct Pages;

impl AnyQuery for Pages {
    fn initiate(
        &self,
        store: &AppStore,
        arg: Option<&Value>,
        options: &InitiateSpec,
    ) -> Result<Box<dyn AnyHandle>, Failed> {
        let mut initiate = ListPages.initiate(read(arg)?);
        initiate = initiate.subscribe(options.subscribe.unwrap_or(true));
        if let Some(refetch) = options.force_refetch {
            initiate = initiate.force_refetch(refetch);
        }
        if let Some(options) = options.subscription_options {
            initiate = initiate.subscription_options(options);
        }
        initiate = match options.direction {
            Some(Direction::Forward) => initiate.direction(InfiniteQueryDirection::Forward),
            Some(Direction::Backward) => initiate.direction(InfiniteQueryDirection::Backward),
            None => initiate,
        };
        Ok(Box::new(Asked::Initiated(store.dispatch(initiate).into_query())))
    }

    fn prefetch(&self, store: &AppStore, arg: Option<&Value>, force: bool) -> Result<(), Failed> {
        AnyQuery::prefetch(&ListPages.paged(), store, arg, force)
    }

    fn update(
        &self,
        store: &AppStore,
        arg: Option<&Value>,
        edits: &[EditSpec],
        update_provided: bool,
    ) -> Result<PatchHandle<PostsApi>, Failed> {
        ListPages.paged().update(store, arg, edits, update_provided)
    }

    fn upsert(
        &self,
        store: &AppStore,
        arg: Option<&Value>,
        value: &Value,
    ) -> Result<Box<dyn AnyHandle>, Failed> {
        ListPages.paged().upsert(store, arg, value)
    }

    fn upsert_entry(
        &self,
        arg: Option<&Value>,
        value: &Value,
    ) -> Result<UpsertEntry<PostsApi>, Failed> {
        AnyQuery::upsert_entry(&ListPages.paged(), arg, value)
    }

    fn view(&self, app: &App, arg: Option<&Value>) -> Result<Value, Failed> {
        Ok(infinite_query_view(&ListPages.select(&read(arg)?)(app)))
    }
}

/// What asking a query gave.
enum Asked<E: Query> {
    Initiated(QueryHandle<E>),
    Refetching(Refetching<E>),
    Upserting(Upserting<E>),
}

impl<E: Query> Asked<E> {
    fn handle(&self) -> &QueryHandle<E> {
        match self {
            Self::Initiated(handle) => handle,
            Self::Refetching(refetching) => refetching.handle(),
            Self::Upserting(upserting) => upserting.handle(),
        }
    }
}

impl<E: Query> AnyHandle for Asked<E> {
    fn request_id(&self) -> Option<&str> {
        self.handle().request_id().map(|id| &**id)
    }

    fn query_cache_key(&self) -> Option<&str> {
        self.handle().query_cache_key().map(|key| &**key)
    }

    fn abort(&self) {
        self.handle().abort();
    }

    fn settled(&self) -> BoxFuture<'static, Value> {
        let settled = self.handle().settled();
        Box::pin(async move { query_view(&settled.await) })
    }

    fn result(&self) -> Outcome {
        let result = self.handle().into_future();
        Box::pin(async move { result.await.map(|data| json!(data)) })
    }

    fn refetch(&self) -> Option<Box<dyn AnyHandle>> {
        Some(Box::new(Self::Refetching(self.handle().refetch())))
    }

    fn update_subscription_options(&self, options: SubscriptionOptions) {
        self.handle().update_subscription_options(options);
    }

    fn detach(self: Box<Self>) {
        if let Self::Initiated(handle) = *self {
            handle.detach();
        }
    }
}

impl<E: Mutation> AnyHandle for MutationHandle<E> {
    fn request_id(&self) -> Option<&str> {
        self.request_id().map(|id| &**id)
    }

    fn query_cache_key(&self) -> Option<&str> {
        None
    }

    fn abort(&self) {
        self.abort();
    }

    fn settled(&self) -> BoxFuture<'static, Value> {
        let result = self.into_future();
        Box::pin(async move {
            match result.await {
                Ok(data) => json!({"data": data}),
                Err(error) => json!({"error": error}),
            }
        })
    }

    fn result(&self) -> Outcome {
        let result = self.into_future();
        Box::pin(async move { result.await.map(|data| json!(data)) })
    }

    fn reset(&self) {
        self.reset();
    }

    fn detach(self: Box<Self>) {}
}

/// Returns what `selectMutation` reports.
pub(crate) fn mutation_select<E: Mutation<Api = PostsApi>>(
    mutation: &E,
    app: &App,
    key: &str,
) -> Value {
    mutation_view(&mutation.select(key)(app))
}
