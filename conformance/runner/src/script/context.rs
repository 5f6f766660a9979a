//! What a script knows of its request or its entry.

use std::sync::Arc;

use retake::PatchHandle;
use retake::thunks::{
    MutationContext, MutationEntryContext, NeverLoaded, Paged, QueryContext, QueryEntryContext,
    QueryRejected,
};
use serde_json::{Value, json};

use crate::app::{AppStore, TestApi};
use crate::calls::Refusal;
use crate::edit::{Edit, apply};
use crate::endpoints::{AnyInfiniteQuery, AnyMutation, AnyQuery};
use crate::slot::Slot;
use crate::view::{mutation_view, query_view};
use crate::world::World;

/// The context of an `on_query_started` or an `on_cache_entry_added`.
pub(crate) enum ScriptContext<N: Slot> {
    Query(QueryContext<AnyQuery<N>>),
    Infinite(QueryContext<Paged<AnyInfiniteQuery<N>>>),
    Mutation(MutationContext<AnyMutation<N>>),
    QueryEntry(QueryEntryContext<AnyQuery<N>>),
    InfiniteEntry(QueryEntryContext<Paged<AnyInfiniteQuery<N>>>),
    MutationEntry(MutationEntryContext<AnyMutation<N>>),
}

/// Evaluates `$of` with the context as `$cx`, whichever it is.
macro_rules! each {
    ($context:expr, $cx:ident => $of:expr) => {
        match $context {
            ScriptContext::Query($cx) => $of,
            ScriptContext::Infinite($cx) => $of,
            ScriptContext::Mutation($cx) => $of,
            ScriptContext::QueryEntry($cx) => $of,
            ScriptContext::InfiniteEntry($cx) => $of,
            ScriptContext::MutationEntry($cx) => $of,
        }
    };
}

impl<N: Slot> ScriptContext<N> {
    /// Returns whether the script runs with an entry, not with a request.
    pub(crate) fn is_of_entry(&self) -> bool {
        matches!(self, Self::QueryEntry(_) | Self::InfiniteEntry(_) | Self::MutationEntry(_))
    }

    pub(crate) fn world(&self) -> Option<Arc<World>> {
        each!(self, cx => cx.extra().cloned())
    }

    pub(crate) fn store(&self) -> AppStore {
        match self {
            Self::Query(cx) => cx.store().clone(),
            Self::Infinite(cx) => cx.store().clone(),
            Self::Mutation(cx) => cx.store().clone(),
            Self::QueryEntry(cx) => cx.store(),
            Self::InfiniteEntry(cx) => cx.store(),
            Self::MutationEntry(cx) => cx.store(),
        }
    }

    pub(crate) fn request_id(&self) -> &str {
        each!(self, cx => cx.request_id())
    }

    /// Returns the entry as `select` shows it.
    ///
    /// The flags of an infinite query come from the selector of its `endpoint` for `arg`.
    pub(crate) fn cache_entry(&self, endpoint: &str, arg: Option<Value>) -> Result<Value, Refusal> {
        Ok(match self {
            Self::Query(cx) => query_view(&cx.get_cache_entry()),
            Self::QueryEntry(cx) => query_view(&cx.get_cache_entry()),
            Self::Infinite(_) | Self::InfiniteEntry(_) => {
                let world = self.world().ok_or_else(|| Refusal::Scenario("no world".into()))?;
                world.query::<N>(endpoint)?.view(&self.store().state(), arg)
            }
            Self::Mutation(cx) => mutation_view(&cx.get_cache_entry()),
            Self::MutationEntry(cx) => mutation_view(&cx.get_cache_entry()),
        })
    }

    /// Edits the entry of a query; mutations have nothing to edit.
    pub(crate) fn update_cached_data(&self, edits: &[Edit]) -> Option<PatchHandle<TestApi<N>>> {
        match self {
            Self::Query(cx) => Some(cx.update_cached_data(|draft| apply(draft, edits))),
            Self::Infinite(cx) => Some(cx.update_cached_data(|draft| apply(draft, edits))),
            Self::QueryEntry(cx) => Some(cx.update_cached_data(|draft| apply(draft, edits))),
            Self::InfiniteEntry(cx) => Some(cx.update_cached_data(|draft| apply(draft, edits))),
            Self::Mutation(_) | Self::MutationEntry(_) => None,
        }
    }

    /// Waits for the answer to the request; `None` when the script runs with an entry.
    pub(crate) async fn query_fulfilled(&self) -> Option<Result<Value, QueryRejected>> {
        Some(match self {
            Self::Query(cx) => cx.query_fulfilled().await.map(|it| json!(*it.data)),
            Self::Infinite(cx) => cx.query_fulfilled().await.map(|it| json!(*it.data)),
            Self::Mutation(cx) => cx.query_fulfilled().await.map(|it| json!(*it.data)),
            _ => return None,
        })
    }

    /// Waits for the first data of the entry; `None` when the script runs with a request.
    pub(crate) async fn cache_data_loaded(&self) -> Option<Result<Value, NeverLoaded>> {
        Some(match self {
            Self::QueryEntry(cx) => cx.cache_data_loaded().await.map(|it| json!(*it.data)),
            Self::InfiniteEntry(cx) => cx.cache_data_loaded().await.map(|it| json!(*it.data)),
            Self::MutationEntry(cx) => cx.cache_data_loaded().await.map(|it| json!(*it.data)),
            _ => return None,
        })
    }

    /// Waits for the removal of the entry; a request has none.
    pub(crate) async fn cache_entry_removed(&self) {
        match self {
            Self::QueryEntry(cx) => cx.cache_entry_removed().await,
            Self::InfiniteEntry(cx) => cx.cache_entry_removed().await,
            Self::MutationEntry(cx) => cx.cache_entry_removed().await,
            Self::Query(_) | Self::Infinite(_) | Self::Mutation(_) => {}
        }
    }
}

impl<N: Slot> Clone for ScriptContext<N> {
    fn clone(&self) -> Self {
        match self {
            Self::Query(cx) => Self::Query(cx.clone()),
            Self::Mutation(cx) => Self::Mutation(cx.clone()),
            Self::Infinite(cx) => Self::Infinite(cx.clone()),
            Self::QueryEntry(cx) => Self::QueryEntry(cx.clone()),
            Self::InfiniteEntry(cx) => Self::InfiniteEntry(cx.clone()),
            Self::MutationEntry(cx) => Self::MutationEntry(cx.clone()),
        }
    }
}

impl<N: Slot> From<QueryContext<AnyQuery<N>>> for ScriptContext<N> {
    fn from(cx: QueryContext<AnyQuery<N>>) -> Self {
        Self::Query(cx)
    }
}

impl<N: Slot> From<MutationContext<AnyMutation<N>>> for ScriptContext<N> {
    fn from(cx: MutationContext<AnyMutation<N>>) -> Self {
        Self::Mutation(cx)
    }
}

impl<N: Slot> From<QueryEntryContext<AnyQuery<N>>> for ScriptContext<N> {
    fn from(cx: QueryEntryContext<AnyQuery<N>>) -> Self {
        Self::QueryEntry(cx)
    }
}

impl<N: Slot> From<MutationEntryContext<AnyMutation<N>>> for ScriptContext<N> {
    fn from(cx: MutationEntryContext<AnyMutation<N>>) -> Self {
        Self::MutationEntry(cx)
    }
}

impl<N: Slot> From<QueryContext<Paged<AnyInfiniteQuery<N>>>> for ScriptContext<N> {
    fn from(cx: QueryContext<Paged<AnyInfiniteQuery<N>>>) -> Self {
        Self::Infinite(cx)
    }
}

impl<N: Slot> From<QueryEntryContext<Paged<AnyInfiniteQuery<N>>>> for ScriptContext<N> {
    fn from(cx: QueryEntryContext<Paged<AnyInfiniteQuery<N>>>) -> Self {
        Self::InfiniteEntry(cx)
    }
}
