//! The last middleware: it sees what reaches the reducers.

use retake::store::cache::{Api, CacheState};
use retake::thunks::Runtime;
use retake::{Action, Middleware, Next};
use retake_testing::VirtualRuntime;

use crate::app::{App, AppAction, ReducerPath, TestApi};
use crate::journal::{Journal, Reduced};

/// Records every action in its JSON form, with the slice of the api after it.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    pub(crate) journal: Journal,
    pub(crate) runtime: VirtualRuntime,
}

impl<N: ReducerPath> Middleware<App<N>, AppAction<N>> for Recorder {
    fn handle(&self, action: AppAction<N>, next: Next<'_, App<N>, AppAction<N>>) {
        let store = next.store();
        let wire = action.to_wire();
        next.run(action);
        let state = store.peek(|app| CacheState::clone(TestApi::<N>::slice(app)));
        if let (Ok(action), Ok(state)) = (wire, state) {
            let at = self.runtime.now();
            self.journal.lock().actions.push(Reduced { at, action, state });
        }
    }
}
