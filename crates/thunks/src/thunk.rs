//! Thunks: functions that are dispatched.

use std::fmt;
use std::marker::PhantomData;

use retake_store::{Action, Dispatch, DispatchError, Reducer, State, Store};

/// Returns a thunk: a function of the store, to be dispatched.
///
/// It runs inside the dispatch, with no other thread's dispatch in between: what it reads
/// is what it acts on. The dispatch returns what it returns.
///
/// # Examples
/// ```
/// # use retake_store::{Action, Changed, Reducer, State, WireAction, WireError};
/// # #[derive(Clone, Debug, Default)]
/// # struct Counter { count: i64 }
/// # #[derive(Clone, Debug)]
/// # struct Up;
/// # impl State for Counter {}
/// # impl Reducer<Up> for Counter {
/// #     fn reduce(&mut self, _: &Up) -> Changed { self.count += 1; Changed::ALL }
/// # }
/// # impl Action for Up {
/// #     fn action_type(&self) -> std::borrow::Cow<'_, str> { "counter/up".into() }
/// #     fn leaf(&self) -> &dyn std::any::Any { self }
/// #     fn to_wire(&self) -> Result<WireAction, WireError> { Ok(WireAction::new("counter/up")) }
/// #     fn from_wire(_: &WireAction) -> Option<Result<Self, WireError>> { None }
/// # }
/// use retake_store::Store;
/// use retake_thunks::thunk;
///
/// type AppStore = Store<Counter, Up>;
///
/// let store = AppStore::new(Counter::default());
/// let count = store.dispatch(thunk(|store: &AppStore| {
///     if store.state().count < 10 {
///         store.dispatch(Up);
///     }
///     store.state().count
/// }));
/// assert_eq!(count, 1);
/// ```
///
/// Source: redux-thunk.
pub fn thunk<S, A, F, R>(function: F) -> Thunk<S, A, F>
where
    F: FnOnce(&Store<S, A>) -> R,
{
    Thunk { function, store: PhantomData }
}

/// A function to be dispatched; see [`thunk`].
#[must_use = "a thunk does nothing until it is dispatched"]
pub struct Thunk<S, A, F> {
    function: F,
    store: PhantomData<fn(S, A)>,
}

impl<S, A, F> fmt::Debug for Thunk<S, A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thunk").finish_non_exhaustive()
    }
}

impl<S, A, F, R> Dispatch<S, A> for Thunk<S, A, F>
where
    S: State + Reducer<A>,
    A: Action,
    F: FnOnce(&Store<S, A>) -> R,
{
    type Output = R;

    fn dispatch_on(self, store: &Store<S, A>) -> Result<R, DispatchError> {
        store.try_atomically(self.function)
    }
}
