//! Entries: one query result, one mutation result.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::cache::{CacheData, InfiniteQueryDirection, QueryError};

/// Where a request stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum QueryStatus {
    /// No request was made yet.
    #[default]
    Uninitialized,
    /// A request is under way.
    Pending,
    /// The last request succeeded.
    Fulfilled,
    /// The last request failed.
    Rejected,
}

impl QueryStatus {
    /// Returns whether the last request has ended.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Fulfilled | Self::Rejected)
    }
}

/// A query's entry in the cache. Times are milliseconds since the Unix epoch.
///
/// Equality is that of the JSON forms.
///
/// Source: RTK Query, `QuerySubState`; the JSON form is the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryEntry {
    /// Where the last request stands.
    pub status: QueryStatus,
    /// The endpoint that the entry belongs to.
    pub endpoint_name: Arc<str>,
    /// The request whose answer the entry waits for or shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Arc<str>>,
    /// The endpoint's argument; absent for an endpoint without one.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub original_args: Option<Arc<Value>>,
    /// When the last request was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_time_stamp: Option<u64>,
    /// The page that the last request asked for, if it asked for one: only in infinite queries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<InfiniteQueryDirection>,
    /// The last data, kept while a request is under way and when one fails.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub data: Option<CacheData>,
    /// When data last came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fulfilled_time_stamp: Option<u64>,
    /// Why the last request that ended failed.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub error: Option<QueryError>,
    /// Whether patches have led to no data, or were applied to none. RTK Query's entry then
    /// has a member `data` that is `undefined`. JSON has none, and reducers do not ask.
    #[serde(skip)]
    pub(crate) is_data_undefined: bool,
}

impl QueryEntry {
    /// Returns whether an edit of the data has something to edit: data, or a place for it that
    /// earlier patches made.
    ///
    /// Source: RTK Query, `'data' in entry` in `updateQueryData`.
    #[must_use]
    pub fn can_be_edited(&self) -> bool {
        self.data.is_some() || self.is_data_undefined
    }

    pub(crate) fn new(endpoint_name: Arc<str>) -> Self {
        Self {
            status: QueryStatus::Uninitialized,
            endpoint_name,
            request_id: None,
            original_args: None,
            started_time_stamp: None,
            direction: None,
            data: None,
            fulfilled_time_stamp: None,
            error: None,
            is_data_undefined: false,
        }
    }
}

impl PartialEq for QueryEntry {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            status,
            endpoint_name,
            request_id,
            original_args,
            started_time_stamp,
            data,
            fulfilled_time_stamp,
            error,
            direction,
            is_data_undefined: _,
        } = self;
        *status == other.status
            && *endpoint_name == other.endpoint_name
            && *request_id == other.request_id
            && *original_args == other.original_args
            && *started_time_stamp == other.started_time_stamp
            && *data == other.data
            && *fulfilled_time_stamp == other.fulfilled_time_stamp
            && *error == other.error
            && *direction == other.direction
    }
}

/// A mutation's entry in the cache. Times are milliseconds since the Unix epoch.
///
/// Source: RTK Query, `MutationSubState`; the JSON form is the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MutationEntry {
    /// The request that the entry belongs to.
    pub request_id: Arc<str>,
    /// Where the request stands.
    pub status: QueryStatus,
    /// The endpoint that the entry belongs to.
    pub endpoint_name: Arc<str>,
    /// When the request was sent; a saved entry may not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_time_stamp: Option<u64>,
    /// What the server answered.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub data: Option<CacheData>,
    /// When the answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fulfilled_time_stamp: Option<u64>,
    /// Why the request failed.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub error: Option<QueryError>,
}

/// Reads a member that is there, `null` included.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
