//! The last middleware: it sees what reaches the reducers.

use std::fmt;

use retake::store::cache::CacheState;
use retake::thunks::Runtime;
use retake::{Action, Middleware, Next, Reducer, State};
use retake_testing::VirtualRuntime;

use crate::journal::{Journal, Reduced};

/// Records every action in its JSON form, with the slices of the apis after it.
pub struct Recorder<S> {
    pub(crate) journal: Journal,
    pub(crate) runtime: VirtualRuntime,
    pub(crate) slices: fn(&S) -> Vec<CacheState>,
}

impl<S: State + Reducer<A>, A: Action> Middleware<S, A> for Recorder<S> {
    fn handle(&self, action: A, next: Next<'_, S, A>) {
        let store = next.store();
        let wire = action.to_wire();
        next.run(action);
        if let (Ok(action), Ok(slices)) = (wire, store.peek(self.slices)) {
            let at = self.runtime.now();
            self.journal.lock().actions.push(Reduced { at, action, slices });
        }
    }
}

impl<S> fmt::Debug for Recorder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}
