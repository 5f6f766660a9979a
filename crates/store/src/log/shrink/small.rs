//! A small log that shows the fault.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ddmin::minimise;
use super::fault::{Fault, Proof};
use super::origin::{Origin, unwritable};
use super::tree::Tree;
use super::trial::{Kept, Run, Trials};
use crate::action::Action;
use crate::log::divergence::{Difference, differences};
use crate::log::entry::Entry;
use crate::log::error::LogError;
use crate::log::header::Header;
use crate::patch::{Mode, PatchOp, apply_patches, diff};
use crate::reducer::Reducer;

pub(super) struct Small<A> {
    /// The state that it begins with, as text.
    pub(super) start: String,
    /// Its actions; the last one diverges.
    pub(super) kept: Vec<Kept<A>>,
    /// Where they lead.
    pub(super) run: Run,
    pub(super) proof: Proof,
}

/// What stays the same while the state is cut.
struct Shown {
    differences: Vec<Difference>,
    /// What the last action was to do.
    patch: Vec<PatchOp>,
}

impl<A: Action> Small<A> {
    /// Returns this log without the actions that it does not need.
    pub(super) fn with_fewer_actions<S>(self, fault: &Fault, trials: &mut Trials<S, A>) -> Self
    where
        S: Serialize + DeserializeOwned + Reducer<A>,
    {
        let Self { start, mut kept, mut run, mut proof } = self;
        let Some(last) = kept.pop() else { return Self { start, kept, run, proof } };
        let mut still = |others: &[Kept<A>]| {
            if !trials.may_go_on() {
                return None;
            }
            let all = [others, std::slice::from_ref(&last)].concat();
            let Some(found) = trials.run(&start, &all) else { return Some(false) };
            let Some(found_proof) = trials.proof(fault, &found, &all) else { return Some(false) };
            (run, proof) = (found, found_proof);
            Some(true)
        };
        // What a fault needs is often of one type, or of one slice.
        let slice_of = |action: &A| {
            let kind = action.action_type();
            kind.split_once('/').map_or_else(|| kind.to_string(), |(slice, _)| slice.to_owned())
        };
        let kind = last.action.action_type();
        let of_kind = kept.iter().filter(|it| it.action.action_type() == kind);
        let slice = slice_of(&last.action);
        let of_slice = kept.iter().filter(|it| slice_of(&it.action) == slice);
        let some: [Vec<_>; 2] = [of_kind.cloned().collect(), of_slice.cloned().collect()];
        let found = some.into_iter().find(|some| still(some) == Some(true));
        let mut kept = minimise(found.unwrap_or(kept), &mut still);
        kept.push(last);
        Self { start, kept, run, proof }
    }

    /// Returns this log from the first of `starts` that it shows the fault from, and without the
    /// actions that only led there.
    pub(super) fn with_later_start<'a, S>(
        self,
        starts: impl Iterator<Item = &'a String>,
        fault: &Fault,
        trials: &mut Trials<S, A>,
    ) -> Self
    where
        S: Serialize + DeserializeOwned + Reducer<A>,
    {
        for start in starts.take_while(|start| **start != self.start) {
            let Some(run) = trials.run(start, &self.kept) else { continue };
            if let Some(proof) = trials.proof(fault, &run, &self.kept) {
                let later = Self { start: start.clone(), run, proof, ..self };
                return later.with_fewer_actions(fault, trials);
            }
        }
        self
    }

    /// Returns this log without what it does not need of the state that it begins with.
    pub(super) fn with_less_state<S>(
        mut self,
        fault: &Fault,
        origin: &Origin,
        trials: &mut Trials<S, A>,
    ) -> Self
    where
        S: Serialize + DeserializeOwned + Reducer<A>,
    {
        let Some(expected) = self.proof.expected(fault, &self.run.now) else { return self };
        let patches = diff(&origin.known(&self.run.before), &origin.known(&expected));
        let (Ok(patches), Ok(state)) = (patches, serde_json::from_str::<Tree>(&self.start)) else {
            return self;
        };
        let differences = differences(&expected, &self.run.now);
        let shown = Shown { differences, patch: patches.forward };
        let _ = state.cut(&mut |state| {
            if !trials.may_go_on() {
                return None;
            }
            let less = serde_json::to_string(state).ok();
            let less = less.and_then(|start| self.cut(&start, &shown, origin, trials));
            if let Some((start, run, proof)) = less {
                (self.start, self.run, self.proof) = (start, run, proof);
                return Some(true);
            }
            Some(false)
        });
        self
    }

    /// Returns the run from `less`, if its differences are the very same, with the text that it
    /// began with: that has the members that reading fills in again, as the hashes of the log
    /// count them.
    fn cut<S>(
        &self,
        less: &str,
        shown: &Shown,
        origin: &Origin,
        trials: &mut Trials<S, A>,
    ) -> Option<(String, Run, Proof)>
    where
        S: Serialize + DeserializeOwned + Reducer<A>,
    {
        let start = trials.filled_in(less, origin)?;
        let run = trials.run(&start, &self.kept)?;
        let expected = match self.proof {
            Proof::Restarted { .. } => trials.restart(&run, &self.kept)?,
            _ => apply_patches(&run.before, &shown.patch, Mode::Strict).ok()?,
        };
        let is_same = differences(&expected, &run.now) == shown.differences;
        let proof = match self.proof {
            Proof::Restarted { .. } => Proof::Restarted { expected },
            _ => Proof::Cut { expected },
        };
        is_same.then_some((start, run, proof))
    }

    /// Returns the header and the entries of this log.
    pub(super) fn write<S>(
        &self,
        fault: &Fault,
        origin: &Origin,
        trials: &Trials<S, A>,
    ) -> Result<(Header, Vec<Entry>), LogError>
    where
        S: Serialize + DeserializeOwned + Reducer<A>,
    {
        let start: Tree = serde_json::from_str(&self.start).map_err(|it| unwritable(&it))?;
        let say = |entry: &Entry, before: &Value, now: &Value| origin.entry(entry, before, now);
        let mut entries = trials.entries(&self.start, &self.kept, say)?;
        entries.extend(self.kept.last().map(|last| self.last_entry(&last.entry, fault, origin)));
        for (seq, entry) in (1..).zip(&mut entries) {
            entry.seq = seq;
        }
        Ok((origin.header(&start)?, entries))
    }

    fn last_entry(&self, recorded: &Entry, fault: &Fault, origin: &Origin) -> Entry {
        let Run { before, now, .. } = &self.run;
        let is_whole = matches!(self.proof, Proof::Recorded) && *before == fault.before;
        let expected = self.proof.expected(fault, now);
        if is_whole && origin.keeps(recorded, expected.as_ref()) {
            return recorded.clone();
        }
        if let Some(expected) = expected {
            return origin.entry(recorded, before, &expected);
        }
        let mut entry = recorded.clone();
        entry.hash = fault.expected_hashes(&origin.known(now)).or(entry.hash);
        entry
    }
}
