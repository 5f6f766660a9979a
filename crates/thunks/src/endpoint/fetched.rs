//! What an endpoint fetched, and how answers become data.

use std::sync::Arc;

use retake_store::cache::{CacheData, SerializedError};
use retake_store::patch::Patchable;
use serde_json::Value;

/// Data that an endpoint fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched<T> {
    /// The data.
    pub data: T,
    /// What is known about the answer beside the data.
    pub meta: Option<Arc<Value>>,
}

impl<T> Fetched<T> {
    /// Returns data without meta.
    #[must_use]
    pub fn new(data: T) -> Self {
        Self { data, meta: None }
    }
}

impl<T> From<T> for Fetched<T> {
    fn from(data: T) -> Self {
        Self::new(data)
    }
}

impl<T: Patchable> Fetched<T> {
    pub(crate) fn erase(self) -> Fetched<CacheData> {
        Fetched { data: CacheData::new(self.data), meta: self.meta }
    }
}

pub(crate) fn decode_response<T: serde::de::DeserializeOwned>(
    endpoint: &str,
    response: Value,
) -> Result<T, SerializedError> {
    serde_json::from_value(response).map_err(|error| {
        SerializedError::new(
            "DecodeError",
            format!(
                "the answer to `{endpoint}` is no `{}`: {error}; correct the endpoint's \
                 `Output`, or transform the response",
                std::any::type_name::<T>()
            ),
        )
    })
}
