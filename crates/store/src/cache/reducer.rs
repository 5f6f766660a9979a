//! The reducer of the server cache: RTK Query's field transitions, as a function of data.

use std::sync::Arc;

use crate::cache::{
    CacheAction, CacheData, CacheState, Config, Delta, Fulfilled, MutationArg, MutationEntry,
    ProvidedTags, QueryArg, QueryEntry, QueryError, QueryStatus, Rehydration, Rejected, Request,
    Step, SubscriptionOptions, Tags, UpsertedEntry, WindowAction,
};
use crate::ordered::PropertyMap;
use crate::reducer::{Changed, Reducer};

impl Reducer<CacheAction> for CacheState {
    /// Time: O(log n) for each entry and tag that the action names.
    fn reduce(&mut self, action: &CacheAction) -> Changed {
        match action {
            CacheAction::Query(request) => self.reduce_query(request),
            CacheAction::Mutation(request) => self.reduce_mutation(request),
            CacheAction::RemoveQueryResult { query_cache_key } => self.remove(query_cache_key),
            CacheAction::QueryResultPatched { query_cache_key, patches } => {
                self.patch(query_cache_key, patches)
            }
            CacheAction::CacheEntriesUpserted { entries, request_id, timestamp } => {
                for entry in entries {
                    self.upsert(entry, request_id, *timestamp);
                }
                changed(!entries.is_empty())
            }
            CacheAction::RemoveMutationResult { request_id, fixed_cache_key } => {
                let key = fixed_cache_key.as_ref().unwrap_or(request_id);
                changed(self.mutations.remove(key).is_some())
            }
            CacheAction::UpdateProvidedBy(entries) => self.provide(entries),
            CacheAction::UpdateSubscriptionOptions {
                request_id, query_cache_key, options, ..
            } => self.update_subscription(query_cache_key, request_id, *options),
            CacheAction::UnsubscribeQueryResult { request_id, query_cache_key } => {
                let subscribers = self.subscriptions.get_mut(query_cache_key);
                changed(subscribers.is_some_and(|it| it.remove(request_id).is_some()))
            }
            CacheAction::InvalidateTags(_) => Changed::NONE,
            CacheAction::Rehydrate(saved) => self.rehydrate(saved),
            CacheAction::ResetApiState => self.reset(),
            CacheAction::MiddlewareRegistered => {
                self.configure(|config| config.middleware_registered = true)
            }
            CacheAction::Window(action) => self.reduce(action),
        }
    }
}

impl Reducer<WindowAction> for CacheState {
    fn reduce(&mut self, action: &WindowAction) -> Changed {
        self.configure(|config| match action {
            WindowAction::Focused => config.focused = true,
            WindowAction::Unfocused => config.focused = false,
            WindowAction::Online => config.online = true,
            WindowAction::Offline => config.online = false,
        })
    }
}

fn changed(is_changed: bool) -> Changed {
    if is_changed { Changed::ALL } else { Changed::NONE }
}

impl CacheState {
    fn reduce_query(&mut self, request: &Request<QueryArg>) -> Changed {
        let arg = &request.arg;
        match &request.step {
            Step::Pending { started_time_stamp } => {
                let entry = self.entry_or_new(&arg.query_cache_key, &arg.endpoint_name);
                start(entry, request.upsert, &request.request_id, *started_time_stamp);
                if arg.original_args.is_some() {
                    entry.original_args.clone_from(&arg.original_args);
                }
                entry.direction = arg.page.direction;
                self.subscribe(request);
                Changed::ALL
            }
            Step::Fulfilled(fulfilled) => self.fulfil(request, fulfilled),
            Step::Rejected(rejected) if rejected.condition => {
                changed(arg.subscribe && self.subscribe(request))
            }
            Step::Rejected(rejected) => self.reject(request, rejected),
        }
    }

    /// An answer to an older request changes no data, but its tags count, as in RTK Query.
    fn fulfil(&mut self, request: &Request<QueryArg>, fulfilled: &Fulfilled) -> Changed {
        let key = &request.arg.query_cache_key;
        let mut is_stored = false;
        if let Some(entry) = self.entry(key)
            && (request.upsert || is_answer_to(entry, &request.request_id))
        {
            let at = fulfilled.fulfilled_time_stamp;
            store_data(entry, &fulfilled.payload, fulfilled.merged.as_ref(), at);
            is_stored = true;
        }
        let is_retagged = self.retag(key, &fulfilled.tags);
        changed(is_stored || is_retagged)
    }

    /// A failed upsert keeps the entry's tags: its data has not changed.
    fn reject(&mut self, request: &Request<QueryArg>, rejected: &Rejected) -> Changed {
        let key = &request.arg.query_cache_key;
        let mut is_current = false;
        if let Some(entry) = self.entry(key)
            && is_answer_to(entry, &request.request_id)
        {
            entry.status = QueryStatus::Rejected;
            entry.error = Some(rejected.to_error());
            is_current = true;
        }
        let is_retagged =
            rejected.payload.is_some() && !request.upsert && self.retag(key, &rejected.tags);
        changed(is_current || is_retagged)
    }

    fn upsert(&mut self, upserted: &UpsertedEntry, request_id: &Arc<str>, at: u64) {
        let entry = self.entry_or_new(&upserted.query_cache_key, &upserted.endpoint_name);
        start(entry, true, request_id, at);
        if upserted.original_args.is_some() {
            entry.original_args.clone_from(&upserted.original_args);
        }
        store_data(entry, &upserted.value, upserted.merged.as_ref(), at);
        self.provided.set(&upserted.query_cache_key, &upserted.provided_tags);
    }

    fn patch(&mut self, key: &Arc<str>, patches: &Delta) -> Changed {
        let Some(entry) = self.queries.get(key) else { return Changed::NONE };
        // Patches that do not fit change nothing; whoever makes them finds out before.
        let Ok(data) = patches.reduce(entry.data.as_ref()) else { return Changed::NONE };
        if let Some(entry) = self.entry(key) {
            entry.is_data_undefined = data.is_none();
            entry.data = data;
        }
        Changed::ALL
    }

    fn remove(&mut self, key: &Arc<str>) -> Changed {
        let is_entry = self.queries.remove(key).is_some();
        let is_tagged = self.provided.remove(key);
        let is_subscribed = self.subscriptions.remove(key).is_some();
        changed(is_entry || is_tagged || is_subscribed)
    }

    fn provide(&mut self, entries: &[ProvidedTags]) -> Changed {
        entries.iter().fold(Changed::NONE, |all, entry| {
            all | changed(self.retag(&entry.query_cache_key, &entry.provided_tags))
        })
    }

    /// An entry that is gone gets no tags: they would act on the next one of its key. That it
    /// provides none is written down all the same, as in RTK Query: an entry that comes back
    /// shows it.
    fn retag(&mut self, key: &Arc<str>, tags: &Tags) -> bool {
        (tags.is_empty() || self.queries.contains_key(key)) && self.provided.set(key, tags)
    }

    fn reduce_mutation(&mut self, request: &Request<MutationArg>) -> Changed {
        if !request.arg.track {
            return Changed::NONE;
        }
        let key = request.mutation_key();
        if let Step::Pending { started_time_stamp } = request.step {
            let entry = MutationEntry {
                request_id: Arc::clone(&request.request_id),
                status: QueryStatus::Pending,
                endpoint_name: Arc::clone(&request.arg.endpoint_name),
                started_time_stamp: Some(started_time_stamp),
                data: None,
                fulfilled_time_stamp: None,
                error: None,
            };
            self.mutations.insert(Arc::clone(key), Arc::new(entry));
            return Changed::ALL;
        }
        let Some(entry) = self.mutations.get_mut(key) else { return Changed::NONE };
        if entry.request_id != request.request_id {
            return Changed::NONE;
        }
        let entry = Arc::make_mut(entry);
        match &request.step {
            Step::Pending { .. } => {}
            Step::Fulfilled(fulfilled) => {
                entry.status = QueryStatus::Fulfilled;
                entry.data = Some(fulfilled.payload.clone());
                entry.fulfilled_time_stamp = Some(fulfilled.fulfilled_time_stamp);
            }
            Step::Rejected(rejected) => {
                entry.status = QueryStatus::Rejected;
                entry.error = Some(rejected.to_error());
            }
        }
        Changed::ALL
    }

    /// Adds the subscriber of `request`; its entry is known to the map in any case.
    fn subscribe(&mut self, request: &Request<QueryArg>) -> bool {
        let arg = &request.arg;
        let subscribers =
            self.subscriptions.get_or_insert_with(&arg.query_cache_key, PropertyMap::default);
        if !arg.subscribe {
            return false;
        }
        let known = subscribers.get(&request.request_id).copied();
        let options = arg.subscription_options.or(known).unwrap_or_default();
        subscribers.insert(Arc::clone(&request.request_id), options);
        true
    }

    fn update_subscription(
        &mut self,
        key: &Arc<str>,
        request_id: &Arc<str>,
        options: SubscriptionOptions,
    ) -> Changed {
        let subscribers = self.subscriptions.get_mut(key);
        let present = subscribers.and_then(|subscribers| subscribers.get_mut(request_id));
        changed(present.is_some_and(|present| std::mem::replace(present, options) != options))
    }

    /// What another api saved stays away.
    ///
    /// Time: O(log n) for each entry and tag that comes back.
    pub(crate) fn rehydrate(&mut self, saved: &Rehydration) -> Changed {
        if saved.reducer_path().is_some_and(|path| path != self.config.reducer_path) {
            return Changed::NONE;
        }
        let mut is_changed = false;
        for (key, entry) in saved.settled_queries() {
            self.queries.insert(Arc::clone(key), Arc::clone(entry));
            is_changed = true;
        }
        for (key, entry) in saved.settled_mutations() {
            self.mutations.insert(Arc::clone(key), Arc::clone(entry));
            is_changed = true;
        }
        let queries = &self.queries;
        is_changed |= self.provided.add(saved.provided(), |key| queries.contains_key(key));
        changed(is_changed)
    }

    fn reset(&mut self) -> Changed {
        let config = Config { online: true, focused: true, ..Config::clone(&self.config) };
        *self = Self::new(config);
        Changed::ALL
    }

    fn configure(&mut self, set: impl FnOnce(&mut Config)) -> Changed {
        let mut config = Config::clone(&self.config);
        set(&mut config);
        if config == *self.config {
            return Changed::NONE;
        }
        self.config = Arc::new(config);
        Changed::ALL
    }

    fn entry(&mut self, key: &str) -> Option<&mut QueryEntry> {
        self.queries.get_mut(key).map(Arc::make_mut)
    }

    fn entry_or_new(&mut self, key: &Arc<str>, endpoint: &Arc<str>) -> &mut QueryEntry {
        let new = || Arc::new(QueryEntry::new(Arc::clone(endpoint)));
        Arc::make_mut(self.queries.get_or_insert_with(key, new))
    }
}

/// An upsert into an existing entry keeps its status and request: if the upsert fails, the
/// request that is under way goes on as if it had not been.
fn start(entry: &mut QueryEntry, is_upsert: bool, request_id: &Arc<str>, at: u64) {
    if !(is_upsert && entry.request_id.is_some()) {
        entry.status = QueryStatus::Pending;
        entry.request_id = Some(Arc::clone(request_id));
    }
    entry.started_time_stamp = Some(at);
}

fn store_data(entry: &mut QueryEntry, payload: &CacheData, merged: Option<&Delta>, at: u64) {
    let merge = |merged: &Delta| merged.reduce(entry.data.as_ref()).ok().flatten();
    let data = match (&entry.data, merged) {
        (Some(_), Some(merged)) => merge(merged),
        _ => None,
    };
    entry.data = Some(data.unwrap_or_else(|| payload.clone()));
    entry.status = QueryStatus::Fulfilled;
    entry.error = None;
    entry.fulfilled_time_stamp = Some(at);
}

fn is_answer_to(entry: &QueryEntry, request_id: &Arc<str>) -> bool {
    entry.request_id.as_ref() == Some(request_id)
}

impl Rejected {
    /// Returns what the entry shows: the answer, or what went wrong if that is `null`.
    #[must_use]
    pub fn to_error(&self) -> QueryError {
        match &self.payload {
            Some(payload) if !payload.is_null() => QueryError::from_arc(Arc::clone(payload)),
            _ => self.error.clone().into(),
        }
    }
}
