//! Errors as data: what a failed request leaves in the state.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The `error` of a cache entry: any JSON value.
///
/// It is what the base query answered (after `transform_error_response`), or a
/// [`SerializedError`] when the request failed without an answer: it was aborted, or a
/// function of the endpoint failed.
///
/// Source: RTK Query, `payload ?? error` of a rejected action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueryError(Arc<Value>);

impl QueryError {
    /// Returns an error with the content `value`.
    #[must_use]
    pub fn new(value: Value) -> Self {
        Self(Arc::new(value))
    }

    pub(crate) fn from_arc(value: Arc<Value>) -> Self {
        Self(value)
    }

    /// Returns the JSON form.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// Returns the HTTP status, when a server answered with one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.get("status")?.as_u64()?.try_into().ok()
    }

    /// Returns the body of the server's answer, when there was one.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.0.get("data")
    }

    /// Reads the error as `E`, the error type of a base query for example.
    ///
    /// # Errors
    /// When the JSON form is not that of an `E`.
    pub fn decode<'de, E: Deserialize<'de>>(&'de self) -> Result<E, serde_json::Error> {
        E::deserialize(&*self.0)
    }
}

impl From<SerializedError> for QueryError {
    fn from(error: SerializedError) -> Self {
        Self::new(error.to_value())
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.0, self.0.get("message").and_then(Value::as_str)) {
            (_, Some(message)) => f.write_str(message),
            (value, None) => write!(f, "request failed: {value}"),
        }
    }
}

impl std::error::Error for QueryError {}

/// An error without an answer from the server: `{name?, message?, code?}`.
///
/// Source: Redux Toolkit, `miniSerializeError` (without `stack`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SerializedError {
    /// What kind of error it is, such as `"AbortError"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// A code for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl SerializedError {
    /// Returns an error of kind `name` that says `message`.
    #[must_use]
    pub fn new(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { name: Some(name.into()), message: Some(message.into()), code: None }
    }

    /// Returns the error of a request that ended with a value: the value says the rest.
    #[must_use]
    pub fn rejected() -> Self {
        Self { message: Some("Rejected".into()), ..Self::default() }
    }

    /// Returns the error of an aborted request, with `reason` or `"Aborted"` as its message.
    #[must_use]
    pub fn aborted(reason: Option<String>) -> Self {
        Self::new("AbortError", reason.unwrap_or_else(|| "Aborted".into()))
    }

    /// Returns the error of a request that its condition did not let start.
    #[must_use]
    pub fn condition() -> Self {
        Self::new("ConditionError", "Aborted due to condition callback returning false.")
    }

    fn to_value(&self) -> Value {
        let members = [("name", &self.name), ("message", &self.message), ("code", &self.code)];
        let present = members.into_iter().filter_map(|(name, member)| {
            member.as_ref().map(|member| (name.to_owned(), Value::from(member.as_str())))
        });
        Value::Object(present.collect())
    }
}

impl fmt::Display for SerializedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, &self.message) {
            (Some(name), Some(message)) => write!(f, "{name}: {message}"),
            (Some(text), None) | (None, Some(text)) => f.write_str(text),
            (None, None) => f.write_str("unknown error"),
        }
    }
}

impl std::error::Error for SerializedError {}
