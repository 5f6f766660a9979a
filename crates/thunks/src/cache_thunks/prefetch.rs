//! Prefetching: data that will be needed soon.

use std::fmt;
use std::time::Duration;

use retake_store::cache::{ActionOf, PageArg, QueryArg, Refetch, StateOf, StoreOf};
use retake_store::{Dispatch, DispatchError};

use crate::endpoint::Query;
use crate::endpoint::arg::identity;
use crate::engine::{Engine, ErasedQuery, QueryStart, has_data};

/// What to dispatch to fetch ahead of need; see [`Query::prefetch`].
///
/// It subscribes to nothing: unless somebody does, the data leaves the cache after its time.
///
/// Source: RTK Query, `api.util.prefetch`.
#[must_use = "a prefetch does nothing until it is dispatched"]
pub struct Prefetch<E: Query> {
    endpoint: E,
    arg: E::Arg,
    refetch: Refetch,
}

impl<E: Query> Prefetch<E> {
    pub(crate) fn new(endpoint: E, arg: E::Arg) -> Self {
        Self { endpoint, arg, refetch: Refetch::Never }
    }

    /// Fetches although there is data.
    pub fn force(mut self) -> Self {
        self.refetch = Refetch::Always;
        self
    }

    /// Fetches when there is no data, or when it is at least this old; an age of zero says
    /// nothing, as in RTK Query.
    pub fn if_older_than(mut self, age: Duration) -> Self {
        self.refetch = Refetch::OlderThan(age);
        self
    }
}

impl<E: Query> fmt::Debug for Prefetch<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prefetch")
            .field("endpoint", &self.endpoint.name())
            .field("arg", &self.arg)
            .field("refetch", &self.refetch)
            .finish()
    }
}

impl<E: Query> Dispatch<StateOf<E::Api>, ActionOf<E::Api>> for Prefetch<E> {
    type Output = ();

    fn dispatch_on(self, store: &StoreOf<E::Api>) -> Result<(), DispatchError> {
        let engine = Engine::of::<E::Api>(store)?;
        let (original_args, query_cache_key) = match identity(&self.endpoint, &self.arg) {
            Ok(identity) => identity,
            Err(error) => {
                tracing::error!(target: "retake", "nothing was prefetched: {error}");
                return Ok(());
            }
        };
        let endpoint = engine.add_query(self.endpoint);
        store.try_atomically(|_| {
            let Some(force_refetch) = forced(self.refetch, engine, &*endpoint, &query_cache_key)?
            else {
                return Ok(());
            };
            let arg = QueryArg {
                subscribe: false,
                force_refetch: Some(force_refetch),
                subscription_options: None,
                endpoint_name: endpoint.name().into(),
                original_args,
                query_cache_key,
                page: PageArg::default(),
            };
            engine.start_query(QueryStart::new(endpoint, arg)).map(drop)
        })?
    }
}

/// Returns how to ask for the entry `key`; `None` when its data is young enough.
fn forced(
    refetch: Refetch,
    engine: &Engine,
    endpoint: &dyn ErasedQuery,
    key: &str,
) -> Result<Option<Refetch>, DispatchError> {
    let Refetch::OlderThan(age) = refetch else { return Ok(Some(refetch)) };
    if age.is_zero() {
        return Ok(Some(Refetch::Never));
    }
    let cache = engine.cache()?;
    let entry = cache.as_ref().and_then(|cache| cache.query(key));
    let is_young = entry.is_some_and(|entry| {
        has_data(endpoint, entry)
            && !refetch.is_due(engine.runtime().now(), entry.fulfilled_time_stamp)
    });
    Ok((!is_young).then_some(Refetch::Always))
}
