//! Infinite queries in the cache: which page a request asked for, and data in pages.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use retake_store::Action;
use retake_store::cache::InfiniteQueryDirection::{Backward, Forward};
use retake_store::cache::{
    CacheAction, CacheData, Delta, InfiniteData, InfiniteQueryDirection, PageArg, QueryArg,
    Rejected, Step,
};
use serde_json::{Value, json};

use crate::cache_app::*;

type Pages = InfiniteData<String, u32>;

fn asking(page: PageArg) -> QueryArg {
    QueryArg { page, ..arg(1) }
}

fn in_direction(direction: impl Into<Option<InfiniteQueryDirection>>) -> QueryArg {
    asking(PageArg { direction: direction.into(), ..PageArg::default() })
}

fn pages(rows: &[(&str, u32)]) -> Pages {
    let mut data = Pages::default();
    for (page, page_param) in rows {
        data.add_page(Forward, (*page).to_owned(), *page_param, None);
    }
    data
}

#[track_caller]
fn check_direction(actions: &[CacheAction], expected: Value) {
    let state = fold(actions);
    let entry = to_json(state.query("getPost(1)").unwrap());
    assert_eq!(entry.get("direction").cloned().unwrap_or_default(), expected);
    let replayed: Vec<_> = actions.iter().map(through_json).collect();
    assert_eq!(to_json(&fold(&replayed)), to_json(&state));
}

#[test]
fn every_request_says_which_page_it_asks_for() {
    let forward = query(in_direction(Forward), "r1", pending_at(10));
    let done = query(in_direction(Forward), "r1", fulfilled_at(15, data(json!({})), no_tags()));
    let failed = query(in_direction(Forward), "r1", rejected_with(json!("no"), no_tags()));
    let hit = query(in_direction(Backward), "r2", Step::Rejected(Rejected::by_condition()));
    let all = query(in_direction(None), "r2", pending_at(20));
    let value = upserted(1, data(json!({})), no_tags());
    check_direction(std::slice::from_ref(&forward), json!("forward"));
    check_direction(&[forward.clone(), done.clone()], json!("forward"));
    check_direction(&[forward.clone(), failed], json!("forward"));
    check_direction(&[forward.clone(), done.clone(), hit], json!("forward"));
    check_direction(&[forward.clone(), done.clone(), all.clone()], json!(null));
    check_direction(&[forward.clone(), done.clone(), upsert(all)], json!(null));
    check_direction(&[forward, done, upsert_entries("u", 30, [value])], json!("forward"));
    check_direction(&[query(in_direction(Backward), "r1", pending_at(10))], json!("backward"));
}

#[test]
fn what_is_asked_stands_beside_the_argument() {
    let action = query(
        asking(PageArg {
            direction: Some(Backward),
            param: Some(Arc::new(json!(7))),
            initial_page_param: Some(Arc::new(Value::Null)),
            refetch_cached_pages: Some(false),
        }),
        "r1",
        pending_at(10),
    );
    let asked = json!({
        "type": "query", "subscribe": true, "endpointName": "getPost", "originalArgs": 1,
        "queryCacheKey": "getPost(1)", "direction": "backward", "param": 7,
        "initialPageParam": null, "refetchCachedPages": false,
    });
    let expected = json!({"type": "api/executeQuery/pending", "meta": {
        "startedTimeStamp": 10, "direction": "backward", "arg": asked, "requestId": "r1",
        "requestStatus": "pending",
    }});
    assert_eq!(to_json(&PostsAction::new(action.clone()).to_wire().unwrap()), expected);
    assert_eq!(through_json(&action), action);

    let done = query(in_direction(Forward), "r1", fulfilled_at(15, data(json!({})), no_tags()));
    let wire = to_json(&PostsAction::new(done).to_wire().unwrap());
    assert_eq!(wire["meta"].get("direction"), None);
    assert_eq!(wire["meta"]["arg"]["direction"], json!("forward"));
}

#[track_caller]
fn check_added(direction: InfiniteQueryDirection, max: Option<usize>, expected: &[(&str, u32)]) {
    let mut data = pages(&[("a", 1), ("b", 2)]);
    data.add_page(direction, "new".to_owned(), 9, max);
    assert_eq!(data, pages(expected));
}

#[test]
fn a_page_more_drops_one_at_the_other_end() {
    check_added(Forward, None, &[("a", 1), ("b", 2), ("new", 9)]);
    check_added(Forward, Some(3), &[("a", 1), ("b", 2), ("new", 9)]);
    check_added(Forward, Some(2), &[("b", 2), ("new", 9)]);
    check_added(Backward, Some(2), &[("new", 9), ("a", 1)]);
    check_added(Backward, None, &[("new", 9), ("a", 1), ("b", 2)]);
    // One page goes for one that comes, as in RTK Query.
    check_added(Forward, Some(1), &[("b", 2), ("new", 9)]);
}

#[test]
fn pages_that_stay_are_shared() {
    let old = pages(&[("a", 1), ("b", 2)]);
    let mut next = old.clone();
    next.add_page(Forward, "c".to_owned(), 3, Some(2));
    assert!(Arc::ptr_eq(&next.pages[0], &old.pages[1]));

    let again = CacheData::new(pages(&[("a", 1), ("b", 2)]));
    let old = CacheData::new(old);
    assert!(again.share_with(&old).ptr_eq(&old));
    let changed = CacheData::new(pages(&[("a", 1), ("c", 2)])).share_with(&old);
    let (changed, old) = (changed.get::<Pages>().unwrap(), old.get::<Pages>().unwrap());
    assert!(Arc::ptr_eq(&changed.pages[0], &old.pages[0]));
}

#[test]
fn a_page_that_moves_up_is_two_short_patches() {
    let old = pages(&[("a", 1), ("b", 2), ("c", 3)]);
    let mut next = old.clone();
    next.add_page(Forward, "d".to_owned(), 4, Some(3));
    let delta = Delta::between(CacheData::new(old), CacheData::new(next));
    assert_eq!(
        to_json(&delta.patches().unwrap()),
        json!([
            {"op": "remove", "path": "/pages/0"},
            {"op": "add", "path": "/pages/2", "value": "d"},
            {"op": "remove", "path": "/pageParams/0"},
            {"op": "add", "path": "/pageParams/2", "value": 4},
        ])
    );
}
