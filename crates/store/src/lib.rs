//! Redux in Rust: the pure core of retake.
mod action;
pub mod cache;
pub mod cost;
mod ordered;
pub mod patch;
mod platform;
mod reducer;
mod selector;
mod state;
mod store;
mod sync;
mod topic;

pub use action::{Action, WireAction, WireError};
pub use ordered::{KeyIter, KeyList, PropertyIter, PropertyMap};
pub use platform::{MaybeSend, MaybeSync};
pub use reducer::{Changed, Reducer, combine};
pub use selector::{Inputs, Selector, create_selector};
pub use state::State;
pub use store::{
    Dispatch, DispatchError, Extension, Middleware, Next, Store, StoreBuilder, Subscription,
    WeakStore,
};
pub use topic::Topic;
