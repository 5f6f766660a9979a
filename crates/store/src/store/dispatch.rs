//! The one `dispatch`, and what can be given to it.

use crate::action::Action;
use crate::reducer::Reducer;
use crate::state::State;
use crate::store::{DispatchError, Store};

/// What [`Store::dispatch`] accepts: actions, thunks, initiations of endpoints, cache updates.
///
/// Implemented for every [`Action`] that converts into the store's root action. Other crates
/// implement it for their own types, as thunks do; an implementation does its synchronous
/// work inside [`Store::try_atomically`], so that what it reads is what it acts on.
pub trait Dispatch<S, A> {
    /// What the dispatch returns: `()` for an action, a handle for an initiation.
    type Output;

    /// Performs the dispatch on `store`.
    ///
    /// # Errors
    /// [`DispatchError`] when the store refuses it; then nothing has happened.
    fn dispatch_on(self, store: &Store<S, A>) -> Result<Self::Output, DispatchError>;
}

impl<S, A, T> Dispatch<S, A> for T
where
    S: State + Reducer<A>,
    A: Action,
    T: Action + Into<A>,
{
    type Output = ();

    fn dispatch_on(self, store: &Store<S, A>) -> Result<(), DispatchError> {
        store.enter(|store| store.run_chain(self.into()))
    }
}

impl<S: State + Reducer<A>, A: Action> Store<S, A> {
    /// Dispatches an action, a thunk or anything else that implements [`Dispatch`].
    ///
    /// When it returns, the action has passed the middleware and the reducer, and listeners
    /// have been notified (by the outermost dispatch, when dispatches nest). Time: that of
    /// the reducers and listeners concerned, whatever the size of the state.
    ///
    /// # Panics
    /// When called from inside a reducer, or nested deeper than 64 dispatches; and with the
    /// panic of a reducer, after the state was put back. [`try_dispatch`](Self::try_dispatch)
    /// returns the first two as errors.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
    /// # fn main() {
    /// # use retake_store::Store;
    /// let store = Store::new(Counter { count: 0 });
    /// store.dispatch(Count::Up);
    /// assert_eq!(store.state().count, 1);
    /// # }
    /// ```
    ///
    /// Source: Redux, `store.dispatch`.
    pub fn dispatch<D: Dispatch<S, A>>(&self, dispatch: D) -> D::Output {
        match self.try_dispatch(dispatch) {
            Ok(output) => output,
            Err(error) => refuse(error),
        }
    }

    /// Dispatches as [`dispatch`](Self::dispatch) does, and returns a refusal instead of panicking.
    ///
    /// # Errors
    /// [`DispatchError`] when called from inside a reducer or nested too deep.
    pub fn try_dispatch<D: Dispatch<S, A>>(&self, dispatch: D) -> Result<D::Output, DispatchError> {
        dispatch.dispatch_on(self)
    }
}

#[cold]
#[track_caller]
fn refuse(error: DispatchError) -> ! {
    panic!("{error}")
}
