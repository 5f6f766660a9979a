//! The steps of a run (FORMAT 2.8).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use retake::Mutation;
use retake::store::cache::{Api, CacheState, QueryError, TagDescription, WindowAction};
use retake::thunks::Runtime;
use serde_json::{Value, json};

use crate::app::{AppStore, TestApi};
use crate::calls::{self, Refusal};
use crate::edit::recipe;
use crate::handles::{AnyHandle, Handle};
use crate::patch::{Patch, from_immer};
use crate::scenario::{ApiStep, Direction, Step};
use crate::slot::{Slot, in_slot};
use crate::template::Scope;
use crate::view::mutation_view;
use crate::world::World;

/// A run between two steps.
pub(crate) struct Session {
    pub(crate) world: Arc<World>,
    pub(crate) store: AppStore,
    pub(crate) handles: BTreeMap<String, Box<dyn AnyHandle>>,
}

fn unknown(what: &str, name: &str) -> Refusal {
    Refusal::Scenario(format!("unknown {what} `{name}`"))
}

impl Session {
    /// Performs `step` and returns what it reports; `later` are the steps after it.
    pub(crate) fn perform(
        &mut self,
        step: &ApiStep,
        later: &[ApiStep],
    ) -> Result<Option<Value>, Refusal> {
        let slot = self.world.apis.slot(step.api.as_deref())?;
        in_slot!(slot, N => self.perform_in::<N>(step, later))
    }

    fn perform_in<N: Slot>(
        &mut self,
        step: &Step,
        later: &[ApiStep],
    ) -> Result<Option<Value>, Refusal> {
        let (world, store) = (&self.world, &self.store);
        match step {
            Step::Advance { ms } => world.runtime.advance(Duration::from_millis(*ms)),
            Step::Initiate { name, endpoint, arg, options } => {
                let query = world.query::<N>(endpoint)?;
                let handle = query.initiate(store, arg.clone(), options)?;
                return Ok(Some(self.keep(name.as_ref(), Box::new(handle))));
            }
            Step::Refetch { handle, name, refetch_cached_pages } => {
                let again = self.handle(handle)?.refetch(store, *refetch_cached_pages)?;
                let again = again.ok_or_else(|| unknown("query handle", handle))?;
                return Ok(Some(self.keep(name.as_ref(), again)));
            }
            Step::FetchNextPage { handle, name } => {
                return self.fetch_page(handle, name.as_ref(), Direction::Forward).map(Some);
            }
            Step::FetchPreviousPage { handle, name } => {
                return self.fetch_page(handle, name.as_ref(), Direction::Backward).map(Some);
            }
            Step::Unsubscribe { handle } => self.unsubscribe(handle, later)?,
            Step::UpdateSubscriptionOptions { handle, options } => {
                self.handle(handle)?.update_subscription_options(*options);
            }
            Step::Mutate { name, endpoint, arg, track, fixed_cache_key } => {
                let mut initiate = world.mutation::<N>(endpoint)?.initiate(arg.clone().into());
                if let Some(track) = track {
                    initiate = initiate.track(*track);
                }
                if let Some(key) = fixed_cache_key {
                    initiate = initiate.fixed_cache_key(key.as_str());
                }
                let handle = Handle::Mutation(store.try_dispatch(initiate)?);
                return Ok(Some(self.keep(name.as_ref(), Box::new(handle))));
            }
            Step::ResetMutation { handle } => {
                let reset = self.handle(handle)?.reset();
                reset.ok_or_else(|| unknown("mutation handle", handle))?;
            }
            Step::Abort { handle, reason } => self.handle(handle)?.abort(reason.as_deref()),
            Step::Await { handle } => self.wait(handle)?,
            Step::Unwrap { handle } => self.unwrap(handle)?,
            Step::Prefetch { endpoint, arg, force, if_older_than } => {
                let query = world.query::<N>(endpoint)?;
                query.prefetch(store, arg.clone(), *force, *if_older_than)?;
            }
            Step::UpdateQueryData { name, endpoint, arg, edits, update_provided } => {
                let edits = recipe(edits, &Scope::of_arg(arg.clone()))?;
                let update_provided = update_provided.unwrap_or(true);
                let (query, arg) = (world.query::<N>(endpoint)?, arg.clone());
                let patch = Patch::update(store, query, arg, &edits, update_provided)?;
                let lists = json!(BTreeMap::from_iter(patch.lists()));
                if let Some(name) = name {
                    world.keep_patch(name.clone(), Arc::new(patch));
                }
                return Ok(Some(lists));
            }
            Step::UpsertQueryData { name, endpoint, arg, value } => {
                let query = world.query::<N>(endpoint)?;
                let handle = query.upsert(store, arg.clone(), value.clone())?;
                return Ok(Some(self.keep(name.as_ref(), Box::new(handle))));
            }
            Step::UpsertQueryEntries { entries } => {
                calls::upsert_entries::<N>(world, store, entries.iter().cloned())?;
            }
            Step::PatchQueryData { .. } => self.patch::<N>(step)?,
            Step::Undo { patch } => {
                let named = world.patch(patch).ok_or_else(|| unknown("patch", patch))?;
                named.undo(store)?;
            }
            Step::InvalidateTags { tags } => calls::invalidate::<N>(store, tags.iter().cloned())?,
            Step::ResetApiState => store.try_dispatch(TestApi::<N>::reset_api_state())?,
            Step::Focus => self.window::<N>(WindowAction::Focused)?,
            Step::Unfocus => self.window::<N>(WindowAction::Unfocused)?,
            Step::Online => self.window::<N>(WindowAction::Online)?,
            Step::Offline => self.window::<N>(WindowAction::Offline)?,
            Step::Dispatch { action } => calls::dispatch(world, store, action.clone())?,
            other => match self.perform_later::<N>(other)? {
                Some(result) => return Ok(result),
                None => return self.select::<N>(other).map(Some),
            },
        }
        Ok(None)
    }

    fn handle(&self, name: &str) -> Result<&dyn AnyHandle, Refusal> {
        self.handles.get(name).map(|handle| &**handle).ok_or_else(|| unknown("handle", name))
    }

    /// Keeps `handle` for later steps, if it has a name, and returns what to report.
    fn keep(&mut self, name: Option<&String>, handle: Box<dyn AnyHandle>) -> Value {
        let report = handle.report();
        let outdated = match name {
            Some(name) => self.handles.insert(name.clone(), handle),
            None => Some(handle),
        };
        if let Some(outdated) = outdated {
            outdated.detach();
        }
        report
    }

    fn fetch_page(
        &mut self,
        handle: &str,
        name: Option<&String>,
        direction: Direction,
    ) -> Result<Value, Refusal> {
        let page = self.handle(handle)?.fetch_page(&self.store, direction)?;
        let page = page.ok_or_else(|| unknown("handle of an infinite query", handle))?;
        Ok(self.keep(name, page))
    }

    /// A handle that a later step needs stays; any other ends as a user's would.
    fn unsubscribe(&mut self, name: &str, later: &[ApiStep]) -> Result<(), Refusal> {
        if later.iter().any(|step| step.handle() == Some(name)) {
            return self.handle(name)?.unsubscribe_in_place(&self.store);
        }
        drop(self.handles.remove(name).ok_or_else(|| unknown("handle", name))?);
        Ok(())
    }

    fn wait(&self, name: &str) -> Result<(), Refusal> {
        self.report_later(name, "await", self.handle(name)?.settled(&self.store));
        Ok(())
    }

    fn unwrap(&self, name: &str) -> Result<(), Refusal> {
        let result = self.handle(name)?.result();
        self.report_later(name, "unwrap", async move {
            match result.await {
                Ok(data) => json!({"ok": data}),
                // JavaScript has `undefined` where there is no data; here it is an error.
                Err(error) if is_no_data(&error) => json!({"ok": null}),
                Err(error) => json!({"error": error}),
            }
        });
        Ok(())
    }

    /// Writes down what `outcome` says once it is there, in this step or a later one.
    fn report_later(
        &self,
        name: &str,
        via: &'static str,
        outcome: impl Future<Output = Value> + Send + 'static,
    ) {
        let (journal, name) = (self.world.journal.clone(), name.to_owned());
        self.world.runtime.start(Box::pin(async move {
            let outcome = outcome.await;
            journal.lock().settled.push((name, via, outcome));
        }));
    }

    fn patch<N: Slot>(&self, step: &Step) -> Result<(), Refusal> {
        let Step::PatchQueryData {
            endpoint,
            arg,
            patches,
            forward_of,
            inverse_of,
            update_provided,
        } = step
        else {
            return Ok(());
        };
        let named = |name: &str| self.world.patch(name).ok_or_else(|| unknown("patch", name));
        let patches = match (patches, forward_of, inverse_of) {
            (Some(patches), ..) => from_immer(patches),
            (None, Some(name), _) => named(name)?.forward.clone(),
            (None, None, Some(name)) => named(name)?.inverse.clone(),
            (None, None, None) => return Err(unknown("patch", "")),
        };
        let query = self.world.query::<N>(endpoint)?;
        query.patch(&self.store, arg.clone(), patches, *update_provided)
    }

    fn window<N: Slot>(&self, action: WindowAction) -> Result<(), Refusal> {
        Ok(self.store.try_dispatch(TestApi::<N>::window(action))?)
    }

    /// Returns the key of a mutation's entry, given in one of two ways.
    pub(crate) fn mutation_key(
        &self,
        handle: Option<&str>,
        fixed_cache_key: Option<&str>,
    ) -> Result<String, Refusal> {
        let request_id = match handle {
            Some(name) => self.handle(name)?.request_id().cloned(),
            None => None,
        };
        Ok(fixed_cache_key.or(request_id.as_deref()).unwrap_or_default().to_owned())
    }

    fn select<N: Slot>(&self, step: &Step) -> Result<Value, Refusal> {
        let app = self.store.state();
        let cache: &CacheState = TestApi::<N>::slice(&app);
        match step {
            Step::SelectInvalidatedBy { tags } => {
                let tags: Vec<_> = tags.iter().filter_map(TagDescription::to_tag).collect();
                Ok(json!(cache.select_invalidated_by(&tags)))
            }
            Step::SelectCachedArgsForQuery { endpoint } => {
                Ok(json!(cache.select_cached_args_for_query(endpoint)))
            }
            Step::Select { endpoint, arg } => {
                Ok(self.world.query::<N>(endpoint)?.view(&app, arg.clone()))
            }
            Step::SelectMutation { endpoint, handle, fixed_cache_key } => {
                let key = self.mutation_key(handle.as_deref(), fixed_cache_key.as_deref())?;
                Ok(mutation_view(&self.world.mutation::<N>(endpoint)?.select(&key)(&app)))
            }
            other => Err(Refusal::Scenario(format!("`{}` is no selector", other.op()))),
        }
    }
}

fn is_no_data(error: &QueryError) -> bool {
    error.value().get("name").and_then(Value::as_str) == Some("NoData")
}
