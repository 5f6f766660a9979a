//! Cached data with its type erased, and the lazy patches between two versions of it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use im::Vector;
use proptest::collection::vec;
use proptest::prelude::*;
use retake_store::Reducer;
use retake_store::cache::{CacheAction, CacheData, Delta, Step};
use retake_store::patch::{Json, PatchError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cache_app::*;

/// A value that counts how often it is read from JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Counted(u32);

static DECODED: AtomicU32 = AtomicU32::new(0);

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        DECODED.fetch_add(1, SeqCst);
        u32::deserialize(deserializer).map(Self)
    }
}

#[test]
fn data_from_json_is_decoded_once() {
    let cached = data(json!(5));
    let copy = cached.clone();
    let first = cached.get::<Json<Counted>>().unwrap();
    assert_eq!(*first, Json(Counted(5)));
    assert!(Arc::ptr_eq(&first, &copy.get::<Json<Counted>>().unwrap()), "copies share it");
    assert_eq!(DECODED.load(SeqCst), 1);
}

#[test]
fn typed_data_is_read_without_json() {
    let posts = Arc::new(vec![post(1, "a")]);
    let cached = CacheData::from_arc(Arc::clone(&posts));
    assert!(Arc::ptr_eq(&cached.get::<Vec<Post>>().unwrap(), &posts));
    // Another type reads the JSON form.
    assert_eq!(*cached.get::<Vector<Arc<Post>>>().unwrap(), [Arc::new(post(1, "a"))][..].into());
    assert_eq!(cached.get::<Value>().unwrap()[0]["title"], "a");
}

#[test]
fn a_value_is_data_without_a_type() {
    let value = Arc::new(json!({"id": 1}));
    let cached = CacheData::from_arc(Arc::clone(&value));
    assert!(Arc::ptr_eq(&cached.get::<Value>().unwrap(), &value));
    assert!(Arc::ptr_eq(&cached.to_json().unwrap(), &value));
    assert_eq!(CacheData::new(json!(5)), data(json!(5)));
}

#[test]
fn data_of_another_type_is_an_error_that_says_so() {
    let error = data(json!("text")).get::<u32>().unwrap_err();
    assert_eq!(error.type_name, "u32");
    assert!(error.to_string().starts_with("the cached data is no `u32`: invalid type: string"));
    assert!(CacheData::new(7_u32).get::<String>().is_err());
    assert!(data(json!(-1)).get::<u32>().is_err(), "and again");
}

#[test]
fn equality_is_that_of_the_json_form() {
    let typed = CacheData::new(vec![post(1, "a")]);
    for (other, expected) in [
        (typed.clone(), true),
        (CacheData::new(vec![post(1, "a")]), true),
        (data(json!([{"id": 1, "title": "a", "likes": 0}])), true),
        (data(json!([{"id": 1, "title": "b", "likes": 0}])), false),
        (CacheData::new(Vec::<Post>::new()), false),
    ] {
        assert_eq!(typed == other, expected, "{other:?}");
    }
    assert!(typed.ptr_eq(&typed.clone()));
    assert!(!typed.ptr_eq(&CacheData::new(vec![post(1, "a")])));
}

#[test]
fn equal_data_is_shared_with_what_was_there() {
    let old = CacheData::new(vec![post(1, "a")]);
    assert!(CacheData::new(vec![post(1, "a")]).share_with(&old).ptr_eq(&old));
    assert!(!CacheData::new(vec![post(1, "b")]).share_with(&old).ptr_eq(&old));
    let other_type = CacheData::new(5_u32);
    assert_eq!(other_type.clone().share_with(&old), other_type);
}

#[test]
fn data_without_json_form_is_an_error_and_no_panic() {
    let nan = CacheData::new(f64::NAN);
    assert_eq!(to_json(&nan), Value::Null, "serde writes NaN as null");
    let keys = CacheData::new(Json(std::collections::BTreeMap::from([(vec![1], 1)])));
    assert!(matches!(keys.to_json(), Err(PatchError::NotRepresentable { .. })));
    assert!(serde_json::to_string(&keys).is_err());
    assert!(format!("{keys:?}").starts_with("<the value at"));
    assert_ne!(
        keys,
        keys.clone()
            .share_with(&data(json!(1)))
            .get::<Value>()
            .map_or(data(json!(0)), CacheData::from_json,)
    );
}

#[test]
fn a_delta_knows_what_it_makes_of_the_value_that_it_was_made_from() {
    let (old, new) = (CacheData::new(1_u32), CacheData::new(2_u32));
    let delta = Delta::between(old.clone(), new.clone());
    assert!(delta.apply(Some(&old)).unwrap().unwrap().ptr_eq(&new));
    let back = delta.inverse().unwrap();
    assert!(back.apply(Some(&new)).unwrap().unwrap().ptr_eq(&old));
    assert!(back.inverse().unwrap().apply(Some(&old)).unwrap().unwrap().ptr_eq(&new));
    // Any other value, an equal one too, goes through the patches.
    let other = CacheData::new(1_u32);
    let applied = delta.apply(Some(&other)).unwrap().unwrap();
    assert!(!applied.ptr_eq(&new) && applied == new);
}

#[test]
fn a_delta_without_data_needs_to_replace_the_whole() {
    let replace = Delta::from_patches(ops(json!([{"op": "replace", "path": "", "value": 5}])));
    assert_eq!(replace.apply(None).unwrap(), Some(data(json!(5))));
    let inner = Delta::from_patches(ops(json!([{"op": "replace", "path": "/a", "value": 5}])));
    let error = inner.apply(None).unwrap_err();
    assert!(matches!(error, PatchError::Unresolved { .. }), "{error}");
    assert_eq!(Delta::none().apply(None).unwrap(), None);
    assert!(replace.inverse().is_none(), "patches alone have no way back");
}

#[test]
fn a_delta_leads_from_no_data_and_to_no_data() {
    let delta = Delta::from_nothing(Some(CacheData::new(1_u32)));
    let (forward, back) = (delta.clone(), delta.inverse().unwrap());
    assert_eq!(
        to_json(&forward.patches().unwrap()),
        json!([{"op": "replace", "path": "", "value": 1}])
    );
    assert_eq!(to_json(&back.patches().unwrap()), json!([{"op": "remove", "path": ""}]));
    let other = CacheData::new(2_u32);
    assert_eq!(forward.apply(None).unwrap(), Some(CacheData::new(1_u32)));
    assert_eq!(forward.apply(Some(&other)).unwrap(), Some(CacheData::new(1_u32)));
    assert_eq!(back.apply(Some(&other)).unwrap(), None);
    assert_eq!(back.apply(None).unwrap(), None);
    let patches = |json| Delta::from_patches(ops(json)).apply(Some(&data(json!({"a": 1}))));
    let remove = json!({"op": "remove", "path": ""});
    let set = json!({"op": "replace", "path": "/a", "value": 2});
    assert_eq!(patches(json!([set, remove])).unwrap(), None);
    assert!(patches(json!([remove, set])).is_err(), "there is nothing to set it in");
    let replace = json!({"op": "replace", "path": "", "value": {"b": 3}});
    assert_eq!(
        patches(json!([remove, replace, set])).unwrap(),
        Some(data(json!({"a": 2, "b": 3})))
    );
}

/// As in RTK Query: patches onto no data leave a member `data` that is `undefined`, which later
/// edits find. JSON has none, so that the state reads back as one that is equal.
#[test]
fn patches_onto_no_data_make_a_place_for_it() {
    let pending = || query(arg(1), "r1", pending_at(10));
    let can_be_edited =
        |actions: &[CacheAction]| fold(actions).query("getPost(1)").unwrap().can_be_edited();
    assert!(!can_be_edited(&[pending()]));
    assert!(can_be_edited(&[pending(), patched(1, json!([]))]));
    // What cannot be applied leaves nothing behind.
    let inner = json!([{"op": "replace", "path": "/a", "value": 5}]);
    assert!(!can_be_edited(&[pending(), patched(1, inner)]));
    let gone = [
        pending(),
        query(arg(1), "r1", fulfilled_at(15, data(json!(1)), no_tags())),
        patched(1, json!([{"op": "remove", "path": ""}])),
    ];
    assert!(can_be_edited(&gone));
    assert_eq!(fold(&gone).query("getPost(1)").unwrap().data, None);
    // The entry that is made next knows nothing of it.
    assert!(!can_be_edited(&[pending(), patched(1, json!([])), remove(1), pending()]));
}

#[test]
fn values_of_two_types_differ_as_a_whole() {
    let delta = Delta::between(CacheData::new(1_u32), CacheData::new("one".to_owned()));
    assert_eq!(
        to_json(&delta.patches().unwrap()),
        json!([{"op": "replace", "path": "", "value": "one"}])
    );
    let back = delta.inverse().unwrap();
    assert_eq!(
        to_json(&back.patches().unwrap()),
        json!([{"op": "replace", "path": "", "value": 1}])
    );
}

/// A log has no types: where the row is missing it gets `null`s, as in RTK Query. Typed data
/// cannot hold these and used to stay as it was, so that the log gave another state.
#[test]
fn a_patch_that_does_not_fit_the_type_is_applied_to_the_json_form() {
    let fetch = fulfilled_at(15, CacheData::new(list(1)), no_tags());
    let actions = [
        query(arg(1), "r1", pending_at(10)),
        query(arg(1), "r1", fetch),
        patched(1, json!([{"op": "replace", "path": "/2", "value": post(7, "far")}])),
    ];
    let state = fold(&actions);
    let cached = state.query("getPost(1)").unwrap().data.clone().unwrap();
    assert_eq!(cached.get::<Value>().unwrap()[1], Value::Null);
    assert!(cached.get::<List>().unwrap_err().to_string().contains("invalid type: null"));
}

type List = Vector<Arc<Post>>;

#[derive(Clone, Copy, Debug)]
enum Op {
    /// Edits what is cached: a kind of edit, a position, a number.
    Edit(u8, usize, u32),
    /// Takes back an edit made before, the latest or an older one.
    Undo(usize),
    /// The server answers with the list of this many posts.
    Fetch(u32),
    /// The server answers with one more post, which the endpoint merges.
    Merge(u32),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (0..6_u8, 0..12_usize, 0..30_u32).prop_map(|(kind, at, n)| Op::Edit(kind, at, n)),
        3 => (0..4_usize).prop_map(Op::Undo),
        1 => (0..6_u32).prop_map(Op::Fetch),
        1 => (0..30_u32).prop_map(Op::Merge),
    ]
}

fn edit(list: &mut List, kind: u8, at: usize, n: u32) {
    let at = at % (list.len() + 1);
    match kind {
        0 => list.insert(at, Arc::new(post(n, "inserted"))),
        _ if at == list.len() => list.push_back(Arc::new(post(n, "pushed"))),
        1 => drop(list.remove(at)),
        2 => Arc::make_mut(&mut list[at]).title = format!("title {n}"),
        3 => Arc::make_mut(&mut list[at]).likes += i64::from(n),
        4 => list.swap(at, 0),
        _ => Arc::make_mut(&mut list[at]).id = n,
    }
}

/// Returns the actions that `plan` leads to, each made from the state before it. An action
/// may be held back (as middleware may) until after the next one.
fn record(plan: &[(Op, bool)]) -> Vec<CacheAction> {
    let mut state = empty();
    let mut log = vec![
        query(arg(1), "r1", pending_at(10)),
        query(arg(1), "r1", fulfilled_at(15, CacheData::new(list(4)), no_tags())),
    ];
    for action in &log {
        let _ = state.reduce(action);
    }
    let mut undos: Vec<Delta> = Vec::new();
    let mut held = None;
    for (op, hold) in plan {
        let current = state.query("getPost(1)").unwrap().data.clone().unwrap();
        // Data that is of the type no more is not edited; fetching it again helps.
        let typed = match (current.get::<List>(), op) {
            (Ok(typed), _) => typed,
            (Err(_), Op::Fetch(_)) => Arc::default(),
            (Err(_), _) => continue,
        };
        let between = |new: List| Delta::between(current.clone(), CacheData::new(new));
        let patched =
            |patches| CacheAction::QueryResultPatched { query_cache_key: key(1), patches };
        let action = match op {
            Op::Edit(kind, at, n) => {
                let mut next = List::clone(&typed);
                edit(&mut next, *kind, *at, *n);
                let delta = between(next);
                undos.extend(delta.inverse());
                patched(delta)
            }
            Op::Undo(back) => {
                // As the thunk does it: what does not fit is not dispatched.
                let Some(position) = undos.len().checked_sub(back + 1) else { continue };
                let delta = undos.remove(position);
                let Ok(Some(undone)) = delta.apply(Some(&current)) else { continue };
                patched(delta.realised(current.clone(), undone))
            }
            Op::Fetch(n) => {
                query(arg(1), "r1", fulfilled_at(20, CacheData::new(list(*n)), no_tags()))
            }
            Op::Merge(n) => {
                let mut next = List::clone(&typed);
                next.push_back(Arc::new(post(*n, "merged")));
                let payload = CacheData::new(list(*n % 3));
                let mut step = fulfilled_at(25, payload, no_tags());
                if let Step::Fulfilled(fulfilled) = &mut step {
                    fulfilled.merged = Some(between(next));
                }
                query(arg(1), "r1", step)
            }
        };
        let released = if *hold { held.replace(action) } else { Some(action) };
        let released = released.into_iter().chain(if *hold { None } else { held.take() });
        for action in released {
            let _ = state.reduce(&action);
            log.push(action);
        }
    }
    log.extend(held);
    log
}

fn list(n: u32) -> List {
    (0..n).map(|id| Arc::new(post(id, "fetched"))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Live application, by pointer where it can be, equals the application of the JSON
    /// patches; also when time travel leaves actions out and the others meet other data.
    #[test]
    fn lazy_patches_are_their_json_patches(
        plan in vec((op(), proptest::bool::weighted(0.2)), 0..24),
        skips in vec(any::<u64>(), 3),
    ) {
        let log = record(&plan);
        fold(&log);
        for skip in skips {
            let kept = log.iter().enumerate().filter(|(at, _)| *at < 2 || skip >> (at % 64) & 1 == 0);
            fold(kept.map(|(_, action)| action));
        }
    }

    /// An edit and its undo give the data from before, the very same in memory.
    #[test]
    fn undo_right_after_the_edit_is_the_old_data(kind in 0..6_u8, at in 0..12_usize, n in 0..30_u32) {
        let log = record(&[(Op::Edit(kind, at, n), false), (Op::Undo(0), false)]);
        let data_after = |actions: &[CacheAction]| {
            fold(actions).query("getPost(1)").unwrap().data.clone().unwrap()
        };
        prop_assert!(data_after(&log[..2]).ptr_eq(&data_after(&log)));
    }
}
