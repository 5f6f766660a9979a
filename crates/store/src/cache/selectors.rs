//! Selectors over the server cache.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::cache::{CacheState, QueryEntry, QueryStatus, Tag};

/// An entry that an invalidation would fetch again or remove.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvalidatedEntry {
    /// The endpoint.
    pub endpoint_name: Arc<str>,
    /// The endpoint's argument.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_args: Option<Arc<Value>>,
    /// The entry.
    pub query_cache_key: Arc<str>,
}

impl InvalidatedEntry {
    /// Returns `entry`, which stands under `key`, as one to be fetched again or removed.
    #[must_use]
    pub fn new(key: &Arc<str>, entry: &QueryEntry) -> Self {
        Self {
            endpoint_name: Arc::clone(&entry.endpoint_name),
            original_args: entry.original_args.clone(),
            query_cache_key: Arc::clone(key),
        }
    }
}

impl CacheState {
    /// Returns the entries that provide one of `tags`, each once, in the order in which an
    /// invalidation visits them.
    ///
    /// Time: O(k log n) for the k entries found.
    ///
    /// Source: RTK Query, `selectInvalidatedBy`.
    #[must_use]
    pub fn select_invalidated_by(&self, tags: &[Tag]) -> Vec<InvalidatedEntry> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for tag in tags {
            self.provided.visit_keys(tag, &mut |key| {
                if !seen.insert(Arc::clone(key)) {
                    return;
                }
                if let Some(entry) = self.queries.get(key) {
                    found.push(InvalidatedEntry::new(key, entry));
                }
            });
        }
        found
    }

    /// Returns the arguments of the cached entries of `endpoint`, in order of the cache.
    ///
    /// Time: O(n): it looks at every entry.
    ///
    /// Source: RTK Query, `selectCachedArgsForQuery`.
    #[must_use]
    pub fn select_cached_args_for_query(&self, endpoint: &str) -> Vec<Option<Arc<Value>>> {
        let of_endpoint = self.queries.values().filter(|entry| {
            &*entry.endpoint_name == endpoint && entry.status != QueryStatus::Uninitialized
        });
        of_endpoint.map(|entry| entry.original_args.clone()).collect()
    }
}
