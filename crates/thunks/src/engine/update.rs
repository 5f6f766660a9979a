//! Edits of cached data: patches, and the tags that follow them.

use std::sync::Arc;

use retake_store::DispatchError;
use retake_store::cache::{CacheAction, DecodeError, Delta, ProvidedTags, SerializedError};
use retake_store::patch::PatchError;

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
        let entry = cache.query(key);
        let mut data = entry.and_then(|entry| entry.data.clone());
        let mut patches = patches;
        if entry.is_some() && !patches.is_none() {
            let new = patches.apply(data.as_ref())?;
            if let (Some(old), Some(new)) = (std::mem::replace(&mut data, new), &data) {
                patches = patches.realised(old, new.clone());
            }
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
}
