//! Why a dispatch was refused.

use std::fmt;

/// A dispatch that was refused; the state is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DispatchError {
    /// A reducer dispatched, or a closure given to `peek`.
    #[error(
        "a reducer may not dispatch, nor may a closure given to `peek`: both only look at the \
         state; dispatch from a thunk, a middleware or a listener instead"
    )]
    InReducer,
    /// Dispatches nest deeper than the store allows.
    #[error(
        "dispatches nest deeper than {limit} levels: a middleware, thunk or listener dispatches \
         in a cycle; dispatch only when the state calls for it"
    )]
    TooDeep {
        /// The deepest level allowed.
        limit: u32,
    },
    /// The store lacks what the thunk or the endpoint needs.
    #[error("{missing}")]
    Unconfigured {
        /// What is missing.
        missing: Missing,
    },
}

/// What a store lacks that a thunk or an endpoint needs.
///
/// # Examples
/// ```
/// use retake_store::{DispatchError, Missing};
/// let missing = Missing::Api { reducer_path: "users", api: "UsersApi" };
/// assert_eq!(
///     DispatchError::Unconfigured { missing }.to_string(),
///     "no api was added for the slice `users`: add `.api(UsersApi, base_query)` to \
///      `configure_store`",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// What all thunks need: `configure_store` did not build the store.
    Runtime,
    /// An api, whichever.
    AnyApi,
    /// One api.
    Api {
        /// The key of its slice in the state.
        reducer_path: &'static str,
        /// The name of its type.
        api: &'static str,
    },
    /// The store of an api whose engine was made by hand.
    Connection {
        /// The key of the api's slice in the state.
        reducer_path: &'static str,
    },
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runtime => f.write_str(
                "the store has no runtime: build it with `configure_store`, which adds one",
            ),
            Self::AnyApi => {
                f.write_str("the store has no api: add one with `.api(..)` to `configure_store`")
            }
            Self::Api { reducer_path, api } => write!(
                f,
                "no api was added for the slice `{reducer_path}`: add `.api({api}, base_query)` to \
                 `configure_store`"
            ),
            Self::Connection { reducer_path } => write!(
                f,
                "the engine of the api `{reducer_path}` has no store: call `Engine::connect`, or \
                 build the store with `configure_store`"
            ),
        }
    }
}
