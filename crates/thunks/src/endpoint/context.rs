//! What functions of endpoints know of the request that they run with.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use retake_store::Dispatch;
use retake_store::cache::{
    ActionOf, Api, CacheData, SchemaKind, SerializedError, StateOf, StoreOf,
};
use retake_store::patch::Patchable;
use serde_json::Value;

use crate::base_query::{Answer, BaseQuery, Failure, RequestContext};
use crate::cache_thunks::{PatchHandle, update_cached};
use crate::endpoint::arg::{combined_arg, from_original_args, to_original_args};
use crate::endpoint::{EndpointArg, Fetched, Mutation, Query, QueryArgs};
use crate::engine::lifecycle::{Lifecycle, QueryFulfilled};
use crate::engine::{Engine, decode_error, retyped, store_of};
use crate::result::{MutationState, QueryState};
use crate::runtime::Runtime;
use crate::schema::Validation;

/// What a `query_fn` knows of its request, with the base query at hand.
///
/// Source: RTK Query, the arguments of `queryFn`.
pub struct QueryFnContext<P> {
    engine: Arc<Engine>,
    request: RequestContext,
    validation: Option<Arc<Validation>>,
    api: PhantomData<fn() -> P>,
}

impl<P: Api<BaseQuery: BaseQuery>> QueryFnContext<P> {
    pub(crate) fn new(
        engine: Arc<Engine>,
        request: RequestContext,
        validation: Option<Arc<Validation>>,
    ) -> Self {
        Self { engine, request, validation, api: PhantomData }
    }

    /// Sends a request with the api's base query.
    ///
    /// # Errors
    /// As the base query.
    pub async fn base_query(
        &self,
        args: <P::BaseQuery as BaseQuery>::Args,
    ) -> Result<Answer, Failure> {
        let base_query = (**self.engine.base_query()).as_any().downcast_ref::<P::BaseQuery>();
        let Some(base_query) = base_query else {
            return Err(Failure::Unhandled(SerializedError::new(
                "ConfigurationError",
                format!("the api `{}` was built with another base query", P::REDUCER_PATH),
            )));
        };
        let args = self.request.changes.apply(args)?;
        base_query.run(args, self.request.clone()).await
    }

    /// Sends a request with the api's base query and checks the answer as it came.
    pub(crate) async fn checked_base_query(&self, args: QueryArgs<P>) -> Result<Answer, Failure> {
        let answer = self.base_query(args).await;
        match &self.validation {
            Some(validation) => validation.check_raw(answer),
            None => answer,
        }
    }

    /// Returns the argument as it was given: `arg`, unless a schema may have changed it.
    pub(crate) fn given_arg<T: EndpointArg>(&self, arg: T) -> Result<T, SerializedError> {
        match self.validation.as_ref().and_then(|validation| validation.given()) {
            Some(given) => from_original_args(given.as_deref()),
            None => Ok(arg),
        }
    }

    /// Returns what to ask for one page with: what is given, unless a schema changes it.
    pub(crate) fn checked_page_arg<T: EndpointArg, Q: Patchable>(
        &self,
        arg: &T,
        page_param: &Q,
    ) -> Result<(T, Q), Failure> {
        let validation = self.validation.as_ref().filter(|it| it.has(SchemaKind::Arg));
        let Some(validation) = validation else { return Ok((arg.clone(), page_param.clone())) };
        let combined = combined_arg(to_original_args(arg)?.as_deref(), page_param)?;
        let checked = validation.check_arg_value(combined)?;
        let page_param = Q::deserialize(checked.get("pageParam").unwrap_or(&Value::Null));
        let page_param = page_param.map_err(|error| decode_error(&error))?;
        Ok((from_original_args(checked.get("queryArg"))?, page_param))
    }

    /// Returns one page as it is cached.
    pub(crate) fn checked_page<T: Patchable>(
        &self,
        fetched: Fetched<T>,
    ) -> Result<Fetched<Arc<T>>, Failure> {
        let Fetched { data, meta } = fetched;
        let Some(validation) = &self.validation else {
            return Ok(Fetched { data: Arc::new(data), meta });
        };
        let page = validation.check_page(CacheData::new(data), &meta, retyped::<T>)?;
        Ok(Fetched { data: page.get().map_err(|error| decode_error(&error))?, meta })
    }

    /// Returns what is known of the request.
    #[must_use]
    pub fn request(&self) -> &RequestContext {
        &self.request
    }

    /// Returns the value of type `T` that the store was built with as `extra`.
    #[must_use]
    pub fn extra<T: Any>(&self) -> Option<&T> {
        self.request.extra()
    }

    /// Returns the runtime of the store: where a `query_fn` gets time from.
    #[must_use]
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        self.request.runtime()
    }

    /// Returns the store, unless it is gone.
    #[must_use]
    pub fn store(&self) -> Option<StoreOf<P>> {
        self.request.store::<P>()
    }
}

impl<P> Clone for QueryFnContext<P> {
    fn clone(&self) -> Self {
        let (engine, request) = (Arc::clone(&self.engine), self.request.clone());
        Self { engine, request, validation: self.validation.clone(), api: PhantomData }
    }
}

impl<P> fmt::Debug for QueryFnContext<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request.fmt(f)
    }
}

macro_rules! context {
    ($name:ident, $endpoint:ident, $what:literal) => {
        #[doc = concat!("What the `on_query_started` of a ", $what, " knows of its request.")]
        ///
        /// It keeps the store alive.
        ///
        /// Source: RTK Query, the second argument of `onQueryStarted`.
        pub struct $name<E: $endpoint> {
            store: StoreOf<E::Api>,
            lifecycle: Lifecycle,
            endpoint: PhantomData<fn() -> E>,
        }

        impl<E: $endpoint> $name<E> {
            pub(crate) fn new(lifecycle: Lifecycle) -> Option<Self> {
                let store = store_of::<E::Api>(&**lifecycle.engine.host().ok()?)?;
                Some(Self { store, lifecycle, endpoint: PhantomData })
            }

            /// Dispatches as [`Store::dispatch`](retake_store::Store::dispatch) does.
            ///
            /// # Panics
            /// As [`Store::dispatch`](retake_store::Store::dispatch).
            pub fn dispatch<D>(&self, dispatch: D) -> D::Output
            where
                D: Dispatch<StateOf<E::Api>, ActionOf<E::Api>>,
            {
                self.store.dispatch(dispatch)
            }

            /// Returns the state of the application, as the next action finds it.
            #[must_use]
            pub fn state(&self) -> Arc<StateOf<E::Api>> {
                self.store.head()
            }

            /// Returns the store.
            #[must_use]
            pub fn store(&self) -> &StoreOf<E::Api> {
                &self.store
            }

            /// Returns the value of type `T` that the store was built with as `extra`.
            #[must_use]
            pub fn extra<T: Any>(&self) -> Option<&T> {
                self.lifecycle.engine.extra().get()
            }

            /// Returns the runtime of the store: where the function gets time from.
            #[must_use]
            pub fn runtime(&self) -> &Arc<dyn Runtime> {
                self.lifecycle.engine.runtime()
            }

            /// Returns the id of the request.
            #[must_use]
            pub fn request_id(&self) -> &str {
                &self.lifecycle.request_id
            }

            /// Returns the answer to the request, to be awaited; several may wait for it.
            pub fn query_fulfilled(&self) -> QueryFulfilled<E::Output> {
                QueryFulfilled::new(&self.lifecycle)
            }
        }

        impl<E: $endpoint> Clone for $name<E> {
            fn clone(&self) -> Self {
                Self {
                    store: self.store.clone(),
                    lifecycle: self.lifecycle.clone(),
                    endpoint: PhantomData,
                }
            }
        }

        impl<E: $endpoint> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("request_id", &self.lifecycle.request_id)
                    .field("key", &self.lifecycle.key)
                    .finish_non_exhaustive()
            }
        }
    };
}

context!(QueryContext, Query, "query");
context!(MutationContext, Mutation, "mutation");

impl<E: Query> QueryContext<E> {
    /// Returns the query's entry.
    #[must_use]
    pub fn get_cache_entry(&self) -> QueryState<E::Output> {
        QueryState::of(E::Api::slice(&self.store.head()).query(&self.lifecycle.key))
    }

    /// Edits the query's data; see [`Query::update_query_data`].
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch).
    pub fn update_cached_data(&self, recipe: impl FnOnce(&mut E::Output)) -> PatchHandle<E::Api> {
        let lifecycle = &self.lifecycle;
        let (name, key, args) = (&lifecycle.endpoint_name, &lifecycle.key, &lifecycle.args);
        update_cached::<E>(&self.store, &lifecycle.engine, name, key, args, recipe)
    }
}

impl<E: Mutation> MutationContext<E> {
    /// Returns the mutation's entry.
    #[must_use]
    pub fn get_cache_entry(&self) -> MutationState<E::Output> {
        MutationState::of(E::Api::slice(&self.store.head()).mutation(&self.lifecycle.key))
    }
}
