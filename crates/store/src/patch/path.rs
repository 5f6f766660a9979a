//! Paths: a pointer while it is walked.

use std::borrow::Cow;

use super::error::PatchError;
use super::pointer::{Pointer, split_token};

/// A [`Pointer`] while it is walked: what is behind, and what is still to go.
///
/// A [`Patchable`](super::Patchable) value takes the first token off, finds the part it
/// names and hands the rest on to that part. At the end of the path the value itself is
/// meant.
///
/// # Examples
/// ```
/// use retake_store::patch::{Path, Pointer};
///
/// let pointer = Pointer::parse("/posts/3")?;
/// let path = Path::new(&pointer);
/// let (token, rest) = path.split().ok_or_else(|| path.unresolved())?;
/// assert_eq!(token, "posts");
/// assert_eq!(rest.here().as_str(), "/posts");
/// assert!(!rest.is_end());
/// # Ok::<(), retake_store::patch::PatchError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    pointer: &'a Pointer,
    // A length that ends at a token boundary of `pointer`.
    walked: usize,
}

impl<'a> Path<'a> {
    /// Returns the path at the start of `pointer`.
    #[must_use]
    pub fn new(pointer: &'a Pointer) -> Self {
        Self { pointer, walked: 0 }
    }

    /// Returns whether nothing is left to walk.
    #[must_use]
    pub fn is_end(self) -> bool {
        self.walked == self.pointer.len()
    }

    /// Returns the first token, unescaped, and the path behind it; `None` at the end.
    #[must_use]
    pub fn split(self) -> Option<(Cow<'a, str>, Path<'a>)> {
        let (token, rest) = split_token(&self.pointer.as_str()[self.walked..])?;
        Some((token, Self { pointer: self.pointer, walked: self.pointer.len() - rest.len() }))
    }

    /// Returns where the walk is: the part of the pointer that was walked.
    #[must_use]
    pub fn here(self) -> Pointer {
        self.pointer.prefix(self.walked)
    }

    /// Returns the part of the pointer that is still to go.
    #[must_use]
    pub fn rest(self) -> Pointer {
        self.pointer.suffix(self.walked)
    }

    /// Returns the error "there is nothing here".
    #[must_use]
    pub fn unresolved(self) -> PatchError {
        PatchError::Unresolved { path: self.pointer.clone(), at: self.here() }
    }

    /// Returns the error "the value does not fit here, because of `reason`".
    #[must_use]
    pub fn mismatch(self, reason: impl Into<String>) -> PatchError {
        PatchError::TypeMismatch { path: self.here(), reason: reason.into() }
    }
}

/// Reads a token as a position of a list: digits without a leading zero.
pub(super) fn index_of(token: &str) -> Option<usize> {
    let digits = token.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = token == "0" || !token.starts_with('0');
    // Too many digits for a `usize` are a position too, only one that no list has.
    (digits && canonical && !token.is_empty()).then(|| token.parse().unwrap_or(usize::MAX))
}
