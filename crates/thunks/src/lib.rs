//! Thunks for retake: functions that are dispatched, async thunks, and the endpoints of a
//! server cache.
//!
//! This is where closures are: whatever a user writes runs here, before an action exists, and
//! the action carries what it returned.
//!
//! - [`thunk`]: a synchronous function of the store.
//! - [`AsyncThunk`]: pending, fulfilled, rejected.
//! - [`Query`] and [`Mutation`]: endpoints of an api. [`UntypedQuery`] and [`UntypedMutation`]
//!   are made at run time.
//! - [`InfiniteQuery`]: an endpoint that reads a list page by page; [`Paged`] is the same as a
//!   [`Query`]. [`UntypedInfiniteQuery`] is made at run time.
//! - [`BaseQuery`]: sends their requests; [`DynBaseQuery`] is one that is chosen when the store
//!   is built. [`Request`] and [`Response`] are what goes over HTTP, as data.
//! - [`retry`]: a base query around another that sends failed requests again;
//!   [`ExtraOptions`] are what endpoints and dispatches say to base queries.
//! - [`QueryHandle`], [`InfiniteQueryHandle`] and [`MutationHandle`]: what dispatching an
//!   endpoint returns; [`QueryState`], [`InfiniteQueryState`] and [`MutationState`]: an entry as
//!   its reader sees it.
//! - [`PendingAction`], [`FulfilledAction`], [`RejectedAction`]: actions of one endpoint, typed.
//! - [`inject_endpoints`], [`EnhanceQuery`]: endpoints that are replaced or changed in one store.
//! - [`running_queries`] and [`running_mutations`]: the requests under way, to wait for.
//! - [`QueryContext`] and [`MutationContext`]: what runs beside a request knows;
//!   [`QueryFulfilled`] is the answer that it waits for.
//! - [`Schemas`]: what the values of an endpoint have to be like; each is a [`Schema`].
//! - [`QueryEntryContext`] and [`MutationEntryContext`]: what runs with a cache entry knows.
//! - [`PatchHandle`]: an optimistic edit that can be undone.
//! - [`upsert_query_entries`]: data that is put into the cache without a request.
//! - [`setup_listeners`]: tells a store what happens to the window and the network.
//! - [`Runtime`]: where time, ids and tasks come from; [`Environment`]: how a store carries it.
//! - [`Engine`]: runs the requests of one api. It knows no type of the application.
//!
//! # Trade-offs
//!
//! - An endpoint's argument passes through JSON on its way into a request: this is what lets a
//!   refetch start from the state alone, and costs one conversion for each request.
//! - Endpoints are erased at the edge, so that the long functions compile once. A call of an
//!   endpoint's function is a virtual one.
//! - An endpoint is known by its name from its first dispatch on, unless it was injected. It carries no data, and one
//!   that was never dispatched in this process cannot be fetched again by a tag.
//! - The context of a request keeps its store alive: a function that waits forever does, too.
//!   That of an entry does not.

mod abort;
mod async_thunk;
mod base_query;
mod cache_thunks;
mod dyn_base_query;
mod endpoint;
mod engine;
mod enhance;
mod environment;
mod extra_options;
mod handle;
mod initiate;
mod inject;
mod request;
mod result;
mod retry;
mod running;
mod runtime;
mod schema;
mod thunk;
mod window;

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
pub use dyn_base_query::DynBaseQuery;
pub use endpoint::{
    EndpointArg, Fetched, FulfilledAction, InfinitePages, InfiniteQuery, JsonArg, Mutation,
    MutationContext, MutationEntryContext, MutationOutcome, Paged, PendingAction, Query, QueryArgs,
    QueryContext, QueryEntryContext, QueryFnContext, QueryOptions, QueryOutcome, RejectedAction,
    UntypedInfiniteQuery, UntypedInfiniteQueryBuilder, UntypedMutation, UntypedMutationBuilder,
    UntypedQuery, UntypedQueryBuilder,
};
pub use engine::{
    AddedEntry, CacheDataLoaded, CacheEntryRemoved, Engine, EntryEvent, Host, NeverLoaded,
    QueryFulfilled, QueryRejected, UpdateError,
};
pub use enhance::{EnhanceMutation, EnhanceQuery};
pub use environment::{Environment, Extra};
pub use extra_options::ExtraOptions;
pub use handle::{InfiniteQueryHandle, MutationHandle, QueryHandle, Refetching};
pub use initiate::{InitiateInfiniteQuery, InitiateMutation, InitiateQuery};
pub use inject::{EndpointExists, InjectEndpoints, OverrideExisting, inject_endpoints};
pub use request::{Body, CustomHandler, Part, Request, Response, ResponseHandler, ValidateStatus};
pub use result::{InfiniteQueryState, MutationState, QueryState};
pub use retry::{FailedAttempt, Retry, RetryOptions, retry};
pub use running::{
    GetRunningMutation, GetRunningMutations, GetRunningQueries, GetRunningQuery, RunningRequest,
    RunningRequests, running_mutations, running_queries,
};
pub use runtime::{BoxFuture, Runtime};
#[cfg(not(target_arch = "wasm32"))]
pub use runtime::{NoRuntime, TokioRuntime};
#[cfg(feature = "jsonschema")]
pub use schema::{InvalidJsonSchema, JsonSchema};
pub use schema::{Schema, Schemas, SerdeSchema, serde_schema};
pub use thunk::{Thunk, thunk};
pub use window::{WindowListeners, setup_listeners};
