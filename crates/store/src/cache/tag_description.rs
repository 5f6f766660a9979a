//! Tags as `invalidate_tags` takes them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::cache::Tag;

/// A tag as it is invalidated by hand: a type by its name, a [`Tag`], or nothing.
///
/// What was given is what the action says: in JSON the three are `"Post"`,
/// `{"type":"Post"}` and `null`, and a tool that shows or repeats the action sees the same.
///
/// # Examples
/// ```
/// use retake_store::cache::{Tag, TagDescription, tag};
/// assert_eq!(TagDescription::from("Post").to_tag(), Some(Tag::of_type("Post")));
/// assert_eq!(serde_json::to_string(&TagDescription::from("Post"))?, r#""Post""#);
/// let read: TagDescription = serde_json::from_str(r#"{"type":"Post","id":5}"#)?;
/// assert_eq!(read, tag("Post", 5).into());
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Source: RTK Query, `TagDescription`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TagDescription {
    /// Nothing: it is passed over.
    None,
    /// Every tag of this type.
    Type(Cow<'static, str>),
    /// This tag.
    Tag(Tag),
}

impl TagDescription {
    /// Returns the tag that is meant, if one is.
    #[must_use]
    pub fn to_tag(&self) -> Option<Tag> {
        match self {
            Self::None => None,
            Self::Type(kind) => Some(Tag::of_type(kind.clone())),
            Self::Tag(tag) => Some(tag.clone()),
        }
    }
}

impl From<&'static str> for TagDescription {
    fn from(kind: &'static str) -> Self {
        Self::Type(kind.into())
    }
}

impl From<Tag> for TagDescription {
    fn from(tag: Tag) -> Self {
        Self::Tag(tag)
    }
}

impl<T: Into<TagDescription>> From<Option<T>> for TagDescription {
    fn from(tag: Option<T>) -> Self {
        tag.map_or(Self::None, Into::into)
    }
}
