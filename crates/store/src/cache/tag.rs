//! Tags: what cached data is about, for automated refetching.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Number;

/// The id that tags without an id are stored under.
pub(crate) const WITHOUT_ID: &str = "__internal_without_id";

/// What cached data is about: a type, and perhaps the id of one thing of that type.
///
/// Queries provide tags and mutations invalidate them. An invalidated tag without an id
/// meets every tag of its type; one with an id meets only that id.
///
/// # Examples
/// ```
/// use retake_store::cache::tag;
/// assert_eq!(serde_json::to_string(&tag("Post", 5))?, r#"{"type":"Post","id":5}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Source: RTK Query, `FullTagDescription`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The tag type, one of the api's `TAG_TYPES`.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// The id; `None` means the type as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<TagId>,
}

impl Tag {
    /// Returns the tag of a whole type.
    #[must_use]
    pub fn of_type(kind: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: kind.into(), id: None }
    }

    /// Returns the name of the tag's row in the index: ids are compared as text there.
    pub(crate) fn row(&self) -> Cow<'_, str> {
        match &self.id {
            None => Cow::Borrowed(WITHOUT_ID),
            Some(TagId::String(id)) => Cow::Borrowed(id),
            Some(TagId::Number(id)) => Cow::Owned(id.to_string()),
        }
    }

    /// Returns where the tag stands in the index: its type, and the name of its row.
    pub(crate) fn place(&self) -> (&str, Cow<'_, str>) {
        (&self.kind, self.row())
    }
}

/// Returns the tag of the thing of type `kind` with `id`.
#[must_use]
pub fn tag(kind: impl Into<Cow<'static, str>>, id: impl Into<TagId>) -> Tag {
    Tag { kind: kind.into(), id: Some(id.into()) }
}

impl From<&'static str> for Tag {
    fn from(kind: &'static str) -> Self {
        Self::of_type(kind)
    }
}

/// The id of a tag: a number or a string; `1` and `"1"` name the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TagId {
    /// A number.
    Number(Number),
    /// A string.
    String(Arc<str>),
}

impl fmt::Display for TagId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(id) => id.fmt(f),
            Self::String(id) => f.write_str(id),
        }
    }
}

macro_rules! number_ids {
    ($($number:ty),+) => {
        $(impl From<$number> for TagId {
            fn from(id: $number) -> Self {
                Self::Number(id.into())
            }
        })+
    };
}

number_ids!(u8, u16, u32, u64, i8, i16, i32, i64);

impl From<usize> for TagId {
    fn from(id: usize) -> Self {
        Self::Number((id as u64).into())
    }
}

impl From<&str> for TagId {
    fn from(id: &str) -> Self {
        Self::String(id.into())
    }
}

impl From<String> for TagId {
    fn from(id: String) -> Self {
        Self::String(id.into())
    }
}

impl From<Arc<str>> for TagId {
    fn from(id: Arc<str>) -> Self {
        Self::String(id)
    }
}

/// A list of tags that is cheap to clone.
///
/// # Examples
/// ```
/// use retake_store::cache::{tag, Tag, Tags};
/// let tags: Tags = [tag("Post", "LIST")].into();
/// assert_eq!(tags.len(), 1);
/// let tags: Tags = [1, 2].into_iter().map(|id| tag("Post", id)).collect();
/// assert_eq!(tags[1], tag("Post", 2));
/// let whole: Tags = ["Post"].into();
/// assert_eq!(whole[0], Tag::of_type("Post"));
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(Arc<[Tag]>);

impl Tags {
    /// Returns the empty list.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::from([]))
    }

    /// Returns whether the two are one list in memory.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Default for Tags {
    fn default() -> Self {
        Self::none()
    }
}

impl fmt::Debug for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::ops::Deref for Tags {
    type Target = [Tag];
    fn deref(&self) -> &[Tag] {
        &self.0
    }
}

impl<T: Into<Tag>, const N: usize> From<[T; N]> for Tags {
    fn from(tags: [T; N]) -> Self {
        tags.into_iter().collect()
    }
}

impl<T: Into<Tag>> From<Vec<T>> for Tags {
    fn from(tags: Vec<T>) -> Self {
        tags.into_iter().collect()
    }
}

impl<T: Into<Tag>> FromIterator<T> for Tags {
    fn from_iter<I: IntoIterator<Item = T>>(tags: I) -> Self {
        Self(tags.into_iter().map(Into::into).collect())
    }
}

impl IntoIterator for Tags {
    type Item = Tag;
    type IntoIter = std::vec::IntoIter<Tag>;
    fn into_iter(self) -> Self::IntoIter {
        Vec::from(&*self.0).into_iter()
    }
}

impl<'a> IntoIterator for &'a Tags {
    type Item = &'a Tag;
    type IntoIter = std::slice::Iter<'a, Tag>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
