//! The last middleware: it sees what reaches the reducers.

use std::fmt;
use std::marker::PhantomData;

use retake::store::cache::{ActionOf, Api, CacheState, StateOf};
use retake::thunks::Runtime;
use retake::{Action, Middleware, Next};
use retake_testing::VirtualRuntime;

use crate::journal::{Journal, Reduced};

/// Records every action in its JSON form, with the slice of the api after it.
pub struct Recorder<P> {
    pub(crate) journal: Journal,
    pub(crate) runtime: VirtualRuntime,
    pub(crate) api: PhantomData<fn() -> P>,
}

impl<P: Api> Middleware<StateOf<P>, ActionOf<P>> for Recorder<P> {
    fn handle(&self, action: ActionOf<P>, next: Next<'_, StateOf<P>, ActionOf<P>>) {
        let store = next.store();
        let wire = action.to_wire();
        next.run(action);
        let state = store.peek(|app| CacheState::clone(P::slice(app)));
        if let (Ok(action), Ok(state)) = (wire, state) {
            let at = self.runtime.now();
            self.journal.lock().actions.push(Reduced { at, action, state });
        }
    }
}

impl<P> fmt::Debug for Recorder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}
