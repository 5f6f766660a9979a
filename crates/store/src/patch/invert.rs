//! The way back from a patch list that was not made here.

use serde_json::Value;

use super::apply::{Mode, apply_op};
use super::error::PatchError;
use super::op::PatchOp;
use super::patchable::Patchable;
use super::path::Path;
use super::pointer::Pointer;

/// Returns the patches that undo `patches` on the value they lead to from `base`.
///
/// The patches are applied strictly. Applying the result to the value after them gives
/// `base`, in strict mode too.
///
/// # Errors
/// [`PatchError`] when `patches` cannot be applied to `base`.
///
/// # Examples
/// ```
/// use retake_store::patch::{Mode, PatchOp, Pointer, apply_patches, invert};
/// use serde_json::json;
///
/// let base = json!({"a": 1, "b": 2});
/// let patches = [PatchOp::Move { from: Pointer::parse("/a")?, path: Pointer::parse("/b")? }];
/// let next = apply_patches(&base, &patches, Mode::Strict)?;
/// assert_eq!(next, json!({"b": 1}));
/// assert_eq!(apply_patches(&next, &invert(&patches, &base)?, Mode::Strict)?, base);
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
pub fn invert(patches: &[PatchOp], base: &Value) -> Result<Vec<PatchOp>, PatchError> {
    let mut value = base.clone();
    let mut undone = Vec::new();
    for op in patches {
        let undo = undo_of(op, &value);
        // First, since its error is the one that `apply_patches` gives.
        apply_op(&mut value, op, Mode::Strict)?;
        undone.push(undo?);
    }
    Ok(undone.into_iter().rev().flatten().collect())
}

/// Returns what undoes `op`, which is about to be applied to `before`.
fn undo_of(op: &PatchOp, before: &Value) -> Result<Vec<PatchOp>, PatchError> {
    Ok(match op {
        PatchOp::Test { .. } => Vec::new(),
        PatchOp::Add { path, .. } | PatchOp::Copy { path, .. } => vec![undo_of_add(path, before)?],
        PatchOp::Remove { path } => {
            vec![PatchOp::Add { path: path.clone(), value: at(before, path)? }]
        }
        PatchOp::Replace { path, .. } => {
            vec![PatchOp::Replace { path: path.clone(), value: at(before, path)? }]
        }
        PatchOp::Move { from, path } if from == path => Vec::new(),
        PatchOp::Move { from, path } => {
            let mut without = before.clone();
            apply_op(&mut without, &PatchOp::Remove { path: from.clone() }, Mode::Strict)?;
            match undo_of_add(path, &without)? {
                // A value never moves into itself, but it may have come from a neighbour whose
                // place it took, as `/0/value` does on its way to `/0`.
                PatchOp::Remove { path } if !from.is_within(&path) => {
                    vec![PatchOp::Move { from: path, path: from.clone() }]
                }
                overwritten => {
                    vec![overwritten, PatchOp::Add { path: from.clone(), value: at(before, from)? }]
                }
            }
        }
    })
}

fn undo_of_add(path: &Pointer, before: &Value) -> Result<PatchOp, PatchError> {
    let mut parent = path.clone();
    let Some(token) = parent.pop() else {
        return Ok(PatchOp::Replace { path: path.clone(), value: before.clone() });
    };
    match at(before, &parent)? {
        Value::Object(members) => Ok(match members.get(&token) {
            Some(value) => PatchOp::Replace { path: path.clone(), value: value.clone() },
            None => PatchOp::Remove { path: path.clone() },
        }),
        Value::Array(rows) if token == "-" => {
            parent.push_index(rows.len());
            Ok(PatchOp::Remove { path: parent })
        }
        _ => Ok(PatchOp::Remove { path: path.clone() }),
    }
}

fn at(value: &Value, path: &Pointer) -> Result<Value, PatchError> {
    value.value_at(Path::new(path))
}
