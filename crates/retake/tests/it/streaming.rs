//! `on_cache_entry_added`: what runs with an entry, how long, and what ends it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::channel::mpsc;
use futures::future::{Either, select};
use futures::{StreamExt, stream};
use retake::prelude::*;
use retake::store::cache::CacheAction;
use retake::thunks::NeverLoaded;
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore};
use serde_json::json;

use crate::app::{App, AppAction, PostsApi};

const MS: Duration = Duration::from_millis(1);

/// What the tests of this file give their endpoints.
struct Extra {
    /// What the functions have seen, in order.
    seen: Mutex<Vec<String>>,
    socket: Mutex<Option<mpsc::UnboundedReceiver<String>>>,
    alive: Arc<()>,
}

impl Extra {
    fn see(&self, what: impl Into<String>) {
        self.seen.lock().unwrap().push(what.into());
    }
}

/// The messages of a channel: fetched once, then streamed.
struct Messages;
impl Query for Messages {
    type Api = PostsApi;
    type Arg = u32;
    type Output = Vec<String>;
    const NAME: &'static str = "messages";
    fn query(&self, channel: &u32) -> Request {
        Request::get(format!("messages/{channel}"))
    }
    async fn on_cache_entry_added(&self, channel: u32, cx: QueryEntryContext<Self>) {
        let Some(extra) = cx.extra::<Arc<Extra>>().cloned() else { return };
        let _alive = Arc::clone(&extra.alive);
        extra.see(format!("added {channel}"));
        match cx.cache_data_loaded().await {
            Ok(loaded) => extra.see(format!("loaded {}", loaded.data.join(","))),
            Err(NeverLoaded::Removed) => return extra.see("never loaded"),
            Err(error) => return extra.see(error.to_string()),
        }
        assert_ne!(channel, 13, "an unlucky number");
        let socket = extra.socket.lock().unwrap().take();
        let mut socket = socket.map_or_else(|| stream::pending().boxed(), StreamExt::boxed);
        let mut removed = cx.cache_entry_removed();
        while let Either::Left((Some(message), rest)) = select(socket.next(), removed).await {
            cx.update_cached_data(|messages| messages.push(message));
            removed = rest;
        }
        extra.see("removed");
        cx.runtime().sleep(5 * MS).await;
        extra.see("cleaned up");
    }
}

fn start() -> (TestStore<App, AppAction>, Arc<Extra>) {
    let mut kept = None;
    let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let server = ScriptedBaseQuery::new(runtime.clone());
        server.on("GET messages/404", Reply::status(404, json!("none")));
        server.on("GET messages/*", Reply::ok(json!(["hello"])).after(10 * MS));
        server.on("POST it", Reply::ok(json!("done")).after(10 * MS));
        let (seen, socket) = (Mutex::default(), Mutex::default());
        let extra = Arc::new(Extra { seen, socket, alive: Arc::default() });
        kept = Some(Arc::clone(&extra));
        configure_store::<App, AppAction>()
            .runtime(runtime.clone())
            .api(PostsApi, server)
            .extra(extra)
            .middleware(log.clone())
            .build()
            .unwrap()
    });
    (store, kept.unwrap())
}

#[track_caller]
fn check(extra: &Extra, expected: &[&str]) {
    assert_eq!(std::mem::take(&mut *extra.seen.lock().unwrap()), expected);
}

#[test]
fn an_entry_is_streamed_into_until_it_is_removed() {
    let (store, extra) = start();
    let (socket, messages) = mpsc::unbounded();
    *extra.socket.lock().unwrap() = Some(messages);
    let handle = store.dispatch(Messages.initiate(1));
    check(&extra, &["added 1"]);
    store.run_until(&handle).unwrap();
    check(&extra, &["loaded hello"]);
    socket.unbounded_send("how are you?".into()).unwrap();
    store.settle();
    assert_eq!(*handle.state().data.unwrap(), ["hello", "how are you?"]);

    // A second subscription and a refetch are no new entry.
    store.run_until(store.dispatch(Messages.initiate(1).force_refetch(true))).unwrap();
    check(&extra, &[]);
    drop(handle);
    store.advance(Duration::from_secs(60));
    check(&extra, &["removed"]);
    assert_eq!(Arc::strong_count(&extra.alive), 2, "it goes on to clean up");
    store.advance(5 * MS);
    check(&extra, &["cleaned up"]);
    assert_eq!((Arc::strong_count(&extra.alive), store.runtime().pending_tasks()), (1, 0));
}

#[test]
fn an_entry_without_data_is_never_loaded() {
    let (store, extra) = start();
    let handle = store.dispatch(Messages.initiate(404));
    store.advance(10 * MS);
    check(&extra, &["added 404"]);
    drop(handle);
    store.advance(Duration::from_secs(60));
    check(&extra, &["never loaded"]);
}

#[test]
fn a_reset_ends_all_and_a_new_entry_starts_anew() {
    let (store, extra) = start();
    let _handles = [store.dispatch(Messages.initiate(2)), store.dispatch(Messages.initiate(1))];
    store.advance(10 * MS);
    check(&extra, &["added 2", "added 1", "loaded hello", "loaded hello"]);
    store.dispatch(PostsApi::reset_api_state());
    store.settle();
    check(&extra, &["removed", "removed"]);
    let _again = store.dispatch(Messages.initiate(1));
    check(&extra, &["added 1"]);
}

#[test]
fn data_that_is_put_there_counts() {
    let (store, extra) = start();
    let entries = [1, 2].map(|id| Messages.upsert_entry(id, vec!["put".into()]));
    store.dispatch(upsert_query_entries(entries));
    store.settle();
    check(&extra, &["added 1", "added 2", "loaded put", "loaded put"]);
}

/// An answer to a request for an earlier entry of the same key is not this entry's data.
#[test]
fn an_answer_to_an_older_request_does_not_count() {
    let (store, extra) = start();
    let old = store.dispatch(Messages.initiate(1));
    store.advance(5 * MS);
    let query_cache_key = Arc::clone(old.query_cache_key().unwrap());
    store.dispatch(ApiAction::<PostsApi>::new(CacheAction::RemoveQueryResult { query_cache_key }));
    let _new = store.dispatch(Messages.initiate(1));
    store.settle();
    check(&extra, &["added 1", "added 1", "never loaded"]);
    store.advance(5 * MS);
    check(&extra, &[]);
    store.advance(5 * MS);
    check(&extra, &["loaded hello"]);
}

#[test]
fn a_panic_ends_only_what_panicked() {
    let (store, extra) = start();
    let handle = store.dispatch(Messages.initiate(13));
    assert_eq!(*store.run_until(&handle).unwrap(), ["hello"]);
    check(&extra, &["added 13", "loaded hello"]);
    assert_eq!((Arc::strong_count(&extra.alive), store.runtime().pending_tasks()), (1, 0));
    store.run_until(handle.refetch()).unwrap();
}

/// RTK Query starts two, and nothing ever ends the first.
#[test]
fn one_entry_that_is_upserted_twice_starts_one_function() {
    let (store, extra) = start();
    let entry = |text: &str| Messages.upsert_entry(1, vec![text.to_owned()]);
    store.dispatch(upsert_query_entries([entry("a"), entry("b")]));
    store.settle();
    check(&extra, &["added 1", "loaded a"]); // the data that was there first
    store.dispatch(PostsApi::reset_api_state());
    store.advance(10 * MS);
    check(&extra, &["removed", "cleaned up"]);
    assert_eq!((Arc::strong_count(&extra.alive), store.runtime().pending_tasks()), (1, 0));
}

#[test]
fn what_runs_with_an_entry_is_dropped_with_the_store() {
    let (store, extra) = start();
    let runtime = store.runtime().clone();
    store.dispatch(Messages.initiate(1)).detach();
    store.advance(10 * MS);
    // One entry is streamed into, another one is being cleaned up after.
    store.dispatch(PostsApi::reset_api_state());
    store.dispatch(Messages.initiate(2)).detach();
    store.advance(2 * MS);
    assert_eq!(Arc::strong_count(&extra.alive), 3);
    drop(store);
    runtime.settle();
    assert_eq!((Arc::strong_count(&extra.alive), runtime.pending_tasks()), (1, 0));
}

#[test]
fn tracked_mutations_have_entries_and_a_shared_key_one_at_a_time() {
    let (store, extra) = start();
    let mutation = UntypedMutation::<PostsApi>::new("do")
        .query(|_| Ok(Request::post("it")))
        .on_cache_entry_added(|arg, cx| async move {
            let Some(extra) = cx.extra::<Arc<Extra>>().cloned() else { return };
            let name = arg.value().cloned().unwrap_or_default();
            extra.see(format!("{name} added"));
            let loaded = cx.cache_data_loaded().await;
            extra.see(format!("{name} loaded: {}", loaded.is_ok()));
            cx.cache_entry_removed().await;
            extra.see(format!("{name} removed"));
        })
        .build();
    let untracked = mutation.clone().initiate(json!("untracked").into()).track(false);
    store.run_until(store.dispatch(untracked)).unwrap();
    check(&extra, &[]);

    let shared = |name: &str| mutation.clone().initiate(json!(name).into()).fixed_cache_key("k");
    let _one = store.dispatch(shared("one"));
    let two = store.dispatch(shared("two"));
    store.advance(10 * MS);
    let one = [r#""one" added"#, r#""two" added"#, r#""one" loaded: false"#, r#""one" removed"#];
    check(&extra, &[&one[..], &[r#""two" loaded: true"#]].concat());
    two.reset();
    store.settle();
    check(&extra, &[r#""two" removed"#]);
}
