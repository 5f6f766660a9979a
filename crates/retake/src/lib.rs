//! Redux for Rust: one `dispatch`, a server cache with the semantics of RTK Query, and
//! action logs that replay.

mod configure;

pub use configure::{BuildError, ConfigureStore, configure_store};

#[cfg(feature = "http")]
pub use retake_http as http;
pub use retake_macros::{Action, Patchable, State, slice};
pub use retake_middleware as middleware;
pub use retake_store as store;
pub use retake_thunks as thunks;

pub use retake_store::{
    Action, Changed, Dispatch, DispatchError, Middleware, Next, Reducer, State, Store,
    Subscription, Topic, WeakStore, create_selector,
};
pub use retake_thunks::{
    AsyncThunk, AsyncThunkAction, BaseQuery, Mutation, PatchHandle, Query, QueryHandle, Request,
    thunk,
};

/// What an application that defines a state, actions and endpoints imports.
pub mod prelude {
    #[cfg(feature = "http")]
    pub use retake_http::{FetchError, HttpBaseQuery};
    pub use retake_macros::{Action, Patchable, State, slice};
    pub use retake_store::cache::{
        Api, ApiAction, ApiOptions, ApiState, KeepUnusedData, QueryError, SubscriptionOptions, Tag,
        Tags, tag,
    };
    pub use retake_store::patch::Patchable;
    pub use retake_store::{
        Action, Changed, Dispatch, Reducer, State, Store, Subscription, Topic, create_selector,
    };
    pub use retake_thunks::{
        AsyncThunk, AsyncThunkAction, AsyncThunkContext, AsyncThunkStep, BaseQuery, Mutation,
        MutationContext, MutationOutcome, Query, QueryContext, QueryOutcome, Rejection, Request,
        thunk, upsert_query_entries,
    };

    pub use crate::configure_store;
}
