//! Patches lead from one value to the other and back, on typed values and on their JSON.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use im::{OrdMap, Vector};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use retake_store::patch::{Json, Mode, PatchOp, Patchable, apply_patches, diff, invert};
use serde_json::Value;

use super::model::{Post, any_board, any_json, any_marks, any_pages, any_post, any_posts, text};

#[track_caller]
fn check<T: Patchable + Debug + PartialEq>(old: &T, next: &T) {
    let patches = diff(old, next).unwrap();
    let json = |value: &T| serde_json::to_value(value).unwrap();
    let text = serde_json::to_string(&patches.forward).unwrap();
    assert_eq!(serde_json::from_str::<Vec<PatchOp>>(&text).unwrap(), patches.forward);

    for mode in [Mode::Strict, Mode::Lenient] {
        for (from, list, to) in [(old, &patches.forward, next), (next, &patches.inverse, old)] {
            assert_eq!(&apply_patches(from, list, mode).unwrap(), to, "{mode:?} {list:?}");
            let in_json = apply_patches(&json(from), list, mode).unwrap();
            assert_eq!(in_json, json(to), "{mode:?} {list:?}");
        }
    }
    // A function of the values: what they share makes no difference.
    let copy = |value: &T| serde_json::from_value::<T>(json(value)).unwrap();
    assert_eq!(diff(&copy(old), &copy(next)).unwrap(), patches);

    let back = invert(&patches.forward, &json(old)).unwrap();
    assert_eq!(apply_patches(next, &back, Mode::Strict).unwrap(), *old);

    let is_equal = json(old) == json(next);
    assert_eq!(patches.is_empty(), is_equal);
    assert_eq!(patches.inverse.is_empty(), is_equal);
    assert_eq!(old.is_equal(next), is_equal);
    assert!(is_equal || !old.is_same(next));

    let mut shared = next.clone();
    assert_eq!(shared.share_with(old), is_equal);
    assert_eq!(&shared, next);
    assert!(!is_equal || shared.is_same(old));
}

/// A list made from another by moving the rows about, changing some and sharing the rest.
fn edited(base: &Vector<Arc<Post>>, edits: &[(u8, usize, Arc<Post>)]) -> Vector<Arc<Post>> {
    let mut next = base.clone();
    for (kind, at, row) in edits {
        let len = next.len();
        match kind {
            0 => next.insert(at % (len + 1), row.clone()),
            1 if len > 0 => drop(next.remove(at % len)),
            2 if len > 0 => drop(next.set(at % len, row.clone())),
            3 if len > 0 => Arc::make_mut(&mut next[at % len]).title = row.title.clone(),
            4 if len > 0 => next.swap(at % len, (at / 7) % len),
            _ => {}
        }
    }
    next
}

fn any_edits() -> impl Strategy<Value = Vec<(u8, usize, Arc<Post>)>> {
    vec((0..5_u8, 0..10_000_usize, any_post()), 0..6)
}

proptest! {
    #[test]
    fn of_json(old in any_json(), next in any_json()) {
        check(&old, &next);
    }

    #[test]
    fn of_pages(old in any_pages(), next in any_pages()) {
        check(&old, &next);
    }

    #[test]
    fn of_keyed_lists(old in any_posts(), next in any_posts()) {
        check(&old, &next);
        check(&Vec::from_iter(old), &Vec::from_iter(next));
    }

    #[test]
    fn of_lists_without_keys(old in any_marks(), next in any_marks()) {
        check(&old, &next);
        check(&Vector::from(old), &Vector::from(next));
    }

    #[test]
    fn of_lists_of_leaves(old in vec(text(), 0..8), next in vec(text(), 0..8)) {
        check(&old, &next);
        let floats = |texts: &[String]| texts.iter().map(|it| it.len() as f64).collect::<Vec<_>>();
        check(&floats(&old), &floats(&next));
    }

    #[test]
    fn of_long_lists_that_share_leaves(len in 0..700_u32, edits in any_edits()) {
        let old = super::model::posts(0..len);
        check(&old, &edited(&old, &edits));
    }

    #[test]
    fn of_maps(
        old in btree_map(0..9_u32, any_post(), 0..6),
        next in btree_map(0..9_u32, any_post(), 0..6),
    ) {
        check(&old, &next);
        check(&OrdMap::<u32, Arc<Post>>::from(old), &OrdMap::from(next));
    }

    #[test]
    fn of_maps_that_share_nodes(
        edits in vec((0..300_u32, proptest::option::of(any_post())), 0..6),
    ) {
        let old: OrdMap<u32, Arc<Post>> = (0..200).map(|id| (id, super::model::post(id))).collect();
        let mut next = old.clone();
        for (id, row) in edits {
            match row {
                Some(row) => next.insert(id, row),
                None => next.remove(&id),
            };
        }
        check(&old, &next);
    }

    #[test]
    fn of_nested_structs(old in any_board(), next in any_board()) {
        check(&old, &next);
    }

    #[test]
    fn of_changed_structs(old in any_board(), edits in any_edits(), extra in any_json()) {
        let mut next = old.clone();
        next.posts = edited(&old.posts, &edits);
        next.extra = extra;
        check(&old, &next);
    }

    #[test]
    fn of_values_through_json(old in any_board(), next in any_board()) {
        check(&Json(old), &Json(next));
    }

    #[test]
    fn of_options(old in any::<Option<bool>>(), next in any::<Option<bool>>()) {
        // `Some(None)` and `None` are both `null`: only one of them can be patched.
        let (old, next) = (old.map(Some), next.map(Some));
        check(&old, &next);
    }
}

/// Rows without keys, of which some are shared in one list and not in its copy.
#[test]
fn of_equal_rows() {
    let row = |first: u32| (first..first + 1000).collect::<Vector<_>>();
    let (one, two) = (row(0), row(1));
    let old = vec![one.clone(), one.clone(), two.clone(), two.clone()];
    check(&old, &vec![one.clone(), two.clone(), row(1)]);
    check(&Vector::from(old), &Vector::from(vec![row(2), one, row(1), two]));
}

#[test]
fn of_scalars() {
    check(&1_u8, &2);
    check(&u64::MAX, &0);
    check(&i64::MIN, &i64::MAX);
    check(&0.1_f32, &0.2);
    check(&f64::MIN_POSITIVE, &f64::MAX);
    check(&'a', &'/');
    check(&true, &false);
    check(&Arc::<str>::from("a"), &Arc::from("b"));
    check(&Value::Null, &Value::Bool(true));
    check(&(1, 'a', "b".to_owned(), ()), &(1, 'c', "d".to_owned(), ()));
    check(&BTreeMap::from([('a', 1)]), &BTreeMap::from([('~', 1), ('/', 2)]));
    check(&BTreeMap::from([((), 1)]).into_values().collect::<Vec<_>>(), &vec![]);
}
