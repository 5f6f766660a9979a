//! States from actions: the next one, and those that have to be computed again.

use std::any::Any;
use std::collections::BTreeSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use im::Vector;
use serde_json::Value;

use crate::action::Action;
use crate::history::action::ActionId;
use crate::history::lifted::{LiftedState, TravelError};
use crate::history::options::HistoryOptions;
use crate::history::step::Computed;
use crate::reducer::{Changed, Reducer};
use crate::state::State;

/// What a step behind one with an error has as its own.
const INTERRUPTED: &str = "Interrupted by an error up the chain";

impl<S: State + Reducer<A>, A: Action> LiftedState<S, A> {
    /// Returns `state` after `action`, and what changed; the same one if nothing did.
    pub(super) fn reduced(&self, state: &Arc<S>, action: &A) -> (Arc<S>, Changed) {
        let mut next = S::clone(state);
        let changed = next.reduce(action);
        (if changed.is_none() { Arc::clone(state) } else { Arc::new(next) }, changed)
    }

    /// Returns the step behind `previous`, and what the action changed.
    pub(super) fn next(&self, previous: &Computed<S>, action: &A) -> (Computed<S>, Changed) {
        let state = &previous.state;
        let unchanged = |error: String| {
            (Computed { state: Arc::clone(state), error: Some(error.into()) }, Changed::NONE)
        };
        let computed = |(state, changed)| (Computed::new(state), changed);
        if !self.options.catch_errors {
            return computed(self.reduced(state, action));
        }
        if previous.error.is_some() {
            return unchanged(INTERRUPTED.to_owned());
        }
        match catch_unwind(AssertUnwindSafe(|| self.reduced(state, action))) {
            Ok(next) => computed(next),
            Err(panic) => unchanged(message(&*panic)),
        }
    }

    /// Computes the states of `staged` again from the place `from` on, and takes over all three.
    ///
    /// A reducer that panics leaves the history as it was.
    pub(super) fn restage(
        &mut self,
        staged: Vector<ActionId>,
        skipped: Vec<ActionId>,
        from: usize,
    ) {
        let is_skipped: BTreeSet<_> = skipped.iter().copied().collect();
        // The beginning is never computed again: it is what everything else follows from.
        let from = from.clamp(1, self.computed.len());
        let mut previous = self.computed[from - 1].clone();
        let mut computed = self.computed.clone();
        computed.truncate(from);
        for id in &staged.skip(from.min(staged.len())) {
            let action = self.actions.get(id).and_then(|staged| staged.action.as_ref());
            if let Some(action) = action.filter(|_| !is_skipped.contains(id)) {
                previous = self.next(&previous, action).0;
            }
            computed.push_back(previous.clone());
        }
        self.computed = computed;
        self.is_ascending = staged.iter().zip(staged.iter().skip(1)).all(|(a, b)| a < b);
        self.staged = staged;
        self.skipped = skipped;
    }

    pub(super) fn toggle(&mut self, id: ActionId) -> Result<(), TravelError> {
        let place = self.place_to_skip(id)?;
        let mut skipped = self.skipped.clone();
        match skipped.iter().position(|skipped| *skipped == id) {
            Some(at) => drop(skipped.remove(at)),
            None => skipped.insert(0, id),
        }
        self.restage(self.staged.clone(), skipped, place);
        Ok(())
    }

    pub(super) fn set_active(
        &mut self,
        start: ActionId,
        end: ActionId,
        active: bool,
    ) -> Result<(), TravelError> {
        self.place_to_skip(start)?;
        let range = start..end.max(start);
        // After a reordering, others of the range can stand before its first action.
        let first = self.staged.iter().position(|id| range.contains(id));
        let Some(first) = first else { return Ok(()) };
        let mut skipped = self.skipped.clone();
        if active {
            skipped.retain(|id| !range.contains(id));
        } else {
            let before: BTreeSet<_> = skipped.iter().copied().collect();
            let known = self.actions.range(range).map(|(id, _)| *id);
            skipped.extend(known.filter(|id| !before.contains(id)));
        }
        self.restage(self.staged.clone(), skipped, first);
        Ok(())
    }

    pub(super) fn sweep(&mut self) {
        let swept: BTreeSet<_> = self.skipped.iter().copied().collect();
        let staged: Vector<_> =
            self.staged.iter().copied().filter(|id| !swept.contains(id)).collect();
        let current = self.current.min(staged.len() - 1);
        self.restage(staged, Vec::new(), 1);
        self.current = current;
        self.weigh();
    }

    /// Commits the oldest actions, so that there is room for one more, of `bytes`.
    ///
    /// What failed stays to be seen, and with it what came after.
    pub(super) fn commit_excess(&mut self, bytes: u64) {
        let HistoryOptions { max_age, max_bytes, .. } = self.options;
        let mut committed = None;
        while self.staged.len() > 1 {
            let is_too_long = max_age.is_some_and(|max| self.staged.len() + 1 > max.get());
            let is_too_heavy = max_bytes.is_some_and(|max| self.bytes + bytes > max.get());
            let is_excess = is_too_long || is_too_heavy;
            if !is_excess || self.computed[1].error.is_some() {
                break;
            }
            let Some(id) = self.forget_first() else { break };
            self.bytes -= self.actions.remove(&id).map_or(0, |action| action.bytes);
            self.skipped.retain(|skipped| *skipped != id);
            self.computed.pop_front();
            committed = self.computed.front().map(|first| Arc::clone(&first.state));
            self.current = self.current.saturating_sub(1);
        }
        self.committed = committed.unwrap_or_else(|| Arc::clone(&self.committed));
    }

    /// Takes the first action behind the beginning out of the order. Time: O(1), which
    /// removing from the middle is not.
    fn forget_first(&mut self) -> Option<ActionId> {
        let beginning = self.staged.pop_front()?;
        let first = self.staged.pop_front();
        self.staged.push_front(beginning);
        first
    }

    /// Returns the length of the JSON form of `action`, without `meta.retake`, if the history is bounded in bytes.
    pub(super) fn weight(&self, action: &A) -> u64 {
        if self.options.max_bytes.is_none() {
            return 0;
        }
        // What has no JSON form, no log and no tool can keep; it counts for nothing.
        let Ok(mut wire) = action.to_wire() else { return 0 };
        // A recorder adds to it, for readers that do not have the application.
        if let Some(Value::Object(meta)) = &mut wire.meta {
            meta.remove("retake");
            if meta.is_empty() {
                wire.meta = None;
            }
        }
        let mut written = Written(0);
        serde_json::to_writer(&mut written, &wire).map_or(0, |()| written.0)
    }

    /// Adds up what the actions weigh.
    pub(super) fn weigh(&mut self) {
        let actions = self.staged.iter().filter_map(|id| self.actions.get(id));
        self.bytes = actions.map(|action| action.bytes).sum();
    }

    fn place_to_skip(&self, id: ActionId) -> Result<usize, TravelError> {
        if id == ActionId::INIT {
            return Err(TravelError::Beginning);
        }
        self.place_of(id).ok_or(TravelError::NoAction { id })
    }
}

/// Counts what is written.
struct Written(u64);

impl io::Write for Written {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0 += text.len() as u64;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref().cloned()).unwrap_or_else(|| "a panic".to_owned())
}
