//! What JSON is, in requests and in answers.

use std::sync::Arc;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

use super::HttpBaseQuery;
use crate::headers::header;

impl HttpBaseQuery {
    /// Sets the content type of JSON bodies; by default `application/json`.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::{HttpBaseQuery, Request};
    ///
    /// let api = HttpBaseQuery::new(echo_server()).json_content_type("application/vnd.api+json");
    /// let seen = ask(api, Request::post("posts").json("a title")).unwrap();
    /// assert_eq!(seen["headers"]["content-type"], "application/vnd.api+json");
    /// # }
    /// ```
    ///
    /// Source: RTK Query, `jsonContentType`.
    pub fn json_content_type(mut self, content_type: &str) -> Self {
        match header(CONTENT_TYPE.as_str(), content_type) {
            Ok((_, content_type)) => self.json_content_type = content_type,
            Err(error) => {
                self.mistake.get_or_insert(error);
            }
        }
        self
    }

    /// Sets which headers, of requests and of answers, say that a body is JSON; by default
    /// those with the content type `application/json` or `application/*+json`.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::{HttpBaseQuery, ResponseHandler};
    ///
    /// let text = HttpBaseQuery::new(echo_server())
    ///     .response_handler(ResponseHandler::ContentType)
    ///     .is_json_content_type(|headers| headers.contains_key("x-json"));
    /// assert!(ask(text, "posts".into()).unwrap().is_string());
    /// # }
    /// ```
    ///
    /// Source: RTK Query, `isJsonContentType`.
    pub fn is_json_content_type<F>(mut self, is_json: F) -> Self
    where
        F: Fn(&HeaderMap) -> bool + MaybeSend + MaybeSync + 'static,
    {
        self.is_json_content_type = Some(Arc::new(is_json));
        self
    }

    /// Sets what JSON bodies become before they are written.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::{HttpBaseQuery, Request};
    /// use serde_json::json;
    ///
    /// let api = HttpBaseQuery::new(echo_server()).json_replacer(|body| json!({"data": body}));
    /// let seen = ask(api, Request::post("posts").json("a title")).unwrap();
    /// assert_eq!(seen["body"], r#"{"data":"a title"}"#);
    /// # }
    /// ```
    ///
    /// Source: RTK Query, `jsonReplacer`, which is called for every member of a body.
    pub fn json_replacer<F>(mut self, replace: F) -> Self
    where
        F: Fn(Value) -> Value + MaybeSend + MaybeSync + 'static,
    {
        self.json_replacer = Some(Arc::new(replace));
        self
    }
}
