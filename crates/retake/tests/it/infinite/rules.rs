//! The rules of endpoints for their pages: cursors, limits, mistakes.

use std::sync::Arc;
use std::time::Duration;

use retake::prelude::*;
use retake::thunks::{JsonArg, UntypedInfiniteQuery};
use retake_testing::Reply;
use serde_json::{Value, json};

use super::urls;
use crate::app::{PostsApi, start};

/// Loads the page after the first one with it.
struct Eager;
impl InfiniteQuery for Eager {
    type Api = PostsApi;
    type Arg = ();
    type PageParam = Option<String>;
    type Page = Value;
    const NAME: &'static str = "eager";
    fn query(&self, (): &(), cursor: &Option<String>) -> Request {
        Request::get(format!("eager/{}", cursor.as_deref().unwrap_or("start")))
    }
    fn initial_page_param(&self) -> Option<String> {
        None
    }
    fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<Option<String>> {
        Some(pages.page["next"].as_str().map(str::to_owned))
    }
    async fn on_query_started(&self, (): (), cx: QueryContext<Paged<Self>>) {
        let Ok(answer) = cx.query_fulfilled().await else { return };
        if answer.data.pages.len() == 1 {
            cx.update_cached_data(|draft| {
                Arc::make_mut(&mut draft.pages[0])["seen"] = true.into();
            });
            let next = Eager.initiate(()).direction(InfiniteQueryDirection::Forward);
            cx.dispatch(next.subscribe(false)).detach();
        }
    }
}

#[test]
fn cursors_may_be_null_at_the_start_and_lifecycles_see_all_pages() {
    let (store, server) = start(|server| {
        server.on("GET eager/start", Reply::ok(json!({"next": "b"})));
        server.on("GET eager/b", Reply::ok(json!({"next": null})));
    });
    let handle = store.dispatch(Eager.initiate(()));
    store.run_until(&handle).unwrap();
    store.settle();
    store.advance(Duration::ZERO);
    let data = handle.state().into_result().unwrap();
    assert_eq!(
        json!(*data),
        json!({"pages": [{"next": "b", "seen": true}, {"next": null}], "pageParams": [null, "b"]})
    );
    assert!(!handle.state().has_next_page, "a cursor that is null names no page");
    store.run_until(handle.fetch_next_page()).unwrap();
    store.run_until(handle.refetch()).unwrap();
    assert_eq!(urls(&server), ["eager/start", "eager/b", "eager/start", "eager/b"]);
}

/// Drops pages and cannot get them back; its rule for the next page panics on request.
struct Careless {
    max_pages: Option<usize>,
}
impl InfiniteQuery for Careless {
    type Api = PostsApi;
    type Arg = ();
    type PageParam = u32;
    type Page = u32;
    const NAME: &'static str = "careless";
    fn query(&self, (): &(), page: &u32) -> Request {
        Request::get(format!("careless/{page}"))
    }
    fn initial_page_param(&self) -> u32 {
        0
    }
    fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<u32> {
        assert!(*pages.page < 7, "the page is {}", pages.page);
        Some(pages.page_param + 1)
    }
    fn max_pages(&self) -> Option<usize> {
        self.max_pages
    }
}

#[track_caller]
fn check_refused<E: InfiniteQuery<Api = PostsApi>>(endpoint: E, arg: E::Arg, says: &str) {
    let (store, _) = start(|server| server.on("GET careless/*", Reply::ok(json!(1))));
    let error = store.run_until(store.dispatch(endpoint.initiate(arg))).map(drop).unwrap_err();
    assert_eq!(error.value()["name"], json!("ConfigurationError"));
    let message = error.value()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("careless") && message.contains(says), "{message}");
}

#[test]
fn a_limit_without_a_way_back_is_a_mistake() {
    check_refused(Careless { max_pages: Some(0) }, (), "at least 1");
    check_refused(Careless { max_pages: Some(2) }, (), "get_previous_page_param");
    let untyped = |max| {
        UntypedInfiniteQuery::<PostsApi>::new("careless", json!(0))
            .query(|asked| Ok(format!("careless/{}", asked.value().unwrap()["pageParam"]).into()))
            .max_pages(max)
            .build()
    };
    check_refused(untyped(0), JsonArg::Absent, "at least 1");
    check_refused(untyped(1), JsonArg::Absent, "get_previous_page_param");
}

#[test]
fn a_rule_that_panics_ends_one_request() {
    let (store, _) = start(|server| server.on("GET careless/0", Reply::ok(json!(7))));
    let handle = store.dispatch(Careless { max_pages: None }.initiate(()));
    store.run_until(&handle).unwrap();
    assert!(!handle.state().has_next_page);
    let error = store.run_until(handle.fetch_next_page()).unwrap_err();
    assert_eq!(*error.value(), json!({"name": "Panic", "message": "the page is 7"}));
    store.run_until(handle.refetch()).unwrap();
}

/// Its argument and its pages are checked; a topic is trimmed, a page is sorted.
struct Checked;
impl InfiniteQuery for Checked {
    type Api = PostsApi;
    type Arg = String;
    type PageParam = u32;
    type Page = Vec<u32>;
    const NAME: &'static str = "checked";
    fn query(&self, topic: &String, page: &u32) -> Request {
        Request::get(format!("{topic}/{page}"))
    }
    fn transform_error_response(
        &self,
        _: Value,
        _: Option<&Value>,
        topic: &String,
    ) -> Result<Value, SerializedError> {
        Ok(topic.as_str().into())
    }
    fn initial_page_param(&self) -> u32 {
        0
    }
    fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<u32> {
        Some(pages.page_param + 1)
    }
    fn schemas(&self) -> Schemas {
        let arg = |mut asked: Value| {
            let topic = asked["queryArg"].as_str().unwrap_or_default().trim().to_owned();
            asked["queryArg"] = topic.into();
            match asked["pageParam"].as_u64() {
                Some(..3) => Ok(asked),
                _ => Err(vec![SchemaIssue::new("there are three pages")]),
            }
        };
        let page = |mut page: Value| {
            let rows = page.as_array_mut().ok_or_else(|| vec![SchemaIssue::new("no list")])?;
            rows.sort_by_key(Value::as_u64);
            Ok(page)
        };
        Schemas::new().arg(arg).response(page)
    }
}

#[test]
fn schemas_see_one_page_at_a_time() {
    let (store, server) = start(|server| {
        server.on("GET rust/0", Reply::ok(json!([2, 1])));
        server.on("GET rust/1", Reply::status(500, json!("no")));
        server.on("GET rust/1", Reply::ok(json!([4, 3])));
        server.on("GET rust/2", Reply::ok(json!([])));
    });
    let handle = store.dispatch(Checked.initiate(" rust".into()));
    store.run_until(&handle).unwrap();
    let error = store.run_until(handle.fetch_next_page()).unwrap_err();
    assert_eq!(*error.value(), json!(" rust"), "errors are transformed with what was given");
    for _ in 0..2 {
        store.run_until(handle.fetch_next_page()).unwrap();
    }
    let pages = store.run_until(handle.refetch()).unwrap();
    assert_eq!(json!(*pages), json!({"pages": [[1, 2], [3, 4], []], "pageParams": [0, 1, 2]}));
    let error = store.run_until(handle.fetch_next_page()).unwrap_err();
    assert_eq!(error.value()["message"], json!("there are three pages"));
    assert_eq!(handle.state().query.data.as_deref(), Some(&*pages));
    assert_eq!(server.requests().len(), 7);
}

#[test]
fn upserts_of_pages_are_not_checked() {
    let (store, _) = start(|_| {});
    let mut pages = InfiniteData::default();
    pages.add_page(InfiniteQueryDirection::Forward, vec![2, 1], 9, None);
    let upsert = Checked.upsert_query_data("rust".into(), pages.clone());
    assert_eq!(*store.run_until(store.dispatch(upsert)).unwrap(), pages);
}

/// RTK Query fetches the first page behind those that were made by the edit.
#[test]
fn pages_of_an_entry_without_an_answer_are_fetched_anew() {
    let (store, _server) = start(|server| {
        server.on("GET careless/0", Reply::status(503, json!("try later")));
        server.on("GET careless/0", Reply::ok(json!(7)));
    });
    let endpoint = || Careless { max_pages: None };
    let handle = store.dispatch(endpoint().initiate(()));
    store.run_until(&handle).unwrap_err();
    let pages = json!({"pages": [1], "pageParams": [0]});
    let patch = serde_json::from_value(json!([{"op": "replace", "path": "", "value": pages}]));
    store.dispatch(endpoint().patch_query_data((), patch.unwrap())).unwrap();
    assert_eq!(json!(*handle.state().query.data.unwrap()), pages);

    let again = store.dispatch(endpoint().initiate(()));
    let data = store.run_until(&again).unwrap();
    assert_eq!(json!(*data), json!({"pages": [7], "pageParams": [0]}));
}
