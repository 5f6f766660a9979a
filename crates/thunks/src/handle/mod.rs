//! Handles: what a dispatch of an endpoint returns.

mod infinite;
mod mutation;
mod query;

pub use infinite::InfiniteQueryHandle;
pub use mutation::MutationHandle;
pub use query::{QueryHandle, Refetching};
