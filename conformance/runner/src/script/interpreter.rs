//! The interpreter of scripts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use retake::thunks::{AbortHandle, BoxFuture, JsonArg, NeverLoaded, Runtime};
use serde_json::{Map, Value, json};

use crate::app::AppStore;
use crate::calls::{self, Refusal};
use crate::edit::recipe;
use crate::journal::Line;
use crate::patch::Patch;
use crate::scenario::{EndpointSpec, EntrySpec};
use crate::script::ScriptOp;
use crate::script::context::ScriptContext;
use crate::slot::{Slot, in_slot};
use crate::tags::describe;
use crate::template::{Scope, expand, expand_string};
use crate::world::World;

/// Runs the `onQueryStarted` or the `onCacheEntryAdded` of `spec`.
pub(crate) async fn start<N: Slot>(
    cx: ScriptContext<N>,
    endpoint: String,
    spec: Arc<EndpointSpec>,
    arg: JsonArg,
) {
    let Some(world) = cx.world() else { return };
    let arg = arg.value().cloned();
    let number = world.next_script();
    let scope = Scope::of_arg(arg.clone());
    let mut script = Script {
        cx,
        world,
        endpoint,
        number,
        scope,
        patches: BTreeMap::new(),
        streams: Vec::new(),
    };
    script.log("start", arg.map(|arg| ("arg", arg)));
    let is_of_entry = script.cx.is_of_entry();
    let ops = if is_of_entry { &spec.on_cache_entry_added } else { &spec.on_query_started };
    let _ = script.run(ops.as_deref().unwrap_or_default()).await;
}

pub(super) struct Script<N: Slot> {
    pub(super) cx: ScriptContext<N>,
    pub(super) world: Arc<World>,
    pub(super) endpoint: String,
    pub(super) number: u64,
    pub(super) scope: Scope,
    /// Patches by their name as the script writes it.
    pub(super) patches: BTreeMap<String, Arc<Patch>>,
    /// What closes the streams that are open.
    pub(super) streams: Vec<AbortHandle>,
}

/// The script has ended before its last operation.
pub(super) struct Ended;

impl<N: Slot> Script<N> {
    pub(super) fn log(
        &self,
        event: &str,
        members: impl IntoIterator<Item = (&'static str, Value)>,
    ) {
        let at = self.world.runtime.now();
        let hook = if self.cx.is_of_entry() { "onCacheEntryAdded" } else { "onQueryStarted" };
        let mut content = Map::from_iter([
            ("at".to_owned(), at.into()),
            ("hook".to_owned(), hook.into()),
            ("endpoint".to_owned(), self.endpoint.as_str().into()),
            ("requestId".to_owned(), self.cx.request_id().into()),
            ("event".to_owned(), event.into()),
        ]);
        content.extend(self.world.apis.label::<N>().map(|api| ("api".to_owned(), api.into())));
        content.extend(members.into_iter().map(|(name, member)| (name.to_owned(), member)));
        let line = Line { at, script: self.number, content };
        self.world.journal.lock().lifecycle.push(line);
    }

    fn run<'a>(&'a mut self, ops: &'a [ScriptOp]) -> BoxFuture<'a, Result<(), Ended>> {
        Box::pin(async move {
            for op in ops {
                match op {
                    ScriptOp::Wait { ms } => {
                        self.world.runtime.sleep(Duration::from_millis(*ms)).await;
                    }
                    ScriptOp::AwaitQueryFulfilled { on_success, on_error } => {
                        self.await_query_fulfilled(on_success, on_error.as_deref()).await?;
                    }
                    ScriptOp::AwaitCacheDataLoaded { on_success, on_error } => {
                        self.await_cache_data_loaded(on_success, on_error.as_deref()).await?;
                    }
                    ScriptOp::AwaitCacheEntryRemoved => {
                        self.cx.cache_entry_removed().await;
                        self.log("cacheEntryRemoved", []);
                    }
                    op => self.attempt(op)?,
                }
            }
            Ok(())
        })
    }

    /// Performs an operation that does not wait; one that is refused is written down.
    pub(super) fn attempt(&mut self, op: &ScriptOp) -> Result<(), Ended> {
        self.perform(op).map_err(|refusal| {
            let error = json!({"name": "Error", "message": refusal.to_string()});
            self.log("threw", [("op", op.op().into()), ("error", error)]);
            Ended
        })
    }

    async fn await_cache_data_loaded(
        &mut self,
        on_success: &[ScriptOp],
        on_error: Option<&[ScriptOp]>,
    ) -> Result<(), Ended> {
        match self.cx.cache_data_loaded().await.ok_or(Ended)? {
            Ok(data) => {
                self.log("cacheDataLoaded", [("data", Value::clone(&data))]);
                self.scope.result = Some(Value::clone(&data));
                self.run(on_success).await
            }
            Err(never) => {
                let error = never_loaded(&never);
                self.log("cacheDataNeverLoaded", [("error", error.clone())]);
                self.scope.error = Some(error);
                self.run(on_error.ok_or(Ended)?).await
            }
        }
    }

    async fn await_query_fulfilled(
        &mut self,
        on_success: &[ScriptOp],
        on_error: Option<&[ScriptOp]>,
    ) -> Result<(), Ended> {
        match self.cx.query_fulfilled().await.ok_or(Ended)? {
            Ok(data) => {
                self.log("queryFulfilled", [("data", data.clone())]);
                self.scope.result = Some(data);
                self.run(on_success).await
            }
            Err(rejected) => {
                let error = rejected.error.value().clone();
                let is_unhandled = rejected.is_unhandled.into();
                self.log(
                    "queryRejected",
                    [("error", error.clone()), ("isUnhandledError", is_unhandled)],
                );
                self.scope.error = Some(error);
                self.run(on_error.ok_or(Ended)?).await
            }
        }
    }

    fn expand(&self, template: Option<&Value>) -> Option<Value> {
        expand(template?, &self.scope)
    }

    /// Performs an operation that does not wait.
    fn perform(&mut self, op: &ScriptOp) -> Result<(), Refusal> {
        let (world, store) = (&self.world, &self.cx.store());
        match op {
            ScriptOp::UpdateCachedData { name, edits } => {
                let edits = recipe(edits, &self.scope)?;
                let handle = self.cx.update_cached_data(&edits).ok_or_else(|| {
                    Refusal::Scenario("a mutation has no cached data to update".to_owned())
                })?;
                let query = world.query::<N>(&self.endpoint)?;
                let patch = Patch::of(handle, query, self.scope.arg.clone(), true)?;
                self.keep(name.as_deref(), patch)
            }
            ScriptOp::Undo { patch } => {
                let patch = self.patches.get(patch).cloned().or_else(|| world.patch(patch));
                patch.map_or(Ok(()), |patch| patch.undo(store))
            }
            ScriptOp::Dispatch { action } => {
                calls::dispatch(world, store, self.expand(Some(action)).unwrap_or_default())
            }
            ScriptOp::Log { label, value } => {
                let value = self.expand(value.as_ref()).map(|value| ("value", value));
                self.log("log", [("label", label.as_str().into())].into_iter().chain(value));
                Ok(())
            }
            ScriptOp::LogCacheEntry => {
                let entry = self.cx.cache_entry(&self.endpoint, self.scope.arg.clone())?;
                self.log("cacheEntry", [("value", entry)]);
                Ok(())
            }
            ScriptOp::Stream { events } => {
                self.stream(events);
                Ok(())
            }
            ScriptOp::CloseStream => {
                self.streams.drain(..).for_each(|stream| stream.abort(None));
                Ok(())
            }
            op => {
                let told = match op.api() {
                    None => tell::<N>(world, store, op, &self.scope)?,
                    Some(api) => in_slot!(world.apis.slot(Some(api))?, M => {
                        tell::<M>(world, store, op, &self.scope)?
                    }),
                };
                match (told, op) {
                    (Some(patch), ScriptOp::UpdateQueryData { name, .. }) => {
                        self.keep(name.as_deref(), patch)
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    fn keep(&mut self, name: Option<&str>, patch: Patch) -> Result<(), Refusal> {
        let mut members = patch.lists();
        let patch = Arc::new(patch);
        if let Some(name) = name {
            let expanded = expand_string(name, &self.scope);
            members.push(("as", expanded.as_str().into()));
            self.world.keep_patch(expanded, Arc::clone(&patch));
            self.patches.insert(name.to_owned(), patch);
        }
        self.log("patched", members);
        Ok(())
    }
}

/// Performs an operation that an api other than the script's could be told, too, and returns the
/// edit that it made.
fn tell<N: Slot>(
    world: &World,
    store: &AppStore,
    op: &ScriptOp,
    scope: &Scope,
) -> Result<Option<Patch>, Refusal> {
    let expanded = |template: Option<&Value>| expand(template?, scope);
    match op {
        ScriptOp::UpdateQueryData { endpoint, arg, edits, update_provided, .. } => {
            let (arg, edits) = (expanded(arg.as_ref()), recipe(edits, scope)?);
            let query = world.query::<N>(endpoint)?;
            let update_provided = update_provided.unwrap_or(true);
            return Patch::update(store, query, arg, &edits, update_provided).map(Some);
        }
        ScriptOp::UpsertQueryData { endpoint, arg, value, .. } => {
            let (arg, value) = (expanded(arg.as_ref()), expanded(Some(value)));
            world.query::<N>(endpoint)?.upsert(store, arg, value.unwrap_or_default())?;
        }
        ScriptOp::UpsertQueryEntries { entries, .. } => {
            let entries = entries.iter().map(|entry| EntrySpec {
                endpoint: entry.endpoint.clone(),
                arg: expanded(entry.arg.as_ref()),
                value: expanded(Some(&entry.value)).unwrap_or_default(),
            });
            calls::upsert_entries::<N>(world, store, entries)?;
        }
        ScriptOp::InvalidateTags { tags, .. } => {
            calls::invalidate::<N>(store, tags.iter().flat_map(|tag| describe(tag, scope)))?;
        }
        ScriptOp::Prefetch { endpoint, arg, force, if_older_than, .. } => {
            let query = world.query::<N>(endpoint)?;
            query.prefetch(store, expanded(arg.as_ref()), *force, *if_older_than)?;
        }
        op => return Err(Refusal::Scenario(format!("`{}` waits", op.op()))),
    }
    Ok(None)
}

/// Returns the error as RTK Query words it, for the expected observations.
fn never_loaded(error: &NeverLoaded) -> Value {
    let message = match error {
        NeverLoaded::Removed => "Promise never resolved before cacheEntryRemoved.".to_owned(),
        other => other.to_string(),
    };
    json!({"name": "Error", "message": message})
}
