//! The pure core of retake: state, actions, reducers, a store, a server cache as data, patches
//! and logs.
//!
//! There is no clock here, no randomness, no file, no socket, no thread and no task. What is
//! here is enough to replay a log of an application without its endpoints.
//!
//! An application implements, by hand or with the macros of the facade:
//!
//! - [`Action`]: what happened, as data; [`WireAction`] is its JSON form.
//! - [`Reducer`]: what an action changes, and [`Changed`]: in which fields.
//! - [`State`]: a value that a store can hold.
//!
//! Around that are:
//!
//! - [`Store`]: one state, one [`dispatch`](Store::dispatch). [`Dispatch`] is what can be
//!   dispatched, [`Middleware`] what an action passes, [`Subscription`] a listener's place,
//!   [`Topic`] what a listener asks for.
//! - [`create_selector`]: derived values, computed when their inputs change.
//! - [`cache`]: the slice of a server cache, its actions and its reducer.
//! - [`patch`]: the difference of two values, and its way back.
//! - [`undo`]: undo and redo for the user, as part of the state.
//! - [`history`]: actions that can be skipped, reordered and travelled.
//! - [`log`]: actions as text, and the replay of it.
//! - [`PropertyMap`], [`KeyList`]: persistent containers that iterate as JavaScript's do.
//! - [`cost`]: what an operation visited, for tests.
//!
//! # Examples
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
//! # fn main() {
//! use retake_store::Store;
//!
//! let store = Store::new(Counter { count: 0 });
//! let before = store.state();
//! store.dispatch(Count::Up);
//! assert_eq!(store.state().count, 1);
//! assert_eq!(before.count, 0); // a snapshot stays as it is
//! # }
//! ```
//!
//! # Trade-offs
//!
//! - A store keeps its state three times, so that readers wait for nobody. Parts that are
//!   persistent or behind an `Arc` are shared; a plain `Vec` is there three times, and copied
//!   whole by an action that changes its slice.
//! - Dispatches happen one after another, on the thread that dispatches. A slow reducer or
//!   middleware is slow for every thread that dispatches, and for no reader.
//! - Actions are erased once: a reducer looks at the [`leaf`](Action::leaf) through `Any`. This
//!   is what lets slices be written without knowing the application.
//! - [`patch::Patchable`] is part of the interface of cached data, and with it the major
//!   version of imbl.

mod action;
pub mod cache;
pub mod cost;
pub mod history;
pub mod log;
mod ordered;
pub mod patch;
mod platform;
mod reducer;
mod selector;
mod state;
mod store;
mod sync;
mod topic;
pub mod undo;

pub use action::{Action, WireAction, WireError};
pub use ordered::{KeyIter, KeyList, PropertyIter, PropertyMap};
pub use platform::{MaybeSend, MaybeSync};
pub use reducer::{Changed, Reducer, combine};
pub use selector::{Inputs, Selector, create_selector};
pub use state::State;
pub use store::{
    Dispatch, DispatchError, Extension, HistoryError, Middleware, Missing, Next, Store,
    StoreBuilder, Subscription, WeakStore,
};
pub use topic::Topic;
