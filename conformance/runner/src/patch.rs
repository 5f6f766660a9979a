//! Edits that were made and can be undone, any number of times.

use std::sync::{Mutex, PoisonError};

use retake::PatchHandle;
use retake::store::patch::{PatchOp, Pointer};
use serde_json::{Value, json};

use crate::app::{AppStore, ReducerPath, TestApi};
use crate::calls::Refusal;
use crate::edit::Edit;
use crate::queries::QueryEndpoint;
use crate::scenario::{EditOp, PatchSpec};

/// An edit that was made.
///
/// The first undoing takes the handle; later ones apply the inverse patches again, which is
/// what RTK Query's `undo` does each time.
pub(crate) struct Patch<N: ReducerPath> {
    handle: Mutex<Option<PatchHandle<TestApi<N>>>>,
    query: QueryEndpoint<N>,
    arg: Option<Value>,
    update_provided: bool,
    pub(crate) forward: Vec<PatchOp>,
    pub(crate) inverse: Vec<PatchOp>,
}

impl<N: ReducerPath> Patch<N> {
    /// Edits the entry of `query` for `arg`.
    pub(crate) fn update(
        store: &AppStore<N>,
        query: QueryEndpoint<N>,
        arg: Option<Value>,
        edits: &[Edit],
        update_provided: bool,
    ) -> Result<Self, Refusal> {
        let handle = query.update(store, arg.clone(), edits, update_provided)?;
        Self::of(handle, query, arg, update_provided)
    }

    pub(crate) fn of(
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
        let handle = Mutex::new(Some(handle));
        Ok(Self { handle, query, arg, update_provided, forward, inverse })
    }

    pub(crate) fn undo(&self, store: &AppStore<N>) -> Result<(), Refusal> {
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(handle) = handle {
            return Ok(handle.undo()?);
        }
        let (arg, inverse) = (self.arg.clone(), self.inverse.clone());
        self.query.patch(store, arg, inverse, self.update_provided)
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
