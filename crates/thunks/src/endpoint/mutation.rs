//! Mutations: endpoints that write.

use std::future::Future;

use retake_store::cache::{Api, SerializedError, StateOf, Tags};
use retake_store::patch::Patchable;
use retake_store::{Action, MaybeSend, MaybeSync};
use serde_json::Value;

use crate::base_query::{Answer, BaseQuery, Failure};
use crate::endpoint::fetched::decode_response;
use crate::endpoint::matchers::{FulfilledAction, PendingAction, RejectedAction, mutation_request};
use crate::endpoint::{
    EndpointArg, Fetched, MutationContext, MutationEntryContext, MutationOutcome, QueryArgs,
    QueryFnContext,
};
use crate::enhance::EnhanceMutation;
use crate::extra_options::ExtraOptions;
use crate::initiate::InitiateMutation;
use crate::result::MutationState;
use crate::running::GetRunningMutation;
use crate::schema::Schemas;

/// An endpoint that writes: what it tells the server, and what becomes outdated by it.
///
/// The engine calls these methods before it dispatches an action, never inside a reducer.
///
/// Source: RTK Query, `build.mutation`.
pub trait Mutation: Sized + MaybeSend + MaybeSync + 'static {
    /// The api that the endpoint belongs to.
    type Api: Api<BaseQuery: BaseQuery>;

    /// What the endpoint is told; `()` for nothing.
    type Arg: EndpointArg;

    /// What the server answers.
    type Output: Patchable;

    /// The endpoint's name: part of actions and of logs.
    const NAME: &'static str;

    /// Returns the endpoint's name, when it is not known to the compiler.
    fn name(&self) -> &str {
        Self::NAME
    }

    /// Returns what to send for `arg`.
    ///
    /// # Panics
    /// Unless it is overridden, or [`query_fn`](Self::query_fn) is; the request is then
    /// rejected with this message.
    fn query(&self, arg: &Self::Arg) -> QueryArgs<Self::Api> {
        let _ = arg;
        panic!("the endpoint `{}` defines neither `query` nor `query_fn`", self.name())
    }

    /// Returns what to send for `arg`, or why there is nothing to send.
    ///
    /// # Errors
    /// As the endpoint sees fit: the request is then rejected without a value.
    fn try_query(&self, arg: &Self::Arg) -> Result<QueryArgs<Self::Api>, SerializedError> {
        Ok(self.query(arg))
    }

    /// Performs the write, in whatever way; by default with the base query and
    /// [`query`](Self::query).
    ///
    /// # Errors
    /// [`Failure`], as the base query's.
    fn query_fn(
        &self,
        arg: Self::Arg,
        cx: QueryFnContext<Self::Api>,
    ) -> impl Future<Output = Result<Fetched<Self::Output>, Failure>> + MaybeSend {
        async move {
            let args = self.try_query(&arg)?;
            match cx.checked_base_query(args).await {
                Ok(Answer { data, meta }) => {
                    let data = self.transform_response(data, meta.as_deref(), &arg)?;
                    Ok(Fetched { data, meta })
                }
                Err(Failure::Error { error, meta } | Failure::Final { error, meta }) => {
                    let arg = cx.given_arg(arg)?;
                    let error = self.transform_error_response(error, meta.as_deref(), &arg)?;
                    Err(Failure::Error { error, meta })
                }
                Err(failure) => Err(failure),
            }
        }
    }

    /// Returns the result of an answer; by default it is decoded.
    ///
    /// # Errors
    /// As the endpoint sees fit: the request is then rejected without a value.
    fn transform_response(
        &self,
        response: Value,
        meta: Option<&Value>,
        arg: &Self::Arg,
    ) -> Result<Self::Output, SerializedError> {
        let _ = (meta, arg);
        decode_response(self.name(), response)
    }

    /// Returns the error that the caller gets; by default that of the base query.
    ///
    /// # Errors
    /// As the endpoint sees fit: the request is then rejected without a value.
    fn transform_error_response(
        &self,
        error: Value,
        meta: Option<&Value>,
        arg: &Self::Arg,
    ) -> Result<Value, SerializedError> {
        let _ = (meta, arg);
        Ok(error)
    }

    /// Returns the tags that are outdated after `outcome`; none by default.
    ///
    /// It is asked after an error that is a value, too.
    fn invalidates_tags(&self, outcome: MutationOutcome<'_, Self>, arg: &Self::Arg) -> Tags {
        let _ = (outcome, arg);
        Tags::none()
    }

    /// Runs with every request of the endpoint, up to its first wait within the dispatch
    /// that starts the request: the place for optimistic updates.
    fn on_query_started(
        &self,
        arg: Self::Arg,
        cx: MutationContext<Self>,
    ) -> impl Future<Output = ()> + MaybeSend {
        let _ = (arg, cx);
        async {}
    }

    /// Runs with every tracked entry of the endpoint, up to its first wait within the dispatch that
    /// adds the entry.
    ///
    /// It goes on when the entry is removed, so that it can clean up, and is dropped with the
    /// store.
    fn on_cache_entry_added(
        &self,
        arg: Self::Arg,
        cx: MutationEntryContext<Self>,
    ) -> impl Future<Output = ()> + MaybeSend {
        let _ = (arg, cx);
        async {}
    }

    /// Returns the schemas of the endpoint's values; none by default.
    ///
    /// Called once for each store, before the first request.
    fn schemas(&self) -> Schemas {
        Schemas::default()
    }

    /// Returns what the base query is told of the endpoint's requests; nothing by default.
    fn extra_options(&self) -> ExtraOptions {
        ExtraOptions::new()
    }

    /// Returns what to dispatch to perform the mutation.
    fn initiate(self, arg: Self::Arg) -> InitiateMutation<Self> {
        InitiateMutation::new(self, arg)
    }

    /// Returns what to dispatch to change what the endpoint does in a store.
    fn enhance(self) -> EnhanceMutation<Self> {
        EnhanceMutation::new(self)
    }

    /// Returns what to dispatch to get at the request `key` that is under way, if there is one:
    /// a request id or a fixed cache key; see [`GetRunningMutation`].
    fn running_mutation(&self, key: &str) -> GetRunningMutation<Self> {
        GetRunningMutation::new(key)
    }

    /// Returns the selector of the entry `key`: a request id or a fixed cache key.
    fn select(
        &self,
        key: &str,
    ) -> impl Fn(&StateOf<Self::Api>) -> MutationState<Self::Output> + Clone + use<Self> {
        let key = key.to_owned();
        move |state| MutationState::of(Self::Api::slice(state).mutation(&key))
    }

    /// Returns `action` if it says that a request of this endpoint started.
    fn match_pending<'a, A: Action>(&self, action: &'a A) -> Option<PendingAction<'a, Self::Arg>> {
        PendingAction::of(mutation_request::<Self::Api, A>(action, self.name())?)
    }

    /// Returns `action` if it says that a request of this endpoint succeeded.
    ///
    /// The action may be the application's or the api's: in a reducer, a middleware or a
    /// listener.
    fn match_fulfilled<'a, A: Action>(
        &self,
        action: &'a A,
    ) -> Option<FulfilledAction<'a, Self::Arg, Self::Output>> {
        FulfilledAction::of(mutation_request::<Self::Api, A>(action, self.name())?)
    }

    /// Returns `action` if it says that a request of this endpoint failed.
    fn match_rejected<'a, A: Action>(
        &self,
        action: &'a A,
    ) -> Option<RejectedAction<'a, Self::Arg>> {
        RejectedAction::of(mutation_request::<Self::Api, A>(action, self.name())?)
    }
}
