//! Async thunks: pending, then fulfilled or rejected.

mod action;
mod context;
mod handle;

use std::fmt::{self, Debug};
use std::future::Future;
use std::sync::Arc;

use futures::FutureExt;
use futures::channel::oneshot;
use retake_store::cache::SerializedError;
use retake_store::{Action, Dispatch, DispatchError, MaybeSend, MaybeSync, Reducer, State, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use action::{AsyncThunkAction, AsyncThunkMeta, AsyncThunkStep};
pub use context::AsyncThunkContext;
pub use handle::AsyncThunkHandle;

use crate::abort::AbortHandle;
use crate::engine::{Outcome, run_task};
use crate::environment::Environment;

/// Work that takes time, told to the reducers as three actions.
///
/// Dispatching [`with`](AsyncThunk::with) an argument dispatches `pending`, starts
/// [`run`](AsyncThunk::run) at once, and dispatches `fulfilled` or `rejected` when it ends.
/// The application's root action has a variant with the [`AsyncThunkAction`] of the thunk,
/// and a slice reacts to it, as an extra reducer.
///
/// # Examples
/// ```
/// use retake_store::{Action, Changed, Reducer, State};
/// use retake_thunks::{AsyncThunk, AsyncThunkAction, AsyncThunkContext, AsyncThunkStep, Rejection};
///
/// #[derive(Clone, Debug, Default)]
/// struct Users { name: Option<String> }
/// impl State for Users {}
/// impl Reducer<AsyncThunkAction<FetchUser>> for Users {
///     fn reduce(&mut self, action: &AsyncThunkAction<FetchUser>) -> Changed {
///         if let AsyncThunkStep::Fulfilled(name) = &action.step {
///             self.name = Some(name.clone());
///         }
///         Changed::ALL
///     }
/// }
///
/// struct FetchUser;
/// impl AsyncThunk for FetchUser {
///     type State = Users;
///     type Action = AsyncThunkAction<Self>;
///     type Arg = u32;
///     type Output = String;
///     type Error = String;
///     const TYPE_PREFIX: &'static str = "users/fetch";
///     async fn run(&self, id: u32, _: AsyncThunkContext<Self>) -> Result<String, Rejection<String>> {
///         if id == 0 { Err(Rejection::Value("nobody".into())) } else { Ok(format!("user {id}")) }
///     }
/// }
/// # let _ = FetchUser.with(5);
/// ```
///
/// Source: Redux Toolkit, `createAsyncThunk`.
pub trait AsyncThunk: Sized + MaybeSend + MaybeSync + 'static {
    /// The state of the application.
    type State: State + Reducer<Self::Action>;

    /// The root action of the application.
    type Action: Action + From<AsyncThunkAction<Self>>;

    /// What the thunk is given; it stands in `meta.arg` of the actions.
    type Arg: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static;

    /// The payload of `fulfilled`.
    type Output: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static;

    /// The payload of `rejected`, for failures that the thunk knows.
    type Error: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static;

    /// What the action types begin with: `"users/fetch"` gives `users/fetch/pending`.
    const TYPE_PREFIX: &'static str;

    /// Whether a run that [`condition`](Self::condition) stops dispatches `rejected`.
    const DISPATCH_CONDITION_REJECTION: bool = false;

    /// Does the work.
    ///
    /// # Errors
    /// [`Rejection`]: with a value, or without.
    fn run(
        &self,
        arg: Self::Arg,
        cx: AsyncThunkContext<Self>,
    ) -> impl Future<Output = Result<Self::Output, Rejection<Self::Error>>> + MaybeSend;

    /// Returns whether to run at all; without running, `pending` is not dispatched.
    fn condition(&self, arg: &Self::Arg, state: &Self::State) -> bool {
        let _ = (arg, state);
        true
    }

    /// Returns what to dispatch to run the thunk with `arg`.
    fn with(self, arg: Self::Arg) -> RunAsyncThunk<Self> {
        RunAsyncThunk { thunk: self, arg }
    }
}

/// Why an async thunk was rejected.
#[derive(Clone, Debug, PartialEq)]
pub enum Rejection<E> {
    /// With a value that the thunk returned: the payload of `rejected`.
    Value(E),
    /// Without: it failed otherwise, was aborted, or its condition stopped it.
    Error(SerializedError),
}

impl<E> From<SerializedError> for Rejection<E> {
    fn from(error: SerializedError) -> Self {
        Self::Error(error)
    }
}

impl<E: Debug> fmt::Display for Rejection<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "rejected with {value:?}"),
            Self::Error(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<E: Debug> std::error::Error for Rejection<E> {}

/// What to dispatch to run an async thunk; see [`AsyncThunk::with`].
#[must_use = "a thunk does nothing until it is dispatched"]
pub struct RunAsyncThunk<T: AsyncThunk> {
    thunk: T,
    arg: T::Arg,
}

impl<T: AsyncThunk> Debug for RunAsyncThunk<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunAsyncThunk")
            .field("type_prefix", &T::TYPE_PREFIX)
            .field("arg", &self.arg)
            .finish_non_exhaustive()
    }
}

impl<T: AsyncThunk> Dispatch<T::State, T::Action> for RunAsyncThunk<T> {
    type Output = AsyncThunkHandle<T>;

    fn dispatch_on(
        self,
        store: &Store<T::State, T::Action>,
    ) -> Result<AsyncThunkHandle<T>, DispatchError> {
        let environment = Environment::of(store)?;
        let runtime = Arc::clone(environment.runtime());
        let request_id: Arc<str> = runtime.unique_id().into();
        let (abort, signal) = AbortHandle::new();
        let (sender, receiver) = oneshot::channel();
        let handle = AsyncThunkHandle::new(Arc::clone(&request_id), abort, receiver.shared());
        let meta = AsyncThunkMeta { arg: self.arg, request_id };
        let cx = AsyncThunkContext::new(
            store.clone(),
            environment.extra().clone(),
            Arc::clone(&runtime),
            Arc::clone(&meta.request_id),
            signal.clone(),
        );
        store.try_atomically(|store| {
            let action = |step| AsyncThunkAction::<T> { meta: meta.clone(), step };
            if !store.peek(|state| self.thunk.condition(&meta.arg, state))? {
                let error = SerializedError::condition();
                if T::DISPATCH_CONDITION_REJECTION {
                    let step = AsyncThunkStep::by_condition();
                    store.try_dispatch(T::Action::from(action(step)))?;
                }
                let _ = sender.send(Err(Rejection::Error(error)));
                return Ok(handle);
            }
            store.try_dispatch(T::Action::from(action(AsyncThunkStep::Pending)))?;
            let (thunk, meta, store) = (self.thunk, meta.clone(), store.clone());
            let arg = meta.arg.clone();
            let run = Box::pin(async move { thunk.run(arg, cx).await });
            runtime.start(Box::pin(async move {
                let step = match run_task("the thunk", run, signal).await {
                    Outcome::Finished(result) => AsyncThunkStep::settled(result),
                    Outcome::Panicked(error) => AsyncThunkStep::failed(error, false),
                    Outcome::Aborted(reason) => {
                        AsyncThunkStep::failed(SerializedError::aborted(reason), true)
                    }
                };
                let result = step.result();
                let action = AsyncThunkAction::<T> { meta, step };
                if let Err(error) = store.try_dispatch(T::Action::from(action)) {
                    tracing::error!(
                        target: "retake",
                        "the end of {} is lost: {error}",
                        T::TYPE_PREFIX
                    );
                }
                if let Some(result) = result {
                    let _ = sender.send(result);
                }
            }));
            Ok(handle)
        })?
    }
}
