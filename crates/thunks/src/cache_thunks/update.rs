//! `update_query_data`: edits cached data with a closure.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use retake_store::cache::{ActionOf, CacheData, Delta, StateOf, StoreOf};
use retake_store::patch::Patchable;
use retake_store::{Dispatch, DispatchError};
use serde::Deserialize;
use serde_json::Value;

use crate::cache_thunks::PatchHandle;
use crate::endpoint::Query;
use crate::endpoint::arg::identity;
use crate::engine::{Args, Engine, ErasedQuery, UpdateError, contain};

/// What to dispatch to edit cached data; see [`Query::update_query_data`].
///
/// The recipe runs on a copy, which shares what it does not touch: with `im::Vector` and
/// `Arc` rows an edit of one row copies that row and a path to it; a plain `Vec` is copied
/// whole.
///
/// Source: RTK Query, `api.util.updateQueryData`.
#[must_use = "an update does nothing until it is dispatched"]
pub struct UpdateQueryData<E: Query, F> {
    endpoint: E,
    arg: E::Arg,
    recipe: F,
    options: UpdateOptions,
}

/// How cached data is edited.
#[derive(Clone, Copy)]
struct UpdateOptions {
    update_provided: bool,
    replace: bool,
}

impl Default for UpdateOptions {
    fn default() -> Self {
        Self { update_provided: true, replace: false }
    }
}

impl<E: Query, F> UpdateQueryData<E, F> {
    pub(crate) fn new(endpoint: E, arg: E::Arg, recipe: F) -> Self {
        Self { endpoint, arg, recipe, options: UpdateOptions::default() }
    }

    /// Sets whether the entry's tags are computed again from the new data; they are by
    /// default.
    pub fn update_provided(mut self, update: bool) -> Self {
        self.options.update_provided = update;
        self
    }

    /// Sets whether the edit is a replacement of the data as a whole; it is not by default.
    ///
    /// Then undoing it brings the old data back as a whole, too, whatever was changed in
    /// between, and it is dispatched even if it changes nothing.
    ///
    /// Source: Immer, a recipe that returns a value instead of editing its draft.
    pub fn replace(mut self, replace: bool) -> Self {
        self.options.replace = replace;
        self
    }
}

impl<E: Query, F> fmt::Debug for UpdateQueryData<E, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateQueryData")
            .field("endpoint", &self.endpoint.name())
            .field("arg", &self.arg)
            .finish_non_exhaustive()
    }
}

impl<E: Query, F> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for UpdateQueryData<E, F>
where
    F: FnOnce(&mut E::Output),
{
    type Output = PatchHandle<E::Api>;

    fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<Self::Output, DispatchError> {
        let engine = Engine::of::<E::Api>(store)?;
        let (args, key) = match identity(&self.endpoint, &self.arg) {
            Ok(identity) => identity,
            Err(error) => return Ok(PatchHandle::failed(error.into())),
        };
        let endpoint = engine.add_query(self.endpoint);
        let (recipe, options) = (self.recipe, self.options);
        store.try_atomically(|_| update::<E>(engine, endpoint, key, args, options, recipe))
    }
}

/// Edits the entry `key` of the query `endpoint_name`.
pub(crate) fn update_cached<E: Query>(
    store: &StoreOf<E::Api>,
    engine: &Arc<Engine>,
    endpoint_name: &str,
    key: &Arc<str>,
    args: &Args,
    recipe: impl FnOnce(&mut E::Output),
) -> PatchHandle<E::Api> {
    let Some(endpoint) = engine.query_named(endpoint_name) else {
        return PatchHandle::untouched();
    };
    let (key, args) = (Arc::clone(key), args.clone());
    let options = UpdateOptions::default();
    store.atomically(|_| update::<E>(engine, endpoint, key, args, options, recipe))
}

/// Immer drafts no scalars: RTK Query takes what the recipe returns, changed or not.
fn is_json_scalar(value: &dyn Any) -> bool {
    value.downcast_ref().is_some_and(|it: &Value| !it.is_object() && !it.is_array())
}

/// Edits the entry `key`: what is computed here, the reducer only stores.
///
/// Where patches were applied to an entry without data, the recipe gets what the type makes of
/// `null`, if anything, and is dispatched also if it leaves that alone: RTK Query's gets
/// `undefined`, and gives a replacement by what it returns.
fn update<E: Query>(
    engine: &Arc<Engine>,
    endpoint: Arc<dyn ErasedQuery>,
    key: Arc<str>,
    args: Args,
    options: UpdateOptions,
    recipe: impl FnOnce(&mut E::Output),
) -> PatchHandle<E::Api> {
    let UpdateOptions { update_provided, replace } = options;
    let edited = engine.cache().map_err(UpdateError::from).and_then(|cache| {
        let entry = cache.as_ref().and_then(|cache| cache.query(&key));
        let Some(entry) = entry.filter(|entry| entry.can_be_edited()) else { return Ok(None) };
        let old_value = match &entry.data {
            Some(old) => old.get::<E::Output>()?,
            None => match E::Output::deserialize(Value::Null) {
                Ok(nothing) => Arc::new(nothing),
                Err(_) => return Ok(Some(Delta::from_nothing(None))),
            },
        };
        let mut value = E::Output::clone(&old_value);
        contain("the recipe", || {
            recipe(&mut value);
            Ok(())
        })?;
        let is_changed = !E::Output::is_same(&old_value, &value);
        Ok(match &entry.data {
            Some(old) if replace || is_json_scalar(&*old_value) => {
                Some(Delta::replacing(old.clone(), CacheData::new(value)))
            }
            Some(old) => is_changed.then(|| Delta::between(old.clone(), CacheData::new(value))),
            None => Some(Delta::from_nothing(is_changed.then(|| CacheData::new(value)))),
        })
    });
    let dispatched = edited.and_then(|delta| match delta {
        Some(delta) => {
            engine.patch(&*endpoint, &key, &args, delta.clone(), update_provided).map(|()| delta)
        }
        None => Ok(Delta::none()),
    });
    match dispatched {
        Ok(delta) => {
            PatchHandle::applied(Arc::clone(engine), endpoint, key, args, delta, update_provided)
        }
        Err(error) => PatchHandle::failed(error),
    }
}
