//! Trying a small log out.

use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fault::{Fault, Proof};
use super::origin::Origin;
use crate::action::Action;
use crate::log::entry::Entry;
use crate::log::error::LogError;
use crate::log::hash::json_of;
use crate::reducer::Reducer;

/// How many actions are reduced at most, beyond the whole log.
const MAX_REDUCED: u64 = 1_000_000;
/// How many states are read at most.
const MAX_REPLAYS: u64 = 2_000;

/// An entry of the log, and its action as the application reads it.
#[derive(Clone)]
pub(super) struct Kept<A> {
    pub(super) entry: Entry,
    pub(super) action: A,
}

/// Where actions led from a state.
pub(super) struct Run {
    /// The state before the last action, as text.
    text: String,
    pub(super) before: Value,
    pub(super) now: Value,
}

/// Replays that were made, and how many are left.
pub(super) struct Trials<S, A> {
    pub(super) replays: u64,
    pub(super) reduced: u64,
    max_reduced: u64,
    types: PhantomData<fn(S) -> A>,
}

impl<S, A> Trials<S, A>
where
    S: Serialize + DeserializeOwned + Reducer<A>,
    A: Action,
{
    /// Returns the trials after two replays of the whole log, `last` actions each.
    pub(super) fn after_two_replays(last: u64) -> Self {
        let reduced = last.saturating_mul(2);
        let max_reduced = reduced.saturating_add(MAX_REDUCED);
        Self { replays: 2, reduced, max_reduced, types: PhantomData }
    }

    pub(super) fn may_go_on(&self) -> bool {
        self.reduced < self.max_reduced && self.replays < MAX_REPLAYS
    }

    /// Replays `kept` onto the state in `start`; `None` when it is no state, or when a reducer
    /// panics: a history may have caught that, and others do not happen in this order.
    pub(super) fn run(&mut self, start: &str, kept: &[Kept<A>]) -> Option<Run> {
        self.replays += 1;
        self.reduced = self.reduced.saturating_add(kept.len() as u64);
        catch_unwind(AssertUnwindSafe(|| Self::replay(start, kept))).ok()?
    }

    fn replay(start: &str, kept: &[Kept<A>]) -> Option<Run> {
        let (last, others) = kept.split_last()?;
        let mut state: S = serde_json::from_str(start).ok()?;
        for Kept { action, .. } in others {
            let _ = state.reduce(action);
        }
        let text = serde_json::to_string(&state).ok()?;
        let before = serde_json::from_str(&text).ok()?;
        let _ = state.reduce(&last.action);
        Some(Run { text, before, now: json_of(&state).ok()? })
    }

    /// Returns `start` as the application writes the state that it reads from it; `None` when it
    /// is no state.
    pub(super) fn filled_in(&mut self, start: &str, origin: &Origin) -> Option<String> {
        self.replays += 1;
        let read = || origin.start(&serde_json::from_str::<S>(start).ok()?).ok();
        catch_unwind(AssertUnwindSafe(read)).ok()?
    }

    /// Returns where the last action leads from the JSON of the state before it.
    pub(super) fn restart(&mut self, run: &Run, kept: &[Kept<A>]) -> Option<Value> {
        let last = kept.last().map(std::slice::from_ref)?;
        self.run(&run.text, last).map(|run| run.now)
    }

    pub(super) fn proof(&mut self, fault: &Fault, run: &Run, kept: &[Kept<A>]) -> Option<Proof> {
        fault.proof(&run.before, &run.now, || self.restart(run, kept))
    }

    /// Returns the entries before the last one, each with what `say` says about it: the entry,
    /// the state before and the state after.
    pub(super) fn entries(
        &self,
        start: &str,
        kept: &[Kept<A>],
        say: impl Fn(&Entry, &Value, &Value) -> Entry,
    ) -> Result<Vec<Entry>, LogError> {
        let Some((_, others)) = kept.split_last().filter(|(_, others)| !others.is_empty()) else {
            return Ok(Vec::new());
        };
        let unreadable = |error| super::origin::unwritable(&error);
        let mut state: S = serde_json::from_str(start).map_err(unreadable)?;
        let mut before = json_of(&state).map_err(unreadable)?;
        let mut entries = Vec::new();
        for Kept { entry, action } in others {
            let _ = state.reduce(action);
            let now = json_of(&state).map_err(unreadable)?;
            entries.push(say(entry, &before, &now));
            before = now;
        }
        Ok(entries)
    }
}
