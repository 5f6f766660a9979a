//! States from actions: the next one, and those that have to be computed again.

use std::any::Any;
use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::action::Action;
use crate::history::action::ActionId;
use crate::history::lifted::{Computed, LiftedState, TravelError};
use crate::reducer::Reducer;
use crate::state::State;

/// What a step behind one with an error has as its own.
const INTERRUPTED: &str = "Interrupted by an error up the chain";

impl<S: State + Reducer<A>, A: Action> LiftedState<S, A> {
    /// Returns `state` after `action`; the same one if nothing changed.
    pub(super) fn reduced(&self, state: &Arc<S>, action: &A) -> Arc<S> {
        let mut next = S::clone(state);
        if next.reduce(action).is_none() { Arc::clone(state) } else { Arc::new(next) }
    }

    /// Returns the step behind `previous`.
    pub(super) fn next(&self, previous: &Computed<S>, action: &A) -> Computed<S> {
        let state = &previous.state;
        if !self.options.catch_errors {
            return Computed::new(self.reduced(state, action));
        }
        if previous.error.is_some() {
            return Computed { state: Arc::clone(state), error: Some(INTERRUPTED.into()) };
        }
        match catch_unwind(AssertUnwindSafe(|| self.reduced(state, action))) {
            Ok(next) => Computed::new(next),
            Err(panic) => {
                Computed { state: Arc::clone(state), error: Some(message(&*panic).into()) }
            }
        }
    }

    /// Computes the states of `staged` again from the place `from` on, and takes over all three.
    ///
    /// A reducer that panics leaves the history as it was.
    pub(super) fn restage(
        &mut self,
        staged: VecDeque<ActionId>,
        skipped: Vec<ActionId>,
        from: usize,
    ) {
        let is_skipped: BTreeSet<_> = skipped.iter().copied().collect();
        // The beginning is never computed again: it is what everything else follows from.
        let from = from.clamp(1, self.computed.len());
        let mut previous = self.computed[from - 1].clone();
        let mut again = Vec::with_capacity(staged.len().saturating_sub(from));
        for id in staged.range(from.min(staged.len())..) {
            let action = self.actions.get(id).and_then(|staged| staged.action.as_ref());
            if let Some(action) = action.filter(|_| !is_skipped.contains(id)) {
                previous = self.next(&previous, action);
            }
            again.push(previous.clone());
        }
        self.computed.truncate(from);
        self.computed.extend(again);
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
        let staged: VecDeque<_> =
            self.staged.iter().copied().filter(|id| !swept.contains(id)).collect();
        let current = self.current.min(staged.len() - 1);
        self.restage(staged, Vec::new(), 1);
        self.current = current;
    }

    /// Commits the oldest actions, so that there is room for one more state.
    pub(super) fn commit_excess(&mut self) {
        let Some(max_age) = self.options.max_age else { return };
        let Some(more) = (self.staged.len() + 1).checked_sub(max_age.get()) else { return };
        let more = more.min(self.staged.len() - 1);
        // What failed stays to be seen, and with it what came after.
        let excess =
            (1..=more).find(|at| self.computed[*at].error.is_some()).map_or(more, |at| at - 1);
        for id in self.staged.drain(1..=excess) {
            self.actions.remove(&id);
            self.skipped.retain(|skipped| *skipped != id);
        }
        self.computed.drain(..excess);
        if let Some(first) = self.computed.front() {
            self.committed = Arc::clone(&first.state);
        }
        self.current = self.current.saturating_sub(excess);
    }

    fn place_to_skip(&self, id: ActionId) -> Result<usize, TravelError> {
        if id == ActionId::INIT {
            return Err(TravelError::Beginning);
        }
        self.place_of(id).ok_or(TravelError::NoAction { id })
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref().cloned()).unwrap_or_else(|| "a panic".to_owned())
}
