//! Thunks for retake: functions that are dispatched, async thunks, and the endpoints of a
//! server cache.
//!
//! - [`thunk`]: a synchronous function of the store.
//! - [`AsyncThunk`]: pending, fulfilled, rejected.
//! - [`Query`] and [`Mutation`]: endpoints of an api; [`BaseQuery`] sends their requests.
//! - [`QueryHandle`] and [`MutationHandle`]: what dispatching an endpoint returns.
//! - [`PatchHandle`]: an optimistic edit that can be undone.
//! - [`Runtime`]: where time, ids and tasks come from.
//!
//! # Trade-offs
//!
//! An endpoint's argument passes through JSON on its way into a request: this is what lets a
//! refetch start from the state alone, and costs one conversion for each request.

mod abort;
mod async_thunk;
mod base_query;
mod cache_thunks;
mod endpoint;
mod engine;
mod environment;
mod handle;
mod initiate;
mod request;
mod result;
mod runtime;
mod thunk;

pub use abort::{AbortHandle, AbortSignal};
pub use async_thunk::{
    AsyncThunk, AsyncThunkAction, AsyncThunkContext, AsyncThunkHandle, AsyncThunkMeta,
    AsyncThunkStep, Rejection, RunAsyncThunk,
};
pub use base_query::{Answer, BaseQuery, EndpointKind, Failure, RequestContext};
pub use cache_thunks::{
    PatchHandle, PatchQueryData, Prefetch, UpdateQueryData, UpsertEntry, UpsertQueryData,
    UpsertQueryEntries, Upserting, upsert_query_entries,
};
pub use endpoint::{
    EndpointArg, Fetched, JsonArg, Mutation, MutationContext, MutationOutcome, Query, QueryArgs,
    QueryContext, QueryFnContext, QueryOptions, QueryOutcome, UntypedMutation,
    UntypedMutationBuilder, UntypedQuery, UntypedQueryBuilder,
};
pub use engine::{Engine, Host, QueryFulfilled, QueryRejected, UpdateError};
pub use environment::{Environment, Extra};
pub use handle::{MutationHandle, QueryHandle, Refetching};
pub use initiate::{InitiateMutation, InitiateQuery};
pub use request::Request;
pub use result::{MutationState, QueryState};
pub use runtime::{BoxFuture, Runtime};
#[cfg(not(target_arch = "wasm32"))]
pub use runtime::{NoRuntime, TokioRuntime};
pub use thunk::{Thunk, thunk};
