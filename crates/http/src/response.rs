//! What is made of an answer.

use std::borrow::Cow;

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::headers::is_json;

/// What to make of the body of an answer.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
/// # fn main() {
/// use retake_http::{HttpBaseQuery, ResponseHandler};
/// use retake_thunks::Request;
///
/// let text = HttpBaseQuery::new(echo_server()).response_handler(ResponseHandler::Text);
/// let body = ask(text, Request::get("posts")).unwrap();
/// assert!(body.is_string());
/// # }
/// ```
///
/// Source: RTK Query, `responseHandler`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseHandler {
    /// The body is JSON; an empty one is `null`.
    #[default]
    Json,
    /// The body is text: the data is a string.
    Text,
    /// The body is JSON if the server says so, and text otherwise.
    ContentType,
}

impl ResponseHandler {
    /// Returns what to ask the server for.
    pub(crate) fn accept(self) -> Option<&'static str> {
        match self {
            Self::Json => Some("application/json"),
            Self::Text => Some("text/plain, text/html, */*"),
            Self::ContentType => None,
        }
    }

    /// Returns the data of an answer with the body `text`, or why there is none.
    pub(crate) fn read(self, headers: &HeaderMap, text: &str) -> Result<Value, String> {
        let as_json = match self {
            Self::Json => true,
            Self::Text => false,
            Self::ContentType => is_json(headers),
        };
        match (as_json, text) {
            (false, text) => Ok(Value::from(text)),
            (true, "") => Ok(Value::Null),
            (true, text) => serde_json::from_str(text).map_err(|error| error.to_string()),
        }
    }
}

/// Returns the text of `body`: UTF-8, with a mark for what is not, without a byte order mark.
///
/// Source: WHATWG Encoding, "UTF-8 decode".
pub(crate) fn text(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body))
}
