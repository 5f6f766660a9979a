//! Law 5: a dispatch costs what it affects, whatever else is cached.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use retake_store::cache::{CacheAction, CacheData, ProvidedTags, SubscriptionOptions, Tag, tag};
use retake_store::cost::measure;
use retake_store::patch::Json;
use retake_store::{Store, Subscription, Topic};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cache_app::*;

/// Data that counts how often it is written and copied.
#[derive(Debug, PartialEq, Deserialize)]
struct Watched(u32);

static TOUCHED: AtomicU64 = AtomicU64::new(0);

impl Serialize for Watched {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TOUCHED.fetch_add(1, SeqCst);
        self.0.serialize(serializer)
    }
}

impl Clone for Watched {
    fn clone(&self) -> Self {
        TOUCHED.fetch_add(1, SeqCst);
        Self(self.0)
    }
}

fn watched(n: u32) -> CacheData {
    CacheData::new(Json(Watched(n)))
}

/// A store with this many entries, each with tags, a subscription and a listener.
fn filled(entries: u32) -> (Store<App, PostsAction>, Vec<Subscription>) {
    let store: Store<App, PostsAction> = Store::new(App::default());
    let mut listeners = Vec::new();
    for id in 0..entries {
        let tags = [tag("Post", id), tag("Post", "LIST"), Tag::of_type("Any")];
        let request = format!("r{id}");
        store.dispatch(PostsAction::new(query(arg(id), &request, pending_at(1))));
        let step = fulfilled_at(2, watched(id), tags);
        store.dispatch(PostsAction::new(query(arg(id), &request, step)));
        store.dispatch(PostsAction::new(mutation(&format!("m{id}"), None, true, pending_at(1))));
        listeners.push(store.subscribe_to(
            Topic::entry("api", &*key(id)),
            move |app: &App| app.api.query(&key(id)).map(|entry| entry.status),
            |_| (),
        ));
    }
    (store, listeners)
}

/// Every kind of action that concerns one entry, in an order in which each has something to do.
fn actions() -> Vec<(&'static str, CacheAction)> {
    let root = json!([{"op": "replace", "path": "", "value": 1}]);
    let provided = |tags: &[Tag]| {
        CacheAction::UpdateProvidedBy(vec![ProvidedTags {
            query_cache_key: key(5),
            provided_tags: tags.to_vec().into(),
        }])
    };
    let new_tags = [tag("Post", 5), tag("Post", "LIST"), tag("Post", "new")];
    vec![
        ("pending", query(arg(5), "again", pending_at(3))),
        ("fulfilled", query(arg(5), "again", fulfilled_at(4, watched(1), new_tags.clone()))),
        ("stale", query(arg(5), "r5", fulfilled_at(4, watched(2), [tag("Post", "LIST")]))),
        ("new entry", query(arg(u32::MAX), "new", pending_at(3))),
        ("rejected", query(arg(u32::MAX), "new", rejected_with(json!(1), ["Any"]))),
        ("upsert", upsert(query(arg(5), "mine", fulfilled_at(4, watched(3), new_tags)))),
        ("upserted", upsert_entries("u", 5, [upserted(5, watched(4), ["Any"])])),
        ("patch", patched(5, root)),
        ("tags", provided(&[tag("Post", "LIST"), Tag::of_type("Any")])),
        ("no tags", provided(&[])),
        (
            "options",
            CacheAction::UpdateSubscriptionOptions {
                endpoint_name: "getPost".into(),
                request_id: "r5".into(),
                query_cache_key: key(5),
                options: SubscriptionOptions {
                    refetch_on_focus: Some(true),
                    ..SubscriptionOptions::default()
                },
            },
        ),
        (
            "unsubscribe",
            CacheAction::UnsubscribeQueryResult {
                request_id: "r5".into(),
                query_cache_key: key(5),
            },
        ),
        ("mutation", mutation("m5", None, true, fulfilled_at(5, watched(5), ["Post"]))),
        ("new mutation", mutation("new", None, true, pending_at(5))),
        (
            "remove mutation",
            CacheAction::RemoveMutationResult { request_id: "m5".into(), fixed_cache_key: None },
        ),
        ("invalidate", CacheAction::InvalidateTags(vec!["Post".into()])),
        ("remove", remove(5)),
        ("window", CacheAction::Window(retake_store::cache::WindowAction::Unfocused)),
    ]
}

#[test]
fn law_5_a_dispatch_visits_what_it_affects() {
    /// Persistent trees of ten thousand entries are four levels deep at most.
    const LEVELS: u64 = 4;
    let (few, _few_listeners) = filled(10);
    let (many, _many_listeners) = filled(10_000);
    TOUCHED.store(0, SeqCst);
    for (name, action) in actions() {
        let cost = |store: &Store<App, PostsAction>| {
            let before = store.state();
            let visited = measure(|| store.dispatch(PostsAction::new(action.clone()))).1;
            drop(before);
            visited
        };
        let (in_few, in_many) = (cost(&few), cost(&many));
        assert!(in_many <= in_few + 8 * LEVELS, "{name}: {in_few} visited, then {in_many}");
        assert!(in_many < 150, "{name}: {in_many} visited");
    }
    assert_eq!(TOUCHED.load(SeqCst), 0, "data was written as JSON, or copied");
    assert_eq!(many.state().api.queries().len(), 10_000);
}

/// Selecting what an invalidation meets costs what it finds.
#[test]
fn law_5_selecting_by_tag_visits_what_it_finds() {
    for (tags, found) in [
        (vec![tag("Post", 5)], 1),
        (vec![tag("Post", "nobody"), tag("Nobody", 1)], 0),
        (vec![tag("Post", 5), tag("Post", 6), tag("Post", 5)], 2),
    ] {
        let visited = [10, 10_000].map(|entries| {
            let (store, _listeners) = filled(entries);
            let state: Arc<App> = store.state();
            let (entries, visited) = measure(|| state.api.select_invalidated_by(&tags));
            assert_eq!(entries.len(), found);
            visited
        });
        assert!(visited[1] <= visited[0] + 16, "{tags:?}: {visited:?}");
    }
}
