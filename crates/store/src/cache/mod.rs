//! The server cache: RTK Query's slice of the state, its actions and its reducer.
//!
//! - [`CacheState`]: query entries, mutation entries, the tag index, subscriptions and
//!   configuration, with RTK Query's JSON form; [`ApiState`] is the one of an api.
//! - [`CacheAction`]: what can happen to it; [`ApiAction`] is the one of an api.
//! - [`RequestAction`]: a step of a request of any endpoint.
//! - [`CacheData`]: cached data, typed or JSON; [`Delta`]: an edit of it, as lazy patches.
//! - [`InfiniteData`]: the data of an infinite query.
//! - [`Tag`]: what data is about.
//! - [`Rehydration`]: a saved slice, as an action brings it back.
//! - [`SchemaFailure`]: data that does not fit; [`SchemaHooks`]: what an api does about it.

mod action;
mod api;
mod config;
mod data;
mod delta;
mod entry;
mod error;
mod infinite;
mod key;
mod provided;
mod reducer;
mod rehydration;
mod request_action;
mod schema;
mod selectors;
mod state;
mod tag;
mod tag_description;
mod tag_rows;
pub(crate) mod wire;

pub use action::{
    ApiAction, CacheAction, Fulfilled, MutationArg, ProvidedTags, QueryArg, Rejected, Request,
    Step, UpsertedEntry, WindowAction,
};
pub use api::{ActionOf, Api, StateOf, StoreOf};
pub use config::{
    ApiOptions, Config, InvalidationBehavior, KeepUnusedData, Refetch, SubscriptionOptions,
};
pub use data::{CacheData, DecodeError};
pub use delta::Delta;
pub use entry::{MutationEntry, QueryEntry, QueryStatus};
pub use error::{QueryError, SerializedError};
pub use infinite::{InfiniteData, InfiniteQueryDirection, PageArg};
pub use key::cache_key;
pub use provided::Provided;
pub use rehydration::{Rehydration, RehydrationError, SavedSlice};
pub use request_action::RequestAction;
pub use schema::{
    EndpointKind, SchemaFailure, SchemaHooks, SchemaIssue, SchemaKind, SkippedSchemas,
};
pub use selectors::InvalidatedEntry;
pub(crate) use state::saved_slice;
pub use state::{ApiState, CacheState, Subscribers};
pub use tag::{Tag, TagId, Tags, tag};
pub use tag_description::TagDescription;
