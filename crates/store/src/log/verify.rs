//! Comparing a replay with what its log says.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::divergence::{Difference, Divergence, differences};
use super::error::{LogError, reason};
use super::hash::{json_of, slice_hashes};
use super::reader::LogReader;
use super::replay::{Recorded, Replay, fold};
use crate::action::Action;
use crate::patch::{Mode, PatchError, PatchOp, apply_patches};
use crate::reducer::Reducer;
use crate::state::State;

/// Replays the log in `reader` and compares each state with what the log says about it.
///
/// An entry that carries hashes, a patch or a snapshot is compared with all that it carries.
/// What the application got later is not compared: slices that the state had at the beginning
/// and the header does not know; and, where the patches and snapshots say the whole state,
/// members that are missing there and that reading fills in (`#[serde(default)]`).
///
/// Time: two serialisations of the state for each entry that carries something, at most, and one
/// reading and serialisation more where members are missing.
///
/// # Errors
/// [`VerifyError::Diverged`] for the first action that leads to another state, and
/// [`VerifyError::Log`] when the log cannot be replayed that far.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{LogReader, verify};
/// let log = br#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":1}}
/// {"seq":1,"at":0,"action":{"type":"counter/added","payload":0},"hash":{"count":"65cd25028f98f158"}}
/// {"seq":2,"at":0,"action":{"type":"counter/added","payload":2},"snapshot":{"count":3}}
/// {"seq":3,"at":0,"action":{"type":"counter/added","payload":4}}
/// "#;
/// let verified = verify::<Counter, Added, _>(LogReader::new(&log[..])?)?;
/// assert_eq!((verified.actions, verified.compared), (3, 2));
/// # Ok(())
/// # }
/// ```
pub fn verify<S, A, R>(reader: LogReader<R>) -> Result<Verified, VerifyError>
where
    S: State + Serialize + DeserializeOwned + Reducer<A>,
    A: Action,
    R: BufRead,
{
    fold::<S, A, R>(reader)?.verify()
}

/// How much of a log was found to be as recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// How many actions, and changes of the history, were replayed.
    pub actions: u64,
    /// How many of them carried something to compare with.
    pub compared: u64,
}

/// A log is not as recorded, or cannot be replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The log cannot be read or replayed further.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An action led to another state.
    #[error(transparent)]
    Diverged(Box<Divergence>),
}

/// What an entry says about the state after its action.
pub(super) struct Evidence {
    pub(super) hash: Option<BTreeMap<String, String>>,
    pub(super) patch: Option<Vec<PatchOp>>,
    pub(super) snapshot: Option<Box<RawValue>>,
}

/// What is known of a replay that is being compared.
pub(super) struct Checks {
    /// The slices that the log does not know.
    new_slices: BTreeSet<String>,
    /// The state before the next action, if it was serialised.
    before: Option<Value>,
    /// The state that the log says, while it does.
    told: Option<Value>,
    verified: Verified,
}

impl<S, A, R> Replay<S, A, R>
where
    S: State + Serialize + DeserializeOwned + Reducer<A>,
    A: Action,
    R: BufRead,
{
    /// Replays the rest as [`verify`] does.
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify(mut self) -> Result<Verified, VerifyError> {
        let mut checks = self.checks()?;
        while let Some(recorded) = self.check(&mut checks) {
            recorded?;
        }
        Ok(checks.verified)
    }

    pub(super) fn checks(&self) -> Result<Checks, LogError> {
        let initial = json(self.state(), 1)?;
        let recorded = self.reader().header().read_state::<Value>()?;
        let new_slices = slices_missing_in(&recorded, &initial);
        let (before, told) = (Some(initial), Some(recorded));
        Ok(Checks { new_slices, before, told, verified: Verified::default() })
    }

    /// Replays one action, compares, and returns what was recorded; `None` at the end.
    pub(super) fn check(
        &mut self,
        checks: &mut Checks,
    ) -> Option<Result<Recorded<A>, VerifyError>> {
        let recorded = match self.read()? {
            Ok(recorded) => recorded,
            Err(error) => return Some(Err(error.into())),
        };
        Some(self.compare(&recorded, checks).map(|()| recorded))
    }

    fn compare(&mut self, recorded: &Recorded<A>, checks: &mut Checks) -> Result<(), VerifyError> {
        let Recorded { line, seq, at, content, evidence, .. } = recorded;
        checks.told = evidence.lead_on(checks.told.take());
        let of_part;
        let evidence = match &self.part {
            Some(part) => {
                of_part = evidence.of(&part.slices, *line)?;
                &of_part
            }
            None => evidence,
        };
        checks.verified.actions += 1;
        if evidence.is_empty() {
            let _ = self.perform(content, *at, *line)?;
            checks.before = None;
            return Ok(());
        }
        checks.verified.compared += 1;
        // Without a patch nobody asks for the state before.
        let old = match (&evidence.patch, checks.before.take()) {
            (Some(_), None) => json(self.state(), *line)?,
            (_, before) => before.unwrap_or_default(),
        };
        let _ = self.perform(content, *at, *line)?;
        let now = json(self.state(), *line)?;
        let mut found = evidence.compare(&old, &now, &checks.new_slices, *line)?;
        if !found.is_empty()
            && let Some(told) = &checks.told
            && let Some(read) = read_again::<S>(told)
        {
            found.leave_filled_in(evidence, &Told { state: told, read: &read }, &now);
        }
        checks.before = Some(now);
        if found.is_empty() {
            return Ok(());
        }
        let Found { mut slices, differences, unapplied } = found;
        slices.extend(differences.iter().map(Difference::slice));
        Err(VerifyError::Diverged(Box::new(Divergence {
            line: *line,
            seq: *seq,
            action_type: content.action_type().into_owned(),
            slices: slices.into_iter().collect(),
            differences,
            unapplied,
        })))
    }
}

fn json<S: Serialize>(state: &S, line: usize) -> Result<Value, LogError> {
    json_of(state).map_err(|error| LogError::UnwritableState { line, reason: reason(&error) })
}

/// Returns the names of the slices that only `now` has.
fn slices_missing_in(old: &Value, now: &Value) -> BTreeSet<String> {
    match (old, now) {
        (Value::Object(old), Value::Object(now)) => {
            now.keys().filter(|name| !old.contains_key(*name)).cloned().collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Returns the part of `op` that is about `slices`, if any is.
fn op_of(op: &PatchOp, slices: &BTreeSet<String>) -> Option<PatchOp> {
    let mut op = op.clone();
    match &mut op {
        PatchOp::Add { path, value }
        | PatchOp::Replace { path, value }
        | PatchOp::Test { path, value }
            if path.is_root() =>
        {
            *value = members_of(value, slices);
        }
        op => {
            op.path().tokens().next().filter(|name| slices.contains(&**name))?;
        }
    }
    Some(op)
}

fn members_of(state: &Value, slices: &BTreeSet<String>) -> Value {
    let Value::Object(members) = state else { return state.clone() };
    let own = members.iter().filter(|(name, _)| slices.contains(*name));
    Value::Object(own.map(|(name, member)| (name.clone(), member.clone())).collect())
}

/// Returns the JSON form of the state that `told` is read as, if it can be.
fn read_again<S: Serialize + DeserializeOwned>(told: &Value) -> Option<Value> {
    let state: S = serde_json::from_str(&told.to_string()).ok()?;
    json_of(&state).ok()
}

/// The state that a log says, and what reading makes of it.
struct Told<'a> {
    state: &'a Value,
    read: &'a Value,
}

impl Told<'_> {
    /// Returns whether the log has nothing there, and reading puts something there.
    fn is_filled_in(&self, difference: &Difference) -> bool {
        let path = difference.path.as_str();
        self.state.pointer(path).is_none() && self.read.pointer(path).is_some()
    }
}

#[derive(Default)]
struct Found {
    /// Those whose hashes differ.
    slices: BTreeSet<String>,
    differences: Vec<Difference>,
    unapplied: Option<PatchError>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.slices.is_empty() && self.differences.is_empty() && self.unapplied.is_none()
    }

    /// Leaves out the members of `now` that the log does not know and that reading fills in. In
    /// slices whose hashes are those of the state that the log says, that state is compared.
    fn leave_filled_in(&mut self, evidence: &Evidence, told: &Told<'_>, now: &Value) {
        self.differences.retain(|difference| !told.is_filled_in(difference));
        let hashes = slice_hashes(told.state).unwrap_or_default();
        let recorded = evidence.hash.as_ref();
        let is_told = |name: &String| {
            hashes.get(name).is_some_and(|hash| recorded.and_then(|it| it.get(name)) == Some(hash))
        };
        let known: BTreeSet<_> = self.differences.iter().map(Difference::slice).collect();
        let more = differences(told.state, now).into_iter().filter(|difference| {
            let slice = difference.slice();
            self.slices.contains(&slice) && is_told(&slice) && !known.contains(&slice)
        });
        self.differences.extend(more.filter(|difference| !told.is_filled_in(difference)));
        self.slices.retain(|name| !is_told(name));
    }
}

impl Evidence {
    fn is_empty(&self) -> bool {
        self.hash.is_none() && self.patch.is_none() && self.snapshot.is_none()
    }

    /// Returns the state that the log says, which was `told` before; `None`: it does not say.
    fn lead_on(&self, told: Option<Value>) -> Option<Value> {
        match (&self.snapshot, &self.patch) {
            (Some(snapshot), _) => serde_json::from_str(snapshot.get()).ok(),
            (None, Some(patch)) => apply_patches(&told?, patch, Mode::Strict).ok(),
            (None, None) => None,
        }
    }

    /// Returns what is said about `slices`.
    fn of(&self, slices: &BTreeSet<String>, line: usize) -> Result<Self, LogError> {
        let is_own = |name: &str| slices.contains(name);
        let hash = self.hash.as_ref().map(|hash| {
            let own = hash.iter().filter(|(name, _)| is_own(name));
            own.map(|(name, hash)| (name.clone(), hash.clone())).collect()
        });
        let patch = self
            .patch
            .as_ref()
            .map(|patch| patch.iter().filter_map(|op| op_of(op, slices)).collect());
        let unreadable = |error| LogError::UnreadableState { line, reason: reason(&error) };
        let snapshot = self.snapshot.as_ref().map(|snapshot| {
            to_raw_value(&members_of(&serde_json::from_str(snapshot.get())?, slices))
        });
        Ok(Self { hash, patch, snapshot: snapshot.transpose().map_err(unreadable)? })
    }

    /// Returns what of the state `now`, which was `old` before, is not as the entry says.
    fn compare(
        &self,
        old: &Value,
        now: &Value,
        new_slices: &BTreeSet<String>,
        line: usize,
    ) -> Result<Found, LogError> {
        let mut found = Found::default();
        if let Some(expected) = &self.hash {
            let got = slice_hashes(now)
                .map_err(|error| LogError::UnwritableState { line, reason: reason(&error) })?;
            let names: BTreeSet<_> = expected.keys().chain(got.keys()).collect();
            let differs = |name: &&&String| expected.get(**name) != got.get(**name);
            found.slices.extend(names.iter().filter(differs).map(|name| (*name).clone()));
        }
        if let Some(snapshot) = &self.snapshot {
            let expected = serde_json::from_str(snapshot.get())
                .map_err(|error| LogError::UnreadableState { line, reason: reason(&error) })?;
            found.differences = differences(&expected, now);
        }
        found.slices.retain(|name| !new_slices.contains(name));
        found.differences.retain(|difference| !new_slices.contains(&difference.slice()));
        if let Some(patch) = &self.patch {
            match apply_patches(old, patch, Mode::Strict) {
                // A snapshot says the same, of the whole state.
                Ok(expected) if found.differences.is_empty() => {
                    found.differences = differences(&expected, now);
                }
                Ok(_) => {}
                Err(error) => found.unapplied = Some(error),
            }
        }
        Ok(found)
    }
}

impl Difference {
    /// Returns the name of the slice that the difference is in.
    pub(super) fn slice(&self) -> String {
        self.path.tokens().next().map(std::borrow::Cow::into_owned).unwrap_or_default()
    }
}
