//! The store: one state, one dispatch.

mod builder;
mod deferred;
mod dispatch;
mod error;
mod gate;
mod listeners;
mod middleware;
mod notify;
mod timeline;

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Weak};

pub use builder::StoreBuilder;
pub use dispatch::Dispatch;
pub use error::{DispatchError, Missing};
pub use listeners::Subscription;
pub use middleware::{Middleware, Next};
pub use timeline::HistoryError;

use crate::action::Action;
use crate::platform::{MaybeSend, MaybeSync};
use crate::reducer::Reducer;
use crate::state::State;
use deferred::Deferred;
use gate::Gate;
use listeners::Listeners;
use notify::Notify;

/// The state of an application and the only way to change it.
///
/// A store is a handle: clones share one state. Any thread may dispatch and read. Dispatches
/// of several threads happen one after another; a read returns the state after some complete
/// action and never waits for a reducer, a middleware or a listener.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
/// # fn main() {
/// use retake_store::Store;
/// let store = Store::new(Counter { count: 0 });
/// let subscription = store.subscribe(|state| println!("count is {}", state.count));
/// store.dispatch(Count::Up);
/// assert_eq!(store.state().count, 1);
/// # drop(subscription);
/// # }
/// ```
///
/// Source: Redux, `Store`.
pub struct Store<S, A>(Arc<Shared<S, A>>);

struct Shared<S, A> {
    gate: Gate<S, A>,
    middleware: Vec<Box<dyn Middleware<S, A>>>,
    listeners: Listeners<S>,
    notify: Notify,
    deferred: Deferred<A>,
    extensions: Vec<Box<dyn Extension>>,
}

/// A value that travels with a store; see [`StoreBuilder::extension`].
pub trait Extension: Any + MaybeSend + MaybeSync {
    /// Returns the value for a downcast.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Any + MaybeSend + MaybeSync> Extension for T {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl<S: State + Reducer<A>, A: Action> Store<S, A> {
    /// Returns a store without middleware.
    #[must_use]
    pub fn new(state: S) -> Self {
        StoreBuilder::new(state).build()
    }

    /// Returns a builder of a store that starts with `state`.
    pub fn builder(state: S) -> StoreBuilder<S, A> {
        StoreBuilder::new(state)
    }

    /// Returns the state after the last complete action; in a store that keeps its history,
    /// the one that is looked at.
    ///
    /// The first read after an action copies the state's own fields (for persistent maps and
    /// `Arc`s a few reference counts; a plain `Vec` is copied whole), later ones share it.
    #[must_use]
    pub fn state(&self) -> Arc<S> {
        self.0.gate.snapshot()
    }

    /// Calls `read` with the state that the next action is reduced onto, without copying it.
    ///
    /// It enters the gate, and so waits for a dispatch of another thread: made for
    /// middleware and thunks, which are inside already. `read` may not dispatch.
    ///
    /// # Errors
    /// [`DispatchError::InReducer`] from inside a reducer.
    pub fn peek<R>(&self, read: impl FnOnce(&S) -> R) -> Result<R, DispatchError> {
        let result = self.0.gate.peek(read);
        self.drain();
        result
    }

    /// Runs `scope` with no other thread's dispatch in between, and returns its result.
    ///
    /// Listeners are notified once, when the outermost scope or dispatch ends.
    ///
    /// # Panics
    /// As [`dispatch`](Self::dispatch).
    pub fn atomically<R>(&self, scope: impl FnOnce(&Self) -> R) -> R {
        match self.enter(scope) {
            Ok(result) => result,
            Err(error) => panic!("{error}"),
        }
    }

    /// Runs `scope` as [`atomically`](Self::atomically) does.
    ///
    /// # Errors
    /// [`DispatchError`] when called from inside a reducer or nested too deep.
    pub fn try_atomically<R>(&self, scope: impl FnOnce(&Self) -> R) -> Result<R, DispatchError> {
        self.enter(scope)
    }

    fn enter<R>(&self, scope: impl FnOnce(&Self) -> R) -> Result<R, DispatchError> {
        self.check_notifications()?;
        let pass = self.0.gate.enter()?;
        // Whatever was dispatched before a panic has happened, and listeners have to know.
        let result = catch_unwind(AssertUnwindSafe(|| scope(self)));
        let left = pass.leave();
        if left.outermost {
            self.after(left.unnotified);
        }
        result.map_err(|panic| resume_unwind(panic))
    }

    /// Dispatches `action` as soon as no dispatch is under way; made for destructors.
    ///
    /// Outside every dispatch that is now. Inside one, on whatever thread, it is when the
    /// outermost ends. While the thread unwinds it is when the next dispatch ends.
    pub fn defer(&self, action: impl Into<A>) {
        self.0.deferred.push(action.into());
        self.drain();
    }

    /// Dispatches what destructors left, unless a dispatch is under way: then whoever ends
    /// it comes here. Looking again after leaving closes the gap between the two. Listeners
    /// may drop handles as well: where their notifications nest too deep, the outer ones go on.
    fn drain(&self) {
        while !self.0.deferred.is_empty() {
            if std::thread::panicking() || self.check_notifications().is_err() {
                return;
            }
            let Some(pass) = self.0.gate.try_enter_free() else { return };
            if let Some(action) = self.0.deferred.pop() {
                self.run_chain(action);
            }
            let left = pass.leave();
            self.notify(left.unnotified);
        }
    }

    /// Ends an outermost scope: listeners first, and what destructors left even if one of
    /// them panics.
    fn after(&self, unnotified: Option<crate::Changed>) {
        let notified = catch_unwind(AssertUnwindSafe(|| self.notify(unnotified)));
        self.drain();
        if let Err(panic) = notified {
            resume_unwind(panic);
        }
    }

    /// Returns the value of type `T` that was given to [`StoreBuilder::extension`].
    #[must_use]
    pub fn extension<T: Any>(&self) -> Option<&T> {
        self.0.extensions.iter().find_map(|extension| (**extension).as_any().downcast_ref())
    }
}

impl<S, A> Store<S, A> {
    /// Returns a handle that does not keep the store alive.
    #[must_use]
    pub fn downgrade(&self) -> WeakStore<S, A> {
        WeakStore(Arc::downgrade(&self.0))
    }
}

impl<S, A> Clone for Store<S, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: State + fmt::Debug, A: Action> fmt::Debug for Store<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("state", &self.0.gate.snapshot()).finish_non_exhaustive()
    }
}

/// A handle to a store that does not keep it alive.
pub struct WeakStore<S, A>(Weak<Shared<S, A>>);

impl<S, A> WeakStore<S, A> {
    /// Returns the store, if it is still alive.
    #[must_use]
    pub fn upgrade(&self) -> Option<Store<S, A>> {
        self.0.upgrade().map(Store)
    }
}

impl<S, A> Clone for WeakStore<S, A> {
    fn clone(&self) -> Self {
        Self(Weak::clone(&self.0))
    }
}

impl<S, A> fmt::Debug for WeakStore<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakStore").finish_non_exhaustive()
    }
}
