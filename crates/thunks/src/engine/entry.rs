//! What runs with an entry: `on_cache_entry_added`, from when the entry is added until it is
//! removed, and after.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::Shared;
use retake_store::PropertyMap;
use retake_store::cache::{CacheData, DecodeError};
use retake_store::patch::Patchable;
use serde_json::Value;

use crate::base_query::EndpointKind;
use crate::endpoint::Fetched;
use crate::engine::{Args, Engine, Host, lock};
use crate::runtime::BoxFuture;

/// What happened to the entry of a query or a mutation, for what runs with it.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryEvent {
    /// It was added.
    Added(AddedEntry),
    /// A request for it started.
    Requested {
        /// The entry.
        key: Arc<str>,
        /// The request.
        request_id: Arc<str>,
    },
    /// Data came for it.
    Loaded {
        /// The entry.
        key: Arc<str>,
        /// The request that brought the data; `None` for data that was put there.
        request_id: Option<Arc<str>>,
        /// The data.
        data: CacheData,
        /// What the base query says beside the data.
        meta: Option<Arc<Value>>,
    },
    /// It was removed.
    Removed(Arc<str>),
    /// Every entry was removed.
    AllRemoved,
}

/// An entry that was added to the cache.
#[derive(Clone, Debug, PartialEq)]
pub struct AddedEntry {
    /// Whether it is a query's or a mutation's.
    pub kind: EndpointKind,
    /// The endpoint.
    pub endpoint_name: Arc<str>,
    /// The endpoint's argument.
    pub original_args: Option<Arc<Value>>,
    /// The entry.
    pub key: Arc<str>,
    /// The request, or the upsert, that added it.
    pub request_id: Arc<str>,
}

/// What waits for something to happen to entries, by their keys.
#[derive(Default)]
pub(crate) struct Entries(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    added: u64,
    by_key: BTreeMap<Arc<str>, Told>,
}

/// How to tell what runs with one entry.
struct Told {
    number: u64,
    /// `None` when there was data already.
    loading: Option<Loading>,
    removed: oneshot::Sender<()>,
}

struct Loading {
    /// The requests that count: an answer to one from before the entry was added does not.
    request_ids: BTreeSet<Arc<str>>,
    loaded: oneshot::Sender<Fetched<CacheData>>,
}

impl Entries {
    /// Notes a request, and forgets those that have ended without data.
    fn requested(&self, key: &str, request_id: Arc<str>, is_under_way: impl Fn(&str) -> bool) {
        let mut waiting = lock(&self.0);
        let loading = waiting.by_key.get_mut(key).and_then(|told| told.loading.as_mut());
        if let Some(loading) = loading {
            loading.request_ids.retain(|earlier| is_under_way(earlier));
            loading.request_ids.insert(request_id);
        }
    }

    fn loaded(&self, key: &str, request_id: Option<&Arc<str>>, data: Fetched<CacheData>) {
        let loading = lock(&self.0).by_key.get_mut(key).and_then(|told| {
            told.loading.take_if(|it| request_id.is_none_or(|id| it.request_ids.contains(id)))
        });
        if let Some(loading) = loading {
            let _ = loading.loaded.send(data);
        }
    }

    fn removed(&self, key: &str) {
        let told = lock(&self.0).by_key.remove(key);
        if let Some(told) = told {
            told.remove();
        }
    }

    /// Tells of all entries, in JavaScript's order of properties, as RTK Query does.
    fn all_removed(&self) {
        let mut by_key = std::mem::take(&mut lock(&self.0).by_key);
        let mut added: Vec<_> =
            by_key.iter().map(|(key, told)| (told.number, Arc::clone(key))).collect();
        added.sort_unstable();
        let keys: PropertyMap<()> = added.into_iter().map(|(_, key)| (key, ())).collect();
        for key in keys.keys() {
            if let Some(told) = by_key.remove(key) {
                told.remove();
            }
        }
    }

    fn forget(&self, key: &str, number: u64) {
        let mut waiting = lock(&self.0);
        if waiting.by_key.get(key).is_some_and(|told| told.number == number) {
            waiting.by_key.remove(key);
        }
    }
}

impl Told {
    /// Data that did not come by now never will: whoever waits for it sees the sender gone.
    fn remove(self) {
        let _ = self.removed.send(());
        drop(self.loading);
    }
}

/// What a function that runs with an entry knows of it; clones are one.
#[derive(Clone)]
pub(crate) struct EntryLifecycle(Arc<Lasting>);

/// The entry is forgotten with the last that could be told something of it.
pub(crate) struct Lasting {
    pub(crate) engine: Arc<Engine>,
    pub(crate) endpoint_name: Arc<str>,
    pub(crate) request_id: Arc<str>,
    /// The key of the query's or the mutation's entry.
    pub(crate) key: Arc<str>,
    pub(crate) args: Args,
    number: u64,
    loaded: Shared<oneshot::Receiver<Fetched<CacheData>>>,
    removed: Shared<oneshot::Receiver<()>>,
}

impl EntryLifecycle {
    /// Returns the lifecycle of `entry`; `None` if one of its key is under way.
    fn start(engine: &Arc<Engine>, entry: AddedEntry) -> Option<Self> {
        let AddedEntry { endpoint_name, original_args, key, request_id, .. } = entry;
        let (loaded_sender, loaded) = oneshot::channel();
        let (removed_sender, removed) = oneshot::channel();
        let mut waiting = lock(&engine.entries().0);
        if waiting.by_key.contains_key(&key) {
            return None;
        }
        waiting.added += 1;
        let number = waiting.added;
        let request_ids = BTreeSet::from([Arc::clone(&request_id)]);
        let loading = Some(Loading { request_ids, loaded: loaded_sender });
        let told = Told { number, loading, removed: removed_sender };
        waiting.by_key.insert(Arc::clone(&key), told);
        Some(Self(Arc::new(Lasting {
            engine: Arc::clone(engine),
            endpoint_name,
            request_id,
            key,
            args: original_args,
            number,
            loaded: loaded.shared(),
            removed: removed.shared(),
        })))
    }
}

impl std::ops::Deref for EntryLifecycle {
    type Target = Lasting;
    fn deref(&self) -> &Lasting {
        &self.0
    }
}

impl Drop for Lasting {
    fn drop(&mut self) {
        self.engine.entries().forget(&self.key, self.number);
    }
}

/// There was never data in an entry.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NeverLoaded {
    /// The entry was removed before it had data.
    #[error("the cache entry was removed before it had data")]
    Removed,
    /// The data is not of the endpoint's type.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// The first data of an entry, for whoever runs with it.
///
/// Source: RTK Query, `cacheDataLoaded`.
#[must_use = "futures do nothing unless awaited"]
pub struct CacheDataLoaded<T> {
    loaded: Shared<oneshot::Receiver<Fetched<CacheData>>>,
    /// Keeps the entry from being forgotten.
    _entry: EntryLifecycle,
    output: PhantomData<fn() -> T>,
}

impl<T> CacheDataLoaded<T> {
    pub(crate) fn new(entry: &EntryLifecycle) -> Self {
        Self { loaded: entry.loaded.clone(), _entry: entry.clone(), output: PhantomData }
    }
}

impl<T: Patchable> Future for CacheDataLoaded<T> {
    type Output = Result<Fetched<Arc<T>>, NeverLoaded>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.loaded.poll_unpin(cx).map(|loaded| {
            let Fetched { data, meta } = loaded.map_err(|_| NeverLoaded::Removed)?;
            Ok(Fetched { data: data.get()?, meta })
        })
    }
}

impl<T> fmt::Debug for CacheDataLoaded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheDataLoaded").finish_non_exhaustive()
    }
}

/// The removal of an entry, for whoever runs with it; also ready when the store is gone.
///
/// Source: RTK Query, `cacheEntryRemoved`.
#[must_use = "futures do nothing unless awaited"]
pub struct CacheEntryRemoved {
    removed: Shared<oneshot::Receiver<()>>,
    /// Keeps the entry from being forgotten.
    _entry: EntryLifecycle,
}

impl CacheEntryRemoved {
    pub(crate) fn new(entry: &EntryLifecycle) -> Self {
        Self { removed: entry.removed.clone(), _entry: entry.clone() }
    }
}

impl Future for CacheEntryRemoved {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.removed.poll_unpin(cx).map(drop)
    }
}

impl fmt::Debug for CacheEntryRemoved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheEntryRemoved").finish_non_exhaustive()
    }
}

impl Engine {
    /// Tells what runs with an entry what happened to it; starts it when the entry was added.
    pub fn entry(self: &Arc<Self>, event: EntryEvent) {
        match event {
            EntryEvent::Added(entry) => self.entry_added(entry),
            EntryEvent::Requested { key, request_id } => {
                let is_under_way = |id: &str| self.running().is_under_way(id);
                self.entries().requested(&key, request_id, is_under_way);
            }
            EntryEvent::Loaded { key, request_id, data, meta } => {
                self.entries().loaded(&key, request_id.as_ref(), Fetched { data, meta });
            }
            EntryEvent::Removed(key) => self.entries().removed(&key),
            EntryEvent::AllRemoved => self.entries().all_removed(),
        }
    }

    fn entry_added(self: &Arc<Self>, entry: AddedEntry) {
        let Ok(host) = self.host().cloned() else { return };
        let (kind, name) = (entry.kind, Arc::clone(&entry.endpoint_name));
        let Some(lifecycle) = EntryLifecycle::start(self, entry) else { return };
        let args = lifecycle.args.clone();
        let added = match kind {
            EndpointKind::Query => {
                let endpoint = self.query_named(&name);
                endpoint.map(|endpoint| endpoint.on_cache_entry_added(args, lifecycle))
            }
            EndpointKind::Mutation => {
                let endpoint = self.mutation_named(&name);
                endpoint.map(|endpoint| endpoint.on_cache_entry_added(args, lifecycle))
            }
        };
        if let Some(added) = added {
            self.start_open("`on_cache_entry_added`", while_stored(host, added));
        }
    }
}

/// Runs `added` with the store kept alive while it is polled, and not in between: what runs
/// for as long as an entry is cached must not keep the entry's store.
async fn while_stored(host: Arc<dyn Host>, mut added: BoxFuture<'static, ()>) {
    poll_fn(|cx| match host.store() {
        Some(_store) => added.as_mut().poll(cx),
        None => Poll::Ready(()),
    })
    .await;
}
