//! Names of the parts of a state that one can subscribe to.

use std::borrow::Cow;

/// A part of the state: a slice, or one keyed entry of a slice.
///
/// # Examples
/// ```
/// use retake_store::Topic;
/// assert_ne!(Topic::slice("posts"), Topic::entry("posts", "getPost(5)"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic<'a> {
    slice: Cow<'a, str>,
    key: Option<Cow<'a, str>>,
}

impl<'a> Topic<'a> {
    /// Returns the topic of every change in the field `slice` of the state.
    ///
    /// That is the field's name in [`State::FIELDS`](crate::State::FIELDS) (its name as JSON), and
    /// not the name of the slice in action types. A subscription to a name that is no field's
    /// is never told, unless an action or a middleware names it.
    #[must_use]
    pub fn slice(slice: impl Into<Cow<'a, str>>) -> Self {
        Self { slice: slice.into(), key: None }
    }

    /// Returns the topic of the entry `key` in the field `slice` of the state.
    #[must_use]
    pub fn entry(slice: impl Into<Cow<'a, str>>, key: impl Into<Cow<'a, str>>) -> Self {
        Self { slice: slice.into(), key: Some(key.into()) }
    }

    /// Returns whether this is the topic of a whole slice.
    pub(crate) fn is_slice(&self) -> bool {
        self.key.is_none()
    }

    /// Returns whether this is `slice` or an entry of it; topics of a slice come in a row,
    /// the slice itself first.
    pub(crate) fn is_within(&self, slice: &Topic<'_>) -> bool {
        self.slice == slice.slice
    }

    /// Returns a topic that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Topic<'static> {
        Topic {
            slice: Cow::Owned(self.slice.into_owned()),
            key: self.key.map(|key| Cow::Owned(key.into_owned())),
        }
    }
}
