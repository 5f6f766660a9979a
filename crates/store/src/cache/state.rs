//! The api's slice of the state.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::cache::{
    Api, ApiAction, Config, MutationEntry, Provided, QueryEntry, Rehydration, SubscriptionOptions,
    WindowAction,
};
use crate::ordered::PropertyMap;
use crate::reducer::{Changed, Reducer};
use crate::state::State;

/// The subscriptions of one entry, by request id.
pub type Subscribers = PropertyMap<SubscriptionOptions>;

/// Everything an api keeps in the state. Its JSON form is RTK Query's.
///
/// All parts are persistent: a copy shares them, and an action copies only what it changes.
///
/// Source: RTK Query, `CombinedState`; subscriptions are real state here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CacheState {
    pub(crate) queries: PropertyMap<Arc<QueryEntry>>,
    pub(crate) mutations: PropertyMap<Arc<MutationEntry>>,
    pub(crate) provided: Provided,
    pub(crate) subscriptions: PropertyMap<Subscribers>,
    pub(crate) config: Arc<Config>,
}

impl CacheState {
    /// Returns the state of an api that nothing has happened to.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            queries: PropertyMap::default(),
            mutations: PropertyMap::default(),
            provided: Provided::default(),
            subscriptions: PropertyMap::default(),
            config: Arc::new(config),
        }
    }

    /// Returns the query entries by cache key.
    #[must_use]
    pub fn queries(&self) -> &PropertyMap<Arc<QueryEntry>> {
        &self.queries
    }

    /// Returns the query entry `key`.
    #[must_use]
    pub fn query(&self, key: &str) -> Option<&Arc<QueryEntry>> {
        self.queries.get(key)
    }

    /// Returns the mutation entries by request id or fixed cache key.
    #[must_use]
    pub fn mutations(&self) -> &PropertyMap<Arc<MutationEntry>> {
        &self.mutations
    }

    /// Returns the mutation entry `key`.
    #[must_use]
    pub fn mutation(&self, key: &str) -> Option<&Arc<MutationEntry>> {
        self.mutations.get(key)
    }

    /// Returns the tag index.
    #[must_use]
    pub fn provided(&self) -> &Provided {
        &self.provided
    }

    /// Returns the subscriptions by cache key; an entry may have none left.
    #[must_use]
    pub fn subscriptions(&self) -> &PropertyMap<Subscribers> {
        &self.subscriptions
    }

    /// Returns whether anybody subscribes to the entry `key`.
    #[must_use]
    pub fn is_subscribed(&self, key: &str) -> bool {
        self.subscriptions.get(key).is_some_and(|subscribers| !subscribers.is_empty())
    }

    /// Returns the configuration and the flags of the window.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }
}

impl State for CacheState {
    fn sync_from(&mut self, newer: &Self, _: Changed) {
        if !self.queries.ptr_eq(&newer.queries) {
            self.queries = newer.queries.clone();
        }
        if !self.mutations.ptr_eq(&newer.mutations) {
            self.mutations = newer.mutations.clone();
        }
        if !self.provided.ptr_eq(&newer.provided) {
            self.provided = newer.provided.clone();
        }
        if !self.subscriptions.ptr_eq(&newer.subscriptions) {
            self.subscriptions = newer.subscriptions.clone();
        }
        if !Arc::ptr_eq(&self.config, &newer.config) {
            self.config = Arc::clone(&newer.config);
        }
    }
}

/// The slice of the api `P`: a field of the application's state.
///
/// It dereferences to [`CacheState`], which has the selectors.
///
/// # Examples
/// ```
/// use retake_store::cache::{Api, ApiAction, ApiState};
/// # use retake_store::{Action, Changed, Reducer, State};
/// # #[derive(Clone)]
/// # struct App { posts: ApiState<PostsApi> }
/// # impl State for App {}
/// # impl<A: Action> Reducer<A> for App {
/// #     fn reduce(&mut self, action: &A) -> Changed { self.posts.reduce(action) }
/// # }
/// # struct PostsApi;
/// # impl Api for PostsApi {
/// #     const REDUCER_PATH: &'static str = "posts";
/// #     type State = App;
/// #     type Action = ApiAction<PostsApi>;
/// #     type BaseQuery = ();
/// #     fn slice(app: &App) -> &ApiState<Self> { &app.posts }
/// # }
/// let posts = ApiState::<PostsApi>::default();
/// assert!(posts.queries().is_empty());
/// let json = serde_json::to_value(&posts)?;
/// assert_eq!(json["config"]["reducerPath"], "posts");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct ApiState<P> {
    cache: CacheState,
    #[serde(skip)]
    api: PhantomData<fn() -> P>,
}

impl<P> ApiState<P> {
    /// Returns the slice with the content `cache`.
    #[must_use]
    pub fn new(cache: CacheState) -> Self {
        Self { cache, api: PhantomData }
    }
}

impl<P: Api> Default for ApiState<P> {
    fn default() -> Self {
        Self::new(CacheState::new(Config::new(P::REDUCER_PATH, &P::options())))
    }
}

impl<P> Clone for ApiState<P> {
    fn clone(&self) -> Self {
        Self::new(self.cache.clone())
    }
}

impl<P> fmt::Debug for ApiState<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cache.fmt(f)
    }
}

impl<P> PartialEq for ApiState<P> {
    fn eq(&self, other: &Self) -> bool {
        self.cache == other.cache
    }
}

impl<P> Deref for ApiState<P> {
    type Target = CacheState;
    fn deref(&self) -> &CacheState {
        &self.cache
    }
}

impl<P: Api> State for ApiState<P> {
    fn sync_from(&mut self, newer: &Self, changed: Changed) {
        self.cache.sync_from(&newer.cache, changed);
    }
}

/// Returns the slice of the api that `action`, which is not the api's own, carries.
pub(crate) fn saved_slice<P: Api, A: Action>(action: &A) -> Option<&Rehydration> {
    let leaf = action.leaf();
    if leaf.is::<ApiAction<P>>() || leaf.is::<WindowAction>() {
        return None;
    }
    let action: &dyn Any = action;
    P::extract_rehydration_info(action.downcast_ref()?)
}

impl<P: Api, A: Action> Reducer<A> for ApiState<P> {
    fn reduce(&mut self, action: &A) -> Changed {
        let leaf = action.leaf();
        if let Some(action) = leaf.downcast_ref::<ApiAction<P>>() {
            self.cache.reduce(action.action())
        } else if let Some(action) = leaf.downcast_ref::<WindowAction>() {
            self.cache.reduce(action)
        } else if let Some(saved) = saved_slice::<P, A>(action) {
            self.cache.rehydrate(saved)
        } else {
            Changed::NONE
        }
    }
}

impl<A> Reducer<Arc<A>> for CacheState
where
    Self: Reducer<A>,
{
    fn reduce(&mut self, action: &Arc<A>) -> Changed {
        self.reduce(&**action)
    }
}
