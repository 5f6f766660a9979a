//! The condition of a query: whether a request is made.

use std::sync::Arc;

use retake_store::cache::{Config, InfiniteQueryDirection, QueryArg, QueryEntry, Refetch};

use crate::engine::{ErasedQuery, QueryStart};

impl QueryStart {
    /// Returns whether the page that is asked for exists; when that cannot be told, the
    /// request is made and fails.
    fn has_page(&self, direction: InfiniteQueryDirection, entry: &QueryEntry) -> bool {
        let Some(cached) = &entry.data else { return true };
        self.endpoint.has_page(direction, cached, &self.arg.original_args).unwrap_or(true)
    }
}

/// Returns whether a request is made.
///
/// Source: RTK Query, the condition of `executeQuery`; the order of the checks matters.
pub(super) fn is_needed(
    start: &QueryStart,
    entry: Option<&Arc<QueryEntry>>,
    is_under_way: bool,
    config: &Config,
    now: u64,
) -> bool {
    if start.upsert.is_some() {
        return true;
    }
    let Some(entry) = entry else { return true };
    if is_under_way {
        return false;
    }
    is_forced(&start.arg, Some(entry), config, now)
        || start.endpoint.force_refetch(&start.arg.original_args, entry)
        || match start.arg.page.direction {
            Some(direction) => start.has_page(direction, entry),
            None => !has_data(&*start.endpoint, entry),
        }
}

/// Returns whether the entry has data that its readers can read.
///
/// What an older version of the application saved may be of no use to this one: it is as good
/// as absent, and fetched.
pub(crate) fn has_data(endpoint: &dyn ErasedQuery, entry: &QueryEntry) -> bool {
    entry.fulfilled_time_stamp.is_some()
        && entry.data.as_ref().is_none_or(|data| endpoint.is_readable(data))
}

/// Returns whether the dispatch, or the api, asks for a request although there is data.
pub(super) fn is_forced(
    arg: &QueryArg,
    entry: Option<&Arc<QueryEntry>>,
    config: &Config,
    now: u64,
) -> bool {
    let by_default =
        if arg.subscribe { config.refetch_on_mount_or_arg_change } else { Refetch::Never };
    let fulfilled_at = entry.and_then(|entry| entry.fulfilled_time_stamp);
    arg.force_refetch.unwrap_or(by_default).is_due(now, fulfilled_at)
}
