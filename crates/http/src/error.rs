//! Errors of a request, as data.

use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;

use retake_store::cache::SerializedError;
use retake_thunks::Failure;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a request brought no data.
///
/// This is what an entry's error holds, in its JSON form: `{"status": 404, "data": ..}`, or
/// a name in place of the number.
///
/// # Examples
/// ```
/// use retake_http::FetchError;
/// use retake_store::cache::QueryError;
/// use serde_json::json;
///
/// let error = QueryError::new(json!({"status": 404, "data": {"message": "no such post"}}));
/// let FetchError::Status { status, data } = error.decode()? else { panic!("another error") };
/// assert_eq!((status, &data["message"]), (404, &json!("no such post")));
///
/// let error = FetchError::Timeout { error: "nothing came within 1s".into() };
/// assert_eq!(
///     serde_json::to_value(&error)?,
///     json!({"status": "TIMEOUT_ERROR", "error": "nothing came within 1s"})
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Source: RTK Query, `FetchBaseQueryError`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "status")]
pub enum FetchError {
    /// The server could not be reached, or it hung up before it answered.
    #[error("no answer: {error}")]
    #[serde(rename = "FETCH_ERROR")]
    Fetch {
        /// What happened.
        error: String,
    },
    /// The body of the answer is not what it should be, or it broke off.
    #[error("the body of an answer with status {original_status} cannot be read: {error}")]
    #[serde(rename = "PARSING_ERROR", rename_all = "camelCase")]
    Parsing {
        /// The status of the answer.
        original_status: u16,
        /// The body as text; empty when it broke off.
        data: String,
        /// What is wrong with it.
        error: String,
    },
    /// The answer was not complete in time.
    #[error("timeout: {error}")]
    #[serde(rename = "TIMEOUT_ERROR")]
    Timeout {
        /// How long it was waited for.
        error: String,
    },
    /// An error that the application made up, in a `query_fn` for example.
    #[error("{error}")]
    #[serde(rename = "CUSTOM_ERROR")]
    Custom {
        /// What went wrong.
        error: String,
        /// What else there is to know.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<Value>,
    },
    /// The server answered with a status that is no success.
    #[error("the server answered with status {status}")]
    #[serde(untagged)]
    Status {
        /// The status.
        status: u16,
        /// The body.
        #[serde(default)]
        data: Value,
    },
}

impl FetchError {
    /// Returns the failure of a request that is rejected with this error as its value.
    pub(crate) fn into_failure(self, meta: Option<Arc<Value>>) -> Failure {
        match serde_json::to_value(&self) {
            Ok(error) => Failure::Error { error, meta },
            Err(reason) => {
                Failure::Unhandled(SerializedError::new("FetchError", format!("{self}: {reason}")))
            }
        }
    }
}

/// The request is rejected with the error as its value.
impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        error.into_failure(None)
    }
}

/// How the message ends when a client without TLS is asked for https.
const NO_TLS: &str = "scheme is not http";

/// Returns what reqwest says of an error, with its causes and without the address, which
/// may hold a secret.
pub(crate) fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string does not fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    if text.ends_with(NO_TLS) {
        text.push_str("; https needs the feature `tls` of retake-http, or a client with TLS");
    }
    text
}
