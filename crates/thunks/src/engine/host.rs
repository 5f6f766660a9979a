//! The store as the engine sees it: one api's slice, its type erased.

use std::any::Any;

use retake_store::cache::{Api, ApiAction, CacheAction, CacheState, StoreOf};
use retake_store::{DispatchError, MaybeSend, MaybeSync, WeakStore};

/// The store behind an api, without the types of the application.
pub trait Host: MaybeSend + MaybeSync {
    /// Returns the api's slice; `None` when the store is gone.
    ///
    /// # Errors
    /// [`DispatchError`] from inside a reducer.
    fn cache(&self) -> Result<Option<CacheState>, DispatchError>;

    /// Dispatches an action of the api; nothing happens when the store is gone.
    ///
    /// # Errors
    /// [`DispatchError`] when the store refuses it.
    fn dispatch(&self, action: CacheAction) -> Result<(), DispatchError>;

    /// Runs `scope` with no other thread's dispatch in between, unless the store is gone.
    ///
    /// # Errors
    /// [`DispatchError`] when the store refuses it.
    fn atomically(&self, scope: &mut dyn FnMut()) -> Result<(), DispatchError>;

    /// Returns the `Store` of the application for a downcast; `None` when it is gone.
    fn store(&self) -> Option<Box<dyn Any>>;
}

/// The host of the api `P`.
pub(crate) struct StoreHost<P: Api>(WeakStore<P::State, P::Action>);

impl<P: Api> StoreHost<P> {
    pub(crate) fn new(store: &StoreOf<P>) -> Self {
        Self(store.downgrade())
    }
}

impl<P: Api> Host for StoreHost<P> {
    fn cache(&self) -> Result<Option<CacheState>, DispatchError> {
        let Some(store) = self.0.upgrade() else { return Ok(None) };
        store.peek(|state| CacheState::clone(P::slice(state))).map(Some)
    }

    fn dispatch(&self, action: CacheAction) -> Result<(), DispatchError> {
        let Some(store) = self.0.upgrade() else { return Ok(()) };
        store.try_dispatch(P::Action::from(ApiAction::new(action)))
    }

    fn atomically(&self, scope: &mut dyn FnMut()) -> Result<(), DispatchError> {
        let Some(store) = self.0.upgrade() else { return Ok(()) };
        store.try_atomically(|_| scope())
    }

    fn store(&self) -> Option<Box<dyn Any>> {
        Some(Box::new(self.0.upgrade()?))
    }
}

/// Returns the store of the api `P`, if `host` is that of an api of the same application.
pub(crate) fn store_of<P: Api>(host: &dyn Host) -> Option<StoreOf<P>> {
    host.store()?.downcast().ok().map(|store| *store)
}
