//! Endpoints: what an application can ask a server.

pub(crate) mod arg;
mod context;
mod entry_context;
pub(crate) mod fetched;
mod infinite;
mod matchers;
mod mutation;
mod options;
mod outcome;
mod query;
mod untyped;

pub use arg::{EndpointArg, JsonArg};
pub use context::{MutationContext, QueryContext, QueryFnContext};
pub use entry_context::{MutationEntryContext, QueryEntryContext};
pub use fetched::Fetched;
pub use infinite::{InfinitePages, InfiniteQuery, Paged};
pub use matchers::{FulfilledAction, PendingAction, RejectedAction};
pub use mutation::Mutation;
pub use options::QueryOptions;
pub use outcome::{MutationOutcome, QueryOutcome};
pub use query::{Query, QueryArgs};
pub use untyped::{
    UntypedInfiniteQuery, UntypedInfiniteQueryBuilder, UntypedMutation, UntypedMutationBuilder,
    UntypedQuery, UntypedQueryBuilder,
};
