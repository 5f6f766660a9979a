//! Thunks that work on the cache: edits, insertions, prefetching.

mod patch;
mod prefetch;
mod update;
mod upsert;

pub use patch::{PatchHandle, PatchQueryData};
pub use prefetch::Prefetch;
pub use update::UpdateQueryData;
pub use upsert::{
    UpsertEntry, UpsertQueryData, UpsertQueryEntries, Upserting, upsert_query_entries,
};

pub(crate) use update::update_cached;
