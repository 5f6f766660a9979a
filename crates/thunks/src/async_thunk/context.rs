//! What an async thunk knows of its run.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use retake_store::{Dispatch, Store};

use crate::abort::AbortSignal;
use crate::async_thunk::AsyncThunk;
use crate::environment::Extra;
use crate::runtime::Runtime;

/// What an async thunk knows of its run. It keeps the store alive.
///
/// Source: Redux Toolkit, `thunkAPI`.
pub struct AsyncThunkContext<T: AsyncThunk> {
    store: Store<T::State, T::Action>,
    extra: Extra,
    runtime: Arc<dyn Runtime>,
    request_id: Arc<str>,
    signal: AbortSignal,
}

impl<T: AsyncThunk> AsyncThunkContext<T> {
    pub(super) fn new(
        store: Store<T::State, T::Action>,
        extra: Extra,
        runtime: Arc<dyn Runtime>,
        request_id: Arc<str>,
        signal: AbortSignal,
    ) -> Self {
        Self { store, extra, runtime, request_id, signal }
    }

    /// Dispatches as [`Store::dispatch`] does.
    ///
    /// # Panics
    /// As [`Store::dispatch`].
    pub fn dispatch<D: Dispatch<T::State, T::Action>>(&self, dispatch: D) -> D::Output {
        self.store.dispatch(dispatch)
    }

    /// Returns the state of the application, as the next action finds it.
    #[must_use]
    pub fn state(&self) -> Arc<T::State> {
        self.store.head()
    }

    /// Returns the store.
    #[must_use]
    pub fn store(&self) -> &Store<T::State, T::Action> {
        &self.store
    }

    /// Returns the value of type `V` that the store was built with as `extra`.
    #[must_use]
    pub fn extra<V: Any>(&self) -> Option<&V> {
        self.extra.get()
    }

    /// Returns the runtime of the store: where a thunk gets time from.
    #[must_use]
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.runtime
    }

    /// Returns the id of the run.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Returns the signal of the run's abortion. The run is dropped at its next wait after
    /// it was aborted; only work that does not wait needs to look here.
    #[must_use]
    pub fn signal(&self) -> &AbortSignal {
        &self.signal
    }
}

impl<T: AsyncThunk> Clone for AsyncThunkContext<T> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            extra: self.extra.clone(),
            runtime: Arc::clone(&self.runtime),
            request_id: Arc::clone(&self.request_id),
            signal: self.signal.clone(),
        }
    }
}

impl<T: AsyncThunk> fmt::Debug for AsyncThunkContext<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncThunkContext")
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
