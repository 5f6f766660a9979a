//! The queries of a scenario: those with one answer, and those with pages.

use std::time::Duration;

use retake::store::cache::InfiniteQueryDirection;
use retake::store::patch::{PatchOp, Patchable};
use retake::thunks::{InjectEndpoints, UpsertEntry};
use retake::{InfiniteQuery, PatchHandle, Query};
use serde_json::{Value, json};

use crate::app::{AppStore, TestApi};
use crate::calls::Refusal;
use crate::edit::{Edit, apply, replaces};
use crate::endpoints::{AnyInfiniteQuery, AnyQuery};
use crate::handles::{Asked, Handle};
use crate::scenario::{AgeSpec, Direction, InitiateSpec};
use crate::slot::{App, Slot};
use crate::view::{infinite_query_view, query_view};

/// A query of a scenario, of either kind.
pub(crate) enum QueryEndpoint<N: Slot> {
    Query(AnyQuery<N>),
    Infinite(AnyInfiniteQuery<N>),
}

impl<N: Slot> Clone for QueryEndpoint<N> {
    fn clone(&self) -> Self {
        match self {
            Self::Query(query) => Self::Query(query.clone()),
            Self::Infinite(query) => Self::Infinite(query.clone()),
        }
    }
}

/// Evaluates `$then` with `$query`, which is a `Query` in either case.
macro_rules! with_query {
    ($endpoint:expr, $query:ident => $then:expr) => {
        match $endpoint.clone() {
            QueryEndpoint::Query($query) => $then,
            QueryEndpoint::Infinite(infinite) => {
                let $query = infinite.paged();
                $then
            }
        }
    };
}

impl<N: Slot> QueryEndpoint<N> {
    pub(crate) fn initiate(
        &self,
        store: &AppStore,
        arg: Option<Value>,
        options: &InitiateSpec,
    ) -> Result<Handle<N>, Refusal> {
        let is_subscribed = options.subscribe.unwrap_or(true);
        macro_rules! with_options {
            ($initiate:expr) => {{
                let mut initiate = $initiate.subscribe(is_subscribed);
                if let Some(refetch) = options.force_refetch {
                    initiate = initiate.force_refetch(refetch);
                }
                if let Some(options) = options.subscription_options {
                    initiate = initiate.subscription_options(options);
                }
                initiate
            }};
        }
        match self {
            Self::Query(query) => {
                let initiate = with_options!(query.clone().initiate(arg.into()));
                let handle = store.try_dispatch(initiate)?;
                Ok(Handle::Query(Asked::Initiated { handle, is_subscribed }))
            }
            Self::Infinite(query) => {
                let mut initiate = with_options!(query.clone().initiate(arg.clone().into()));
                if let Some(direction) = options.direction {
                    initiate = initiate.direction(direction_of(direction));
                }
                if let Some(page_param) = &options.initial_page_param {
                    initiate = initiate.initial_page_param(page_param);
                }
                if let Some(refetch) = options.refetch_cached_pages {
                    initiate = initiate.refetch_cached_pages(refetch);
                }
                let handle = store.try_dispatch(initiate)?.into_query();
                let asked = Asked::Initiated { handle, is_subscribed };
                Ok(Handle::Infinite { asked, endpoint: query.clone(), arg })
            }
        }
    }

    pub(crate) fn prefetch(
        &self,
        store: &AppStore,
        arg: Option<Value>,
        force: Option<bool>,
        if_older_than: Option<AgeSpec>,
    ) -> Result<(), Refusal> {
        let age = match if_older_than {
            Some(AgeSpec::Seconds(seconds)) => {
                let age = Duration::try_from_secs_f64(seconds);
                Some(age.map_err(|error| {
                    Refusal::Scenario(format!("ifOlderThan {seconds}: {error}"))
                })?)
            }
            _ => None,
        };
        with_query!(self, query => {
            let mut prefetch = query.prefetch(arg.into());
            if let Some(age) = age {
                prefetch = prefetch.if_older_than(age);
            }
            if force == Some(true) {
                prefetch = prefetch.force();
            }
            Ok(store.try_dispatch(prefetch)?)
        })
    }

    pub(crate) fn update(
        &self,
        store: &AppStore,
        arg: Option<Value>,
        edits: &[Edit],
        update_provided: bool,
    ) -> Result<PatchHandle<TestApi<N>>, Refusal> {
        with_query!(self, query => {
            let update = query.update_query_data(arg.into(), |draft| apply(draft, edits));
            let update = update.update_provided(update_provided).replace(replaces(edits));
            Ok(store.try_dispatch(update)?)
        })
    }

    pub(crate) fn patch(
        &self,
        store: &AppStore,
        arg: Option<Value>,
        patches: Vec<PatchOp>,
        update_provided: bool,
    ) -> Result<(), Refusal> {
        with_query!(self, query => {
            let patch = query.patch_query_data(arg.into(), patches);
            Ok(store.try_dispatch(patch.update_provided(update_provided))??)
        })
    }

    pub(crate) fn upsert(
        &self,
        store: &AppStore,
        arg: Option<Value>,
        value: Value,
    ) -> Result<Handle<N>, Refusal> {
        match self.clone() {
            Self::Query(query) => {
                let upserting = store.try_dispatch(query.upsert_query_data(arg.into(), value))?;
                Ok(Handle::Query(Asked::Upsert(upserting)))
            }
            Self::Infinite(query) => {
                let endpoint = query.clone();
                let upsert = query.upsert_query_data(arg.clone().into(), decoded(value)?);
                let asked = Asked::Upsert(store.try_dispatch(upsert)?);
                Ok(Handle::Infinite { asked, endpoint, arg })
            }
        }
    }

    pub(crate) fn upsert_entry(
        &self,
        arg: Option<Value>,
        value: Value,
    ) -> Result<UpsertEntry<TestApi<N>>, Refusal> {
        with_query!(self, query => Ok(query.upsert_entry(arg.into(), decoded(value)?)))
    }

    pub(crate) fn inject(
        &self,
        inject: InjectEndpoints<TestApi<N>>,
    ) -> InjectEndpoints<TestApi<N>> {
        with_query!(self, query => inject.query(query))
    }

    /// Returns what is known of the request under way.
    pub(crate) fn running(&self, store: &AppStore, arg: Option<Value>) -> Result<Value, Refusal> {
        with_query!(self, query => {
            let running = store.try_dispatch(query.running_query(&arg.into()))?;
            Ok(running.map_or(Value::Null, |it| {
                json!({"requestId": it.request_id(), "queryCacheKey": it.query_cache_key()})
            }))
        })
    }

    /// Returns what `select` shows.
    pub(crate) fn view(&self, app: &App, arg: Option<Value>) -> Value {
        match self.clone() {
            Self::Query(query) => query_view(&query.select(&arg.into())(app)),
            Self::Infinite(query) => infinite_query_view(&query.select(&arg.into())(app)),
        }
    }
}

pub(crate) fn direction_of(direction: Direction) -> InfiniteQueryDirection {
    match direction {
        Direction::Forward => InfiniteQueryDirection::Forward,
        Direction::Backward => InfiniteQueryDirection::Backward,
    }
}

fn decoded<T: Patchable>(value: Value) -> Result<T, Refusal> {
    serde_json::from_value(value)
        .map_err(|error| Refusal::Scenario(format!("the data cannot be read: {error}")))
}
