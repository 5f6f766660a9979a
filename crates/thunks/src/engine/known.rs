//! Endpoints as a store knows them: by name, and with what was changed about them.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::iter;
use std::mem;
use std::sync::{Arc, Mutex};

use futures::future::join_all;
use retake_store::cache::{
    CacheData, InfiniteQueryDirection, QueryEntry, QueryError, SerializedError, Tags,
};

use crate::base_query::RequestContext;
use crate::endpoint::QueryOptions;
use crate::engine::changes::{Changes, RequestChanges};
use crate::engine::entry::EntryLifecycle;
use crate::engine::lifecycle::Lifecycle;
use crate::engine::{Args, Engine, ErasedMutation, ErasedQuery, FetchResult, contain_future, lock};
use crate::runtime::BoxFuture;

/// What stands under the name of an endpoint.
pub(crate) struct Definition<T: ?Sized> {
    type_id: TypeId,
    /// Whether endpoints of other types are meant to find this one under their name.
    is_replacement: bool,
    endpoint: Arc<T>,
    changes: Arc<[Arc<Changes>]>,
}

impl<T: ?Sized> Definition<T> {
    /// Returns the definition by `endpoint`, which is an `E`.
    pub(crate) fn new<E: 'static>(endpoint: Arc<T>) -> Self {
        let type_id = TypeId::of::<E>();
        Self { type_id, is_replacement: false, endpoint, changes: Arc::from([]) }
    }

    pub(crate) fn replacing(self, is_replacement: bool) -> Self {
        Self { is_replacement, ..self }
    }
}

/// The endpoint of one name. What it does is looked up with each call, so that whoever holds
/// it follows when it is replaced or changed.
pub(crate) struct Slot<T: ?Sized> {
    name: String,
    definition: Mutex<Definition<T>>,
}

impl<T: ?Sized> Slot<T> {
    fn current(&self) -> (Arc<T>, Arc<[Arc<Changes>]>) {
        let definition = lock(&self.definition);
        (Arc::clone(&definition.endpoint), Arc::clone(&definition.changes))
    }

    /// Changes what the endpoint does from now on, on top of earlier changes.
    pub(crate) fn change(&self, changes: Changes) {
        let mut definition = lock(&self.definition);
        let earlier = definition.changes.iter().cloned();
        definition.changes = earlier.chain([Arc::new(changes)]).collect();
    }

    /// Logs that an endpoint of another type has this name, too.
    fn check_type<E: 'static>(&self) {
        let is_other = {
            let definition = lock(&self.definition);
            definition.type_id != TypeId::of::<E>() && !definition.is_replacement
        };
        if is_other {
            tracing::error!(
                target: "retake",
                "two endpoints are called `{}`; the first one is used: give `{}` another NAME",
                self.name,
                std::any::type_name::<E>()
            );
        }
    }
}

/// The endpoints of one kind, by name.
pub(crate) struct Known<T: ?Sized>(Mutex<BTreeMap<String, Arc<Slot<T>>>>);

impl<T: ?Sized> Default for Known<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: ?Sized> Known<T> {
    /// Returns the endpoint that is known under `name`.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<Slot<T>>> {
        lock(&self.0).get(name).cloned()
    }

    /// Returns the endpoint that is known under `name`; it is `endpoint`, an `E`, if there was
    /// none. `others` are the endpoints of the other kind.
    pub(crate) fn add<E: 'static>(
        &self,
        name: String,
        others: &Known<impl ?Sized>,
        endpoint: impl FnOnce() -> Arc<T>,
    ) -> Arc<Slot<T>> {
        let (slot, is_new) = match lock(&self.0).entry(name) {
            Entry::Occupied(slot) => (Arc::clone(slot.get()), false),
            Entry::Vacant(place) => {
                let definition = Mutex::new(Definition::new::<E>(endpoint()));
                let slot = Slot { name: place.key().clone(), definition };
                (Arc::clone(place.insert(Arc::new(slot))), true)
            }
        };
        slot.check_type::<E>();
        if is_new && others.named(&slot.name).is_some() {
            tracing::error!(
                target: "retake",
                "a query and a mutation are called `{}`: give `{}` another NAME",
                slot.name,
                std::any::type_name::<E>()
            );
        }
        slot
    }

    /// Makes `definition` known under `name`, and returns what was.
    ///
    /// An endpoint's destructor may come back here: whoever drops it holds no lock.
    #[must_use]
    pub(crate) fn put(&self, name: &str, definition: Definition<T>) -> Option<Definition<T>> {
        match lock(&self.0).entry(name.to_owned()) {
            Entry::Occupied(slot) => {
                Some(mem::replace(&mut *lock(&slot.get().definition), definition))
            }
            Entry::Vacant(place) => {
                let definition = Mutex::new(definition);
                place.insert(Arc::new(Slot { name: name.to_owned(), definition }));
                None
            }
        }
    }
}

fn changed_tags(
    tags: Tags,
    changes: &[Arc<Changes>],
    data: Option<&CacheData>,
    error: Option<&QueryError>,
    args: &Args,
) -> Result<Tags, SerializedError> {
    let mut changes = changes.iter().filter_map(|changes| changes.tags.as_ref());
    changes.try_fold(tags, |tags, change| change.call(tags, data, error, args))
}

/// Runs what the endpoint does beside a request, and beside that what was added to it.
fn started(
    own: BoxFuture<'static, ()>,
    changes: &[Arc<Changes>],
    args: &Args,
    lifecycle: &Lifecycle,
) -> BoxFuture<'static, ()> {
    let added = changes.iter().filter_map(|changes| changes.on_query_started.as_ref());
    let added = added.map(|started| started.call(args.clone(), lifecycle.clone()));
    let all = iter::once(own).chain(added);
    let all = join_all(all.map(|one| contain_future("`on_query_started`", one)));
    // Errors were logged; nobody waits for the functions themselves.
    Box::pin(async move { drop(all.await) })
}

impl ErasedQuery for Slot<dyn ErasedQuery> {
    fn name(&self) -> &str {
        &self.name
    }

    fn options(&self) -> QueryOptions {
        let (endpoint, changes) = self.current();
        let changes = changes.iter().filter_map(|changes| changes.options.as_ref());
        changes.fold(endpoint.options(), |options, change| change.call(options))
    }

    fn force_refetch(&self, args: &Args, entry: &Arc<QueryEntry>) -> bool {
        self.current().0.force_refetch(args, entry)
    }

    fn is_readable(&self, cached: &CacheData) -> bool {
        self.current().0.is_readable(cached)
    }

    fn has_page(
        &self,
        direction: InfiniteQueryDirection,
        cached: &CacheData,
        args: &Args,
    ) -> Result<bool, SerializedError> {
        self.current().0.has_page(direction, cached, args)
    }

    fn fetch(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        mut cx: RequestContext,
    ) -> BoxFuture<'static, FetchResult> {
        let (endpoint, changes) = self.current();
        cx.changes = RequestChanges::new(changes, args.clone());
        endpoint.fetch(engine, args, cx)
    }

    fn upsert(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        cx: RequestContext,
        data: CacheData,
    ) -> BoxFuture<'static, FetchResult> {
        self.current().0.upsert(engine, args, cx, data)
    }

    fn tags(
        &self,
        data: Option<&CacheData>,
        error: Option<&QueryError>,
        args: &Args,
    ) -> Result<Tags, SerializedError> {
        let (endpoint, changes) = self.current();
        changed_tags(endpoint.tags(data, error, args)?, &changes, data, error, args)
    }

    fn merge(
        &self,
        cached: &CacheData,
        incoming: &CacheData,
        args: &Args,
    ) -> Result<Option<CacheData>, SerializedError> {
        self.current().0.merge(cached, incoming, args)
    }

    fn on_query_started(
        self: Arc<Self>,
        args: Args,
        lifecycle: Lifecycle,
    ) -> BoxFuture<'static, ()> {
        let (endpoint, changes) = self.current();
        let own = endpoint.on_query_started(args.clone(), lifecycle.clone());
        started(own, &changes, &args, &lifecycle)
    }

    fn on_cache_entry_added(
        self: Arc<Self>,
        args: Args,
        entry: EntryLifecycle,
    ) -> BoxFuture<'static, ()> {
        self.current().0.on_cache_entry_added(args, entry)
    }
}

impl ErasedMutation for Slot<dyn ErasedMutation> {
    fn fetch(
        self: Arc<Self>,
        engine: Arc<Engine>,
        args: Args,
        mut cx: RequestContext,
    ) -> BoxFuture<'static, FetchResult> {
        let (endpoint, changes) = self.current();
        cx.changes = RequestChanges::new(changes, args.clone());
        endpoint.fetch(engine, args, cx)
    }

    fn tags(
        &self,
        data: Option<&CacheData>,
        error: Option<&QueryError>,
        args: &Args,
    ) -> Result<Tags, SerializedError> {
        let (endpoint, changes) = self.current();
        changed_tags(endpoint.tags(data, error, args)?, &changes, data, error, args)
    }

    fn on_query_started(
        self: Arc<Self>,
        args: Args,
        lifecycle: Lifecycle,
    ) -> BoxFuture<'static, ()> {
        let (endpoint, changes) = self.current();
        let own = endpoint.on_query_started(args.clone(), lifecycle.clone());
        started(own, &changes, &args, &lifecycle)
    }

    fn on_cache_entry_added(
        self: Arc<Self>,
        args: Args,
        entry: EntryLifecycle,
    ) -> BoxFuture<'static, ()> {
        self.current().0.on_cache_entry_added(args, entry)
    }
}
