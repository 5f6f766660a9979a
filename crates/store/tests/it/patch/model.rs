//! The data of the tests, with `Patchable` written by hand.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use im::{OrdMap, Vector};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use retake_store::cache::{InfiniteData, InfiniteQueryDirection};
use retake_store::patch::{Diff, Edit, PatchError, Patchable, Path};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Writes `Patchable` for a struct whose fields are always written.
macro_rules! patchable {
    ($name:ident { $($field:ident),* } key $key:expr) => {
        impl Patchable for $name {
            fn is_same(&self, other: &Self) -> bool {
                true $(&& self.$field.is_same(&other.$field))*
            }
            fn is_equal(&self, other: &Self) -> bool {
                true $(&& self.$field.is_equal(&other.$field))*
            }
            fn share_with(&mut self, old: &Self) -> bool {
                let mut is_equal = true;
                $(is_equal &= self.$field.share_with(&old.$field);)*
                is_equal
            }
            fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
                $(diff.member(stringify!($field), &self.$field, &next.$field)?;)*
                Ok(())
            }
            fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
                let Some((name, rest)) = path.split() else { return edit.assign(self, path) };
                match &*name {
                    $(stringify!($field) => self.$field.apply_at(rest, edit),)*
                    _ => Err(rest.unresolved()),
                }
            }
            fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
                let Some((name, rest)) = path.split() else { return path.value(self) };
                match &*name {
                    $(stringify!($field) => self.$field.value_at(rest),)*
                    _ => Err(rest.unresolved()),
                }
            }
            fn key(&self) -> Option<Cow<'_, str>> {
                let key: fn(&Self) -> Option<Cow<'_, str>> = $key;
                key(self)
            }
        }
    };
}
pub(crate) use patchable;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: u32,
    pub(crate) title: String,
    pub(crate) score: Option<f64>,
}
patchable!(Post { id, title, score } key |post| post.id.key());

/// A row without a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) at: u32,
    pub(crate) text: String,
}
patchable!(Mark { at, text } key |_| None);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Board {
    pub(crate) name: String,
    pub(crate) posts: Vector<Arc<Post>>,
    pub(crate) by_id: OrdMap<u32, Arc<Post>>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) tags: BTreeMap<String, Vec<String>>,
    pub(crate) size: (u8, Option<char>),
    pub(crate) parent: Option<Box<Board>>,
    pub(crate) extra: Value,
}
patchable!(Board { name, posts, by_id, marks, tags, size, parent, extra } key |_| None);

pub(crate) fn post(id: u32) -> Arc<Post> {
    Arc::new(Post { id, title: format!("post {id}"), score: None })
}

pub(crate) fn posts(ids: std::ops::Range<u32>) -> Vector<Arc<Post>> {
    ids.map(post).collect()
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c~/]{0,2}", Just(String::new()), Just("0".to_owned())]
}

pub(crate) fn any_post() -> impl Strategy<Value = Arc<Post>> {
    let score = proptest::option::of(prop_oneof![Just(0.0), Just(-0.5), Just(1e9)]);
    (0..6_u32, text(), score).prop_map(|(id, title, score)| Arc::new(Post { id, title, score }))
}

pub(crate) fn any_pages() -> impl Strategy<Value = InfiniteData<Vector<Arc<Post>>, u32>> {
    vec((any_posts(), 0..4_u32), 0..4).prop_map(|pages| {
        let mut data = InfiniteData::default();
        for (page, page_param) in pages {
            data.add_page(InfiniteQueryDirection::Forward, page, page_param, None);
        }
        data
    })
}

pub(crate) fn any_posts() -> impl Strategy<Value = Vector<Arc<Post>>> {
    vec(any_post(), 0..9).prop_map(Vector::from)
}

pub(crate) fn any_marks() -> impl Strategy<Value = Vec<Mark>> {
    vec((0..3_u32, text()).prop_map(|(at, text)| Mark { at, text }), 0..6)
}

pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..3_i64).prop_map(Value::from),
        Just(json!(0.5)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map("[a-b~/0]{1,2}", inner.clone(), 0..4)
                .prop_map(|members| members.into_iter().collect()),
            vec((0..3_u8, inner), 0..5).prop_map(|rows| {
                rows.into_iter().map(|(id, value)| json!({"id": id, "value": value})).collect()
            }),
        ]
    })
}

pub(crate) fn any_board() -> impl Strategy<Value = Board> {
    let flat = (
        text(),
        any_posts(),
        btree_map(0..5_u32, any_post(), 0..4),
        any_marks(),
        btree_map(text(), vec(text(), 0..4), 0..3),
        (0..2_u8, proptest::option::of(prop_oneof![Just('a'), Just('/')])),
        any_json(),
    );
    let flat = flat.prop_map(|(name, posts, by_id, marks, tags, size, extra)| Board {
        name,
        posts,
        by_id: by_id.into_iter().collect(),
        marks,
        tags,
        size,
        parent: None,
        extra,
    });
    flat.prop_recursive(1, 2, 1, |inner| {
        (inner.clone(), proptest::option::of(inner))
            .prop_map(|(board, parent)| Board { parent: parent.map(Box::new), ..board })
    })
}
