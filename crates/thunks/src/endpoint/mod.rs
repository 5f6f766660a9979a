//! Endpoints: what an application can ask a server.

pub(crate) mod arg;
mod context;
mod mutation;
mod options;
pub(crate) mod query;
mod untyped;

pub use arg::{EndpointArg, JsonArg};
pub use context::{MutationContext, QueryContext, QueryFnContext};
pub use mutation::{Mutation, MutationOutcome};
pub use options::QueryOptions;
pub use query::{Fetched, Query, QueryArgs, QueryOutcome};
pub use untyped::{UntypedMutation, UntypedMutationBuilder, UntypedQuery, UntypedQueryBuilder};
