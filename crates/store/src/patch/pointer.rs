//! Pointers: where in a JSON value something is.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::PatchError;

/// A JSON pointer: the way from the root of a value to one of its parts.
///
/// The text is a sequence of tokens, each with a `/` before it; in a token, `~` is written
/// `~0` and `/` is written `~1`. The empty text is the whole value.
///
/// Source: RFC 6901.
///
/// # Examples
/// ```
/// use retake_store::patch::Pointer;
///
/// let mut pointer = Pointer::parse("/posts/3")?;
/// pointer.push("a/b");
/// assert_eq!(pointer.as_str(), "/posts/3/a~1b");
/// assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["posts", "3", "a/b"]);
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
// Empty, or begins with '/'; every '~' is followed by '0' or '1'.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pointer(String);

impl Pointer {
    /// Returns the pointer to the whole value.
    ///
    /// ```
    /// assert_eq!(retake_store::patch::Pointer::root().as_str(), "");
    /// ```
    #[must_use]
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Reads a pointer from its text.
    ///
    /// # Errors
    /// [`PatchError::InvalidPointer`] when the text neither is empty nor begins with `/`, or
    /// when a `~` is not followed by `0` or `1`.
    ///
    /// # Examples
    /// ```
    /// use retake_store::patch::Pointer;
    /// assert!(Pointer::parse("/a~1b").is_ok());
    /// assert!(Pointer::parse("a").is_err());
    /// ```
    pub fn parse(text: impl Into<String>) -> Result<Self, PatchError> {
        let text = text.into();
        let invalid = |reason| PatchError::InvalidPointer { text: text.clone(), reason };
        if !text.is_empty() && !text.starts_with('/') {
            return Err(invalid("it does not begin with `/`; write `/` before every token"));
        }
        let mut rest = text.as_str();
        while let Some(tilde) = rest.find('~') {
            rest = &rest[tilde + 1..];
            if !rest.starts_with(['0', '1']) {
                return Err(invalid("it has a bare `~`; write `~0` for `~` and `~1` for `/`"));
            }
        }
        Ok(Self(text))
    }

    /// Returns the text of this pointer, escaped.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether this points to the whole value.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the tokens in order, unescaped.
    #[must_use]
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens { rest: &self.0 }
    }

    /// Adds `token` at the end, escaping it.
    ///
    /// ```
    /// let mut pointer = retake_store::patch::Pointer::root();
    /// pointer.push("m~n");
    /// assert_eq!(pointer.as_str(), "/m~0n");
    /// ```
    pub fn push(&mut self, token: &str) {
        self.0.push('/');
        for character in token.chars() {
            match character {
                '~' => self.0.push_str("~0"),
                '/' => self.0.push_str("~1"),
                plain => self.0.push(plain),
            }
        }
    }

    /// Adds the position `index` of a list at the end.
    ///
    /// ```
    /// let mut pointer = retake_store::patch::Pointer::root();
    /// pointer.push_index(7);
    /// assert_eq!(pointer.as_str(), "/7");
    /// ```
    pub fn push_index(&mut self, index: usize) {
        use fmt::Write;
        // Writing to a string cannot fail.
        let _ = write!(self.0, "/{index}");
    }

    /// Takes the last token away and returns it, unescaped; `None` at the root.
    ///
    /// ```
    /// let mut pointer = retake_store::patch::Pointer::parse("/posts/a~1b")?;
    /// assert_eq!(pointer.pop().as_deref(), Some("a/b"));
    /// assert_eq!(pointer.as_str(), "/posts");
    /// # Ok::<(), retake_store::patch::PatchError>(())
    /// ```
    pub fn pop(&mut self) -> Option<String> {
        let slash = self.0.rfind('/')?;
        let token = unescape(&self.0[slash + 1..]).into_owned();
        self.0.truncate(slash);
        Some(token)
    }

    /// Returns whether `self` is `other` or lies inside it.
    ///
    /// ```
    /// use retake_store::patch::Pointer;
    /// let row = Pointer::parse("/posts/1")?;
    /// assert!(Pointer::parse("/posts/1/title")?.is_within(&row));
    /// assert!(!Pointer::parse("/posts/10")?.is_within(&row));
    /// # Ok::<(), retake_store::patch::PatchError>(())
    /// ```
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Returns the pointer to `inner` of the value at `self`.
    ///
    /// ```
    /// use retake_store::patch::Pointer;
    /// let title = Pointer::parse("/posts/1")?.join(&Pointer::parse("/title")?);
    /// assert_eq!(title.as_str(), "/posts/1/title");
    /// # Ok::<(), retake_store::patch::PatchError>(())
    /// ```
    #[must_use]
    pub fn join(&self, inner: &Self) -> Self {
        Self(format!("{}{}", self.0, inner.0))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Cuts the text; `len` is a length that this pointer had before.
    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Returns the pointer that is the first `len` bytes of this one.
    pub(super) fn prefix(&self, len: usize) -> Self {
        Self(self.0[..len].to_owned())
    }

    /// Returns the pointer that is left after the first `len` bytes of this one.
    pub(super) fn suffix(&self, len: usize) -> Self {
        Self(self.0[len..].to_owned())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Pointer {
    type Err = PatchError;
    fn from_str(text: &str) -> Result<Self, PatchError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Pointer {
    type Error = PatchError;
    fn try_from(text: String) -> Result<Self, PatchError> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for Pointer {
    type Error = PatchError;
    fn try_from(text: &str) -> Result<Self, PatchError> {
        Self::parse(text)
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        pointer.0
    }
}

/// The pointer whose tokens are those of the iterator, unescaped.
impl<T: AsRef<str>> FromIterator<T> for Pointer {
    fn from_iter<I: IntoIterator<Item = T>>(tokens: I) -> Self {
        let mut pointer = Self::root();
        for token in tokens {
            pointer.push(token.as_ref());
        }
        pointer
    }
}

/// The tokens of a [`Pointer`], unescaped: see [`Pointer::tokens`].
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        let (token, rest) = split_token(self.rest)?;
        self.rest = rest;
        Some(token)
    }
}

/// Splits the escaped `text` of a pointer into its first token and the rest.
pub(super) fn split_token(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let text = text.strip_prefix('/')?;
    let end = text.find('/').unwrap_or(text.len());
    Some((unescape(&text[..end]), &text[end..]))
}

/// `~1` becomes `/` first, so that `~01` stays `~1`.
fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, tokens: &[&str]) {
        let pointer = Pointer::parse(text).unwrap();
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), tokens);
        assert_eq!(tokens.iter().collect::<Pointer>(), pointer);
    }

    #[test]
    fn escapes_both_ways() {
        check("", &[]);
        check("/", &[""]);
        check("/a//b", &["a", "", "b"]);
        check("/a~1b/m~0n/~01", &["a/b", "m~n", "~1"]);
    }

    #[test]
    fn refuses_what_rfc_6901_refuses() {
        for text in ["a", "a/b", "/~", "/~2", "/a~", "/~~0"] {
            assert!(Pointer::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn push_then_truncate_restores() {
        let mut pointer = Pointer::parse("/a").unwrap();
        let before = pointer.clone();
        let len = pointer.len();
        pointer.push("b~/");
        pointer.push_index(3);
        pointer.truncate(len);
        assert_eq!(pointer, before);
    }
}
