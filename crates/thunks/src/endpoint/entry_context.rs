//! What functions of endpoints know of the entry that they run with.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use retake_store::cache::{ActionOf, Api, StateOf, StoreOf};
use retake_store::{Dispatch, WeakStore};

use crate::cache_thunks::{PatchHandle, update_cached};
use crate::endpoint::{Mutation, Query};
use crate::engine::entry::{CacheDataLoaded, CacheEntryRemoved, EntryLifecycle};
use crate::engine::store_of;
use crate::result::{MutationState, QueryState};
use crate::runtime::Runtime;

macro_rules! entry_context {
    ($name:ident, $endpoint:ident, $what:literal) => {
        #[doc = concat!("What the `on_cache_entry_added` of a ", $what, " knows of its entry.")]
        ///
        /// It does not keep the store alive: the function is dropped with the store. So all of
        /// this works within the function; in a task that the function started, methods that
        /// need the store panic once it is gone.
        ///
        /// Source: RTK Query, the second argument of `onCacheEntryAdded`.
        pub struct $name<E: $endpoint> {
            store: WeakStore<StateOf<E::Api>, ActionOf<E::Api>>,
            entry: EntryLifecycle,
            endpoint: PhantomData<fn() -> E>,
        }

        impl<E: $endpoint> $name<E> {
            pub(crate) fn new(entry: EntryLifecycle) -> Option<Self> {
                let store = store_of::<E::Api>(&**entry.engine.host().ok()?)?.downgrade();
                Some(Self { store, entry, endpoint: PhantomData })
            }

            /// Dispatches as [`Store::dispatch`](retake_store::Store::dispatch) does.
            ///
            /// # Panics
            /// As [`Store::dispatch`](retake_store::Store::dispatch), and when the store is gone.
            pub fn dispatch<D>(&self, dispatch: D) -> D::Output
            where
                D: Dispatch<StateOf<E::Api>, ActionOf<E::Api>>,
            {
                self.store().dispatch(dispatch)
            }

            /// Returns the state of the application, as the next action finds it.
            ///
            /// # Panics
            /// When the store is gone.
            #[must_use]
            pub fn state(&self) -> Arc<StateOf<E::Api>> {
                self.store().head()
            }

            /// Returns the store; whoever keeps it over a wait keeps it alive.
            ///
            /// # Panics
            /// When the store is gone.
            #[must_use]
            pub fn store(&self) -> StoreOf<E::Api> {
                match self.store.upgrade() {
                    Some(store) => store,
                    None => panic!("the store is gone, and its cache entries with it"),
                }
            }

            /// Returns the value of type `T` that the store was built with as `extra`.
            #[must_use]
            pub fn extra<T: Any>(&self) -> Option<&T> {
                self.entry.engine.extra().get()
            }

            /// Returns the runtime of the store: where the function gets time from.
            #[must_use]
            pub fn runtime(&self) -> &Arc<dyn Runtime> {
                self.entry.engine.runtime()
            }

            /// Returns the id of the request that added the entry.
            #[must_use]
            pub fn request_id(&self) -> &str {
                &self.entry.request_id
            }

            /// Returns the first data of the entry, to be awaited; several may wait for it.
            ///
            /// It is [`NeverLoaded`](crate::NeverLoaded) when the entry is removed before.
            pub fn cache_data_loaded(&self) -> CacheDataLoaded<E::Output> {
                CacheDataLoaded::new(&self.entry)
            }

            /// Returns the removal of the entry, to be awaited; several may wait for it.
            pub fn cache_entry_removed(&self) -> CacheEntryRemoved {
                CacheEntryRemoved::new(&self.entry)
            }
        }

        impl<E: $endpoint> Clone for $name<E> {
            fn clone(&self) -> Self {
                let (store, entry) = (self.store.clone(), self.entry.clone());
                Self { store, entry, endpoint: PhantomData }
            }
        }

        impl<E: $endpoint> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("request_id", &self.entry.request_id)
                    .field("key", &self.entry.key)
                    .finish_non_exhaustive()
            }
        }
    };
}

entry_context!(QueryEntryContext, Query, "query");
entry_context!(MutationEntryContext, Mutation, "mutation");

impl<E: Query> QueryEntryContext<E> {
    /// Returns the query's entry.
    ///
    /// # Panics
    /// When the store is gone.
    #[must_use]
    pub fn get_cache_entry(&self) -> QueryState<E::Output> {
        QueryState::of(E::Api::slice(&self.state()).query(&self.entry.key))
    }

    /// Edits the query's data; see [`Query::update_query_data`]. Without data nothing happens.
    ///
    /// # Panics
    /// As [`Store::dispatch`](retake_store::Store::dispatch), and when the store is gone.
    pub fn update_cached_data(&self, recipe: impl FnOnce(&mut E::Output)) -> PatchHandle<E::Api> {
        let entry = &self.entry;
        let (name, key, args) = (&entry.endpoint_name, &entry.key, &entry.args);
        update_cached::<E>(&self.store(), &entry.engine, name, key, args, recipe)
    }
}

impl<E: Mutation> MutationEntryContext<E> {
    /// Returns the mutation's entry.
    ///
    /// # Panics
    /// When the store is gone.
    #[must_use]
    pub fn get_cache_entry(&self) -> MutationState<E::Output> {
        MutationState::of(E::Api::slice(&self.state()).mutation(&self.entry.key))
    }
}
