//! Requests as data, for base queries that speak HTTP.

mod body;
mod response;

use std::time::Duration;

use retake_store::cache::SerializedError;
use retake_store::{MaybeSend, MaybeSync};
use serde::Serialize;
use serde_json::Value;

pub use body::{Body, Part};
pub use response::{CustomHandler, Response, ResponseHandler, ValidateStatus};

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
/// assert_eq!(rename.body, Some(serde_json::json!({"title": "new"}).into()));
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
    /// The body.
    pub body: Option<Body>,
    /// How long the whole answer may take, instead of what the base query allows; zero is no
    /// limit.
    pub timeout: Option<Duration>,
    /// What to make of the answer, instead of what the base query makes of it.
    pub response_handler: Option<ResponseHandler>,
    /// Which answers are data, instead of those that the base query takes for it.
    pub validate_status: Option<ValidateStatus>,
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
            response_handler: None,
            validate_status: None,
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
            Ok(body) => self.body = Some(Body::Json(body)),
            Err(error) => {
                self.error = Some(SerializedError::new(
                    "BodyError",
                    format!("the body of {} {} has no JSON form: {error}", self.method, self.url),
                ));
            }
        }
        self
    }

    /// Sets the body, sent as it is.
    pub fn text(mut self, body: impl Into<String>) -> Self {
        self.body = Some(Body::Text(body.into()));
        self
    }

    /// Sets the body, sent as it is; a header says what it is.
    ///
    /// # Examples
    /// ```
    /// use retake_thunks::{Body, Request};
    /// let upload = Request::put("cat.png").header("content-type", "image/png").bytes(*b"\x89PNG");
    /// assert_eq!(upload.body, Some(Body::Bytes(b"\x89PNG".to_vec())));
    /// ```
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(Body::Bytes(body.into()));
        self
    }

    /// Sets the body, sent as a form of these names and values.
    ///
    /// # Examples
    /// ```
    /// use retake_thunks::{Body, Request};
    /// let log_in = Request::post("session").form([("user", "ada"), ("password", "1815")]);
    /// assert!(matches!(log_in.body, Some(Body::Form(fields)) if fields.len() == 2));
    /// ```
    pub fn form<N: Into<String>, V: ToString>(
        mut self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.into(), value.to_string()));
        self.body = Some(Body::Form(fields.collect()));
        self
    }

    /// Sets the body, sent in parts: fields and files.
    pub fn multipart(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.body = Some(Body::Multipart(parts.into_iter().collect()));
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

    /// Adds a header, if there is a value.
    pub fn optional_header(
        self,
        name: impl Into<String>,
        value: Option<impl Into<String>>,
    ) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }

    /// Sets how long the whole answer may take, instead of what the base query allows; zero is
    /// no limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets what to make of the answer, instead of what the base query makes of it.
    pub fn response_handler(mut self, handler: ResponseHandler) -> Self {
        self.response_handler = Some(handler);
        self
    }

    /// Sets which answers are data, instead of those that the base query takes for it.
    ///
    /// The function gets the answer and what was made of its body.
    ///
    /// # Examples
    /// ```
    /// use retake_thunks::{Request, Response};
    /// use serde_json::json;
    ///
    /// let request = Request::get("posts/5")
    ///     .validate_status(|response, body| response.status == 404 || body["ok"] == true);
    /// let validate = request.validate_status.unwrap_or_default();
    /// assert!(validate.is_valid(&Response::new(404, ""), &json!(null)));
    /// assert!(!validate.is_valid(&Response::new(200, "1"), &json!(1)));
    /// ```
    pub fn validate_status<F>(mut self, validate: F) -> Self
    where
        F: Fn(&Response, &Value) -> bool + MaybeSend + MaybeSync + 'static,
    {
        self.validate_status = Some(ValidateStatus::new(validate));
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
