//! The base query and what it can be told.

mod body;
mod closures;
mod json;
mod send;

use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Client;
use reqwest::header::{HeaderMap, HeaderValue};
use retake_store::cache::SerializedError;
use retake_store::{MaybeSend, MaybeSync};
use retake_thunks::{Failure, Request, RequestContext, Response, ResponseHandler, ValidateStatus};
use serde_json::Value;

use self::closures::{IsJson, PrepareHeaders, ReplaceJson, SerializeParams};
use crate::headers::header;

/// A base query that sends [`Request`]s over HTTP.
///
/// To what a request sets itself it adds the content type of its [`Body`](retake_thunks::Body),
/// and `accept` as the [`ResponseHandler`] wants it. A content type that the request or
/// [`prepare_headers`](Self::prepare_headers) sets goes before, but for forms, and but for a
/// JSON type on bytes. A JSON string goes out as it is when the content type is not JSON.
///
/// What the server or the network says is a [`FetchError`](crate::FetchError). What makes a
/// request impossible, such as an address without a scheme, rejects it without a value; the
/// message says what to correct. Dropping the future that sends a request closes its
/// connection.
///
/// The meta of an answer is `{request: {method, url}, response: {status, headers}}`, without
/// `response` when there was none. Actions and logs carry it: headers of requests, bodies,
/// passwords and cookies are not in it.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
/// # fn main() {
/// use retake_http::HttpBaseQuery;
/// use retake_thunks::Request;
///
/// // This server answers with what it was asked.
/// let base_query = HttpBaseQuery::new(echo_server()).header("x-app", "retake");
/// let request = Request::post("posts").param("draft", true).json(&["a title"]);
/// let seen = ask(base_query, request).unwrap();
/// assert_eq!(seen["target"], "/posts?draft=true");
/// assert_eq!(seen["body"], r#"["a title"]"#);
/// assert_eq!(seen["headers"]["x-app"], "retake");
/// assert_eq!(seen["headers"]["content-type"], "application/json");
/// # }
/// ```
///
/// Source: RTK Query, `fetchBaseQuery`.
#[derive(Clone)]
#[must_use = "a base query does nothing until an api uses it"]
pub struct HttpBaseQuery {
    base_url: String,
    headers: HeaderMap,
    /// Why no request can be made: what a setter was given.
    mistake: Option<SerializedError>,
    prepare_headers: Option<PrepareHeaders>,
    validate_status: ValidateStatus,
    params_serializer: Option<Arc<dyn SerializeParams>>,
    json_content_type: HeaderValue,
    is_json_content_type: Option<Arc<dyn IsJson>>,
    json_replacer: Option<Arc<dyn ReplaceJson>>,
    response_handler: ResponseHandler,
    timeout: Option<Duration>,
    client: OnceLock<Result<Client, SerializedError>>,
}

impl HttpBaseQuery {
    /// Returns a base query for the server at `base_url`.
    ///
    /// The address of a request goes behind it, with one slash in between; an absolute one
    /// stands alone.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::HttpBaseQuery;
    ///
    /// let api = HttpBaseQuery::new(format!("{}/api/", echo_server()));
    /// assert_eq!(ask(api, "/posts".into()).unwrap()["target"], "/api/posts");
    ///
    /// let error = ask(HttpBaseQuery::new("localhost:3000"), "posts".into()).unwrap_err();
    /// assert!(error.to_string().contains("does not start with http://"));
    /// # }
    /// ```
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            headers: HeaderMap::new(),
            mistake: None,
            prepare_headers: None,
            validate_status: ValidateStatus::default(),
            params_serializer: None,
            json_content_type: HeaderValue::from_static("application/json"),
            is_json_content_type: None,
            json_replacer: None,
            response_handler: ResponseHandler::default(),
            timeout: None,
            client: OnceLock::new(),
        }
    }

    /// Sets a header of every request; a request that has it keeps its own.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::HttpBaseQuery;
    /// use retake_thunks::Request;
    ///
    /// let base_query = HttpBaseQuery::new(echo_server()).header("accept-language", "en");
    /// let request = Request::get("posts").header("Accept-Language", "de");
    /// assert_eq!(ask(base_query, request).unwrap()["headers"]["accept-language"], "de");
    /// # }
    /// ```
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match header(name, value) {
            Ok((name, value)) => {
                self.headers.insert(name, value);
            }
            Err(error) => {
                self.mistake.get_or_insert(error);
            }
        }
        self
    }

    /// Sets what completes the headers of every request, before `accept` and `content-type`
    /// are added.
    ///
    /// The function gets the headers that are set so far, the request, and what is known of
    /// it. It is called while the request is dispatched, and may read the state.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::{HeaderValue, HttpBaseQuery};
    ///
    /// let base_query = HttpBaseQuery::new(echo_server()).prepare_headers(|headers, _, cx| {
    ///     let user = cx.store::<EchoApi>().map(|store| store.state().user.clone());
    ///     if let Some(Ok(user)) = user.map(HeaderValue::try_from) {
    ///         headers.insert("x-user", user);
    ///     }
    /// });
    /// assert_eq!(ask(base_query, "posts".into()).unwrap()["headers"]["x-user"], "ada");
    /// # }
    /// ```
    ///
    /// Source: RTK Query, `prepareHeaders`.
    pub fn prepare_headers<F>(mut self, prepare: F) -> Self
    where
        F: Fn(&mut HeaderMap, &Request, &RequestContext) + MaybeSend + MaybeSync + 'static,
    {
        self.prepare_headers = Some(PrepareHeaders::Now(Arc::new(prepare)));
        self
    }

    /// Sets what completes the headers of every request, and may wait for it; it takes the
    /// place of [`prepare_headers`](Self::prepare_headers).
    ///
    /// The request is sent when the future is ready, with the headers that it returns, and
    /// rejected with its failure. The time counts for the timeout.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::{HeaderValue, HttpBaseQuery};
    ///
    /// async fn token() -> &'static str { "Bearer 1815" } // from a key ring, say
    ///
    /// let base_query = HttpBaseQuery::new(echo_server()).prepare_headers_async(
    ///     |mut headers, _request, _cx| async move {
    ///         headers.insert("authorization", HeaderValue::from_static(token().await));
    ///         Ok(headers)
    ///     },
    /// );
    /// let seen = ask(base_query, "posts".into()).unwrap();
    /// assert_eq!(seen["headers"]["authorization"], "Bearer 1815");
    /// # }
    /// ```
    ///
    /// Source: RTK Query, `prepareHeaders`.
    pub fn prepare_headers_async<F, T>(mut self, prepare: F) -> Self
    where
        F: Fn(HeaderMap, Request, RequestContext) -> T + MaybeSend + MaybeSync + 'static,
        T: Future<Output = Result<HeaderMap, Failure>> + MaybeSend + 'static,
    {
        self.prepare_headers = Some(PrepareHeaders::later(prepare));
        self
    }

    /// Sets which answers are data; by default those with a status from 200 to 299. A request
    /// that says it itself goes before.
    ///
    /// The function gets the answer and what was made of its body.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::{FetchError, HttpBaseQuery};
    ///
    /// let strict = HttpBaseQuery::new(echo_server())
    ///     .validate_status(|answer, body| answer.status == 200 && body["errors"].is_array());
    /// let error = ask(strict, "posts".into()).unwrap_err();
    /// assert!(matches!(error.decode(), Ok(FetchError::Status { status: 200, .. })));
    /// # }
    /// ```
    ///
    /// Source: RTK Query, `validateStatus`.
    pub fn validate_status<F>(mut self, validate: F) -> Self
    where
        F: Fn(&Response, &Value) -> bool + MaybeSend + MaybeSync + 'static,
    {
        self.validate_status = ValidateStatus::new(validate);
        self
    }

    /// Sets how parameters are written; by default form-urlencoded, in their order.
    ///
    /// The function returns what stands behind the `?`, encoded. It is not called for a
    /// request without parameters.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::HttpBaseQuery;
    /// use retake_thunks::Request;
    ///
    /// let base_query = HttpBaseQuery::new(echo_server()).params_serializer(|params| {
    ///     let pairs: Vec<_> = params.iter().map(|(name, it)| format!("{name}[]={it}")).collect();
    ///     pairs.join("&")
    /// });
    /// let request = Request::get("posts").param("id", 1).param("id", 2);
    /// assert_eq!(ask(base_query, request).unwrap()["target"], "/posts?id[]=1&id[]=2");
    /// # }
    /// ```
    ///
    /// Source: RTK Query, `paramsSerializer`.
    pub fn params_serializer<F>(mut self, serialize: F) -> Self
    where
        F: Fn(&[(String, String)]) -> String + MaybeSend + MaybeSync + 'static,
    {
        self.params_serializer = Some(Arc::new(serialize));
        self
    }

    /// Sets what to make of bodies; see [`ResponseHandler`]. A request that says it itself
    /// goes before.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use retake_http::{HttpBaseQuery, ResponseHandler};
    ///
    /// let any = HttpBaseQuery::new(echo_server()).response_handler(ResponseHandler::ContentType);
    /// assert_eq!(ask(any, "posts".into()).unwrap()["target"], "/posts");
    /// # }
    /// ```
    pub fn response_handler(mut self, handler: ResponseHandler) -> Self {
        self.response_handler = handler;
        self
    }

    /// Sets how long an answer may take, from preparing the headers to the end of the body; a
    /// request that has a timeout keeps its own. Zero, as by default, is no limit.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() {
    /// use std::time::Duration;
    ///
    /// use retake_http::{FetchError, HttpBaseQuery};
    ///
    /// let hasty = HttpBaseQuery::new(echo_server()).timeout(Duration::from_millis(10));
    /// let error = ask(hasty, "never".into()).unwrap_err();
    /// assert!(matches!(error.decode(), Ok(FetchError::Timeout { .. })));
    /// # }
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the client that sends the requests; by default a new one, made when the first
    /// request is sent.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/echo.rs"));
    /// # fn main() -> Result<(), retake_http::reqwest::Error> {
    /// use retake_http::{HttpBaseQuery, reqwest::Client};
    ///
    /// let client = Client::builder().user_agent("retake/1.0").build()?;
    /// let seen = ask(HttpBaseQuery::new(echo_server()).client(client), "posts".into()).unwrap();
    /// assert_eq!(seen["headers"]["user-agent"], "retake/1.0");
    /// # Ok(())
    /// # }
    /// ```
    pub fn client(mut self, client: Client) -> Self {
        self.client = OnceLock::from(Ok(client));
        self
    }
}

impl fmt::Debug for HttpBaseQuery {
    /// Leaves out the headers: their values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBaseQuery")
            .field("base_url", &self.base_url)
            .field("response_handler", &self.response_handler)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
