//! Recorded scenarios on endpoints with types of their own.
//!
//! The runner's endpoints take and give JSON. Here the same steps call endpoints as an
//! application writes them, and the same observation is expected.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "typed/app.rs"]
mod app;
#[path = "typed/calls.rs"]
mod calls;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use retake::PatchHandle;
use retake::prelude::*;
use retake::store::cache::{CacheState, Config, TagDescription, WindowAction};
use retake::thunks::upsert_query_entries;
use retake_conformance::scenario::{ApiSpec, Direction, InitiateSpec, Step};
use retake_conformance::{Observer, Scenario, first_divergence, read_json};
use retake_testing::VirtualRuntime;
use serde_json::{Value, json};

use app::{App, AppAction, GetPost, ListPosts, PostsApi, UpdatePost};
use calls::{AnyHandle, AnyQuery, AppStore, Failed, Pages, mutation_select};

/// Scenarios whose endpoints are those of `app`.
const SCENARIOS: &[&str] = &[
    "cache-lifetime/mutation-entries-stay",
    "cache-lifetime/one-of-two-unsubscribes",
    "cache-lifetime/rejected-entry-collected",
    "cache-lifetime/resubscribe-cancels",
    "errors/error-keeps-old-data-and-tags",
    "errors/no-route",
    "errors/thrown-in-base-query",
    "infinite/abort-a-refetch",
    "infinite/polling",
    "infinite/refetch-fails-midway",
    "infinite/refetch-on-focus",
    "infinite/refetch-on-mount",
    "infinite/reset-while-refetching",
    "infinite/retry",
    "infinite/unsubscribe-while-refetching",
    "invalidation-behavior/delayed-query-in-flight",
    "invalidation-behavior/delayed-refetch-in-flight",
    "invalidation-behavior/delayed-two-mutations",
    "invalidation-behavior/immediately-query-in-flight",
    "invalidation-behavior/immediately-two-mutations",
    "mutations/abort",
    "mutations/error",
    "mutations/fixed-cache-key-reset",
    "mutations/reset-while-pending",
    "mutations/success",
    "mutations/two-in-parallel",
    "optimistic/update-missing-entry",
    "optimistic/update-provided-false",
    "optimistic/update-provided-true",
    "prefetch/force",
    "prefetch/plain",
    "prefetch/while-pending",
    "query-lifecycle/dedupe-two-subscribers",
    "query-lifecycle/error-then-success",
    "query-lifecycle/fetch-success",
    "query-lifecycle/force-refetch",
    "query-lifecycle/force-refetch-while-pending",
    "query-lifecycle/refetch-on-mount-number",
    "query-lifecycle/refetch-on-mount-true",
    "query-lifecycle/subscribe-false",
    "query-lifecycle/success-then-error",
    "reset/then-initiate",
    "reset/while-pending",
    "selectors/mutation-select",
    "tags/multiple-tags-one-refetch",
    "tags/mutation-error-invalidates",
    "tags/provides-from-error",
    "tags/tags-replaced-on-refetch",
    "tags/unsubscribed-entries-are-removed",
    "upsert/entries-over-existing",
    "upsert/entries-while-pending",
    "upsert/over-rejected",
    "upsert/upsert-then-subscribe",
    "upsert/while-pending-rejected",
    "upsert/while-pending-success",
];

fn file(kind: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(kind).join(format!("{name}.json"))
}

fn query(name: &str) -> Box<dyn AnyQuery> {
    match name {
        "getPost" => Box::new(GetPost),
        "listPosts" => Box::new(ListPosts),
        "list" => Box::new(Pages),
        other => panic!("there is no query `{other}`"),
    }
}

struct Session {
    runtime: VirtualRuntime,
    store: AppStore,
    observer: Observer,
    handles: BTreeMap<String, Box<dyn AnyHandle>>,
    edits: BTreeMap<String, PatchHandle<PostsApi>>,
}

/// Returns the state that a scenario begins with.
fn initial(spec: &ApiSpec) -> App {
    let defaults = ApiOptions::default();
    let options = ApiOptions {
        keep_unused_data_for: spec.keep_unused_data_for.unwrap_or(defaults.keep_unused_data_for),
        refetch_on_mount_or_arg_change: spec.refetch_on_mount_or_arg_change.unwrap_or_default(),
        refetch_on_focus: spec.refetch_on_focus,
        refetch_on_reconnect: spec.refetch_on_reconnect,
        invalidation_behavior: spec.invalidation_behavior.unwrap_or_default(),
    };
    App { api: ApiState::new(CacheState::new(Config::new("api", &options))) }
}

fn run(scenario: &Scenario) -> Result<Value, Failed> {
    let runtime = VirtualRuntime::new();
    let mut observer = Observer::new(scenario, "api", runtime.clone());
    let store: AppStore = configure_store::<App, AppAction>()
        .preloaded_state(initial(scenario.apis().next().unwrap()))
        .runtime(runtime.clone())
        .api(PostsApi, observer.base_query(scenario))
        .middleware(observer.middleware::<PostsApi>())
        .build()?;
    runtime.settle();
    observer.begin(&store.state().api)?;
    let mut session =
        Session { runtime, store, observer, handles: BTreeMap::new(), edits: BTreeMap::new() };
    for step in &scenario.steps {
        let result = session.perform(step)?;
        session.runtime.settle();
        session.observer.record(step, result, &session.store.state().api)?;
    }
    Ok(session.observer.finish())
}

impl Session {
    fn perform(&mut self, step: &Step) -> Result<Option<Value>, Failed> {
        let store = &self.store;
        match step {
            Step::Advance { ms } => self.runtime.advance(Duration::from_millis(*ms)),
            Step::Initiate { name, endpoint, arg, options } => {
                let handle = query(endpoint).initiate(store, arg.as_ref(), options)?;
                return Ok(Some(self.keep(name.as_ref(), handle)));
            }
            Step::Refetch { handle, name, .. } => {
                let handle = self.handle(handle)?.refetch().unwrap();
                return Ok(Some(self.keep(name.as_ref(), handle)));
            }
            Step::FetchNextPage { name, .. } => {
                let options = InitiateSpec {
                    subscribe: Some(false),
                    direction: Some(Direction::Forward),
                    ..InitiateSpec::default()
                };
                let handle = Pages.initiate(store, None, &options)?;
                return Ok(Some(self.keep(name.as_ref(), handle)));
            }
            // Dropping a handle is the end of its subscription.
            Step::Unsubscribe { handle } => drop(self.handles.remove(handle).unwrap()),
            Step::UpdateSubscriptionOptions { handle, options } => {
                self.handle(handle)?.update_subscription_options(*options);
            }
            Step::Mutate { name, endpoint, arg, track, fixed_cache_key } => {
                assert_eq!(endpoint, UpdatePost::NAME);
                let change = serde_json::from_value(arg.clone().unwrap())?;
                let mut initiate = UpdatePost.initiate(change).track(track.unwrap_or(true));
                if let Some(key) = fixed_cache_key {
                    initiate = initiate.fixed_cache_key(key.as_str());
                }
                let handle = Box::new(store.dispatch(initiate));
                return Ok(Some(self.keep(name.as_ref(), handle)));
            }
            Step::ResetMutation { handle } => self.handle(handle)?.reset(),
            Step::Abort { handle, .. } => self.handle(handle)?.abort(),
            Step::Await { handle } => {
                let settled = self.handle(handle)?.settled();
                let outcome = async move { json!({"value": settled.await}) };
                self.observer.report_later(handle, "await", outcome);
            }
            Step::Unwrap { handle } => {
                let result = self.handle(handle)?.result();
                self.observer.report_later(handle, "unwrap", async move {
                    match result.await {
                        Ok(data) => json!({"ok": data}),
                        // JavaScript has `undefined` where there is no data.
                        Err(error) if error.value()["name"] == "NoData" => json!({"ok": null}),
                        Err(error) => json!({"error": error}),
                    }
                });
            }
            Step::Prefetch { endpoint, arg, force, if_older_than: None } => {
                query(endpoint).prefetch(store, arg.as_ref(), *force == Some(true))?;
            }
            Step::UpdateQueryData { name, endpoint, arg, edits, update_provided } => {
                let update_provided = update_provided.unwrap_or(true);
                let edit = query(endpoint).update(store, arg.as_ref(), edits, update_provided)?;
                let (patches, inverse) = (edit.patches()?, edit.inverse_patches()?);
                let report =
                    json!({"patches": patches.to_vec(), "inversePatches": inverse.to_vec()});
                self.edits.extend(name.clone().map(|name| (name, edit)));
                return Ok(Some(report));
            }
            Step::Undo { patch } => self.edits.remove(patch).unwrap().undo()?,
            Step::UpsertQueryData { name, endpoint, arg, value } => {
                let handle = query(endpoint).upsert(store, arg.as_ref(), value)?;
                return Ok(Some(self.keep(name.as_ref(), handle)));
            }
            Step::UpsertQueryEntries { entries } => {
                let entries: Result<Vec<_>, _> = entries
                    .iter()
                    .map(|it| query(&it.endpoint).upsert_entry(it.arg.as_ref(), &it.value))
                    .collect();
                store.dispatch(upsert_query_entries(entries?));
            }
            Step::InvalidateTags { tags } => {
                store.dispatch(PostsApi::invalidate_tags(tags.iter().cloned()));
            }
            Step::ResetApiState => store.dispatch(PostsApi::reset_api_state()),
            Step::Focus => store.dispatch(PostsApi::window(WindowAction::Focused)),
            selector => return self.select(selector).map(Some),
        }
        Ok(None)
    }

    fn select(&self, step: &Step) -> Result<Value, Failed> {
        let app = self.store.state();
        Ok(match step {
            Step::Select { endpoint, arg } => query(endpoint).view(&app, arg.as_ref())?,
            Step::SelectMutation { handle, fixed_cache_key, .. } => {
                let request_id = match handle {
                    Some(name) => self.handle(name)?.request_id(),
                    None => None,
                };
                let key = fixed_cache_key.as_deref().or(request_id).unwrap();
                mutation_select(&UpdatePost, &app, key)
            }
            Step::SelectInvalidatedBy { tags } => {
                let tags: Vec<_> = tags.iter().filter_map(TagDescription::to_tag).collect();
                json!(app.api.select_invalidated_by(&tags))
            }
            Step::SelectCachedArgsForQuery { endpoint } => {
                json!(app.api.select_cached_args_for_query(endpoint))
            }
            other => panic!("`{}` is not called here", other.op()),
        })
    }

    fn handle(&self, name: &str) -> Result<&dyn AnyHandle, Failed> {
        Ok(&**self.handles.get(name).ok_or_else(|| format!("there is no handle `{name}`"))?)
    }

    /// Keeps `handle` for later steps, if it has a name, and returns what to report.
    fn keep(&mut self, name: Option<&String>, handle: Box<dyn AnyHandle>) -> Value {
        let mut report = json!({"requestId": handle.request_id()});
        if let Some(key) = handle.query_cache_key() {
            report["queryCacheKey"] = key.into();
        }
        let outdated = match name {
            Some(name) => self.handles.insert(name.clone(), handle),
            None => Some(handle),
        };
        if let Some(outdated) = outdated {
            outdated.detach();
        }
        report
    }
}

#[test]
fn endpoints_with_types_do_what_rtk_query_did() {
    let mut mismatches = Vec::new();
    for name in SCENARIOS {
        let scenario: Scenario = read_json(&file("scenarios", name)).unwrap();
        let expected: Value = read_json(&file("expected", name)).unwrap();
        match run(&scenario) {
            Ok(observation) => {
                let divergence = first_divergence(&expected, &observation);
                mismatches.extend(divergence.map(|it| format!("{name} {it}")));
            }
            Err(error) => mismatches.push(format!("{name}: {error}")),
        }
    }
    assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
}
