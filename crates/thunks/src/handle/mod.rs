//! Handles: what a dispatch of an endpoint returns.

mod mutation;
mod query;

pub use mutation::MutationHandle;
pub use query::{QueryHandle, Refetching};
