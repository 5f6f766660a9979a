//! Rehydration: what a slice of an api held elsewhere comes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cache::{ApiState, CacheState, MutationEntry, QueryEntry, Tags};
use crate::ordered::{KeyList, PropertyMap};

type ByKey<T> = BTreeMap<Arc<str>, T>;

/// A saved slice of an api, or part of one, as an action brings it back.
///
/// It is what can come back: query entries, mutation entries and tags. Subscriptions and
/// configuration belong to the process that had them. Data is JSON until it is read as its
/// type; an entry whose data is not of that type shows an error to its reader.
///
/// New entries come back in the order of their keys: a JSON object has no order that every
/// reader keeps, and a log has to lead to the same state. Clones are one value.
///
/// JSON: `{"queries"?, "mutations"?, "provided"?}`; a whole slice, as it stands in the JSON
/// form of a state, can be read as well.
///
/// # Examples
/// ```
/// use retake_store::cache::Rehydration;
/// let saved = serde_json::json!({"queries": {"getPost(5)": {
///     "status": "fulfilled", "endpointName": "getPost", "originalArgs": 5, "data": {"id": 5},
/// }}});
/// let saved = Rehydration::from_json(&saved)?;
/// assert_eq!(saved.queries().keys().next().map(|key| &**key), Some("getPost(5)"));
///
/// let error = Rehydration::from_json(&serde_json::json!({"queries": []})).unwrap_err();
/// assert!(error.to_string().starts_with("the saved value is no slice of an api"));
/// # Ok::<(), retake_store::cache::RehydrationError>(())
/// ```
///
/// Source: RTK Query, what `extractRehydrationInfo` returns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rehydration(Arc<Saved>);

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, expecting = "a slice of an api")]
struct Saved {
    queries: ByKey<Arc<QueryEntry>>,
    mutations: ByKey<Arc<MutationEntry>>,
    provided: SavedTags,
}

/// The tag index as it was saved: what its two directions say may differ.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, expecting = "the tags of a slice")]
pub(crate) struct SavedTags {
    /// The keys of each row, by type and id.
    pub(crate) tags: ByKey<ByKey<KeyList>>,
    pub(crate) keys: ByKey<Tags>,
}

impl Rehydration {
    /// Reads a saved slice, or part of one.
    ///
    /// # Errors
    /// [`RehydrationError`] when an entry is not one, or a part has another form.
    pub fn from_json(saved: &Value) -> Result<Self, RehydrationError> {
        Self::deserialize(saved).map_err(|error| RehydrationError { reason: error.to_string() })
    }

    /// Returns the query entries by cache key, those that will not come back included.
    #[must_use]
    pub fn queries(&self) -> &BTreeMap<Arc<str>, Arc<QueryEntry>> {
        &self.0.queries
    }

    /// Returns the mutation entries by key, those that will not come back included.
    #[must_use]
    pub fn mutations(&self) -> &BTreeMap<Arc<str>, Arc<MutationEntry>> {
        &self.0.mutations
    }

    /// Returns the query entries that come back: those whose last request has ended.
    pub(crate) fn settled_queries(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<QueryEntry>)> {
        self.queries().iter().filter(|(_, entry)| entry.status.is_settled())
    }

    /// Returns the mutation entries that come back: those that have ended and have a key of
    /// their own. Nobody knows the request id of another process.
    pub(crate) fn settled_mutations(
        &self,
    ) -> impl Iterator<Item = (&Arc<str>, &Arc<MutationEntry>)> {
        let is_named = |key: &Arc<str>, entry: &MutationEntry| *key != entry.request_id;
        self.mutations()
            .iter()
            .filter(move |(key, entry)| entry.status.is_settled() && is_named(key, entry))
    }

    pub(crate) fn provided(&self) -> &SavedTags {
        &self.0.provided
    }
}

/// Entries are shared.
impl From<&CacheState> for Rehydration {
    fn from(state: &CacheState) -> Self {
        Self(Arc::new(Saved {
            queries: by_key(&state.queries),
            mutations: by_key(&state.mutations),
            provided: state.provided.save(),
        }))
    }
}

pub(crate) fn by_key<V: Clone>(map: &PropertyMap<V>) -> ByKey<V> {
    map.iter().map(|(key, value)| (Arc::clone(key), value.clone())).collect()
}

/// Entries are shared.
impl<P> From<&ApiState<P>> for Rehydration {
    fn from(state: &ApiState<P>) -> Self {
        Self::from(&**state)
    }
}

/// A saved value cannot be brought back; nothing was dispatched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the saved value is no slice of an api: {reason}; save the api's field of the state, or \
     convert what an older version of the application saved"
)]
pub struct RehydrationError {
    /// What is wrong.
    pub reason: String,
}
