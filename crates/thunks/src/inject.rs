//! Injection: endpoints that a store gets to know before they are dispatched.

use std::any::type_name;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use retake_store::cache::{Api, EndpointKind, StoreOf};
use retake_store::{Dispatch, DispatchError};

use crate::base_query::BaseQuery;
use crate::endpoint::{Mutation, Query};
use crate::engine::{Definition, Engine, ErasedMutation, ErasedQuery, Registered};

/// What becomes of an endpoint whose name is known to the store already.
///
/// Source: RTK Query, `overrideExisting`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverrideExisting {
    /// The known one stays; this is logged.
    #[default]
    Keep,
    /// The dispatch returns [`EndpointExists`].
    Refuse,
    /// The new one takes the place of the known one, without what was changed about that.
    Replace,
}

/// The name of an injected endpoint is known to the store already; nothing was injected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointExists {
    /// An endpoint of this name is known, and [`OverrideExisting::Refuse`] was asked for.
    #[error(
        "the store knows an endpoint `{name}` already: give the new one another NAME, or replace \
         the known one with `OverrideExisting::Replace`"
    )]
    Known {
        /// The name.
        name: String,
    },
    /// A query has the name of a mutation, or a mutation that of a query.
    #[error(
        "a query and a mutation are called `{name}`: one cannot take the place of the other; give \
         the new one another NAME"
    )]
    OfOtherKind {
        /// The name.
        name: String,
    },
}

/// Returns what to dispatch to make endpoints of the api `P` known to a store.
///
/// A store gets to know an endpoint when it is first dispatched, so that most applications need
/// no injection. It is for endpoints that take the place of others (a double in a test, another
/// server in a build), and for entries from a saved state that a tag should fetch again
/// although their endpoint was not dispatched yet.
///
/// Source: RTK Query, `injectEndpoints`.
pub fn inject_endpoints<P: Api<BaseQuery: BaseQuery>>() -> InjectEndpoints<P> {
    InjectEndpoints {
        endpoints: Vec::new(),
        tag_types: Vec::new(),
        existing: OverrideExisting::default(),
        api: PhantomData,
    }
}

/// What to dispatch to make endpoints known to a store; see [`inject_endpoints`].
#[must_use = "an injection does nothing until it is dispatched"]
pub struct InjectEndpoints<P> {
    endpoints: Vec<Injected>,
    tag_types: Vec<String>,
    existing: OverrideExisting,
    api: PhantomData<fn() -> P>,
}

struct Injected {
    name: String,
    endpoint: Endpoint,
}

enum Endpoint {
    Query(Definition<dyn ErasedQuery>),
    Mutation(Definition<dyn ErasedMutation>),
}

impl Injected {
    fn kind(&self) -> EndpointKind {
        match self.endpoint {
            Endpoint::Query(_) => EndpointKind::Query,
            Endpoint::Mutation(_) => EndpointKind::Mutation,
        }
    }

    /// Returns whether an endpoint of the other kind has the name.
    fn is_of_other_kind(&self, engine: &Engine) -> bool {
        match self.endpoint {
            Endpoint::Query(_) => engine.mutations().named(&self.name).is_some(),
            Endpoint::Mutation(_) => engine.queries().named(&self.name).is_some(),
        }
    }

    fn is_known(&self, engine: &Engine) -> bool {
        match self.endpoint {
            Endpoint::Query(_) => engine.queries().named(&self.name).is_some(),
            Endpoint::Mutation(_) => engine.mutations().named(&self.name).is_some(),
        }
    }
}

impl<P: Api<BaseQuery: BaseQuery>> InjectEndpoints<P> {
    /// Adds a query.
    ///
    /// A query that replaces another is dispatched through that one: it needs arguments and data
    /// of the same JSON form, and the keys of entries are those of the one that is dispatched. In
    /// the place of an infinite query stands another one as [`Paged`](crate::Paged), with its
    /// rules for pages; behind any other query there are no pages to fetch.
    pub fn query<E: Query<Api = P>>(mut self, endpoint: E) -> Self {
        let name = endpoint.name().to_owned();
        let endpoint = Endpoint::Query(Definition::new::<E>(Arc::new(Registered::new(endpoint))));
        self.endpoints.push(Injected { name, endpoint });
        self
    }

    /// Adds a mutation.
    pub fn mutation<E: Mutation<Api = P>>(mut self, endpoint: E) -> Self {
        let name = endpoint.name().to_owned();
        let endpoint =
            Endpoint::Mutation(Definition::new::<E>(Arc::new(Registered::new(endpoint))));
        self.endpoints.push(Injected { name, endpoint });
        self
    }

    /// Adds tag types to those of the api.
    ///
    /// Source: RTK Query, `addTagTypes` of `enhanceEndpoints`.
    pub fn tag_types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.tag_types.extend(types.into_iter().map(Into::into));
        self
    }

    /// Sets what becomes of an endpoint whose name is known already: by default the known one
    /// stays.
    ///
    /// A name is known when an endpoint was dispatched or injected under it. With
    /// [`OverrideExisting::Replace`] it does not matter whether it was.
    pub fn override_existing(mut self, existing: OverrideExisting) -> Self {
        self.existing = existing;
        self
    }
}

impl<P> fmt::Debug for InjectEndpoints<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.endpoints.iter().map(|injected| &injected.name).collect();
        f.debug_struct("InjectEndpoints")
            .field("api", &type_name::<P>())
            .field("endpoints", &names)
            .field("tag_types", &self.tag_types)
            .field("existing", &self.existing)
            .finish()
    }
}

impl<P: Api> Dispatch<P::State, P::Action> for InjectEndpoints<P> {
    /// Says which name is known already, if that is to be refused. Queries and mutations have
    /// their names in common: one of the other kind is refused always.
    type Output = Result<(), EndpointExists>;

    fn dispatch_on(self, store: &StoreOf<P>) -> Result<Self::Output, DispatchError> {
        let engine = Engine::of::<P>(store)?;
        store.try_atomically(|_| {
            let mut kinds = BTreeMap::new();
            let is_of_other_kind = |it: &&Injected| {
                let earlier = kinds.insert(it.name.clone(), it.kind());
                earlier.is_some_and(|kind| kind != it.kind()) || it.is_of_other_kind(engine)
            };
            if let Some(other) = self.endpoints.iter().find(is_of_other_kind) {
                return Err(EndpointExists::OfOtherKind { name: other.name.clone() });
            }
            let known = |it: &&Injected| it.is_known(engine);
            if self.existing == OverrideExisting::Refuse
                && let Some(known) = self.endpoints.iter().find(known)
            {
                return Err(EndpointExists::Known { name: known.name.clone() });
            }
            engine.add_tag_types(self.tag_types);
            for injected in self.endpoints {
                if self.existing == OverrideExisting::Keep && injected.is_known(engine) {
                    let name = injected.name;
                    tracing::error!(
                        target: "retake",
                        "the endpoint `{name}` was not injected, for the store knows one: give it \
                         another NAME, or say `override_existing`"
                    );
                    continue;
                }
                let is_replacement = self.existing == OverrideExisting::Replace;
                match injected.endpoint {
                    Endpoint::Query(it) => {
                        drop(engine.queries().put(&injected.name, it.replacing(is_replacement)));
                    }
                    Endpoint::Mutation(it) => {
                        drop(engine.mutations().put(&injected.name, it.replacing(is_replacement)));
                    }
                }
            }
            Ok(())
        })
    }
}
