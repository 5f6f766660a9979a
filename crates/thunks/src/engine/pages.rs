//! The rules of infinite queries, without their types.

use retake_store::cache::{CacheData, InfiniteQueryDirection, SerializedError};
use retake_store::{MaybeSend, MaybeSync};

use crate::engine::Args;

/// Which pages an infinite query has.
pub(crate) trait PageRules: MaybeSend + MaybeSync {
    /// Returns whether there is a page beyond an end of the `cached` ones; without any there
    /// is a first one.
    fn has_page(
        &self,
        direction: InfiniteQueryDirection,
        cached: &CacheData,
        args: &Args,
    ) -> Result<bool, SerializedError>;
}
