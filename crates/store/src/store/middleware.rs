//! Middleware: code between `dispatch` and the reducer.

use crate::action::Action;
use crate::history::HistoryChange;
use crate::platform::{MaybeSend, MaybeSync};
use crate::reducer::Reducer;
use crate::state::State;
use crate::store::Store;
use crate::store::gate::Reduced;

/// Code that every action passes on its way to the reducer.
///
/// The store calls [`handle`](Middleware::handle) inside its gate, in the order in which
/// middleware was added. An implementation passes the action on with [`Next::run`], before,
/// after or instead of whatever else it does; it may dispatch other actions, which start at
/// the front of the chain and are finished when `dispatch` returns; and it may read the
/// state before and after. Not calling `run` swallows the action.
///
/// # Examples
/// ```
/// use retake_store::{Middleware, Next};
///
/// struct Count(std::sync::atomic::AtomicU32);
///
/// impl<S, A> Middleware<S, A> for Count {
///     fn handle(&self, action: A, next: Next<'_, S, A>) {
///         self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         next.run(action);
///     }
/// }
/// ```
///
/// Source: Redux, `applyMiddleware`.
pub trait Middleware<S, A>: MaybeSend + MaybeSync {
    /// Handles `action`; `next` is the rest of the chain.
    fn handle(&self, action: A, next: Next<'_, S, A>);

    /// Is told of the store that it was built into, before anything is dispatched.
    ///
    /// It may read the state. It may not dispatch: what thunks need is not there yet. The
    /// default does nothing.
    fn built(&self, store: &Store<S, A>) {
        let _ = store;
    }

    /// Takes note of a change of the history that a log has to know of; for middleware that
    /// records. It has happened, the gate is still held, and listeners have not been told. The
    /// last one of the chain is told first.
    ///
    /// An implementation does not dispatch: a change of the history has no effects. The default
    /// does nothing.
    fn travelled(&self, change: &HistoryChange, store: &Store<S, A>) {
        let _ = (change, store);
    }
}

type Base<S, A> = fn(&Store<S, A>, A);

/// The rest of the middleware chain, with the reducer at its end.
pub struct Next<'a, S, A> {
    store: &'a Store<S, A>,
    rest: &'a [Box<dyn Middleware<S, A>>],
    base: Base<S, A>,
}

impl<S, A> std::fmt::Debug for Next<'_, S, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Next").field("remaining", &self.rest.len()).finish_non_exhaustive()
    }
}

impl<'a, S, A> Next<'a, S, A> {
    /// Passes `action` to the rest of the chain; when it returns, the state has changed.
    ///
    /// # Panics
    /// With the panic of a reducer, and from within [`Store::peek`], which lends the state out.
    pub fn run(self, action: A) {
        match self.rest.split_first() {
            Some((first, rest)) => first.handle(action, Next { rest, ..self }),
            None => (self.base)(self.store, action),
        }
    }

    /// Returns the store, to read its state and to dispatch.
    #[must_use]
    pub fn store(&self) -> &'a Store<S, A> {
        self.store
    }
}

impl<S: State + Reducer<A>, A: Action> Store<S, A> {
    pub(super) fn run_chain(&self, action: A) {
        let rest = self.0.middleware.as_slice();
        Next { store: self, rest, base: Self::reduce }.run(action);
    }

    /// The end of the chain. The gate was entered outside of a reducer; only an action that is
    /// passed on from within `peek` finds the state lent out.
    fn reduce(&self, action: A) {
        match self.0.gate.reduce(&action) {
            Ok(Reduced::Unchanged) => {}
            Ok(Reduced::Changed(_)) => self.0.listeners.touch(&action),
            Ok(Reduced::Replaced) => self.0.listeners.touch_all(),
            Err(error) => panic!("{error}"),
        }
    }
}
