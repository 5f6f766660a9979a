//! The handle of a mutation: its result.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;
use retake_store::cache::{
    ActionOf, Api, ApiAction, CacheAction, QueryError, SerializedError, StoreOf,
};

use crate::abort::AbortHandle;
use crate::endpoint::Mutation;
use crate::engine::lifecycle::Settled;
use crate::engine::{QueryRejected, StartedMutation, decode_error};
use crate::result::MutationState;
use crate::runtime::BoxFuture;

/// A mutation under way: a future of its result.
///
/// Awaiting `&handle` gives the result, too, and keeps the handle.
///
/// The result is not `#[must_use]`-marked on the handle: a mutation goes on, and its entry
/// stays, when the handle is dropped.
///
/// Source: RTK Query, `MutationActionCreatorResult`.
pub struct MutationHandle<E: Mutation> {
    store: StoreOf<E::Api>,
    request: Result<Triggered, SerializedError>,
}

struct Triggered {
    request_id: Arc<str>,
    fixed_cache_key: Option<Arc<str>>,
    settled: Shared<oneshot::Receiver<Settled>>,
    abort: AbortHandle,
}

impl<E: Mutation> MutationHandle<E> {
    pub(crate) fn new(
        store: StoreOf<E::Api>,
        fixed_cache_key: Option<Arc<str>>,
        started: StartedMutation,
    ) -> Self {
        let StartedMutation { request_id, settled, abort } = started;
        Self { store, request: Ok(Triggered { request_id, fixed_cache_key, settled, abort }) }
    }

    pub(crate) fn failed(store: StoreOf<E::Api>, error: SerializedError) -> Self {
        Self { store, request: Err(error) }
    }

    /// Returns the entry as it is now.
    #[must_use]
    pub fn state(&self) -> MutationState<E::Output> {
        let Ok(request) = &self.request else { return MutationState::of(None) };
        let key = request.fixed_cache_key.as_ref().unwrap_or(&request.request_id);
        MutationState::of(E::Api::slice(&self.store.state()).mutation(key))
    }

    /// Takes the entry out of the state; the request goes on if it is still under way.
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch).
    pub fn reset(&self) {
        let Ok(request) = &self.request else { return };
        let action = CacheAction::RemoveMutationResult {
            request_id: Arc::clone(&request.request_id),
            fixed_cache_key: request.fixed_cache_key.clone(),
        };
        let action = ActionOf::<E::Api>::from(ApiAction::new(action));
        if let Err(error) = self.store.try_dispatch(action) {
            panic!("{error}");
        }
    }

    /// Aborts the request; the mutation is rejected, what the server did stays done.
    pub fn abort(&self) {
        if let Ok(request) = &self.request {
            request.abort.abort(None);
        }
    }

    /// Aborts as [`abort`](Self::abort) does; `reason` becomes the message of the error.
    pub fn abort_with(&self, reason: impl Into<String>) {
        if let Ok(request) = &self.request {
            request.abort.abort(Some(reason.into()));
        }
    }

    /// Waits for the result without giving the handle away.
    fn result(&self) -> BoxFuture<'static, Result<Arc<E::Output>, QueryError>> {
        let settled = match &self.request {
            Ok(request) => request.settled.clone(),
            Err(error) => return Box::pin(std::future::ready(Err(error.clone().into()))),
        };
        Box::pin(async move { output::<E>(settled.await) })
    }

    /// Returns the id of the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&Arc<str>> {
        self.request.as_ref().ok().map(|request| &request.request_id)
    }
}

impl<E: Mutation> Unpin for MutationHandle<E> {}

impl<E: Mutation> Future for MutationHandle<E> {
    type Output = Result<Arc<E::Output>, QueryError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let request = match &mut self.request {
            Ok(request) => request,
            Err(error) => return Poll::Ready(Err(error.clone().into())),
        };
        request.settled.poll_unpin(cx).map(output::<E>)
    }
}

impl<E: Mutation> IntoFuture for &MutationHandle<E> {
    type Output = Result<Arc<E::Output>, QueryError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.result()
    }
}

fn output<E: Mutation>(
    settled: Result<Settled, oneshot::Canceled>,
) -> Result<Arc<E::Output>, QueryError> {
    let settled = settled.unwrap_or_else(|_| Err(QueryRejected::lost()));
    let fetched = settled.map_err(|rejected| rejected.error)?;
    fetched.data.get().map_err(|error| decode_error(&error).into())
}

impl<E: Mutation> fmt::Debug for MutationHandle<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MutationHandle")
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}
