//! What the lines of a log say about a state, without anybody who could reduce its actions.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use retake_store::log::{Entry, Header, LogError, state_hashes};
use retake_store::patch::{Change, Edit, Mode, PatchError, PatchOp, Patchable, Path, Pointer};
use serde_json::Value;

/// A slice as the log tells it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// Its value after the entry `at`.
    value: Arc<Value>,
    /// The last entry after which it is known; 0: the header.
    at: u64,
    /// Its hash, once somebody asked.
    hash: Option<String>,
}

impl Known {
    fn new(value: Value, at: u64) -> Self {
        Self { value: Arc::new(value), at, hash: None }
    }

    /// Returns its value.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// Returns the last entry after which it is known; 0: the header.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Returns its hash, as logs have it.
    pub(crate) fn hash(&mut self) -> &str {
        let value = &self.value;
        self.hash.get_or_insert_with(|| {
            // A JSON value has a JSON form.
            let hashes = state_hashes(&BTreeMap::from([("", &**value)])).unwrap_or_default();
            hashes.into_values().next().unwrap_or_default()
        })
    }

    fn edit(&mut self, rest: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        self.hash = None;
        Arc::make_mut(&mut self.value).apply_at(rest, edit)
    }
}

/// The slices of a state, as far as patches, snapshots and hashes tell.
///
/// A line that carries none of them leaves every slice behind: it stays as it was last known,
/// and says after which entry that was. A state that is no object is one slice without a name.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    slices: BTreeMap<String, Known>,
    left_out: BTreeSet<String>,
    has_slices: bool,
    /// The last entry that was looked at.
    seq: u64,
}

impl Recorded {
    /// Returns the state at the beginning, without the slices of the names `left_out`.
    ///
    /// # Errors
    /// [`LogError::UnreadableState`] when the header's state is too deep to be a value.
    pub(crate) fn at_start(header: &Header, left_out: BTreeSet<String>) -> Result<Self, LogError> {
        let state: Value = header.read_state()?;
        let has_slices = state.is_object();
        let mut recorded = Self { slices: BTreeMap::new(), left_out, has_slices, seq: 0 };
        recorded.set(state);
        Ok(recorded)
    }

    /// Returns the slices by name.
    pub(crate) fn slices(&self) -> impl Iterator<Item = (&str, &Known)> {
        self.slices.iter().map(|(name, known)| (name.as_str(), known))
    }

    /// Returns the slice `name`, if it is known after the last entry.
    pub(crate) fn fresh(&mut self, name: &str) -> Option<&mut Known> {
        let seq = self.seq;
        self.slices.get_mut(name).filter(|known| known.at == seq)
    }

    /// Takes all that `entry` says about the state after it.
    ///
    /// # Errors
    /// As [`follow`](Self::follow).
    pub(crate) fn advance(&mut self, entry: &Entry) -> Result<(), PatchError> {
        let followed = self.follow(entry);
        match entry.snapshot.as_ref().map(|text| serde_json::from_str(text.get())) {
            Some(Ok(state)) => {
                self.set(state);
                Ok(())
            }
            _ => followed,
        }
    }

    /// Goes on to the state after `entry` by its patch, or without one by its hashes; its
    /// snapshot is not looked at.
    ///
    /// # Errors
    /// [`PatchError`] when the patch does not apply to what the lines before it have told. What
    /// it is about is not known any more then.
    pub(crate) fn follow(&mut self, entry: &Entry) -> Result<(), PatchError> {
        let before = self.seq;
        self.seq = entry.seq;
        if let Some(patch) = &entry.patch {
            return self.patch(patch, before);
        }
        for (name, hash) in entry.hash.iter().flatten() {
            if let Some(known) = self.slices.get_mut(name)
                && known.hash() == hash
            {
                known.at = entry.seq;
            }
        }
        Ok(())
    }

    /// Makes `state` the state after the last entry.
    pub(crate) fn set(&mut self, state: Value) {
        let slices = match state {
            Value::Object(slices) if self.has_slices => slices.into_iter().collect(),
            state => vec![(String::new(), state)],
        };
        let slices = slices.into_iter().filter(|(name, _)| !self.left_out.contains(name));
        self.slices = slices.map(|(name, value)| (name, Known::new(value, self.seq))).collect();
    }

    /// Applies a patch to what is known after the entry `before`: it says all that changed.
    fn patch(&mut self, patch: &[PatchOp], before: u64) -> Result<(), PatchError> {
        for known in self.slices.values_mut().filter(|known| known.at == before) {
            known.at = self.seq;
        }
        patch.iter().try_for_each(|op| {
            self.apply(op).inspect_err(|_| {
                let (name, _) = self.split(op.path());
                if let Some(known) = self.slices.get_mut(&*name) {
                    known.at = before;
                }
            })
        })
    }

    fn apply(&mut self, op: &PatchOp) -> Result<(), PatchError> {
        match op {
            PatchOp::Add { path, value } => self.edit(path, Change::Add(value)),
            PatchOp::Replace { path, value } => self.edit(path, Change::Replace(value)),
            PatchOp::Remove { path } => self.edit(path, Change::Remove),
            PatchOp::Copy { from, path } => match self.value_at(from)? {
                Some(value) => self.edit(path, Change::Add(&value)),
                None => self.lose(path),
            },
            PatchOp::Move { from, path } => {
                let Some(value) = self.value_at(from)? else { return self.lose(path) };
                self.edit(from, Change::Remove)?;
                self.edit(path, Change::Add(&value))
            }
            PatchOp::Test { path, value } => match self.value_at(path)? {
                Some(found) if found != *value => {
                    Err(PatchError::TestFailed { path: path.clone() })
                }
                _ => Ok(()),
            },
        }
    }

    fn edit(&mut self, path: &Pointer, change: Change<'_>) -> Result<(), PatchError> {
        if path.is_root() && self.has_slices {
            return match change {
                Change::Add(value) | Change::Replace(value) => {
                    self.set(value.clone());
                    Ok(())
                }
                Change::Remove => Err(PatchError::NoRoot),
            };
        }
        let (name, rest) = self.split(path);
        if self.left_out.contains(&*name) {
            return Ok(());
        }
        let seq = self.seq;
        match change {
            Change::Replace(_) if rest.is_end() && !self.slices.contains_key(&*name) => {
                Err(rest.unresolved())
            }
            Change::Add(value) | Change::Replace(value) if rest.is_end() => {
                self.slices.insert(name.into_owned(), Known::new(value.clone(), seq));
                Ok(())
            }
            Change::Remove if rest.is_end() => match self.slices.remove(&*name) {
                Some(_) => Ok(()),
                None => Err(rest.unresolved()),
            },
            change => match self.slices.get_mut(&*name) {
                Some(known) if known.at == seq => {
                    known.edit(rest, Edit { change, mode: Mode::Strict })
                }
                // What it was before is not known: nor is it now.
                Some(_) => Ok(()),
                None => Err(rest.unresolved()),
            },
        }
    }

    /// Returns the value at `path`; `None` if it is not known.
    fn value_at(&self, path: &Pointer) -> Result<Option<Value>, PatchError> {
        let (name, rest) = self.split(path);
        match self.slices.get(&*name) {
            Some(known) if known.at == self.seq => known.value.value_at(rest).map(Some),
            Some(_) => Ok(None),
            None if self.left_out.contains(&*name) => Ok(None),
            None => Err(rest.unresolved()),
        }
    }

    /// Forgets the slice that `path` leads into: something unknown was put there.
    fn lose(&mut self, path: &Pointer) -> Result<(), PatchError> {
        let (name, _) = self.split(path);
        self.slices.remove(&*name);
        Ok(())
    }

    /// Returns the name of the slice that `path` leads into, and the way inside of it.
    fn split<'a>(&self, path: &'a Pointer) -> (Cow<'a, str>, Path<'a>) {
        let path = Path::new(path);
        match path.split() {
            Some(parts) if self.has_slices => parts,
            _ => (Cow::Borrowed(""), path),
        }
    }
}
