//! The behaviours of the server cache, one a file.

mod cache_collection;
mod cache_lifecycle;
mod invalidation;
mod polling;
mod query_lifecycle;
mod window_events;

pub use cache_collection::CacheCollection;
pub use cache_lifecycle::CacheLifecycle;
pub use invalidation::Invalidation;
pub use polling::Polling;
pub use query_lifecycle::QueryLifecycle;
pub use window_events::WindowEvents;

use retake_store::cache::{CacheState, QueryStatus};

use crate::handler::Handler;

/// Returns the handlers in the order in which they look at an action.
///
/// The order is RTK Query's and can be seen from outside: a tag refetch is dispatched
/// before whoever awaits the request that invalidated the tag goes on.
#[must_use]
pub fn default_handlers() -> Vec<Box<dyn Handler>> {
    vec![
        Box::new(WindowEvents),
        Box::new(CacheCollection),
        Box::new(Invalidation::default()),
        Box::new(Polling::default()),
        Box::new(CacheLifecycle),
        Box::new(QueryLifecycle),
    ]
}

/// Returns whether a request was ever made for the entry `key`, or the entry is gone: only one
/// that was saved without a request is left alone.
fn was_requested(state: &CacheState, key: &str) -> bool {
    state.query(key).is_none_or(|entry| entry.status != QueryStatus::Uninitialized)
}
