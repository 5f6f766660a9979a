//! The way from one value to its neighbour in time.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::patch::{Mode, PatchError, PatchOp, Patchable, apply_patches, diff};

/// A change of a value: patches, which are made of the two values when somebody asks.
///
/// Applied to the value that it was made from, it is the value it leads to, without patches.
/// Both ways lead to equal values, so that it makes no difference that a log has only the
/// patches.
pub(super) struct Step<T>(Arc<Way<T>>);

struct Way<T> {
    /// Where the way begins and ends; unknown if it was read from JSON.
    ends: Option<[Arc<T>; 2]>,
    patches: OnceLock<Result<Vec<PatchOp>, PatchError>>,
    bytes: OnceLock<usize>,
}

impl<T: Patchable> Step<T> {
    pub(super) fn between(from: Arc<T>, to: Arc<T>) -> Self {
        let ends = Some([from, to]);
        Self(Arc::new(Way { ends, patches: OnceLock::new(), bytes: OnceLock::new() }))
    }

    /// Returns what the step makes of `from`.
    ///
    /// # Errors
    /// [`PatchError`] when `from` is not where the step begins and its patches do not fit it.
    pub(super) fn apply(&self, from: &Arc<T>) -> Result<Arc<T>, PatchError> {
        match &self.0.ends {
            Some([start, end]) if Arc::ptr_eq(start, from) => Ok(Arc::clone(end)),
            _ => apply_patches(&**from, self.patches()?, Mode::Strict).map(Arc::new),
        }
    }

    fn patches(&self) -> Result<&[PatchOp], PatchError> {
        let patches = self.0.patches.get_or_init(|| match &self.0.ends {
            Some([start, end]) => Ok(diff(&**start, end)?.forward),
            None => Ok(Vec::new()),
        });
        patches.as_deref().map_err(Clone::clone)
    }

    /// Returns the length of the JSON form; without one it is longer than any limit.
    pub(super) fn bytes(&self) -> usize {
        *self.0.bytes.get_or_init(|| {
            let json = self.patches().ok().and_then(|it| serde_json::to_vec(it).ok());
            json.map_or(usize::MAX, |json| json.len())
        })
    }
}

impl<T> Clone for Step<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Patchable> PartialEq for Step<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || matches!((self.patches(), other.patches()), (Ok(one), Ok(two)) if one == two)
    }
}

// Not by `patches`, which would need the bound wherever an `Undoable` is printed.
impl<T> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.patches.get() {
            Some(Ok(patches)) => patches.fmt(f),
            Some(Err(error)) => write!(f, "<{error}>"),
            None => f.write_str("<not computed>"),
        }
    }
}

impl<T: Patchable> Serialize for Step<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.patches().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de, T: Patchable> Deserialize<'de> for Step<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let patches = Ok(Vec::deserialize(deserializer)?);
        let way = Way { ends: None, patches: patches.into(), bytes: OnceLock::new() };
        Ok(Self(Arc::new(way)))
    }
}
