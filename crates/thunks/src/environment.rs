//! What thunks need beside the store: a runtime, an extra value, the apis.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use retake_store::{DispatchError, Extension, Missing, Store};

use crate::engine::Engine;
use crate::runtime::Runtime;

/// A value that the application passes to its thunks and endpoints.
///
/// Source: Redux Toolkit, the `extraArgument` of thunks.
#[derive(Clone, Default)]
pub struct Extra(Option<Arc<dyn Extension>>);

impl Extra {
    /// Returns `value` as the extra value.
    #[must_use]
    pub fn new(value: impl Extension) -> Self {
        Self(Some(Arc::new(value)))
    }

    /// Returns the value as a `T`; `None` when there is none or it is something else.
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&T> {
        (**self.0.as_ref()?).as_any().downcast_ref()
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Extra").field(&self.0.is_some()).finish()
    }
}

/// What thunks need beside the store; a store carries it as an extension.
///
/// `configure_store` of the facade puts it together.
#[derive(Clone, Debug)]
pub struct Environment {
    runtime: Arc<dyn Runtime>,
    extra: Extra,
    apis: BTreeMap<&'static str, Arc<Engine>>,
}

impl Environment {
    /// Returns an environment without apis.
    #[must_use]
    pub fn new(runtime: Arc<dyn Runtime>, extra: Extra) -> Self {
        Self { runtime, extra, apis: BTreeMap::new() }
    }

    /// Adds the api of `engine`; returns the one that was at its path.
    pub fn add_api(&mut self, engine: Arc<Engine>) -> Option<Arc<Engine>> {
        self.apis.insert(engine.reducer_path(), engine)
    }

    /// Returns the runtime.
    #[must_use]
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.runtime
    }

    /// Returns the extra value.
    #[must_use]
    pub fn extra(&self) -> &Extra {
        &self.extra
    }

    /// Returns the api at `reducer_path`.
    #[must_use]
    pub fn api(&self, reducer_path: &str) -> Option<&Arc<Engine>> {
        self.apis.get(reducer_path)
    }

    /// Returns the apis, ordered by their reducer paths.
    pub fn apis(&self) -> impl Iterator<Item = &Arc<Engine>> {
        self.apis.values()
    }

    /// Returns the environment of `store`.
    ///
    /// # Errors
    /// [`DispatchError::Unconfigured`] when the store has none.
    pub fn of<S, A>(store: &Store<S, A>) -> Result<&Self, DispatchError>
    where
        S: retake_store::State + retake_store::Reducer<A>,
        A: retake_store::Action,
    {
        store.extension().ok_or(DispatchError::Unconfigured { missing: Missing::Runtime })
    }
}
