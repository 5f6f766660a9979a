//! The pages of infinite queries, without their types.

use retake_store::cache::{CacheData, InfiniteQueryDirection, SerializedError};

use crate::endpoint::Query;
use crate::endpoint::arg::from_original_args;
use crate::engine::{Args, contain, decode_error};

/// Returns whether `endpoint` has a page to fetch at an end of what is `cached`.
pub(crate) fn has_page<E: Query>(
    endpoint: &E,
    direction: InfiniteQueryDirection,
    cached: &CacheData,
    args: &Args,
) -> Result<bool, SerializedError> {
    contain("the rule for pages", || {
        let data = cached.get().map_err(|error| decode_error(&error))?;
        let arg = from_original_args(args.as_deref())?;
        Ok(endpoint.has_page(direction, &data, &arg))
    })
}
