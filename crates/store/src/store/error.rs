//! Why a dispatch was refused.

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
    #[error(
        "the store has no {missing}; build it with `configure_store`, which adds the runtime, \
         and give every api to its `.api(..)`"
    )]
    Unconfigured {
        /// What is missing, such as the api at a reducer path.
        missing: &'static str,
    },
}
