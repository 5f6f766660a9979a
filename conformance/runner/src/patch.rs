//! Edits that were made and can be undone, any number of times.

use std::sync::{Mutex, PoisonError};

use retake::PatchHandle;
use retake::store::patch::{PatchOp, Pointer};
use serde_json::{Value, json};

use crate::app::{AppStore, TestApi};
use crate::calls::Refusal;
use crate::edit::Edit;
use crate::queries::QueryEndpoint;
use crate::scenario::{EditOp, PatchSpec};
use crate::slot::Slot;

type Undo = dyn Fn(&AppStore) -> Result<(), Refusal> + Send + Sync;

/// An edit that was made; it knows its api.
pub(crate) struct Patch {
    undo: Box<Undo>,
    pub(crate) forward: Vec<PatchOp>,
    pub(crate) inverse: Vec<PatchOp>,
}

impl Patch {
    /// Edits the entry of `query` for `arg`.
    pub(crate) fn update<N: Slot>(
        store: &AppStore,
        query: QueryEndpoint<N>,
        arg: Option<Value>,
        edits: &[Edit],
        update_provided: bool,
    ) -> Result<Self, Refusal> {
        let handle = query.update(store, arg.clone(), edits, update_provided)?;
        Self::of(handle, query, arg, update_provided)
    }

    pub(crate) fn of<N: Slot>(
        handle: PatchHandle<TestApi<N>>,
        query: QueryEndpoint<N>,
        arg: Option<Value>,
        update_provided: bool,
    ) -> Result<Self, Refusal> {
        if let Some(error) = handle.error() {
            return Err(error.clone().into());
        }
        let forward = handle.patches()?.to_vec();
        let inverse = handle.inverse_patches()?.to_vec();
        let (handle, patches) = (Mutex::new(Some(handle)), inverse.clone());
        // The first undoing takes the handle; later ones apply the inverse patches again, which is
        // what RTK Query's `undo` does each time.
        let undo = move |store: &AppStore| {
            let handle = handle.lock().unwrap_or_else(PoisonError::into_inner).take();
            match handle {
                Some(handle) => Ok(handle.undo()?),
                None => query.patch(store, arg.clone(), patches.clone(), update_provided),
            }
        };
        Ok(Self { undo: Box::new(undo), forward, inverse })
    }

    pub(crate) fn undo(&self, store: &AppStore) -> Result<(), Refusal> {
        (self.undo)(store)
    }

    /// Returns both lists as members of an observation.
    pub(crate) fn lists(&self) -> Vec<(&'static str, Value)> {
        vec![("patches", json!(self.forward)), ("inversePatches", json!(self.inverse))]
    }
}

/// Returns patches in Immer's form as patches with pointers.
pub(crate) fn from_immer(patches: &[PatchSpec]) -> Vec<PatchOp> {
    patches.iter().map(one_from_immer).collect()
}

fn one_from_immer(patch: &PatchSpec) -> PatchOp {
    let mut path = Pointer::root();
    for step in &patch.path {
        match step {
            Value::String(name) => path.push(name),
            other => path.push(&other.to_string()),
        }
    }
    match patch.op {
        EditOp::Add => PatchOp::Add { path, value: patch.value.clone() },
        EditOp::Remove => PatchOp::Remove { path },
        _ => PatchOp::Replace { path, value: patch.value.clone() },
    }
}
