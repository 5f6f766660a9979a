//! Untyped endpoints: JSON in, JSON out, made of closures at run time.

mod common;
mod mutation;
mod query;

pub use mutation::{UntypedMutation, UntypedMutationBuilder};
pub use query::{UntypedQuery, UntypedQueryBuilder};
