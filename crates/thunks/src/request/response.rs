//! Answers as data, and what a request wants to be made of them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

/// The answer to a [`Request`](super::Request), before it becomes data.
///
/// # Examples
/// ```
/// use retake_thunks::Response;
///
/// let mut response = Response::new(200, "a,b");
/// response.headers.push(("Content-Type".into(), "text/csv".into()));
/// assert_eq!(response.header("content-type"), Some("text/csv"));
/// assert_eq!(response.text(), "a,b");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Response {
    /// The status, such as 200.
    pub status: u16,
    /// Names and values in order; bytes that are no text show a mark.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Response {
    /// Returns a response without headers.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Returns whether the status is one from 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns the first value of the header `name`, in whatever case it was sent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the body as text: UTF-8, with a mark for what is not, without a byte order mark.
    ///
    /// Source: WHATWG Encoding, "UTF-8 decode".
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body))
    }
}

trait MakeData: MaybeSend + MaybeSync {
    fn call(&self, response: &Response) -> Result<Value, String>;
}

impl<F> MakeData for F
where
    F: Fn(&Response) -> Result<Value, String> + MaybeSend + MaybeSync,
{
    fn call(&self, response: &Response) -> Result<Value, String> {
        self(response)
    }
}

trait Validate: MaybeSend + MaybeSync {
    fn call(&self, response: &Response, data: &Value) -> bool;
}

impl<F: Fn(&Response, &Value) -> bool + MaybeSend + MaybeSync> Validate for F {
    fn call(&self, response: &Response, data: &Value) -> bool {
        self(response, data)
    }
}

/// What to make of the body of an answer.
///
/// # Examples
/// ```
/// use retake_thunks::{Request, ResponseHandler};
/// use serde_json::json;
///
/// // The data is not the picture, but what the application wants to know of it.
/// let request = Request::get("cat.png")
///     .response_handler(ResponseHandler::new(|response| Ok(json!(response.body.len()))));
/// assert_ne!(request.response_handler, Some(ResponseHandler::Text));
/// ```
///
/// Source: RTK Query, `responseHandler`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum ResponseHandler {
    /// The body is JSON; an empty one is `null`.
    #[default]
    Json,
    /// The body is text: the data is a string.
    Text,
    /// The body is JSON if the server says so, and text otherwise.
    ContentType,
    /// A function makes the data.
    Custom(CustomHandler),
}

impl ResponseHandler {
    /// Returns a handler that makes the data with `make`, of answers with every status.
    ///
    /// The message that `make` returns instead of data becomes a `PARSING_ERROR`. Data goes
    /// into the state: what is big is better kept elsewhere, and its name in the state.
    pub fn new<F>(make: F) -> Self
    where
        F: Fn(&Response) -> Result<Value, String> + MaybeSend + MaybeSync + 'static,
    {
        Self::Custom(CustomHandler(Arc::new(make)))
    }
}

/// A function that makes data of an answer; equal to its clones.
#[derive(Clone)]
pub struct CustomHandler(Arc<dyn MakeData>);

impl CustomHandler {
    /// Returns the data of an answer.
    ///
    /// # Errors
    /// What the function says is wrong with the answer.
    pub fn data(&self, response: &Response) -> Result<Value, String> {
        self.0.call(response)
    }
}

impl PartialEq for CustomHandler {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for CustomHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomHandler")
    }
}

/// A function that says which answers are data; equal to its clones.
///
/// Source: RTK Query, `validateStatus`.
#[derive(Clone)]
pub struct ValidateStatus(Arc<dyn Validate>);

impl ValidateStatus {
    /// Returns `validate`, which gets an answer and what was made of its body.
    #[must_use]
    pub fn new<F>(validate: F) -> Self
    where
        F: Fn(&Response, &Value) -> bool + MaybeSend + MaybeSync + 'static,
    {
        Self(Arc::new(validate))
    }

    /// Returns whether an answer is data, and not an error.
    #[must_use]
    pub fn is_valid(&self, response: &Response, data: &Value) -> bool {
        self.0.call(response, data)
    }
}

/// By default, answers with a status from 200 to 299 are data.
impl Default for ValidateStatus {
    fn default() -> Self {
        Self::new(|response, _| response.is_success())
    }
}

impl PartialEq for ValidateStatus {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for ValidateStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ValidateStatus")
    }
}
