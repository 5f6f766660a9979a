//! Initiations: what to dispatch to run an endpoint.

mod infinite;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use retake_store::cache::{
    ActionOf, MutationArg, PageArg, QueryArg, Refetch, StateOf, StoreOf, SubscriptionOptions,
};
use retake_store::{Dispatch, DispatchError};

use crate::endpoint::arg::{identity, to_original_args};
use crate::endpoint::{Mutation, Query};
use crate::engine::{Engine, QueryStart};
use crate::extra_options::ExtraOptions;
use crate::handle::{MutationHandle, QueryHandle};

pub use infinite::InitiateInfiniteQuery;

/// What to dispatch to fetch and subscribe; see [`Query::initiate`].
///
/// Source: RTK Query, `endpoint.initiate` of a query.
#[must_use = "an initiation does nothing until it is dispatched"]
pub struct InitiateQuery<E: Query> {
    endpoint: E,
    arg: E::Arg,
    subscribe: bool,
    force_refetch: Option<Refetch>,
    subscription_options: Option<SubscriptionOptions>,
    extra_options: ExtraOptions,
    page: PageArg,
}

impl<E: Query> InitiateQuery<E> {
    pub(crate) fn new(endpoint: E, arg: E::Arg) -> Self {
        Self {
            endpoint,
            arg,
            subscribe: true,
            force_refetch: None,
            subscription_options: None,
            extra_options: ExtraOptions::new(),
            page: PageArg::default(),
        }
    }

    /// Sets whether the handle subscribes to the entry, and so keeps it cached; it does by
    /// default.
    pub fn subscribe(mut self, subscribe: bool) -> Self {
        self.subscribe = subscribe;
        self
    }

    /// Sets whether to fetch although there is data: always, never, or from some age on.
    pub fn force_refetch(mut self, refetch: impl Into<Refetch>) -> Self {
        self.force_refetch = Some(refetch.into());
        self
    }

    /// Sets all options of the subscription, which the state keeps.
    pub fn subscription_options(mut self, options: SubscriptionOptions) -> Self {
        self.subscription_options = Some(options);
        self
    }

    /// Sets options for the base query, before those of the endpoint of the same type.
    ///
    /// They concern the request that this dispatch starts, if it starts one, and no later one.
    pub fn extra_options(mut self, options: impl Into<ExtraOptions>) -> Self {
        self.extra_options = options.into();
        self
    }

    /// Sets how long after each answer the entry is fetched again, in whole milliseconds; zero,
    /// the default, for never.
    pub fn polling_interval(mut self, interval: Duration) -> Self {
        self.options().polling_interval = Some(interval);
        self
    }

    /// Sets whether polling pauses while the window does not have the focus; it does not by
    /// default.
    pub fn skip_polling_if_unfocused(mut self, skip: bool) -> Self {
        self.options().skip_polling_if_unfocused = Some(skip);
        self
    }

    /// Sets whether the entry is fetched again when the window gets the focus; the api decides
    /// by default.
    pub fn refetch_on_focus(mut self, refetch: bool) -> Self {
        self.options().refetch_on_focus = Some(refetch);
        self
    }

    /// Sets whether the entry is fetched again when the network is back; the api decides by
    /// default.
    pub fn refetch_on_reconnect(mut self, refetch: bool) -> Self {
        self.options().refetch_on_reconnect = Some(refetch);
        self
    }

    fn options(&mut self) -> &mut SubscriptionOptions {
        self.subscription_options.get_or_insert_default()
    }
}

impl<E: Query> fmt::Debug for InitiateQuery<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InitiateQuery")
            .field("endpoint", &self.endpoint.name())
            .field("arg", &self.arg)
            .finish_non_exhaustive()
    }
}

impl<E: Query> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for InitiateQuery<E> {
    type Output = QueryHandle<E>;

    /// When it returns, the request was sent, and `pending` was reduced. An argument without
    /// a JSON form gives a handle that says so, and dispatches nothing.
    fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<QueryHandle<E>, DispatchError> {
        let engine = Engine::of::<E::Api>(store)?;
        let (args, key) = match identity(&self.endpoint, &self.arg) {
            Ok(identity) => identity,
            Err(error) => return Ok(QueryHandle::failed(store.clone(), error)),
        };
        let endpoint = engine.add_query(self.endpoint);
        let arg = QueryArg {
            subscribe: self.subscribe,
            force_refetch: self.force_refetch,
            subscription_options: self.subscription_options,
            endpoint_name: endpoint.name().into(),
            original_args: args,
            query_cache_key: Arc::clone(&key),
            page: self.page,
        };
        let asked = arg.clone();
        let start = QueryStart {
            extra_options: self.extra_options,
            ..QueryStart::new(Arc::clone(&endpoint), arg)
        };
        // The handle is made inside: it ends the subscription even if a listener panics.
        store.try_atomically(|store| {
            let started = engine.start_query(start)?;
            Ok(QueryHandle::new(store.clone(), Arc::clone(engine), endpoint, asked, started))
        })?
    }
}

/// What to dispatch to perform a mutation; see [`Mutation::initiate`].
///
/// Source: RTK Query, `endpoint.initiate` of a mutation.
#[must_use = "an initiation does nothing until it is dispatched"]
pub struct InitiateMutation<E: Mutation> {
    endpoint: E,
    arg: E::Arg,
    track: bool,
    fixed_cache_key: Option<Arc<str>>,
    extra_options: ExtraOptions,
}

impl<E: Mutation> InitiateMutation<E> {
    pub(crate) fn new(endpoint: E, arg: E::Arg) -> Self {
        Self {
            endpoint,
            arg,
            track: true,
            fixed_cache_key: None,
            extra_options: ExtraOptions::new(),
        }
    }

    /// Sets whether the result is kept in the state; it is by default.
    pub fn track(mut self, track: bool) -> Self {
        self.track = track;
        self
    }

    /// Sets the key that several triggers share; the latest one is shown under it.
    pub fn fixed_cache_key(mut self, key: impl Into<Arc<str>>) -> Self {
        self.fixed_cache_key = Some(key.into());
        self
    }

    /// Sets options for the base query, before those of the endpoint of the same type.
    pub fn extra_options(mut self, options: impl Into<ExtraOptions>) -> Self {
        self.extra_options = options.into();
        self
    }
}

impl<E: Mutation> fmt::Debug for InitiateMutation<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InitiateMutation")
            .field("endpoint", &self.endpoint.name())
            .field("arg", &self.arg)
            .finish_non_exhaustive()
    }
}

impl<E: Mutation> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for InitiateMutation<E> {
    type Output = MutationHandle<E>;

    fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<MutationHandle<E>, DispatchError> {
        let engine = Engine::of::<E::Api>(store)?;
        let original_args = match to_original_args(&self.arg) {
            Ok(args) => args,
            Err(error) => return Ok(MutationHandle::failed(store.clone(), error)),
        };
        let endpoint_name: Arc<str> = self.endpoint.name().into();
        let endpoint = engine.add_mutation(self.endpoint);
        let fixed_cache_key = self.fixed_cache_key;
        let arg = MutationArg {
            endpoint_name,
            original_args,
            track: self.track,
            fixed_cache_key: fixed_cache_key.clone(),
        };
        let started = engine.start_mutation(endpoint, arg, self.extra_options)?;
        Ok(MutationHandle::new(store.clone(), fixed_cache_key, started))
    }
}
