//! A store that keeps its history: what is shown, what the next action is reduced onto.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::action::Action;
use crate::history::{
    HistoryChange, HistoryOptions, Import, ImportError, LiftedAction, LiftedState, TravelError,
};
use crate::platform::{MaybeSend, MaybeSync};
use crate::reducer::Reducer;
use crate::state::State;
use crate::store::gate::Reduced;
use crate::store::{DispatchError, Store};

/// Where the times of a history come from, in milliseconds since the Unix epoch.
pub(super) trait Clock: Fn() -> u64 + MaybeSend + MaybeSync {}
impl<F: Fn() -> u64 + MaybeSend + MaybeSync> Clock for F {}

/// The history inside the gate.
pub(crate) struct Timeline<S, A> {
    history: LiftedState<S, A>,
    clock: Box<dyn Clock>,
}

impl<S: State, A: Action> Timeline<S, A> {
    pub(super) fn new(state: S, options: HistoryOptions, clock: Box<dyn Clock>) -> Self {
        let mut history = LiftedState::new(state, options);
        history.begun_at(&clock);
        Self { history, clock }
    }

    pub(super) fn shown(&self) -> &Arc<S> {
        self.history.state()
    }

    pub(super) fn head(&self) -> &Arc<S> {
        self.history.head()
    }
}

impl<S: State + Reducer<A>, A: Action> Timeline<S, A> {
    /// Performs `action` and returns what became of the state that is shown.
    pub(super) fn perform(&mut self, action: &A) -> Reduced {
        let shown = Arc::clone(self.shown());
        let is_head = Arc::ptr_eq(&shown, self.head());
        let (_, changed) = self.history.perform_and_tell(action.clone(), (self.clock)());
        if Arc::ptr_eq(&shown, self.shown()) {
            Reduced::Unchanged
        } else if is_head {
            Reduced::Changed(changed)
        } else {
            // The earliest state was looked at, and is no longer kept.
            Reduced::Replaced
        }
    }

    fn apply(&mut self, action: LiftedAction) -> Result<Option<HistoryChange>, TravelError> {
        let change = self.history.change(action);
        self.history.apply(&action)?;
        self.history.begun_at(&self.clock);
        Ok(change)
    }

    fn import(&mut self, history: &Value) -> Result<Option<HistoryChange>, ImportError>
    where
        S: DeserializeOwned,
    {
        let now = (self.clock)();
        self.history.import(history, now)?;
        self.history.begun_at(|| now);
        Ok(Some(HistoryChange::Import(Import { next_lifted_state: history.clone() })))
    }
}

/// Why a store does not travel; everything is as before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The store keeps no history.
    #[error("the store keeps no history: build it with `.history(..)`")]
    Off,
    /// The store refused it.
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
    /// There is no such action or state.
    #[error(transparent)]
    Travel(#[from] TravelError),
    /// What was imported is no history of this application.
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl<S: State + Reducer<A>, A: Action> Store<S, A> {
    /// Returns the state that the next action is reduced onto.
    ///
    /// It is [`state`](Self::state), but in a store that keeps its history, after a jump back:
    /// then `state` is what is looked at, and this is what the actions have led to. There it
    /// enters the gate, and so waits for a dispatch of another thread.
    #[must_use]
    pub fn head(&self) -> Arc<S> {
        let head = self.0.gate.history(|timeline| Arc::clone(timeline.head()));
        self.drain();
        head.ok().flatten().unwrap_or_else(|| self.state())
    }

    /// Returns the history; `None` when the store keeps none, or from inside a reducer.
    ///
    /// The copy costs a few reference counts, and stays as it is. It enters the gate, and so
    /// waits for a dispatch of another thread.
    #[must_use]
    pub fn history(&self) -> Option<LiftedState<S, A>> {
        let history = self.0.gate.history(|timeline| timeline.history.clone());
        self.drain();
        history.ok().flatten()
    }

    /// Returns whether the history is locked, so that actions pass the middleware and are not
    /// reduced.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        let locked = self.0.gate.history(|timeline| timeline.history.is_locked());
        self.drain();
        locked.ok().flatten().unwrap_or(false)
    }

    /// Changes the history, and with it the state: jump, skip, reorder, commit and so on.
    ///
    /// Listeners are told, all of them. No middleware handles it, no thunk runs and no timer
    /// starts: what happened in another order is computed, not done again.
    ///
    /// # Errors
    /// [`HistoryError`]: the store keeps no history, there is no such action or state, or it
    /// was called from inside a reducer.
    ///
    /// # Panics
    /// With the panic of a reducer that runs again, unless
    /// [`HistoryOptions::catch_errors`] is set.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use retake_store::Store;
    /// use retake_store::history::{ActionId, HistoryOptions, LiftedAction};
    ///
    /// let state = Counter { count: 0 };
    /// let store = Store::builder(state).history(HistoryOptions::default(), || 0).build();
    /// for _ in 0..3 {
    ///     store.dispatch(Count::Up);
    /// }
    /// store.travel(LiftedAction::JumpToState { index: 1 })?;
    /// store.dispatch(Count::Up);
    /// assert_eq!(store.state().count, 1); // what is looked at
    /// assert_eq!(store.head().count, 4); // what the actions have led to
    ///
    /// store.travel(LiftedAction::ToggleAction { id: ActionId(2) })?;
    /// assert_eq!(store.head().count, 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: Redux DevTools, `liftedStore.dispatch` of `instrument`.
    pub fn travel(&self, action: LiftedAction) -> Result<(), HistoryError> {
        self.change_history(|timeline| Ok(timeline.apply(action)?))
    }

    /// Takes over a history that Redux DevTools has written; see [`LiftedState::import`].
    ///
    /// # Errors
    /// As [`travel`](Self::travel), and [`HistoryError::Import`] when it is no history of this
    /// application.
    ///
    /// # Panics
    /// As [`travel`](Self::travel).
    pub fn import_history(&self, history: &Value) -> Result<(), HistoryError>
    where
        S: DeserializeOwned,
    {
        self.change_history(|timeline| Ok(timeline.import(history)?))
    }

    fn change_history(
        &self,
        change: impl FnOnce(&mut Timeline<S, A>) -> Result<Option<HistoryChange>, HistoryError>,
    ) -> Result<(), HistoryError> {
        self.enter(|store| {
            let change = store.0.gate.travel(change)?.ok_or(HistoryError::Off)??;
            store.0.listeners.touch_all();
            if let Some(change) = change {
                // What records comes last in the chain, and first here: an action of another one
                // comes after the change in a log, too, and a panic keeps nothing from it.
                for middleware in store.0.middleware.iter().rev() {
                    middleware.travelled(&change, store);
                }
            }
            Ok(())
        })?
    }
}
