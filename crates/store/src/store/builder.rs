//! How a store is put together.

use std::fmt;
use std::sync::Arc;

use crate::action::Action;
use crate::history::HistoryOptions;
use crate::platform::{MaybeSend, MaybeSync};
use crate::reducer::Reducer;
use crate::state::State;
use crate::store::deferred::Deferred;
use crate::store::gate::Gate;
use crate::store::listeners::Listeners;
use crate::store::middleware::Middleware;
use crate::store::notify::Notify;
use crate::store::timeline::{Clock, Timeline};
use crate::store::{Extension, Shared, Store};

/// Puts a [`Store`] together.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
/// # fn main() {
/// use retake_store::{Middleware, Next, Store};
/// struct Twice;
/// impl<S, A: Clone> Middleware<S, A> for Twice
/// where
///     S: retake_store::State + retake_store::Reducer<A>,
/// {
///     fn handle(&self, action: A, next: Next<'_, S, A>) {
///         next.run(action);
///     }
/// }
/// let store = Store::builder(Counter { count: 0 }).middleware(Twice).build();
/// store.dispatch(Count::Up);
/// assert_eq!(store.state().count, 1);
/// # }
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct StoreBuilder<S, A> {
    state: S,
    history: Option<(HistoryOptions, Box<dyn Clock>)>,
    middleware: Vec<Box<dyn Middleware<S, A>>>,
    extensions: Vec<Box<dyn Extension>>,
}

impl<S: State + Reducer<A>, A: Action> StoreBuilder<S, A> {
    /// Returns a builder of a store that starts with `state`.
    pub fn new(state: S) -> Self {
        Self { state, history: None, middleware: Vec::new(), extensions: Vec::new() }
    }

    /// Lets the store keep its history, with times of `clock` in milliseconds since the Unix
    /// epoch; see [`Store::travel`].
    ///
    /// A step costs its action and what that changed in the state, if the state is made of
    /// persistent parts.
    pub fn history<F>(mut self, options: HistoryOptions, clock: F) -> Self
    where
        F: Fn() -> u64 + MaybeSend + MaybeSync + 'static,
    {
        self.history = Some((options, Box::new(clock)));
        self
    }

    /// Adds `middleware` behind what was added before.
    pub fn middleware(self, middleware: impl Middleware<S, A> + 'static) -> Self {
        self.boxed_middleware(Box::new(middleware))
    }

    /// Adds `middleware` behind what was added before.
    pub fn boxed_middleware(mut self, middleware: Box<dyn Middleware<S, A>>) -> Self {
        self.middleware.push(middleware);
        self
    }

    /// Adds a value that [`Store::extension`] returns: what middleware and thunks of other
    /// crates need to know, such as a runtime. A second value of one type is not reachable.
    pub fn extension(mut self, value: impl Extension) -> Self {
        self.extensions.push(Box::new(value));
        self
    }

    /// Returns the store.
    pub fn build(self) -> Store<S, A> {
        let timeline =
            self.history.map(|(options, clock)| Timeline::new(self.state.clone(), options, clock));
        let store = Store(Arc::new(Shared {
            gate: Gate::new(self.state, timeline),
            middleware: self.middleware,
            listeners: Listeners::new(),
            notify: Notify::new(),
            deferred: Deferred::new(),
            extensions: self.extensions,
        }));
        for middleware in &store.0.middleware {
            middleware.built(&store);
        }
        store
    }
}

impl<S: fmt::Debug, A> fmt::Debug for StoreBuilder<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreBuilder")
            .field("state", &self.state)
            .field("middleware", &self.middleware.len())
            .finish_non_exhaustive()
    }
}
