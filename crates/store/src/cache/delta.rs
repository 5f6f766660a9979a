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
    /// What the change was made from, and what it makes of it.
    known: Option<(Option<CacheData>, Option<CacheData>)>,
    ops: Ops,
}

#[derive(Clone)]
enum Ops {
    Given(Arc<[PatchOp]>),
    Lazy { pair: Arc<Pair>, inverse: bool },
}

/// Two values, or the lack of one, and the patches between them once somebody asked.
struct Pair {
    old: Option<CacheData>,
    new: Option<CacheData>,
    /// Whether the patches replace the whole, whatever the values have in common.
    is_whole: bool,
    patches: OnceLock<Result<Patches, PatchError>>,
}

impl Pair {
    fn patches(&self) -> Result<&Patches, PatchError> {
        let patches = self.patches.get_or_init(|| {
            if let (Some(old), Some(new), false) = (&self.old, &self.new, self.is_whole) {
                match old.diff(new) {
                    Err(PatchError::TypeMismatch { .. }) => {}
                    patches => return patches,
                }
            }
            Ok(Patches {
                forward: vec![become_whole(self.new.as_ref())?],
                inverse: vec![become_whole(self.old.as_ref())?],
            })
        });
        patches.as_ref().map_err(Clone::clone)
    }
}

/// The patch that makes `data` of anything. That there is no data is the removal of the whole:
/// RTK Query replaces it by `undefined`, which JSON does not have.
fn become_whole(data: Option<&CacheData>) -> Result<PatchOp, PatchError> {
    let path = Pointer::root();
    Ok(match data {
        Some(data) => PatchOp::Replace { path, value: Value::clone(&*data.to_json()?) },
        None => PatchOp::Remove { path },
    })
}

/// Returns the patches that count, and whether they start from nothing: what stands before the
/// last replacement or removal of the whole is overwritten by it.
fn effective(patches: &[PatchOp]) -> (&[PatchOp], bool) {
    let last = patches.iter().enumerate().rev().find(|(_, patch)| patch.path().is_root());
    match last {
        Some((index, PatchOp::Remove { .. })) => (&patches[index + 1..], true),
        Some((index, PatchOp::Replace { .. })) => (&patches[index..], false),
        _ => (patches, false),
    }
}

impl Delta {
    /// Returns the change from `old` to `new`.
    #[must_use]
    pub fn between(old: CacheData, new: CacheData) -> Self {
        Self::of_pair(Some(old), Some(new), false)
    }

    /// Returns the change that puts `new` into the place of `old`: its patches replace the
    /// whole, and so do those of its way back, whatever there is by then.
    ///
    /// Source: Immer, a recipe that returns a value.
    #[must_use]
    pub fn replacing(old: CacheData, new: CacheData) -> Self {
        Self::of_pair(Some(old), Some(new), true)
    }

    /// Returns the change from no data to `new`, which may be no data again.
    ///
    /// Its way back leads to no data whatever there is by then.
    #[must_use]
    pub fn from_nothing(new: Option<CacheData>) -> Self {
        Self::of_pair(None, new, true)
    }

    fn of_pair(old: Option<CacheData>, new: Option<CacheData>, is_whole: bool) -> Self {
        let pair = Pair { old: old.clone(), new: new.clone(), is_whole, patches: OnceLock::new() };
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
        self.known = Some((Some(old), Some(new)));
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

    /// Returns what the change makes of `current`; `None` is "no data", before and after.
    ///
    /// Time: O(1) for the value that the change was made from, else that of the patches.
    ///
    /// # Errors
    /// [`PatchError`] when a patch does not apply, for example because there is no data and
    /// no patch replaces the whole.
    pub fn apply(&self, current: Option<&CacheData>) -> Result<Option<CacheData>, PatchError> {
        match (&self.known, current) {
            (Some((Some(old), new)), Some(current)) if old.ptr_eq(current) => {
                return Ok(new.clone());
            }
            (Some((None, new)), None) => return Ok(new.clone()),
            _ => {}
        }
        let (patches, starts_from_nothing) = effective(self.patches()?);
        let current = current.filter(|_| !starts_from_nothing);
        match (current, patches) {
            (Some(current), patches) => current.apply(patches, Mode::Lenient).map(Some),
            (None, []) => Ok(None),
            (None, [PatchOp::Replace { path, .. }, ..]) if path.is_root() => {
                let nothing = CacheData::from_json(Arc::new(Value::Null));
                nothing.apply(patches, Mode::Lenient).map(Some)
            }
            (None, [patch, ..]) => {
                Err(PatchError::Unresolved { path: patch.path().clone(), at: Pointer::root() })
            }
        }
    }

    /// Returns what the reducer makes of `current`: what a log, which has the JSON form and
    /// no types, replays to. Patches that do not fit the type are applied to the JSON form.
    pub(crate) fn reduce(
        &self,
        current: Option<&CacheData>,
    ) -> Result<Option<CacheData>, PatchError> {
        self.apply(current).or_else(|error| {
            let (Some(current), (patches, false)) = (current, effective(self.patches()?)) else {
                return Err(error);
            };
            let new = apply_patches(&*current.to_json()?, patches, Mode::Lenient)?;
            Ok(Some(CacheData::from_json(Arc::new(new))))
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
