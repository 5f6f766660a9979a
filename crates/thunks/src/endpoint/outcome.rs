//! Outcomes: what a request ended with, as tags see it.

use retake_store::cache::QueryError;

use crate::endpoint::{Mutation, Query};

/// What a request ended with, as tags see it.
///
/// After a request one of the two is there; after an edit of an entry that is gone, neither.
#[derive(Debug)]
pub struct QueryOutcome<'a, E: Query> {
    /// The data.
    pub data: Option<&'a E::Output>,
    /// The error.
    pub error: Option<&'a QueryError>,
}

impl<E: Query> Clone for QueryOutcome<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: Query> Copy for QueryOutcome<'_, E> {}

/// What a mutation ended with, as tags see it: one of the two is there.
#[derive(Debug)]
pub struct MutationOutcome<'a, E: Mutation> {
    /// What the server answered.
    pub data: Option<&'a E::Output>,
    /// The error.
    pub error: Option<&'a QueryError>,
}

impl<E: Mutation> Clone for MutationOutcome<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: Mutation> Copy for MutationOutcome<'_, E> {}
