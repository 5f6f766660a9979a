//! Enhancement: what a store changes about an endpoint.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use retake_store::cache::{ActionOf, CacheData, QueryError, StateOf, StoreOf, Tags};
use retake_store::{Dispatch, DispatchError, MaybeSend, MaybeSync};

use crate::endpoint::arg::from_original_args;
use crate::endpoint::{
    Mutation, MutationContext, MutationOutcome, Query, QueryArgs, QueryContext, QueryOptions,
    QueryOutcome,
};
use crate::engine::lifecycle::Lifecycle;
use crate::engine::{Args, Changes, Engine, contain, typed};
use crate::runtime::BoxFuture;

macro_rules! enhance {
    ($name:ident, $endpoint:ident, $context:ident, $outcome:ident, $tags:ident, $known:ident) => {
        impl<E: $endpoint> $name<E> {
            pub(crate) fn new(endpoint: E) -> Self {
                Self { endpoint, changes: Changes::default() }
            }

            /// Changes what is sent: `change` gets what the endpoint would send.
            ///
            /// It sees every request that the endpoint sends with the base query.
            pub fn query<F>(mut self, change: F) -> Self
            where
                F: Fn(QueryArgs<E::Api>, &E::Arg) -> QueryArgs<E::Api>
                    + MaybeSend
                    + MaybeSync
                    + 'static,
            {
                let change = move |request: &mut dyn std::any::Any, args: &Args| {
                    let arg = from_original_args(args.as_deref())?;
                    let request = request.downcast_mut::<Option<QueryArgs<E::Api>>>();
                    if let Some(request) = request {
                        *request = request.take().map(|request| change(request, &arg));
                    }
                    Ok(())
                };
                self.changes.request = Some(Box::new(change));
                self
            }

            /// Changes the tags: `change` gets those that the endpoint gives.
            pub fn $tags<F>(mut self, change: F) -> Self
            where
                F: Fn(Tags, $outcome<'_, E>, &E::Arg) -> Tags + MaybeSend + MaybeSync + 'static,
            {
                let change = move |tags: Tags,
                                   data: Option<&CacheData>,
                                   error: Option<&QueryError>,
                                   args: &Args| {
                    contain("the change of tags", || {
                        let (data, arg) = (typed(data)?, from_original_args(args.as_deref())?);
                        Ok(change(tags, $outcome { data: data.as_deref(), error }, &arg))
                    })
                };
                self.changes.tags = Some(Box::new(change));
                self
            }

            /// Adds what runs with every request, beside the endpoint's own `on_query_started`.
            pub fn on_query_started<F, R>(mut self, started: F) -> Self
            where
                F: Fn(E::Arg, $context<E>) -> R + MaybeSend + MaybeSync + 'static,
                R: Future<Output = ()> + MaybeSend + 'static,
            {
                let started = Arc::new(started);
                let started = move |args: Args, lifecycle: Lifecycle| -> BoxFuture<'static, ()> {
                    let started = Arc::clone(&started);
                    Box::pin(async move {
                        let arg = from_original_args(args.as_deref());
                        if let (Ok(arg), Some(cx)) = (arg, $context::new(lifecycle)) {
                            started(arg, cx).await;
                        }
                    })
                };
                self.changes.on_query_started = Some(Box::new(started));
                self
            }
        }

        impl<E: $endpoint> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("endpoint", &self.endpoint.name())
                    .finish_non_exhaustive()
            }
        }

        impl<E: $endpoint> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for $name<E> {
            type Output = ();

            fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<(), DispatchError> {
                let engine = Engine::of::<E::Api>(store)?;
                store.try_atomically(|_| {
                    engine.$known(self.endpoint).change(self.changes);
                })
            }
        }
    };
}

/// What to dispatch to change what a query does in a store; see [`Query::enhance`].
///
/// Each function gets what the endpoint said until then, and returns what holds from now on; so
/// several enhancements add up. What was called before stays as it is.
///
/// Source: RTK Query, `enhanceEndpoints`.
#[must_use = "an enhancement does nothing until it is dispatched"]
pub struct EnhanceQuery<E: Query> {
    endpoint: E,
    changes: Changes,
}

/// What to dispatch to change what a mutation does in a store; see [`Mutation::enhance`].
///
/// Each function gets what the endpoint said until then, and returns what holds from now on; so
/// several enhancements add up.
///
/// Source: RTK Query, `enhanceEndpoints`.
#[must_use = "an enhancement does nothing until it is dispatched"]
pub struct EnhanceMutation<E: Mutation> {
    endpoint: E,
    changes: Changes,
}

enhance!(EnhanceQuery, Query, QueryContext, QueryOutcome, provides_tags, known_query);
enhance!(
    EnhanceMutation,
    Mutation,
    MutationContext,
    MutationOutcome,
    invalidates_tags,
    known_mutation
);

impl<E: Query> EnhanceQuery<E> {
    /// Changes how the endpoint treats its entries: `change` gets the options it has.
    pub fn options<F>(mut self, change: F) -> Self
    where
        F: Fn(QueryOptions) -> QueryOptions + MaybeSend + MaybeSync + 'static,
    {
        self.changes.options = Some(Box::new(change));
        self
    }
}
