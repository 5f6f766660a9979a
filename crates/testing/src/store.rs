//! A store for tests: built by the test, with its runtime and its actions at hand.

use std::fmt;
use std::future::IntoFuture;
use std::ops::Deref;
use std::time::Duration;

use retake_store::{Action, Reducer, State, Store};

use crate::{ActionLog, VirtualRuntime};

/// A [`Store`] that the test builds, with its [`VirtualRuntime`] and [`ActionLog`].
///
/// It dereferences to the store. See the crate's documentation for an example.
pub struct TestStore<S, A> {
    store: Store<S, A>,
    runtime: VirtualRuntime,
    log: ActionLog<A>,
}

impl<S: State + Reducer<A>, A: Action> TestStore<S, A> {
    /// Returns what `build` builds with a new runtime and a new record of actions.
    ///
    /// `build` gives the runtime to the store and adds the record as its last middleware.
    pub fn new(build: impl FnOnce(&VirtualRuntime, &ActionLog<A>) -> Store<S, A>) -> Self {
        let (runtime, log) = (VirtualRuntime::new(), ActionLog::new());
        let store = build(&runtime, &log);
        Self::from_parts(store, runtime, log)
    }

    /// Returns a test's view of `store`, which was built with `runtime` and with `log` as its
    /// last middleware.
    #[must_use]
    pub fn from_parts(store: Store<S, A>, runtime: VirtualRuntime, log: ActionLog<A>) -> Self {
        runtime.settle();
        Self { store, runtime, log }
    }

    /// Returns the store.
    #[must_use]
    pub fn store(&self) -> &Store<S, A> {
        &self.store
    }

    /// Returns the runtime.
    #[must_use]
    pub fn runtime(&self) -> &VirtualRuntime {
        &self.runtime
    }

    /// Returns the record of actions.
    #[must_use]
    pub fn log(&self) -> &ActionLog<A> {
        &self.log
    }

    /// Returns the type strings of the actions that reached the reducers.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        self.log.types()
    }

    /// Forgets the actions so far.
    pub fn clear(&self) {
        self.log.clear();
    }

    /// Lets `time` pass.
    pub fn advance(&self, time: Duration) {
        self.runtime.settle();
        self.runtime.advance(time);
    }

    /// Runs what can go on without time passing.
    pub fn settle(&self) {
        self.runtime.settle();
    }

    /// Runs `future` to its end, letting time pass as far as needed.
    pub fn run_until<F: IntoFuture>(&self, future: F) -> F::Output {
        self.runtime.run_until(future)
    }
}

impl<S, A> Deref for TestStore<S, A> {
    type Target = Store<S, A>;
    fn deref(&self) -> &Store<S, A> {
        &self.store
    }
}

impl<S: State + fmt::Debug, A: Action> fmt::Debug for TestStore<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestStore")
            .field("store", &self.store)
            .field("runtime", &self.runtime)
            .field("log", &self.log)
            .finish()
    }
}
