//! Holding a log to what its lines say about the state.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use retake_store::cache::CacheState;
use retake_store::log::{self, Difference, Entry, Header, LogError, differences, state_hashes};
use retake_store::patch::{PatchError, Pointer};
use serde_json::Value;

use super::recorded::Recorded;
use super::row::Row;
use super::state::Apis;
use crate::output::{printable, printable_lines};

/// How many differences a message shows.
const SHOWN: usize = 20;

/// A log that is being held to what its lines say.
///
/// Two states are led along it. One is what the lines tell: patches, one after the other, and
/// snapshots. Of the other there are only the slices of the apis: it is what the actions lead to.
/// The first has to have the hashes of the lines, and the second to be equal to the first.
pub(crate) struct Verification {
    told: Recorded,
    apis: Apis,
    /// Hashes of the replayed slices, as far as they have been asked for since the last change.
    hashes: BTreeMap<String, String>,
    /// How many entries were looked at.
    pub(crate) entries: u64,
    /// How many of them carried something to compare with.
    pub(crate) compared: u64,
    /// The slices of no api whose hashes or snapshots were compared with their patches.
    pub(crate) chained: BTreeSet<String>,
}

/// What was compared, and is not the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disagreement {
    /// The action, and the line.
    Replay,
    /// The patch of the line, and its snapshot.
    Snapshot,
    /// The patch of the line, and its hash.
    Hash,
    /// The hash of the line, and everything else.
    HashAlone,
}

/// The first entry at which a log disagrees with itself.
#[derive(Debug)]
pub(crate) struct Divergence {
    line: usize,
    seq: u64,
    kind: String,
    what: Found,
}

#[derive(Debug)]
enum Found {
    /// Two states that should be the same, and the slices that are not.
    States(Disagreement, Vec<String>, Vec<Difference>),
    /// The patch does not apply to the state before.
    Unapplied(PatchError),
    /// The line has the hash of a slice that is not there, or none of one that is.
    Names(BTreeSet<String>),
}

impl Verification {
    /// Begins with the state in the header.
    ///
    /// # Errors
    /// [`LogError::UnreadableState`] when it does not have the form of one.
    pub(crate) fn at_start(header: &Header) -> Result<Self, LogError> {
        Ok(Self {
            told: Recorded::at_start(header, BTreeSet::new())?,
            apis: Apis::at_start(header)?,
            hashes: BTreeMap::new(),
            entries: 0,
            compared: 0,
            chained: BTreeSet::new(),
        })
    }

    /// Returns the names of the slices that are replayed.
    pub(crate) fn apis(&self) -> impl Iterator<Item = &str> {
        self.apis.slices().iter().map(|(name, _)| name)
    }

    /// Returns the names of the slices that are not replayed.
    pub(crate) fn others(&self) -> impl Iterator<Item = &str> {
        let names = self.told.slices().map(|(name, _)| name);
        names.filter(|name| self.apis.slices().slice(name).is_none())
    }

    /// Goes on to `entry`, which stands in `line`, and returns what disagrees there.
    ///
    /// # Errors
    /// [`LogError`] when the slices of the apis cannot be replayed, or the snapshot not be read.
    pub(crate) fn advance(
        &mut self,
        entry: &Entry,
        line: usize,
    ) -> Result<Option<Divergence>, LogError> {
        self.entries += 1;
        if self.apis.advance(entry, line)? {
            self.hashes.clear();
        }
        let is_compared = entry.hash.is_some() || entry.patch.is_some() || entry.snapshot.is_some();
        self.compared += u64::from(is_compared);
        let found = self.compare(entry, line)?;
        Ok(found.map(|what| {
            let Row { seq, kind, .. } = Row::of(entry);
            Divergence { line, seq, kind, what }
        }))
    }

    fn compare(&mut self, entry: &Entry, line: usize) -> Result<Option<Found>, LogError> {
        if let Err(error) = self.told.follow(entry) {
            return Ok(Some(Found::Unapplied(error)));
        }
        if let Some(found) = self.compare_snapshot(entry, line)? {
            return Ok(Some(found));
        }
        let names: Vec<String> = self.apis().map(str::to_owned).collect();
        for name in &names {
            if let Some(found) = self.compare_api(name, entry) {
                return Ok(Some(found));
            }
        }
        Ok(self.compare_hashes(entry, &names))
    }

    /// Compares what the patches have led to with the snapshot, and goes on with that.
    fn compare_snapshot(&mut self, entry: &Entry, line: usize) -> Result<Option<Found>, LogError> {
        let Some(text) = &entry.snapshot else { return Ok(None) };
        let snapshot: Value = serde_json::from_str(text.get())
            .map_err(|error| LogError::UnreadableState { line, reason: error.to_string() })?;
        let mut told = self.told.clone();
        self.told.set(snapshot);
        let names: Vec<String> = told.slices().map(|(name, _)| name.to_owned()).collect();
        for name in names {
            let Some(patched) = told.fresh(&name) else { continue };
            let shown = self.told.fresh(&name).map(|known| known.value());
            if shown != Some(patched.value()) {
                let found = within(&name, shown, Some(patched.value()));
                return Ok(Some(Found::States(Disagreement::Snapshot, vec![name], found)));
            }
            self.chained.insert(name);
        }
        Ok(None)
    }

    /// Compares the replayed slice of an api with what the line says of it.
    fn compare_api(&mut self, name: &str, entry: &Entry) -> Option<Found> {
        let slice = self.apis.slices().slice(name)?;
        let told = self.told.fresh(name);
        if entry.hash.is_none() && told.is_none() {
            return None;
        }
        let replayed = self.hashes.entry(name.to_owned()).or_insert_with(|| hash_of(slice));
        let is_as_hashed = entry.hash.as_ref().map(|hashes| hashes.get(name) == Some(replayed));
        let Some(told) = told else {
            let found = || Found::States(Disagreement::Replay, vec![name.to_owned()], Vec::new());
            return (is_as_hashed == Some(false)).then(found);
        };
        let (what, found) = match (is_as_hashed, told.hash() == replayed) {
            (None | Some(true), true) => return None,
            (Some(false), true) => (Disagreement::HashAlone, Vec::new()),
            (Some(true), false) => {
                (Disagreement::Hash, within(name, Some(&json(slice)), Some(told.value())))
            }
            (None | Some(false), false) => {
                (Disagreement::Replay, within(name, Some(told.value()), Some(&json(slice))))
            }
        };
        Some(Found::States(what, vec![name.to_owned()], found))
    }

    /// Compares what the patches have led to with the hashes of the line.
    fn compare_hashes(&mut self, entry: &Entry, apis: &[String]) -> Option<Found> {
        let hashes = entry.hash.as_ref()?;
        for (name, hash) in hashes {
            if apis.contains(name) {
                continue;
            }
            let Some(told) = self.told.fresh(name) else { continue };
            if told.hash() != hash {
                return Some(Found::States(Disagreement::Hash, vec![name.clone()], Vec::new()));
            }
            self.chained.insert(name.clone());
        }
        // Who says all that has changed says which slices there are.
        if entry.patch.is_none() && entry.snapshot.is_none() {
            return None;
        }
        let told: BTreeSet<&str> = self.told.slices().map(|(name, _)| name).collect();
        let named = hashes.keys().map(String::as_str).collect();
        let odd: BTreeSet<_> =
            told.symmetric_difference(&named).map(|it| (*it).to_owned()).collect();
        (!odd.is_empty()).then_some(Found::Names(odd))
    }
}

fn json(slice: &CacheState) -> Value {
    // What came from JSON has a JSON form.
    serde_json::to_value(slice).unwrap_or_default()
}

fn hash_of(slice: &CacheState) -> String {
    let hashes = state_hashes(&BTreeMap::from([("", slice)])).unwrap_or_default();
    hashes.into_values().next().unwrap_or_default()
}

/// Returns the differences of the slice `name`, with paths from the state.
pub(crate) fn within(name: &str, old: Option<&Value>, new: Option<&Value>) -> Vec<Difference> {
    let mut place = Pointer::root();
    if !name.is_empty() {
        place.push(name);
    }
    match (old, new) {
        (Some(old), Some(new)) => {
            let mut found = differences(old, new);
            found.iter_mut().for_each(|it| it.path = place.join(&it.path));
            found
        }
        (old, new) => {
            vec![Difference { path: place, expected: old.cloned(), got: new.cloned() }]
        }
    }
}

/// What a replay of the apis' slices came to.
impl From<log::Divergence> for Divergence {
    fn from(found: log::Divergence) -> Self {
        let log::Divergence { line, seq, action_type, slices, differences, unapplied, .. } = found;
        let what = match unapplied {
            Some(error) if differences.is_empty() => Found::Unapplied(error),
            _ => Found::States(Disagreement::Replay, slices, differences),
        };
        Self { line, seq, kind: printable(&action_type), what }
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, seq, kind, what } = self;
        write!(f, "line {line}: `{kind}` (seq {seq})")?;
        match what {
            Found::Unapplied(error) => {
                writeln!(f, " has a patch that does not apply to the state before it")?;
                writeln!(f, "  {}", printable(&error.to_string()))?;
                f.write_str("this line, or the patch of one before it, is not as it was written")
            }
            Found::Names(names) => {
                writeln!(f, " has hashes of other slices than its patch leads to")?;
                for name in names {
                    writeln!(f, "  `{}`", printable(name))?;
                }
                f.write_str("this line, or the patch of one before it, is not as it was written")
            }
            Found::States(disagreement, slices, found) => {
                writeln!(f, " {}", disagreement.words())?;
                let shown = found.iter().take(SHOWN).map(|it| printable_lines(&it.to_string()));
                shown.into_iter().try_for_each(|text| writeln!(f, "{text}"))?;
                if let Some(more) = found.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                    writeln!(f, "  and {more} more")?;
                }
                for slice in slices.iter().filter(|_| found.is_empty()) {
                    writeln!(f, "  in the slice `{}`", printable(slice))?;
                }
                f.write_str(disagreement.advice())
            }
        }
    }
}

impl Disagreement {
    fn words(self) -> &'static str {
        match self {
            Self::Replay => "leads to another state than when it was recorded",
            Self::Snapshot => "has a patch that does not lead to its snapshot",
            Self::Hash => "has a patch that does not lead to the state of its hash",
            Self::HashAlone => "has a hash that is not that of the state",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Replay => {
                "the action is not as it was written, or another version of retake wrote it: \
                 `retake log --json` shows the line"
            }
            Self::Snapshot | Self::Hash => {
                "this line, or the patch of one before it, is not as it was written"
            }
            Self::HashAlone => "the hash is not as it was written; action and patch agree",
        }
    }
}
