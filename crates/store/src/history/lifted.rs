//! The history itself.

use std::fmt;
use std::sync::Arc;

use im::{OrdMap, Vector};

use crate::action::Action;
use crate::history::action::{ActionId, LiftedAction};
use crate::history::options::HistoryOptions;
use crate::history::step::{Computed, StagedAction};
use crate::reducer::{Changed, Reducer};
use crate::state::State;

/// Every action since a committed state, and the state after each of them.
///
/// States share what they have in common as far as their containers do: a step costs its
/// action and what it changed. The history itself is persistent as well: a copy of it costs a
/// few reference counts, and stays as it is while the original goes on.
///
/// Source: Redux DevTools, `LiftedState`.
#[derive(Clone)]
pub struct LiftedState<S, A> {
    pub(super) options: HistoryOptions,
    pub(super) initial: Arc<S>,
    pub(super) committed: Arc<S>,
    pub(super) actions: OrdMap<ActionId, Arc<StagedAction<A>>>,
    /// The order of the actions; begins with the beginning.
    pub(super) staged: Vector<ActionId>,
    /// Whether `staged` ascends, so that it can be searched by halves.
    pub(super) is_ascending: bool,
    /// In the order in which Redux DevTools lists them.
    pub(super) skipped: Vec<ActionId>,
    /// The state after each of `staged`.
    pub(super) computed: Vector<Computed<S>>,
    /// The place in `computed` that is looked at.
    pub(super) current: usize,
    pub(super) next_id: ActionId,
    /// What `staged` weighs; 0 unless the options ask for a bound.
    pub(super) bytes: u64,
    pub(super) is_locked: bool,
    pub(super) is_paused: bool,
}

/// What became of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Performed {
    /// It has a place in the history.
    Recorded(ActionId),
    /// It was reduced, and the history is paused.
    Absorbed,
    /// The history is locked: nothing happened.
    Refused,
}

/// Why a history does not do what it was asked for; it is as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TravelError {
    /// There is no state at that place.
    #[error("there is no state at {index}: jump to one of 0..{states}")]
    NoState {
        /// The place.
        index: usize,
        /// How many states there are.
        states: usize,
    },
    /// There is no action of that number.
    #[error("there is no action {id} in the history: it was committed, swept or never performed")]
    NoAction {
        /// The number.
        id: ActionId,
    },
    /// The beginning is no action.
    #[error("action 0 is the beginning of the history, which cannot be skipped")]
    Beginning,
}

impl<S: State, A: Action> LiftedState<S, A> {
    /// Returns a history that begins with `state`.
    #[must_use]
    pub fn new(state: S, options: HistoryOptions) -> Self {
        let state = Arc::new(state);
        let (is_locked, is_paused) = (options.start_locked, options.start_paused);
        let mut history = Self {
            options,
            initial: Arc::clone(&state),
            committed: Arc::clone(&state),
            actions: OrdMap::new(),
            staged: Vector::new(),
            is_ascending: true,
            skipped: Vec::new(),
            computed: Vector::new(),
            current: 0,
            next_id: ActionId(1),
            bytes: 0,
            is_locked,
            is_paused,
        };
        history.begin_with(Computed::new(state), 0);
        history
    }

    /// Returns the state that is looked at.
    #[must_use]
    pub fn state(&self) -> &Arc<S> {
        &self.current_step().state
    }

    /// Returns the state that the next action is reduced onto: the last one, also when an
    /// earlier one is looked at.
    #[must_use]
    pub fn head(&self) -> &Arc<S> {
        if self.is_paused { self.state() } else { &self.last().state }
    }

    /// Returns the options that the history was made with.
    #[must_use]
    pub fn options(&self) -> &HistoryOptions {
        &self.options
    }

    /// Returns the state that the store was created with: where a reset leads to.
    #[must_use]
    pub fn initial(&self) -> &Arc<S> {
        &self.initial
    }

    /// Returns the state that the history begins with.
    #[must_use]
    pub fn committed(&self) -> &Arc<S> {
        &self.committed
    }

    /// Returns the place of the state that is looked at; 0 is the beginning.
    #[must_use]
    pub fn current_state_index(&self) -> usize {
        self.current
    }

    /// Returns the number that the next action gets.
    #[must_use]
    pub fn next_action_id(&self) -> ActionId {
        self.next_id
    }

    /// Returns the actions in their order, each with the state after it; the first is the
    /// beginning.
    pub fn steps(
        &self,
    ) -> impl DoubleEndedIterator<Item = (ActionId, &Computed<S>)> + ExactSizeIterator {
        self.staged.iter().copied().zip(&self.computed)
    }

    /// Returns the steps with their actions: what a list of the history shows. The beginning
    /// and a pause have no action.
    pub fn actions(
        &self,
    ) -> impl DoubleEndedIterator<Item = (ActionId, Option<&A>, &Computed<S>)> + ExactSizeIterator
    {
        self.steps().map(|(id, computed)| {
            let action = self.action(id).and_then(|staged| staged.action.as_ref());
            (id, action, computed)
        })
    }

    /// Returns the action of number `id`.
    #[must_use]
    pub fn action(&self, id: ActionId) -> Option<&StagedAction<A>> {
        self.actions.get(&id).map(|staged| &**staged)
    }

    /// Returns the actions that are skipped, as Redux DevTools lists them.
    #[must_use]
    pub fn skipped(&self) -> &[ActionId] {
        &self.skipped
    }

    /// Returns whether actions are refused.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// Returns whether actions are reduced without being recorded.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    pub(super) fn current_step(&self) -> &Computed<S> {
        &self.computed[self.current]
    }

    pub(super) fn last(&self) -> &Computed<S> {
        &self.computed[self.computed.len() - 1]
    }

    /// Forgets all actions, and begins with `first`.
    pub(super) fn begin_with(&mut self, first: Computed<S>, timestamp: u64) {
        let beginning = Arc::new(StagedAction::without_action(timestamp));
        self.actions = OrdMap::unit(ActionId::INIT, beginning);
        self.staged = Vector::unit(ActionId::INIT);
        self.is_ascending = true;
        self.skipped.clear();
        self.computed = Vector::unit(first);
        self.current = 0;
        self.next_id = ActionId(1);
        self.bytes = 0;
    }

    /// Says when the history begins, unless that is known.
    pub(crate) fn begun_at(&mut self, clock: impl FnOnce() -> u64) {
        if self.actions.get(&ActionId::INIT).is_some_and(|beginning| beginning.timestamp == 0) {
            let beginning = Arc::new(StagedAction::without_action(clock()));
            self.actions.insert(ActionId::INIT, beginning);
        }
    }

    /// Returns whether the last state is looked at.
    pub(super) fn is_at_the_end(&self) -> bool {
        self.current == self.staged.len() - 1
    }

    /// Returns the place of the action `id`. Time: O(log n), O(n) after a reordering.
    pub(super) fn place_of(&self, id: ActionId) -> Option<usize> {
        if self.is_ascending {
            self.staged.binary_search(&id).ok()
        } else {
            self.staged.iter().position(|staged| *staged == id)
        }
    }
}

impl<S: State + Reducer<A>, A: Action> LiftedState<S, A> {
    /// Reduces `action` onto the [`head`](Self::head) and records it, unless the history is
    /// locked or paused.
    ///
    /// If the last state is looked at, the new one is from now on; after a jump back the view
    /// stays where it is. Time: that of the reducer, and O(log n).
    ///
    /// # Panics
    /// With the panic of the reducer, unless [`HistoryOptions::catch_errors`] is set; the
    /// history is then as before.
    pub fn perform(&mut self, action: A, timestamp: u64) -> Performed {
        self.perform_and_tell(action, timestamp).0
    }

    /// Performs `action`, and returns also what it may have changed in the
    /// [`head`](Self::head).
    pub(crate) fn perform_and_tell(&mut self, action: A, timestamp: u64) -> (Performed, Changed) {
        if self.is_locked {
            return (Performed::Refused, Changed::NONE);
        }
        if self.is_paused {
            let (next, changed) = self.reduced(&self.current_step().state, &action);
            self.absorb(Computed::new(next), timestamp);
            return (Performed::Absorbed, changed);
        }
        let (next, changed) = self.next(self.last(), &action);
        let bytes = self.weight(&action);
        self.commit_excess(bytes);
        if self.is_at_the_end() {
            self.current += 1;
        }
        let id = self.stage(StagedAction { action: Some(action), timestamp, bytes });
        self.computed.push_back(next);
        (Performed::Recorded(id), changed)
    }

    /// Does what a tool asks for.
    ///
    /// Time: O(1) for a jump to a state and O(log n) for one to an action; what changes the
    /// actions before a state computes that state and those after it again.
    ///
    /// # Errors
    /// [`TravelError`] when there is no such action or state; the history is as before.
    ///
    /// # Panics
    /// As [`perform`](Self::perform).
    pub fn apply(&mut self, action: &LiftedAction) -> Result<(), TravelError> {
        match *action {
            LiftedAction::Reset => {
                self.committed = Arc::clone(&self.initial);
                self.begin_with(Computed::new(Arc::clone(&self.committed)), 0);
            }
            LiftedAction::Rollback => {
                self.begin_with(Computed::new(Arc::clone(&self.committed)), 0);
            }
            LiftedAction::Commit => self.commit(),
            LiftedAction::Sweep => self.sweep(),
            LiftedAction::ToggleAction { id } => self.toggle(id)?,
            LiftedAction::SetActionsActive { start, end, active } => {
                self.set_active(start, end, active)?;
            }
            LiftedAction::JumpToState { index } => self.jump(index)?,
            LiftedAction::JumpToAction { action_id } => {
                if let Some(index) = self.place_of(action_id) {
                    self.current = index;
                }
            }
            LiftedAction::ReorderAction { action_id, before_action_id } => {
                self.reorder(action_id, before_action_id);
            }
            LiftedAction::LockChanges { status } => self.is_locked = status,
            LiftedAction::PauseRecording { status: true } => self.pause(),
            LiftedAction::PauseRecording { status: false } => {
                self.is_paused = false;
                self.commit();
            }
        }
        Ok(())
    }

    pub(super) fn stage(&mut self, action: StagedAction<A>) -> ActionId {
        let id = self.next_id;
        self.next_id = ActionId(id.0 + 1);
        self.bytes += action.bytes;
        self.actions.insert(id, Arc::new(action));
        self.staged.push_back(id);
        id
    }

    fn jump(&mut self, index: usize) -> Result<(), TravelError> {
        let states = self.computed.len();
        if index >= states {
            return Err(TravelError::NoState { index, states });
        }
        self.current = index;
        Ok(())
    }

    fn commit(&mut self) {
        self.committed = Arc::clone(self.state());
        self.begin_with(Computed::new(Arc::clone(&self.committed)), 0);
    }

    fn pause(&mut self) {
        self.is_paused = true;
        let step = self.current_step().clone();
        if !self.options.pause_step || self.next_id == ActionId(1) {
            self.committed = Arc::clone(&step.state);
            self.begin_with(step, 0);
            return;
        }
        if self.is_at_the_end() {
            self.current += 1;
        }
        self.stage(StagedAction::without_action(0));
        self.computed.push_back(step);
    }

    /// Puts `next` where a paused history keeps what happens.
    fn absorb(&mut self, next: Computed<S>, timestamp: u64) {
        if !self.options.pause_step || self.next_id == ActionId(1) {
            self.committed = Arc::clone(&next.state);
            self.begin_with(next, timestamp);
            return;
        }
        // What stands there is the pause, or what became the last action since.
        if let Some(last) = self.computed.back_mut() {
            *last = next;
        }
        let id = ActionId(self.next_id.0 - 1);
        self.actions.insert(id, Arc::new(StagedAction::without_action(timestamp)));
    }
}

impl<S: fmt::Debug, A> fmt::Debug for LiftedState<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiftedState")
            .field("staged", &self.staged)
            .field("skipped", &self.skipped)
            .field("current", &self.current)
            .field("state", &self.computed.get(self.current))
            .finish_non_exhaustive()
    }
}
