//! Actions in another order.

use crate::action::Action;
use crate::history::action::ActionId;
use crate::history::lifted::LiftedState;
use crate::reducer::Reducer;
use crate::state::State;

impl<S: State + Reducer<A>, A: Action> LiftedState<S, A> {
    /// Moves the action `id` to the place before `before`.
    ///
    /// Source: Redux DevTools, `REORDER_ACTION`: where `before` is the beginning or is not
    /// there, the action goes behind the last one if `before` is larger than it, and to the
    /// front if not.
    pub(super) fn reorder(&mut self, id: ActionId, before: ActionId) {
        let Some(from @ 1..) = self.place_of(id) else { return };
        let to = match self.place_of(before) {
            Some(place @ 1..) => place,
            _ if self.staged.back().is_some_and(|last| before > *last) => self.staged.len(),
            _ => 1,
        };
        if from == to {
            return;
        }
        let mut staged = self.staged.clone();
        staged.remove(from);
        staged.insert(if to > from { to - 1 } else { to }, id);
        self.restage(staged, self.skipped.clone(), from.min(to));
    }
}
