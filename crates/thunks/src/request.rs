//! Requests as data, for base queries that speak HTTP.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use retake_store::cache::SerializedError;

/// An HTTP request as data: what an endpoint's `query` returns.
///
/// Building one never fails; what cannot be written as JSON makes the request fail when it
/// is sent, as [`error`](Request::error) says.
///
/// # Examples
/// ```
/// use retake_thunks::Request;
/// let list: Request = "posts".into();
/// assert_eq!((list.method.as_str(), list.url.as_str()), ("GET", "posts"));
///
/// let rename = Request::patch("posts/5").json(&serde_json::json!({"title": "new"}));
/// assert_eq!(rename.body, Some(serde_json::json!({"title": "new"})));
/// ```
///
/// Source: RTK Query, `FetchArgs`.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until a base query sends it"]
#[non_exhaustive]
pub struct Request {
    /// The method, in capitals.
    pub method: String,
    /// The address, relative to the base query's.
    pub url: String,
    /// Query parameters in order; the values are written as text.
    pub params: Vec<(String, String)>,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body, sent as JSON.
    pub body: Option<Value>,
    /// How long the whole answer may take, instead of what the base query allows.
    pub timeout: Option<Duration>,
    /// Why the request cannot be sent.
    pub error: Option<SerializedError>,
}

impl Request {
    /// Returns a request with `method`.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            params: Vec::new(),
            headers: Vec::new(),
            body: None,
            timeout: None,
            error: None,
        }
    }

    /// Returns a GET request.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    /// Returns a POST request.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url)
    }

    /// Returns a PUT request.
    pub fn put(url: impl Into<String>) -> Self {
        Self::new("PUT", url)
    }

    /// Returns a PATCH request.
    pub fn patch(url: impl Into<String>) -> Self {
        Self::new("PATCH", url)
    }

    /// Returns a DELETE request.
    pub fn delete(url: impl Into<String>) -> Self {
        Self::new("DELETE", url)
    }

    /// Sets the body, sent as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_value(body) {
            Ok(body) => self.body = Some(body),
            Err(error) => {
                self.error = Some(SerializedError::new(
                    "BodyError",
                    format!("the body of {} {} has no JSON form: {error}", self.method, self.url),
                ));
            }
        }
        self
    }

    /// Adds a query parameter.
    pub fn param(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.params.push((name.into(), value.to_string()));
        self
    }

    /// Adds a query parameter, if there is a value.
    pub fn optional_param(self, name: impl Into<String>, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.param(name, value),
            None => self,
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets how long the whole answer may take, instead of what the base query allows.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

impl From<&str> for Request {
    fn from(url: &str) -> Self {
        Self::get(url)
    }
}

impl From<String> for Request {
    fn from(url: String) -> Self {
        Self::get(url)
    }
}
