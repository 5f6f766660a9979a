//! JSON that keeps the order of its properties, and can be cut.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::ddmin::minimise;

/// A JSON value whose objects keep the order in which they were read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Object(Vec<(String, Tree)>),
    List(Vec<Tree>),
    Leaf(Value),
}

impl Tree {
    /// Returns the tree without what `still` holds without: members and rows of it, from the
    /// outermost to the innermost.
    ///
    /// `still` holds for the whole; when it says `None`, nothing more is tried.
    pub(super) fn cut(mut self, still: &mut dyn FnMut(&Self) -> Option<bool>) -> Self {
        let mut ways = vec![Vec::new()];
        while let Some(way) = ways.pop() {
            let count = self.at(&way).map_or(0, Self::children);
            let kept = minimise((0..count).collect(), &mut |kept| still(&self.keeping(&way, kept)));
            self = self.keeping(&way, &kept);
            ways.extend((0..kept.len()).map(|index| [&*way, &[index]].concat()));
        }
        self
    }

    fn children(&self) -> usize {
        match self {
            Self::Object(members) => members.len(),
            Self::List(rows) => rows.len(),
            Self::Leaf(_) => 0,
        }
    }

    /// Returns the part to which `way` leads, by position.
    fn at(&self, way: &[usize]) -> Option<&Self> {
        way.iter().try_fold(self, |tree, index| match tree {
            Self::Object(members) => members.get(*index).map(|(_, member)| member),
            Self::List(rows) => rows.get(*index),
            Self::Leaf(_) => None,
        })
    }

    /// Returns the tree whose part at `way` has those of its children that stand at `kept`.
    fn keeping(&self, way: &[usize], kept: &[usize]) -> Self {
        let inner = |index: usize, child: &Self| match way.split_first() {
            Some((first, rest)) if *first == index => child.keeping(rest, kept),
            _ => child.clone(),
        };
        let is_kept = |index: &usize| !way.is_empty() || kept.binary_search(index).is_ok();
        match self {
            Self::Object(members) => {
                let members = members.iter().enumerate().filter(|(index, _)| is_kept(index));
                let member = |(at, (name, it)): (_, &(String, Self))| (name.clone(), inner(at, it));
                Self::Object(members.map(member).collect())
            }
            Self::List(rows) => {
                let rows = rows.iter().enumerate().filter(|(index, _)| is_kept(index));
                Self::List(rows.map(|(index, row)| inner(index, row)).collect())
            }
            Self::Leaf(_) => self.clone(),
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, member)| (name, member)))
            }
            Self::List(rows) => serializer.collect_seq(rows),
            Self::Leaf(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Tree, M::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Tree::Object(members))
    }

    fn visit_seq<Q: SeqAccess<'de>>(self, mut seq: Q) -> Result<Tree, Q::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element()? {
            rows.push(row);
        }
        Ok(Tree::List(rows))
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Leaf(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Leaf(value.into()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, needed: &str, cut: &str) {
        let tree: Tree = serde_json::from_str(text).unwrap();
        let text_of = |tree: &Tree| serde_json::to_string(tree).unwrap();
        assert_eq!(text_of(&tree), text);
        let tree = tree.cut(&mut |tree| Some(text_of(tree).contains(needed)));
        assert_eq!(text_of(&tree), cut);
    }

    #[test]
    fn what_is_not_needed_is_cut() {
        let text = r#"{"z":[1,{"b":true,"a":"x"},-2.5],"a":{"c":null},"m":{}}"#;
        check(text, "", "{}");
        check(text, "\"x\"", r#"{"z":[{"a":"x"}]}"#);
        check(text, "null", r#"{"a":{"c":null}}"#);
        check(text, "\"b\":true,\"a\"", r#"{"z":[{"b":true,"a":"x"}]}"#);
        check("7", "7", "7");
    }
}
