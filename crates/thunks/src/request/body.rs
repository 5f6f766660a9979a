//! Bodies of requests, as data.

use std::fmt;

use serde_json::Value;

/// The body of a [`Request`](super::Request).
///
/// Which `content-type` a base query over HTTP gives it is said at each kind.
///
/// Source: RTK Query, the `body` of `FetchArgs`; WHATWG Fetch, "extract a body".
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// JSON; by default `application/json`.
    Json(Value),
    /// Text as it is; by default `text/plain;charset=UTF-8`.
    Text(String),
    /// Bytes as they are; no content type unless the request sets one.
    Bytes(Vec<u8>),
    /// Names and values, always `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// Parts, always `multipart/form-data` with a boundary of the base query's choice.
    Multipart(Vec<Part>),
}

impl Body {
    /// Returns the JSON, if it is that.
    #[must_use]
    pub fn as_json(&self) -> Option<&Value> {
        match self {
            Self::Json(value) => Some(value),
            _ => None,
        }
    }
}

impl fmt::Debug for Body {
    /// Shows how many bytes there are instead of the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(value) => f.debug_tuple("Json").field(value).finish(),
            Self::Text(text) => f.debug_tuple("Text").field(text).finish(),
            Self::Bytes(bytes) => write!(f, "Bytes(.. {} bytes)", bytes.len()),
            Self::Form(fields) => f.debug_tuple("Form").field(fields).finish(),
            Self::Multipart(parts) => f.debug_tuple("Multipart").field(parts).finish(),
        }
    }
}

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

/// A part of a body that has several: a field of a form, or a file.
///
/// # Examples
/// ```
/// use retake_thunks::{Part, Request};
///
/// let upload = Request::post("pictures").multipart([
///     Part::text("title", "a cat"),
///     Part::bytes("picture", *b"\x89PNG").file_name("cat.png").content_type("image/png"),
/// ]);
/// let text = format!("{upload:?}");
/// assert!(text.contains("cat.png") && text.contains("bytes: 4"), "not the picture: {text}");
/// ```
///
/// Source: RFC 7578.
#[derive(Clone, PartialEq)]
#[must_use = "a part does nothing until a request has it"]
#[non_exhaustive]
pub struct Part {
    /// The name of the field.
    pub name: String,
    /// The content.
    pub content: Vec<u8>,
    /// The name of the file, for a file.
    pub file_name: Option<String>,
    /// What the content is.
    pub content_type: Option<String>,
}

impl Part {
    /// Returns a field with a text.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::bytes(name, text.into())
    }

    /// Returns a field with bytes.
    pub fn bytes(name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), content: content.into(), file_name: None, content_type: None }
    }

    /// Sets the name of the file, which makes the part one.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Sets what the content is, such as `image/png`.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }
}

impl fmt::Debug for Part {
    /// Shows how long the content is instead of the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("name", &self.name)
            .field("bytes", &self.content.len())
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .finish()
    }
}
