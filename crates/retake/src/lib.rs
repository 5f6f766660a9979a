//! Redux for Rust: one `dispatch`, a server cache with the semantics of RTK Query, and
//! action logs that replay.
//!
//! An application brings a state and its actions, and gets a store:
//!
//! - [`slice`](macro@slice): a part of the state, with the actions that change it.
//! - [`derive(State)`](macro@State), [`derive(Action)`](macro@Action): the state and the
//!   actions of the whole application. Both can be written by hand.
//! - [`Store`]: [`dispatch`](Store::dispatch) an action, read the [`state`](Store::state),
//!   [`subscribe`](Store::subscribe) to changes.
//! - [`thunk`]: a function that is dispatched. [`AsyncThunk`]: work that takes time.
//! - [`configure_store`]: a store with apis, middleware, a runtime.
//!
//! A server is an [`Api`](store::cache::Api) with endpoints:
//!
//! - [`Query`]: reads and caches. Dispatching it returns a [`QueryHandle`], which is the
//!   subscription.
//! - [`Mutation`]: writes, and says which tags are outdated.
//! - [`PatchHandle`]: an edit of cached data that can be undone.
//! - [`BaseQuery`]: how requests are sent; over HTTP with the feature `http` (`http-tls`
//!   for https). [`retry`] sends failed requests again.
//! - [`Schemas`](thunks::Schemas): what answers and arguments have to be like; JSON Schemas
//!   with the feature `jsonschema`.
//!
//! The user can undo what happened to chosen slices: [`Undoable`](store::undo::Undoable).
//!
//! What happened can be looked at afterwards: [`store::log`] reads, folds and verifies logs
//! of actions.
//!
//! Redux DevTools show a store with history, and travel in it, with the feature `devtools`.
//!
//! The [`prelude`] has what an application imports. The crates behind this one are
//! [`store`], [`thunks`] and [`middleware`]; tests of an application use `retake-testing`.
//!
//! # Examples
//! ```
//! use retake::prelude::*;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Debug, Default, Serialize, Deserialize)]
//! struct Counter { value: i64 }
//!
//! #[slice(name = "counter")]
//! impl Counter {
//!     fn added(&mut self, by: i64) { self.value += by; }
//! }
//!
//! #[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
//! struct App { counter: Counter }
//!
//! #[derive(Clone, Debug, Action)]
//! enum AppAction { Counter(CounterAction) }
//!
//! let store = Store::<App, AppAction>::new(App::default());
//! store.dispatch(CounterAction::Added(2));
//! assert_eq!(store.state().counter.value, 2);
//! ```
//!
//! # Trade-offs
//!
//! - Everything in the state and in actions has a JSON form. This is what logs, tools and
//!   replays live on, and it rules out closures, handles and open files there.
//! - The state is copied where it changes. Persistent maps and `Arc`s make that cheap; a
//!   plain `Vec` in the state is copied as a whole by the dispatch that changes its slice.
//! - One dispatch at a time: threads wait for each other's reducers and middleware. Reads
//!   wait for neither.
//! - The cache is keyed by endpoint and argument, not normalised: a post that stands in two
//!   entries is there twice, and tags bring both up to date.

mod configure;

pub use configure::{BuildError, ConfigureStore, configure_store};

/// Persistent collections for big lists in the state: the version that retake patches.
pub use im;
#[cfg(feature = "devtools")]
pub use retake_devtools as devtools;
#[cfg(feature = "http")]
pub use retake_http as http;
pub use retake_macros::{Action, Patchable, State, slice};
pub use retake_middleware as middleware;
pub use retake_store as store;
pub use retake_thunks as thunks;
/// JSON values, as base queries and transforms take and give them.
pub use serde_json;

pub use retake_store::{
    Action, Changed, Dispatch, DispatchError, Middleware, Next, Reducer, State, Store,
    Subscription, Topic, WeakStore, create_selector,
};
pub use retake_thunks::{
    AsyncThunk, AsyncThunkAction, BaseQuery, Mutation, PatchHandle, Query, QueryHandle, Request,
    Retry, retry, setup_listeners, thunk,
};
pub use retake_thunks::{InfiniteQuery, InfiniteQueryHandle};

/// What an application that defines a state, actions and endpoints imports.
pub mod prelude {
    #[cfg(feature = "http")]
    pub use retake_http::{FetchError, HttpBaseQuery};
    pub use retake_macros::{Action, Patchable, State, slice};
    pub use retake_store::cache::{
        Api, ApiAction, ApiOptions, ApiState, InvalidationBehavior, KeepUnusedData, QueryError,
        Rehydration, SchemaFailure, SchemaHooks, SchemaIssue, SchemaKind, SerializedError,
        SubscriptionOptions, Tag, Tags, WindowAction, tag,
    };
    pub use retake_store::cache::{InfiniteData, InfiniteQueryDirection};
    pub use retake_store::patch::Patchable;
    pub use retake_store::undo::{Recording, Undo, UndoAction, Undoable};
    pub use retake_store::{
        Action, Changed, Dispatch, Middleware, Next, Reducer, State, Store, Subscription, Topic,
        create_selector,
    };
    #[cfg(feature = "jsonschema")]
    pub use retake_thunks::JsonSchema;
    pub use retake_thunks::{
        Answer, AsyncThunk, AsyncThunkAction, AsyncThunkContext, AsyncThunkStep, BaseQuery,
        DynBaseQuery, ExtraOptions, FailedAttempt, Failure, Fetched, Mutation, MutationContext,
        MutationEntryContext, MutationOutcome, MutationState, Query, QueryContext,
        QueryEntryContext, QueryFnContext, QueryOptions, QueryOutcome, QueryState, Rejection,
        Request, RequestContext, Retry, RetryOptions, Schemas, retry, serde_schema,
        setup_listeners, thunk, upsert_query_entries,
    };
    pub use retake_thunks::{InfinitePages, InfiniteQuery, InfiniteQueryState, Paged};
    pub use retake_thunks::{
        OverrideExisting, UntypedMutation, UntypedQuery, inject_endpoints, running_mutations,
        running_queries,
    };

    pub use crate::configure_store;
}

/// The README and the guide: their programs are tested with this crate.
#[cfg(doctest)]
mod guide {
    /// Uses the feature `http`, as its readers do.
    #[cfg(feature = "http")]
    #[doc = include_str!("../../../README.md")]
    mod readme {}

    #[doc = include_str!("../../../docs/src/quick-start.md")]
    mod quick_start {}

    #[doc = include_str!("../../../docs/src/queries.md")]
    mod queries {}

    #[doc = include_str!("../../../docs/src/mutations.md")]
    mod mutations {}

    #[doc = include_str!("../../../docs/src/manual-cache-updates.md")]
    mod manual_cache_updates {}

    /// Uses the feature `jsonschema`, as its readers do.
    #[cfg(feature = "jsonschema")]
    #[doc = include_str!("../../../docs/src/validation.md")]
    mod validation {}

    #[doc = include_str!("../../../docs/src/automated-refetching.md")]
    mod automated_refetching {}

    #[doc = include_str!("../../../docs/src/endpoints-and-code-splitting.md")]
    mod endpoints_and_code_splitting {}

    #[doc = include_str!("../../../docs/src/matchers-and-running-requests.md")]
    mod matchers_and_running_requests {}

    #[doc = include_str!("../../../docs/src/cache-behavior.md")]
    mod cache_behavior {}

    #[doc = include_str!("../../../docs/src/conditional-fetching.md")]
    mod conditional_fetching {}

    #[doc = include_str!("../../../docs/src/error-handling.md")]
    mod error_handling {}

    #[doc = include_str!("../../../docs/src/prefetching.md")]
    mod prefetching {}

    #[doc = include_str!("../../../docs/src/pagination.md")]
    mod pagination {}

    #[doc = include_str!("../../../docs/src/infinite-queries.md")]
    mod infinite_queries {}

    #[doc = include_str!("../../../docs/src/customizing-queries.md")]
    mod customizing_queries {}

    /// Uses the feature `http`, too.
    #[cfg(feature = "http")]
    #[doc = include_str!("../../../docs/src/retries.md")]
    mod retries {}

    #[cfg(feature = "http")]
    #[doc = include_str!("../../../docs/src/http.md")]
    mod http {}

    #[doc = include_str!("../../../docs/src/streaming-updates.md")]
    mod streaming_updates {}

    #[doc = include_str!("../../../docs/src/polling.md")]
    mod polling {}

    #[doc = include_str!("../../../docs/src/focus-and-reconnect.md")]
    mod focus_and_reconnect {}

    #[doc = include_str!("../../../docs/src/persistence-and-rehydration.md")]
    mod persistence_and_rehydration {}

    #[doc = include_str!("../../../docs/src/async-thunks.md")]
    mod async_thunks {}

    #[doc = include_str!("../../../docs/src/selectors.md")]
    mod selectors {}

    #[doc = include_str!("../../../docs/src/time-travel.md")]
    mod time_travel {}

    #[doc = include_str!("../../../docs/src/undo.md")]
    mod undo {}

    #[doc = include_str!("../../../docs/src/testing.md")]
    mod testing {}

    #[doc = include_str!("../../../docs/src/logs.md")]
    mod logs {}

    /// Uses both features of DevTools.
    #[cfg(feature = "devtools-extension")]
    #[doc = include_str!("../../../docs/src/devtools.md")]
    mod devtools {}
}
