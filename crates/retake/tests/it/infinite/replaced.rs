//! Infinite queries in the place of others: the rules for pages are those of the endpoint that the
//! store knows.

use retake::prelude::*;
use retake::thunks::{InjectEndpoints, OverrideExisting, UntypedQuery, inject_endpoints};
use retake_testing::{Reply, ScriptedBaseQuery, TestStore, assert_actions};
use serde_json::json;

use super::urls;
use crate::app::{App, AppAction, PostsApi, start};

/// Pages from `-LAST` to `LAST`, of which two are kept.
struct Numbers<const LAST: i32>;
impl<const LAST: i32> InfiniteQuery for Numbers<LAST> {
    type Api = PostsApi;
    type Arg = ();
    type PageParam = i32;
    type Page = i32;
    const NAME: &'static str = "numbers";
    fn query(&self, (): &(), page: &i32) -> Request {
        Request::get(format!("{LAST}/{page}"))
    }
    fn initial_page_param(&self) -> i32 {
        0
    }
    fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<i32> {
        (*pages.page_param < LAST).then(|| pages.page_param + 1)
    }
    fn get_previous_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<i32> {
        (*pages.page_param > -LAST).then(|| pages.page_param - 1)
    }
    fn max_pages(&self) -> Option<usize> {
        Some(2)
    }
}

const SHORT: Numbers<0> = Numbers;
const LONG: Numbers<2> = Numbers;

fn served() -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    start(|server| server.on("GET *", Reply::ok(json!(1))))
}

fn replacing<E: Query<Api = PostsApi>>(endpoint: E) -> InjectEndpoints<PostsApi> {
    inject_endpoints().query(endpoint).override_existing(OverrideExisting::Replace)
}

/// Returns whether there is a page before the first one, and after the last one.
fn ends(state: &InfiniteQueryState<i32, i32>) -> (bool, bool) {
    (state.has_previous_page, state.has_next_page)
}

/// What was dispatched has one page; its rules would end the list there.
#[test]
fn a_longer_list_is_fetched_to_its_ends() {
    let (store, server) = served();
    store.dispatch(replacing(LONG.paged())).unwrap();
    let handle = store.dispatch(SHORT.initiate(()));
    store.run_until(&handle).unwrap();
    assert_eq!(ends(&handle.state()), (true, true));
    assert_eq!(ends(&store.run_until(handle.settled())), (true, true));
    for _ in 0..3 {
        store.run_until(handle.fetch_next_page()).unwrap();
    }
    assert_eq!(ends(&handle.state()), (true, false));
    let backward = SHORT.initiate(()).direction(InfiniteQueryDirection::Backward);
    let pages = store.run_until(store.dispatch(backward)).unwrap();
    assert_eq!(json!(pages.page_params), json!([0, 1]));
    assert_eq!(urls(&server), ["2/0", "2/1", "2/2", "2/0"]);
}

/// What was dispatched would ask for pages that do not exist.
#[test]
fn a_shorter_list_ends_where_it_ends() {
    let (store, server) = served();
    store.dispatch(replacing(SHORT.paged())).unwrap();
    let handle = store.dispatch(LONG.initiate(()));
    store.run_until(&handle).unwrap();
    assert_eq!(ends(&handle.state()), (false, false));
    store.clear();
    store.run_until(handle.fetch_next_page()).unwrap();
    store.run_until(handle.fetch_previous_page()).unwrap();
    assert_actions!(store, ["posts/executeQuery/rejected", "posts/executeQuery/rejected"]);
    assert_eq!(urls(&server), ["0/0"]);
    // A selector knows no store, and asks the endpoint that it was made of.
    assert_eq!(ends(&LONG.select(&())(&store.state())), (true, true));
    assert_eq!(ends(&SHORT.select(&())(&store.state())), (false, false));
}

#[test]
fn a_handle_follows_a_replacement() {
    let (store, _) = served();
    let handle = store.dispatch(LONG.initiate(()));
    store.run_until(&handle).unwrap();
    assert_eq!(ends(&handle.state()), (true, true));
    let settled = handle.settled();
    store.dispatch(replacing(SHORT.paged())).unwrap();
    assert_eq!(ends(&handle.state()), (false, false));
    assert_eq!(ends(&store.run_until(settled)), (false, false));
}

/// A double that brings everything at once knows no pages.
#[test]
fn behind_a_query_without_pages_nothing_more_is_asked_for() {
    let (store, server) = served();
    let double = UntypedQuery::<PostsApi>::new("numbers").query(|_| Ok("all".into()));
    store.dispatch(replacing(double.build())).unwrap();
    server.on("GET all", Reply::ok(json!({"pages": [7, 8], "pageParams": [0, 1]})));
    let handle = store.dispatch(LONG.initiate(()));
    assert_eq!(store.run_until(&handle).unwrap().pages.len(), 2);
    assert_eq!(ends(&handle.state()), (false, false));
    assert_eq!(store.run_until(handle.fetch_next_page()).unwrap().pages.len(), 2);
    assert_eq!(urls(&server), ["all"]);
}
