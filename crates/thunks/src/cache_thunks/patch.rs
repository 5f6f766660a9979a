//! Patches of cached data, and their undoing.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use retake_store::cache::{ActionOf, Delta, StateOf, StoreOf};
use retake_store::patch::{PatchError, PatchOp};
use retake_store::{Dispatch, DispatchError};

use crate::endpoint::Query;
use crate::endpoint::arg::identity;
use crate::engine::{Args, Engine, ErasedQuery, UpdateError};

/// An edit of cached data that was dispatched, and can be undone.
///
/// Patches are computed when somebody asks for them; undoing right after the edit needs
/// none.
///
/// Source: RTK Query, `PatchCollection`; here [`undo`](Self::undo) consumes the handle, so
/// that an edit cannot be undone twice.
pub struct PatchHandle<P> {
    applied: Option<Applied>,
    error: Option<UpdateError>,
    api: PhantomData<fn() -> P>,
}

struct Applied {
    engine: Arc<Engine>,
    endpoint: Arc<dyn ErasedQuery>,
    key: Arc<str>,
    args: Args,
    patches: Delta,
    inverse: Delta,
    update_provided: bool,
}

impl<P> PatchHandle<P> {
    pub(crate) fn applied(
        engine: Arc<Engine>,
        endpoint: Arc<dyn ErasedQuery>,
        key: Arc<str>,
        args: Args,
        patches: Delta,
        update_provided: bool,
    ) -> Self {
        let Some(inverse) = patches.inverse() else { return Self::untouched() };
        let applied = Applied { engine, endpoint, key, args, patches, inverse, update_provided };
        Self { applied: Some(applied), error: None, api: PhantomData }
    }

    /// The handle of an edit that could not be made, and need not be undone.
    pub(crate) fn untouched() -> Self {
        Self { applied: None, error: None, api: PhantomData }
    }

    pub(crate) fn failed(error: UpdateError) -> Self {
        Self { applied: None, error: Some(error), api: PhantomData }
    }

    /// Returns whether nothing was changed: no cached data, or a recipe that left it as it
    /// was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.applied.as_ref().is_none_or(|applied| applied.patches.is_none())
    }

    /// Returns why nothing was dispatched, if something went wrong.
    #[must_use]
    pub fn error(&self) -> Option<&UpdateError> {
        self.error.as_ref()
    }

    /// Returns what the edit did, as patches; the first call computes them.
    ///
    /// # Errors
    /// [`PatchError::NotRepresentable`] when a value has no JSON form.
    pub fn patches(&self) -> Result<&[PatchOp], PatchError> {
        self.applied.as_ref().map_or(Ok(&[]), |applied| applied.patches.patches())
    }

    /// Returns what takes the edit back, as patches; the first call computes them.
    ///
    /// # Errors
    /// [`PatchError::NotRepresentable`] when a value has no JSON form.
    pub fn inverse_patches(&self) -> Result<&[PatchOp], PatchError> {
        self.applied.as_ref().map_or(Ok(&[]), |applied| applied.inverse.patches())
    }

    /// Takes the edit back by applying the inverse patches to the data as it is now.
    ///
    /// Onto data that is still what the edit made of it this is O(1). Edits in between are
    /// kept where the patches do not meet them. An edit that changed nothing is undone by
    /// actions that change nothing, as in RTK Query.
    ///
    /// # Errors
    /// [`UpdateError`] when the patches do not fit the data, for example because the row is
    /// gone; then nothing was dispatched.
    pub fn undo(self) -> Result<(), UpdateError> {
        let Some(applied) = self.applied else { return Ok(()) };
        let Applied { engine, endpoint, key, args, inverse, update_provided, .. } = applied;
        let mut undone = Ok(());
        engine.host()?.atomically(&mut || {
            undone = engine.patch(&*endpoint, &key, &args, inverse.clone(), update_provided);
        })?;
        undone
    }

    /// Waits for `request` and takes the edit back if it fails; returns the error then.
    ///
    /// An undo that does not fit the data any more is logged and leaves the data alone: a
    /// later fetch has replaced it.
    pub async fn undo_on_err<T, E>(self, request: impl Future<Output = Result<T, E>>) -> Option<E> {
        let error = request.await.err()?;
        if let Err(undo) = self.undo() {
            tracing::warn!(target: "retake", "an optimistic update was not undone: {undo}");
        }
        Some(error)
    }
}

impl<P> fmt::Debug for PatchHandle<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatchHandle")
            .field("key", &self.applied.as_ref().map(|applied| &applied.key))
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// What to dispatch to patch cached data; see [`Query::patch_query_data`].
///
/// Source: RTK Query, `api.util.patchQueryData`.
#[must_use = "patches do nothing until they are dispatched"]
pub struct PatchQueryData<E: Query> {
    endpoint: E,
    arg: E::Arg,
    patches: Vec<PatchOp>,
    update_provided: bool,
}

impl<E: Query> PatchQueryData<E> {
    pub(crate) fn new(endpoint: E, arg: E::Arg, patches: Vec<PatchOp>) -> Self {
        Self { endpoint, arg, patches, update_provided: false }
    }

    /// Sets whether the entry's tags are computed again from the new data; they are not by
    /// default.
    pub fn update_provided(mut self, update: bool) -> Self {
        self.update_provided = update;
        self
    }
}

impl<E: Query> fmt::Debug for PatchQueryData<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatchQueryData")
            .field("endpoint", &self.endpoint.name())
            .field("arg", &self.arg)
            .field("patches", &self.patches)
            .finish_non_exhaustive()
    }
}

impl<E: Query> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for PatchQueryData<E> {
    /// Says why nothing was dispatched, if the patches do not fit.
    type Output = Result<(), UpdateError>;

    fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<Self::Output, DispatchError> {
        let engine = Engine::of::<E::Api>(store)?;
        let (args, key) = match identity(&self.endpoint, &self.arg) {
            Ok(identity) => identity,
            Err(error) => return Ok(Err(error.into())),
        };
        let endpoint = engine.add_query(self.endpoint);
        let patches = Delta::from_patches(self.patches);
        store.try_atomically(|_| {
            engine.patch(&*endpoint, &key, &args, patches, self.update_provided)
        })
    }
}
