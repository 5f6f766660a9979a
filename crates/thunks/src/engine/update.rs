//! Edits of cached data: patches, and the tags that follow them.

use std::sync::Arc;

use retake_store::DispatchError;
use retake_store::cache::{
    CacheAction, CacheData, DecodeError, Delta, ProvidedTags, SerializedError, UpsertedEntry,
};
use retake_store::patch::PatchError;

use crate::engine::query::combine;
use crate::engine::{Args, Engine, ErasedQuery};

/// Cached data was not edited; nothing was dispatched.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// A patch does not fit the data.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// The data is not of the endpoint's type.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A function of the endpoint failed, or its argument has no JSON form.
    #[error(transparent)]
    Endpoint(#[from] SerializedError),
    /// The store refused the dispatch.
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
}

impl Engine {
    /// Patches the entry `key`, and renews its tags if `update_provided`.
    ///
    /// Onto an entry that does not exist the actions are dispatched and change nothing.
    pub(crate) fn patch(
        &self,
        endpoint: &dyn ErasedQuery,
        key: &Arc<str>,
        args: &Args,
        patches: Delta,
        update_provided: bool,
    ) -> Result<(), UpdateError> {
        let host = self.host()?;
        let Some(cache) = host.cache()? else { return Ok(()) };
        let mut data = None;
        let mut patches = patches;
        if let Some(entry) = cache.query(key) {
            let new = patches.apply(entry.data.as_ref())?;
            if let Some(old) = &entry.data {
                patches = patches.knowing(old.clone(), new.clone());
            }
            data = Some(new);
        }
        let provided_tags =
            if update_provided { Some(endpoint.tags(data.as_ref(), None, args)?) } else { None };
        let query_cache_key = Arc::clone(key);
        host.dispatch(CacheAction::QueryResultPatched { query_cache_key, patches })?;
        if let Some(provided_tags) = provided_tags {
            let query_cache_key = Arc::clone(key);
            let entry = ProvidedTags { query_cache_key, provided_tags };
            host.dispatch(CacheAction::UpdateProvidedBy(vec![entry]))?;
        }
        Ok(())
    }

    /// Returns the entry that puts `value` into the cache.
    pub(crate) fn upserted(
        &self,
        endpoint: &dyn ErasedQuery,
        args: Args,
        value: CacheData,
    ) -> Result<UpsertedEntry, UpdateError> {
        let query_cache_key: Arc<str> = endpoint.key(&args)?.into();
        let provided_tags = endpoint.tags(Some(&value), None, &args)?;
        let cache = self.cache()?;
        let cached = cache.as_ref().and_then(|cache| cache.query(&query_cache_key));
        let cached = cached.and_then(|entry| entry.data.as_ref());
        let (value, merged) = combine(endpoint, value, cached, &args)?;
        Ok(UpsertedEntry {
            endpoint_name: endpoint.name().into(),
            original_args: args,
            query_cache_key,
            value,
            provided_tags,
            merged,
        })
    }
}
