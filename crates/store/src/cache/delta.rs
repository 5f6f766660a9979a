//! A change of cached data: patches that are computed when somebody asks for them.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::cache::CacheData;
use crate::patch::{Mode, PatchError, PatchOp, Patches, Pointer, apply_patches};

/// A change of cached data.
///
/// Applied to the value it was made from, it is the value it leads to: a pointer comparison.
/// Applied to any other value it is its patches. Both give the same result, so that a log,
/// which has only the patches, replays to the same state.
///
/// A change made from two values computes its patches on first use. One made from patches,
/// such as one read from a log, has them already.
#[derive(Clone)]
pub struct Delta {
    /// A value and what the change makes of it.
    known: Option<(CacheData, CacheData)>,
    ops: Ops,
}

#[derive(Clone)]
enum Ops {
    Given(Arc<[PatchOp]>),
    Lazy { pair: Arc<Pair>, inverse: bool },
}

/// Two values, and the patches between them once somebody asked.
struct Pair {
    old: CacheData,
    new: CacheData,
    patches: OnceLock<Result<Patches, PatchError>>,
}

impl Pair {
    fn patches(&self) -> Result<&Patches, PatchError> {
        let patches = self.patches.get_or_init(|| match self.old.diff(&self.new) {
            Err(PatchError::TypeMismatch { .. }) => replace_root(&self.old, &self.new),
            patches => patches,
        });
        patches.as_ref().map_err(Clone::clone)
    }
}

fn replaces_root(patch: &PatchOp) -> bool {
    matches!(patch, PatchOp::Replace { path, .. } if path.is_root())
}

/// The patches between values of different types: the whole value.
fn replace_root(old: &CacheData, new: &CacheData) -> Result<Patches, PatchError> {
    let replace = |data: &CacheData| {
        let value = Value::clone(&*data.to_json()?);
        Ok::<_, PatchError>(vec![PatchOp::Replace { path: Pointer::root(), value }])
    };
    Ok(Patches { forward: replace(new)?, inverse: replace(old)? })
}

impl Delta {
    /// Returns the change from `old` to `new`.
    #[must_use]
    pub fn between(old: CacheData, new: CacheData) -> Self {
        let pair = Pair { old: old.clone(), new: new.clone(), patches: OnceLock::new() };
        Self { known: Some((old, new)), ops: Ops::Lazy { pair: Arc::new(pair), inverse: false } }
    }

    /// Returns the change that `patches` make.
    #[must_use]
    pub fn from_patches(patches: impl Into<Arc<[PatchOp]>>) -> Self {
        Self { known: None, ops: Ops::Given(patches.into()) }
    }

    /// Returns the change that changes nothing: no patches.
    #[must_use]
    pub fn none() -> Self {
        Self::from_patches([])
    }

    /// Returns whether this is known to change nothing, without computing any patches.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(&self.ops, Ops::Given(patches) if patches.is_empty())
    }

    /// Returns the change back, when this one was made from two values or changes nothing.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let Ops::Lazy { pair, inverse } = &self.ops else {
            return self.is_none().then(Self::none);
        };
        let (from, to) = if *inverse { (&pair.old, &pair.new) } else { (&pair.new, &pair.old) };
        Some(Self {
            known: Some((from.clone(), to.clone())),
            ops: Ops::Lazy { pair: Arc::clone(pair), inverse: !inverse },
        })
    }

    /// Returns this change as what it did: it made `new` of `old`.
    ///
    /// The caller keeps: `new` is `old` with the patches applied. Given patches of typed data
    /// are replaced by the difference of the two: the data took from them what its type has
    /// room for, and a log has to say what happened.
    #[must_use]
    pub fn realised(mut self, old: CacheData, new: CacheData) -> Self {
        if matches!(self.ops, Ops::Given(_)) && !old.is_json() {
            return Self::between(old, new);
        }
        self.known = Some((old, new));
        self
    }

    /// Returns the patches; the first call computes them.
    ///
    /// # Errors
    /// [`PatchError::NotRepresentable`] when a value has no JSON form.
    pub fn patches(&self) -> Result<&[PatchOp], PatchError> {
        match &self.ops {
            Ops::Given(patches) => Ok(patches),
            Ops::Lazy { pair, inverse: false } => Ok(&pair.patches()?.forward),
            Ops::Lazy { pair, inverse: true } => Ok(&pair.patches()?.inverse),
        }
    }

    /// Returns what the change makes of `current`, which may be absent.
    ///
    /// Time: O(1) for the value that the change was made from, else that of the patches.
    ///
    /// # Errors
    /// [`PatchError`] when a patch does not apply, for example because there is no data and
    /// no patch replaces the whole.
    pub fn apply(&self, current: Option<&CacheData>) -> Result<CacheData, PatchError> {
        if let (Some(current), Some((old, new))) = (current, &self.known)
            && old.ptr_eq(current)
        {
            return Ok(new.clone());
        }
        let patches = self.patches()?;
        match current {
            Some(current) => current.apply(patches, Mode::Lenient),
            None if patches.iter().any(replaces_root) => {
                CacheData::from_json(Arc::new(Value::Null)).apply(patches, Mode::Lenient)
            }
            None => {
                let path = patches.first().map_or_else(Pointer::root, |patch| patch.path().clone());
                Err(PatchError::Unresolved { path, at: Pointer::root() })
            }
        }
    }

    /// Returns what the reducer makes of `current`: what a log, which has the JSON form and
    /// no types, replays to. Patches that do not fit the type are applied to the JSON form.
    pub(crate) fn reduce(&self, current: Option<&CacheData>) -> Result<CacheData, PatchError> {
        self.apply(current).or_else(|error| match current {
            Some(current) => {
                let json = current.to_json()?;
                let new = apply_patches(&*json, self.patches()?, Mode::Lenient)?;
                Ok(CacheData::from_json(Arc::new(new)))
            }
            None => Err(error),
        })
    }
}

impl PartialEq for Delta {
    fn eq(&self, other: &Self) -> bool {
        matches!((self.patches(), other.patches()), (Ok(one), Ok(two)) if one == two)
    }
}

impl fmt::Debug for Delta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.patches() {
            Ok(patches) => patches.fmt(f),
            Err(error) => write!(f, "<{error}>"),
        }
    }
}
