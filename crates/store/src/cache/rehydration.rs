//! Rehydration: what a slice of an api held elsewhere comes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::cache::{Api, ApiState, CacheState, MutationEntry, QueryEntry, Tags};
use crate::ordered::{KeyList, PropertyMap};

type ByKey<T> = BTreeMap<Arc<str>, T>;

/// A saved slice of an api, or part of one, as an action brings it back.
///
/// It is what can come back: query entries, mutation entries and tags. Subscriptions and
/// configuration belong to the process that had them. Data is JSON until it is read as its
/// type; an entry whose data is not of that type is fetched by whoever asks for it.
///
/// New entries come back in the order of their keys: a JSON object has no order that every
/// reader keeps, and a log has to lead to the same state. Clones are one value.
///
/// JSON: `{"queries"?, "mutations"?, "provided"?, "config"?: {"reducerPath"}}`, with one of the
/// first three at least; a whole slice, as it stands in the JSON form of a state, can be read as
/// well. Anything else is refused. A slice that says its reducer path comes back into that api
/// only: reducers of others leave it.
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
/// let app = serde_json::json!({"posts": {"queries": {}}});
/// let error = Rehydration::from_json(&app).unwrap_err();
/// assert!(error.to_string().starts_with("the saved value is no slice of an api"));
/// # Ok::<(), retake_store::cache::RehydrationError>(())
/// ```
///
/// Source: RTK Query, what `extractRehydrationInfo` returns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rehydration(Arc<Saved>);

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SavedJson")]
struct Saved {
    queries: ByKey<Arc<QueryEntry>>,
    mutations: ByKey<Arc<MutationEntry>>,
    provided: SavedTags,
    config: SavedConfig,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "the configuration of a slice")]
struct SavedConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    reducer_path: Option<Arc<str>>,
}

/// A slice as it may stand in JSON.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a slice of an api")]
struct SavedJson {
    #[serde(deserialize_with = "present")]
    queries: Option<ByKey<Arc<QueryEntry>>>,
    #[serde(deserialize_with = "present")]
    mutations: Option<ByKey<Arc<MutationEntry>>>,
    #[serde(deserialize_with = "present")]
    provided: Option<SavedTags>,
    config: SavedConfig,
    #[serde(rename = "subscriptions")]
    _subscriptions: IgnoredAny,
}

/// Reads a member that is there; `null` is no way to leave it out.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl TryFrom<SavedJson> for Saved {
    type Error = &'static str;

    fn try_from(json: SavedJson) -> Result<Self, Self::Error> {
        let SavedJson { queries, mutations, provided, config, .. } = json;
        if queries.is_none() && mutations.is_none() && provided.is_none() {
            return Err("it has no `queries`, no `mutations` and no `provided`");
        }
        Ok(Self {
            queries: queries.unwrap_or_default(),
            mutations: mutations.unwrap_or_default(),
            provided: provided.unwrap_or_default(),
            config,
        })
    }
}

/// The tag index as it was saved: what its two directions say may differ.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SavedTagsJson")]
pub(crate) struct SavedTags {
    /// The keys of each row, by type and id.
    pub(crate) tags: ByKey<ByKey<KeyList>>,
    pub(crate) keys: ByKey<Tags>,
}

/// A tag index as it may stand in JSON.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "the tags of a slice")]
struct SavedTagsJson {
    tags: ByKey<ByKey<KeyList>>,
    keys: ByKey<Tags>,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

impl TryFrom<SavedTagsJson> for SavedTags {
    type Error = String;

    fn try_from(json: SavedTagsJson) -> Result<Self, String> {
        match json.others.into_keys().next() {
            None => Ok(Self { tags: json.tags, keys: json.keys }),
            Some(other) => Err(format!(
                "`provided` has a member `{other}`, and should have `tags` and `keys`: older \
                 versions of RTK Query had the types of tags there; leave `provided` out, and the \
                 entries come back without their tags"
            )),
        }
    }
}

impl Rehydration {
    /// Reads a saved slice, or part of one.
    ///
    /// # Errors
    /// [`RehydrationError`] when it has a member that a slice does not have, or no part that can
    /// come back; when an entry is not one, or a part has another form.
    pub fn from_json(saved: &Value) -> Result<Self, RehydrationError> {
        Self::deserialize(saved).map_err(|error| RehydrationError { reason: error.to_string() })
    }

    /// Returns this slice if it is one of the api `P`, or does not say of which api it is.
    ///
    /// # Errors
    /// [`RehydrationError`] when it was saved by another api.
    ///
    /// # Examples
    /// See [`SavedSlice`].
    pub fn of_api<P: Api>(self) -> Result<Self, RehydrationError> {
        match self.reducer_path().filter(|path| *path != P::REDUCER_PATH) {
            None => Ok(self),
            Some(path) => {
                let own = P::REDUCER_PATH;
                Err(RehydrationError { reason: format!("it is of `{path}`, not of `{own}`") })
            }
        }
    }

    /// Returns the key of the slice in the state that it was saved from, if it says.
    #[must_use]
    pub fn reducer_path(&self) -> Option<&str> {
        self.0.config.reducer_path.as_deref()
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
            config: SavedConfig { reducer_path: Some(state.config.reducer_path.as_str().into()) },
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

/// What comes back into the api `P`: what was saved of it, or a slice of a state of its own.
///
/// # Examples
/// ```
/// use retake_store::cache::{Api, ApiAction, ApiState, Rehydration};
/// # use retake_store::{Action, Changed, Reducer, State};
/// # #[derive(Clone, Default)]
/// # struct App { posts: ApiState<PostsApi>, users: ApiState<UsersApi> }
/// # impl State for App {}
/// # impl<A: Action> Reducer<A> for App {
/// #     fn reduce(&mut self, action: &A) -> Changed { self.posts.reduce(action) }
/// # }
/// # macro_rules! api { ($api:ident, $path:ident) => {
/// # struct $api;
/// # impl Api for $api {
/// #     const REDUCER_PATH: &'static str = stringify!($path);
/// #     type State = App;
/// #     type Action = ApiAction<Self>;
/// #     type BaseQuery = ();
/// #     fn slice(app: &App) -> &ApiState<Self> { &app.$path }
/// # } } }
/// # api!(PostsApi, posts);
/// # api!(UsersApi, users);
/// let app = App::default();
/// let saved = Rehydration::from(&app.users);
/// assert!(saved.clone().of_api::<UsersApi>().is_ok());
/// let error = saved.of_api::<PostsApi>().unwrap_err();
/// assert_eq!(error.reason, "it is of `users`, not of `posts`");
///
/// let action = PostsApi::rehydrate(&app.posts);
/// ```
/// A slice of another api is no slice of this one:
/// ```compile_fail,E0277
/// # use retake_store::cache::{Api, ApiAction, ApiState};
/// # use retake_store::{Action, Changed, Reducer, State};
/// # #[derive(Clone, Default)]
/// # struct App { posts: ApiState<PostsApi>, users: ApiState<UsersApi> }
/// # impl State for App {}
/// # impl<A: Action> Reducer<A> for App {
/// #     fn reduce(&mut self, action: &A) -> Changed { self.posts.reduce(action) }
/// # }
/// # macro_rules! api { ($api:ident, $path:ident) => {
/// # struct $api;
/// # impl Api for $api {
/// #     const REDUCER_PATH: &'static str = stringify!($path);
/// #     type State = App;
/// #     type Action = ApiAction<Self>;
/// #     type BaseQuery = ();
/// #     fn slice(app: &App) -> &ApiState<Self> { &app.$path }
/// # } } }
/// # api!(PostsApi, posts);
/// # api!(UsersApi, users);
/// # let app = App::default();
/// let action = PostsApi::rehydrate(&app.users);
/// ```
pub trait SavedSlice<P> {
    /// Returns what comes back.
    fn into_rehydration(self) -> Rehydration;
}

impl<P> SavedSlice<P> for Rehydration {
    fn into_rehydration(self) -> Rehydration {
        self
    }
}

/// Entries are shared.
impl<P> SavedSlice<P> for &ApiState<P> {
    fn into_rehydration(self) -> Rehydration {
        self.into()
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
