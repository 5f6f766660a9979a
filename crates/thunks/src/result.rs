//! Results: an entry as its reader sees it.

mod infinite;

use std::sync::Arc;

use retake_store::cache::{CacheData, MutationEntry, QueryEntry, QueryError, QueryStatus};
use retake_store::patch::Patchable;
use serde_json::Value;

use crate::engine::typed;

pub use infinite::InfiniteQueryState;

/// A query's entry, typed; an entry that does not exist is uninitialized.
///
/// Times are milliseconds since the Unix epoch.
///
/// Source: RTK Query, the result of `endpoint.select`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct QueryState<T> {
    /// Where the last request stands.
    pub status: QueryStatus,
    /// The last data; kept while a request is under way and when one fails.
    pub data: Option<Arc<T>>,
    /// Why the last request that ended failed.
    pub error: Option<QueryError>,
    /// The endpoint that the entry belongs to.
    pub endpoint_name: Option<Arc<str>>,
    /// The argument of the last request; absent for an endpoint without one.
    pub original_args: Option<Arc<Value>>,
    /// The request whose answer the entry waits for or shows.
    pub request_id: Option<Arc<str>>,
    /// When the last request was sent.
    pub started_time_stamp: Option<u64>,
    /// When data last came.
    pub fulfilled_time_stamp: Option<u64>,
}

impl<T: Patchable> QueryState<T> {
    /// Returns `entry` as its reader sees it.
    ///
    /// Data that is no `T` (from a log of another version, say) is no data. If the entry is
    /// fulfilled by it the reader sees a failure, `{"name": "DecodeError", "message"}`.
    #[must_use]
    pub fn of(entry: Option<&Arc<QueryEntry>>) -> Self {
        let Some(entry) = entry else { return Self::uninitialized() };
        let (status, data, error) = read(entry.status, entry.data.as_ref(), entry.error.as_ref());
        Self {
            status,
            data,
            error,
            endpoint_name: Some(Arc::clone(&entry.endpoint_name)),
            original_args: entry.original_args.clone(),
            request_id: entry.request_id.clone(),
            started_time_stamp: entry.started_time_stamp,
            fulfilled_time_stamp: entry.fulfilled_time_stamp,
        }
    }

    fn uninitialized() -> Self {
        Self {
            status: QueryStatus::Uninitialized,
            data: None,
            error: None,
            endpoint_name: None,
            original_args: None,
            request_id: None,
            started_time_stamp: None,
            fulfilled_time_stamp: None,
        }
    }
}

impl<T> QueryState<T> {
    /// Returns whether no request was made, or the entry is gone.
    #[must_use]
    pub fn is_uninitialized(&self) -> bool {
        self.status == QueryStatus::Uninitialized
    }

    /// Returns whether a request is under way, the first or a later one.
    #[must_use]
    pub fn is_fetching(&self) -> bool {
        self.status == QueryStatus::Pending
    }

    /// Returns whether a request is under way and there is no data to show meanwhile.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.is_fetching() && self.data.is_none()
    }

    /// Returns whether the last request succeeded, or data is being fetched again.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status == QueryStatus::Fulfilled
            || (self.is_fetching() && self.data.is_some() && self.error.is_none())
    }

    /// Returns whether the last request failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.status == QueryStatus::Rejected
    }

    /// Returns the data, or why there is none to rely on.
    ///
    /// # Errors
    /// The entry's error when the last request failed; an error that says so when there is
    /// no data yet or no longer.
    pub fn into_result(self) -> Result<Arc<T>, QueryError> {
        match (self.status, self.error, self.data) {
            (QueryStatus::Rejected, Some(error), _) => Err(error),
            (_, _, Some(data)) => Ok(data),
            _ => Err(QueryError::new(serde_json::json!({
                "name": "NoData",
                "message": "the entry has no data: it was removed, reset or not fetched yet",
            }))),
        }
    }
}

/// A mutation's entry, typed; an entry that does not exist is uninitialized.
///
/// A mutation that is triggered again starts without data and error, and so there is no
/// "fetching" apart from "loading".
///
/// Source: RTK Query, the result of a mutation's `select`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MutationState<T> {
    /// Where the request stands.
    pub status: QueryStatus,
    /// What the server answered.
    pub data: Option<Arc<T>>,
    /// Why the request failed.
    pub error: Option<QueryError>,
    /// The endpoint that the entry belongs to.
    pub endpoint_name: Option<Arc<str>>,
    /// The request.
    pub request_id: Option<Arc<str>>,
    /// When the request was sent.
    pub started_time_stamp: Option<u64>,
    /// When the answer came.
    pub fulfilled_time_stamp: Option<u64>,
}

impl<T: Patchable> MutationState<T> {
    /// Returns `entry` as its reader sees it; an answer that is no `T` is a failure, as that
    /// of a [query](QueryState::of).
    #[must_use]
    pub fn of(entry: Option<&Arc<MutationEntry>>) -> Self {
        let (status, data, error) = match entry {
            Some(entry) => read(entry.status, entry.data.as_ref(), entry.error.as_ref()),
            None => (QueryStatus::Uninitialized, None, None),
        };
        Self {
            status,
            data,
            error,
            endpoint_name: entry.map(|entry| Arc::clone(&entry.endpoint_name)),
            request_id: entry.map(|entry| Arc::clone(&entry.request_id)),
            started_time_stamp: entry.and_then(|entry| entry.started_time_stamp),
            fulfilled_time_stamp: entry.and_then(|entry| entry.fulfilled_time_stamp),
        }
    }
}

impl<T> MutationState<T> {
    /// Returns whether nothing was triggered, or the entry was reset.
    #[must_use]
    pub fn is_uninitialized(&self) -> bool {
        self.status == QueryStatus::Uninitialized
    }

    /// Returns whether the request is under way.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.status == QueryStatus::Pending
    }

    /// Returns whether the request succeeded.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status == QueryStatus::Fulfilled
    }

    /// Returns whether the request failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.status == QueryStatus::Rejected
    }
}

/// Returns status, data and error of an entry for whoever reads its data as a `T`.
fn read<T: Patchable>(
    status: QueryStatus,
    data: Option<&CacheData>,
    error: Option<&QueryError>,
) -> (QueryStatus, Option<Arc<T>>, Option<QueryError>) {
    match typed(data) {
        Ok(data) => (status, data, error.cloned()),
        Err(error) if status == QueryStatus::Fulfilled => {
            (QueryStatus::Rejected, None, Some(error.into()))
        }
        Err(_) => (status, None, error.cloned()),
    }
}

/// Returns whether two readings of an entry have the same data; shared data is not compared.
fn is_same_data<T: PartialEq>(one: Option<&Arc<T>>, two: Option<&Arc<T>>) -> bool {
    match (one, two) {
        (Some(one), Some(two)) => Arc::ptr_eq(one, two) || one == two,
        (one, two) => one.is_none() && two.is_none(),
    }
}

macro_rules! equality {
    ($state:ident) => {
        impl<T: PartialEq> PartialEq for $state<T> {
            fn eq(&self, other: &Self) -> bool {
                self.status == other.status
                    && self.request_id == other.request_id
                    && self.started_time_stamp == other.started_time_stamp
                    && self.fulfilled_time_stamp == other.fulfilled_time_stamp
                    && self.error == other.error
                    && is_same_data(self.data.as_ref(), other.data.as_ref())
            }
        }
    };
}

equality!(QueryState);
equality!(MutationState);
