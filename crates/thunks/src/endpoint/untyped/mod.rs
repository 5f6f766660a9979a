//! Untyped endpoints: JSON in, JSON out, made of closures at run time.

mod closures;
mod infinite;
mod mutation;
mod query;

pub use infinite::{UntypedInfiniteQuery, UntypedInfiniteQueryBuilder};
pub use mutation::{UntypedMutation, UntypedMutationBuilder};
pub use query::{UntypedQuery, UntypedQueryBuilder};
