//! Patches: what `diff` gives, and what `apply_patches` makes of it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod application;
mod atomicity;
mod json_form;
mod laws;
mod lists;
pub(crate) mod model;
mod refused;
mod sharing;
mod values;

use retake_store::patch::{PatchError, PatchOp};
use serde_json::Value;

/// Reads a patch list from its JSON form.
#[track_caller]
fn ops(json: Value) -> Vec<PatchOp> {
    serde_json::from_value(json).unwrap()
}

/// Returns the name of the error, without its content.
fn kind(error: &PatchError) -> &'static str {
    match error {
        PatchError::InvalidPointer { .. } => "InvalidPointer",
        PatchError::Unresolved { .. } => "Unresolved",
        PatchError::IndexOutOfRange { .. } => "IndexOutOfRange",
        PatchError::TypeMismatch { .. } => "TypeMismatch",
        PatchError::TestFailed { .. } => "TestFailed",
        PatchError::NotRepresentable { .. } => "NotRepresentable",
        PatchError::NoRoot => "NoRoot",
        PatchError::MoveIntoSelf { .. } => "MoveIntoSelf",
        _ => "unknown",
    }
}
