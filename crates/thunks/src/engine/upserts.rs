//! Entries on their way into the cache.

use std::collections::BTreeMap;
use std::sync::Arc;

use retake_store::DispatchError;
use retake_store::cache::{CacheData, CacheState, Delta, SerializedError, UpsertedEntry};

use crate::engine::query::combine;
use crate::engine::{Args, Engine, ErasedQuery, UpdateError};

/// The entries of one upsert, each as the action will carry it.
pub(crate) struct Upserts {
    cache: Option<CacheState>,
    entries: Vec<UpsertedEntry>,
    by_key: BTreeMap<Arc<str>, Last>,
}

/// The last entry of a key so far.
struct Last {
    index: usize,
    /// What is cached, if the entry is the first of its key: only that one can have patches.
    cached: Option<CacheData>,
}

impl Upserts {
    /// Returns an upsert into the cache as it is.
    pub(crate) fn new(engine: &Engine) -> Result<Self, DispatchError> {
        Ok(Self { cache: engine.cache()?, entries: Vec::new(), by_key: BTreeMap::new() })
    }

    pub(crate) fn into_entries(self) -> Vec<UpsertedEntry> {
        self.entries
    }

    /// Adds an entry, combined with what is cached or comes before it.
    pub(crate) fn add(
        &mut self,
        engine: &Engine,
        endpoint: &dyn ErasedQuery,
        (args, query_cache_key): (Args, Arc<str>),
        value: CacheData,
    ) -> Result<(), UpdateError> {
        let provided_tags = endpoint.tags(Some(&value), None, &args)?;
        engine.check_tag_types(endpoint.name(), &provided_tags);
        let cached = self.cache.as_ref().and_then(|cache| cache.query(&query_cache_key));
        let cached = cached.and_then(|entry| entry.data.clone());
        let mut entry = UpsertedEntry {
            endpoint_name: endpoint.name().into(),
            original_args: args,
            query_cache_key,
            value,
            provided_tags,
            merged: None,
        };
        if let Some(last) = self.by_key.get_mut(&entry.query_cache_key) {
            if let Some(earlier) = self.entries.get_mut(last.index)
                && merge_into(earlier, endpoint, last.cached.as_ref(), &entry)?
            {
                return Ok(());
            }
            *last = Last { index: self.entries.len(), cached: None };
        } else {
            (entry.value, entry.merged) =
                combine(endpoint, entry.value, cached.as_ref(), &entry.original_args)?;
            let last = Last { index: self.entries.len(), cached };
            self.by_key.insert(Arc::clone(&entry.query_cache_key), last);
        }
        self.entries.push(entry);
        Ok(())
    }
}

/// Merges `entry` into an `earlier` one of the same key, if the endpoint merges.
///
/// The action then has one entry with the result of both: its meta has one place for the
/// patches of a key, and a log has to replay to the same data.
fn merge_into(
    earlier: &mut UpsertedEntry,
    endpoint: &dyn ErasedQuery,
    cached: Option<&CacheData>,
    entry: &UpsertedEntry,
) -> Result<bool, UpdateError> {
    let merged = earlier.merged.as_ref().map(|merged| merged.apply(cached)).transpose()?;
    let present = merged.flatten().unwrap_or_else(|| earlier.value.clone());
    let merged: Result<_, SerializedError> =
        endpoint.merge(&present, &entry.value, &entry.original_args);
    let Some(merged) = merged? else { return Ok(false) };
    earlier.provided_tags = entry.provided_tags.clone();
    match cached {
        Some(cached) => {
            earlier.value = entry.value.clone();
            earlier.merged = Some(Delta::between(cached.clone(), merged));
        }
        None => earlier.value = merged,
    }
    Ok(true)
}
