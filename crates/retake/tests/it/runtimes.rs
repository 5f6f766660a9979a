//! Functions of endpoints wait with the runtime of their store.

use std::time::Duration;

use retake::prelude::*;
use retake::thunks::Runtime;
use retake_testing::Reply;
use serde_json::json;

use crate::app::{FilterAction, PostsApi, start};

const SECOND: Duration = Duration::from_secs(1);

/// A search that is sent a second after it was asked for, and says how often it was asked.
struct Search;
impl Query for Search {
    type Api = PostsApi;
    type Arg = String;
    type Output = Vec<String>;
    const NAME: &'static str = "search";
    async fn query_fn(
        &self,
        text: String,
        cx: QueryFnContext<PostsApi>,
    ) -> Result<Fetched<Vec<String>>, Failure> {
        cx.runtime().sleep(SECOND).await;
        cx.base_query(Request::get("posts").param("q", text)).await?;
        Ok(Fetched::new(vec![cx.runtime().now().to_string()]))
    }
    async fn on_query_started(&self, text: String, cx: QueryContext<Self>) {
        cx.runtime().sleep(SECOND / 2).await;
        cx.dispatch(FilterAction::TextChanged(format!("searching for {text}")));
    }
    async fn on_cache_entry_added(&self, _: String, cx: QueryEntryContext<Self>) {
        cx.runtime().sleep(3 * SECOND).await;
        cx.update_cached_data(|found| found.push("late".into()));
    }
}

struct Save;
impl Mutation for Save {
    type Api = PostsApi;
    type Arg = ();
    type Output = ();
    const NAME: &'static str = "save";
    fn query(&self, (): &()) -> Request {
        Request::post("posts")
    }
    async fn on_query_started(&self, (): (), cx: MutationContext<Self>) {
        if cx.query_fulfilled().await.is_ok() {
            cx.runtime().sleep(SECOND).await;
            cx.dispatch(FilterAction::Cleared);
        }
    }
    async fn on_cache_entry_added(&self, (): (), cx: MutationEntryContext<Self>) {
        cx.runtime().sleep(SECOND / 2).await;
        cx.dispatch(FilterAction::TextChanged("saving".into()));
    }
}

#[test]
fn a_query_waits_in_virtual_time() {
    let (store, server) = start(|server| server.on("GET posts?q=a", Reply::ok(json!([]))));
    let search = store.dispatch(Search.initiate("a".into()));

    store.advance(SECOND / 2);
    assert_eq!(store.state().filter.text, "searching for a");
    assert!(server.requests().is_empty());
    store.advance(SECOND / 2);
    let sent_at = server.requests()[0].at;
    assert_eq!(*search.state().data.unwrap(), [sent_at.to_string()]);
    store.advance(2 * SECOND);
    assert_eq!(*search.state().data.unwrap(), [sent_at.to_string(), "late".into()]);
    assert_eq!(store.runtime().now() - sent_at, 2000);
}

#[test]
fn a_mutation_waits_in_virtual_time() {
    let (store, _) = start(|server| server.on("POST posts", Reply::ok(json!(null)).after(SECOND)));
    let save = store.dispatch(Save.initiate(()));
    store.advance(SECOND / 2);
    assert_eq!(store.state().filter.text, "saving");
    assert!(store.run_until(save).is_ok());
    assert_eq!(store.state().filter.text, "saving");
    store.advance(SECOND);
    assert_eq!(store.state().filter.text, "");
}
