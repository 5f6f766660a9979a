//! `#[derive(Patchable)]`: what it generates keeps the laws of patches.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use retake_macros::Patchable;
use retake_store::patch::{Mode, PatchError, PatchOp, Patchable, apply_patches, diff};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
struct PostId(u32);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
#[serde(rename_all = "camelCase")]
struct Post {
    id: PostId,
    long_title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip)]
    #[patch(ignore)]
    opened: u32,
    r#type: Kind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
enum Kind {
    Draft,
    Link(String),
    Poll { question: String, votes: im::Vector<u32> },
    Pair(u8, Arc<str>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Tagged {
    A { x: u8 },
    B,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
struct Point(i32, i32);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
struct Unit;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
#[serde(transparent)]
struct Wrapped<T> {
    inner: T,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Patchable)]
#[serde(default)]
struct Options {
    width: u16,
    dark: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
struct Tree<T> {
    #[patch(key)]
    name: String,
    value: T,
    rows: im::Vector<Arc<Tree<T>>>,
    map: BTreeMap<u8, T>,
}

#[track_caller]
fn check<T: Patchable + Debug + PartialEq>(old: &T, next: &T, forward: Value) {
    let patches = diff(old, next).unwrap();
    assert_eq!(serde_json::to_value(&patches.forward).unwrap(), forward);
    let json = |value: &T| serde_json::to_value(value).unwrap();
    for mode in [Mode::Strict, Mode::Lenient] {
        for (from, list, to) in [(old, &patches.forward, next), (next, &patches.inverse, old)] {
            assert_eq!(&apply_patches(from, list, mode).unwrap(), to, "{list:?}");
            assert_eq!(apply_patches(&json(from), list, mode).unwrap(), json(to), "{list:?}");
        }
    }
    assert!(diff(old, old).unwrap().is_empty());
    assert!(old.is_same(&old.clone()) && !old.is_same(next) && !old.is_equal(next));
    let mut shared = next.clone();
    assert!(!shared.share_with(old));
    assert_eq!(&shared, next);
}

#[track_caller]
fn apply<T: Patchable>(base: &T, list: Value, mode: Mode) -> Result<T, PatchError> {
    let list: Vec<PatchOp> = serde_json::from_value(list).unwrap();
    apply_patches(base, &list, mode)
}

fn post() -> Post {
    Post {
        id: PostId(1),
        long_title: "a".into(),
        note: None,
        tags: vec![],
        opened: 3,
        r#type: Kind::Draft,
    }
}

#[test]
fn members_of_a_struct() {
    let base = post();
    check(
        &base,
        &Post { long_title: "b".into(), note: Some("n".into()), tags: vec!["t".into()], ..post() },
        json!([
            {"op": "replace", "path": "/longTitle", "value": "b"},
            {"op": "add", "path": "/note", "value": "n"},
            {"op": "add", "path": "/tags", "value": ["t"]},
        ]),
    );
    check(
        &Post { tags: vec!["t".into(), "u".into()], ..post() },
        &Post { tags: vec!["u".into()], r#type: Kind::Link("l".into()), ..post() },
        json!([
            {"op": "remove", "path": "/tags/0"},
            {"op": "replace", "path": "/type", "value": {"Link": "l"}},
        ]),
    );
    // The ignored field is not compared, and kept.
    assert!(base.is_same(&Post { opened: 9, ..post() }));
    let whole = json!({"id": 1, "longTitle": "x", "type": "Draft"});
    let list = json!([{"op": "replace", "path": "", "value": whole}]);
    assert_eq!(apply(&base, list, Mode::Strict).unwrap().opened, 3);
}

#[test]
fn absent_members() {
    let strict = |list| apply(&post(), list, Mode::Strict);
    for list in [
        json!([{"op": "replace", "path": "/note", "value": "n"}]),
        json!([{"op": "remove", "path": "/tags"}]),
        json!([{"op": "add", "path": "/tags/-", "value": "t"}]),
        json!([{"op": "test", "path": "/note", "value": null}]),
        json!([{"op": "add", "path": "/opened", "value": 1}]),
    ] {
        assert!(matches!(strict(list), Err(PatchError::Unresolved { .. })));
    }
    let list = json!([
        {"op": "replace", "path": "/note", "value": "n"},
        {"op": "remove", "path": "/tags"},
    ]);
    assert_eq!(apply(&post(), list, Mode::Lenient).unwrap().note.as_deref(), Some("n"));
    assert!(matches!(
        strict(json!([{"op": "remove", "path": "/longTitle"}])),
        Err(PatchError::TypeMismatch { .. })
    ));
    let list = json!([{"op": "remove", "path": "/width"}]);
    let base = Options { width: 5, dark: true };
    assert_eq!(apply(&base, list, Mode::Strict).unwrap(), Options { width: 0, dark: true });
}

#[test]
fn rows_by_key() {
    let list = |ids: &[u32]| {
        ids.iter()
            .map(|id| Arc::new(Post { id: PostId(*id), opened: 0, ..post() }))
            .collect::<im::Vector<_>>()
    };
    check(&list(&[1, 2, 3]), &list(&[1, 3]), json!([{"op": "remove", "path": "/1"}]));
}

#[test]
fn enums() {
    let poll = |n| Kind::Poll { question: "q".into(), votes: im::vector![1, n] };
    let json = json!({"Poll": {"question": "q", "votes": [1, 3]}});
    check(&poll(2), &poll(3), json!([{"op": "replace", "path": "", "value": json}]));
    check(&Kind::Draft, &poll(3), json!([{"op": "replace", "path": "", "value": json}]));
    check(
        &Kind::Pair(1, "a".into()),
        &Kind::Draft,
        json!([{"op": "replace", "path": "", "value": "Draft"}]),
    );
    check(
        &Tagged::A { x: 1 },
        &Tagged::B,
        json!([{"op": "replace", "path": "", "value": {"kind": "b"}}]),
    );

    let list = json!([{"op": "replace", "path": "/Poll/votes/1", "value": 9}]);
    assert_eq!(apply(&poll(2), list, Mode::Strict).unwrap(), poll(9));
    let list = json!([
        {"op": "test", "path": "/kind", "value": "a"},
        {"op": "replace", "path": "/x", "value": 9},
    ]);
    assert_eq!(apply(&Tagged::A { x: 1 }, list, Mode::Strict).unwrap(), Tagged::A { x: 9 });

    let (old, mut next) = (Kind::Pair(1, "a".into()), Kind::Pair(1, "a".into()));
    assert!(next.share_with(&old));
    let (Kind::Pair(_, old), Kind::Pair(_, next)) = (&old, &next) else { panic!() };
    assert!(Arc::ptr_eq(old, next));
}

#[test]
fn other_shapes() {
    check(&Point(1, 2), &Point(1, 3), json!([{"op": "replace", "path": "/1", "value": 3}]));
    assert!(apply(&Point(1, 2), json!([{"op": "remove", "path": "/1"}]), Mode::Lenient).is_err());
    assert!(Unit.is_same(&Unit) && diff(&Unit, &Unit).unwrap().is_empty());
    let wrapped = |inner| Wrapped { inner };
    check(&wrapped(vec![1, 2]), &wrapped(vec![2]), json!([{"op": "remove", "path": "/0"}]));
    let tree = |value: u8, rows| Tree { name: "n".into(), value, rows, map: BTreeMap::new() };
    let leaf = |value| im::vector![Arc::new(tree(value, im::vector![]))];
    check(
        &tree(1, leaf(2)),
        &tree(1, leaf(3)),
        json!([{"op": "replace", "path": "/rows/0/value", "value": 3}]),
    );
}
