//! What a script knows of its request: a query's or a mutation's.

use retake::PatchHandle;
use retake::store::cache::StoreOf;
use retake::thunks::{MutationContext, Paged, QueryContext, QueryRejected};
use serde_json::{Value, json};

use std::sync::Arc;

use crate::app::{ReducerPath, TestApi};
use crate::calls::Refusal;
use crate::edit::{Edit, apply};
use crate::endpoints::{AnyInfiniteQuery, AnyMutation, AnyQuery};
use crate::view::{mutation_view, query_view};
use crate::world::World;

/// The context of an `on_query_started`.
pub(crate) enum ScriptContext<N: ReducerPath> {
    Query(QueryContext<AnyQuery<N>>),
    Infinite(QueryContext<Paged<AnyInfiniteQuery<N>>>),
    Mutation(MutationContext<AnyMutation<N>>),
}

impl<N: ReducerPath> ScriptContext<N> {
    pub(crate) fn world(&self) -> Option<Arc<World<N>>> {
        match self {
            Self::Query(cx) => cx.extra().cloned(),
            Self::Infinite(cx) => cx.extra().cloned(),
            Self::Mutation(cx) => cx.extra().cloned(),
        }
    }

    pub(crate) fn store(&self) -> &StoreOf<TestApi<N>> {
        match self {
            Self::Query(cx) => cx.store(),
            Self::Infinite(cx) => cx.store(),
            Self::Mutation(cx) => cx.store(),
        }
    }

    pub(crate) fn request_id(&self) -> &str {
        match self {
            Self::Query(cx) => cx.request_id(),
            Self::Infinite(cx) => cx.request_id(),
            Self::Mutation(cx) => cx.request_id(),
        }
    }

    /// Returns the entry as `select` shows it.
    ///
    /// The flags of an infinite query come from the selector of its `endpoint` for `arg`.
    pub(crate) fn cache_entry(&self, endpoint: &str, arg: Option<Value>) -> Result<Value, Refusal> {
        Ok(match self {
            Self::Query(cx) => query_view(&cx.get_cache_entry()),
            Self::Infinite(cx) => {
                let world = self.world().ok_or_else(|| Refusal::Scenario("no world".into()))?;
                world.query(endpoint)?.view(&cx.state(), arg)
            }
            Self::Mutation(cx) => mutation_view(&cx.get_cache_entry()),
        })
    }

    /// Edits the entry of a query; mutations have nothing to edit.
    pub(crate) fn update_cached_data(&self, edits: &[Edit]) -> Option<PatchHandle<TestApi<N>>> {
        match self {
            Self::Query(cx) => Some(cx.update_cached_data(|draft| apply(draft, edits))),
            Self::Infinite(cx) => Some(cx.update_cached_data(|draft| apply(draft, edits))),
            Self::Mutation(_) => None,
        }
    }

    pub(crate) async fn query_fulfilled(&self) -> Result<Value, QueryRejected> {
        match self {
            Self::Query(cx) => cx.query_fulfilled().await.map(|it| Value::clone(&it.data)),
            Self::Infinite(cx) => cx.query_fulfilled().await.map(|it| json!(*it.data)),
            Self::Mutation(cx) => cx.query_fulfilled().await.map(|it| Value::clone(&it.data)),
        }
    }
}

impl<N: ReducerPath> From<QueryContext<Paged<AnyInfiniteQuery<N>>>> for ScriptContext<N> {
    fn from(cx: QueryContext<Paged<AnyInfiniteQuery<N>>>) -> Self {
        Self::Infinite(cx)
    }
}

impl<N: ReducerPath> From<QueryContext<AnyQuery<N>>> for ScriptContext<N> {
    fn from(cx: QueryContext<AnyQuery<N>>) -> Self {
        Self::Query(cx)
    }
}

impl<N: ReducerPath> From<MutationContext<AnyMutation<N>>> for ScriptContext<N> {
    fn from(cx: MutationContext<AnyMutation<N>>) -> Self {
        Self::Mutation(cx)
    }
}
