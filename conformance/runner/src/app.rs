//! The application of a scenario: the slice of an api, and a slice of the user's.

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use retake::store::WireAction;
use retake::store::WireError;
use retake::store::cache::{
    Api, ApiAction, ApiOptions, ApiState, CacheState, Config, Rehydration, SchemaHooks, cache_key,
};
use retake::{Action, Changed, Reducer, State, Store};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::endpoints::key_of;
use crate::retry::ScenarioBaseQuery;
use crate::scenario::{ApiSpec, KeySpec};
use crate::stand_in::STAND_IN;

/// The reducer path of an api; the types of an application have one each.
pub(crate) trait ReducerPath: Sized + Send + Sync + 'static {
    const PATH: &'static str;
}

/// Calls `$run::<Path>($args)` with the path named `$path`; `None` when it is not known.
macro_rules! with_path {
    ($path:expr, $run:ident($($arg:expr),*)) => {
        match $path {
            "api" => Some($run::<$crate::app::ApiPath>($($arg),*)),
            "blogApi" => Some($run::<$crate::app::BlogApiPath>($($arg),*)),
            "shopApi" => Some($run::<$crate::app::ShopApiPath>($($arg),*)),
            $crate::stand_in::STAND_IN => Some($run::<$crate::app::StandIn>($($arg),*)),
            _ => None,
        }
    };
}
pub(crate) use with_path;

macro_rules! paths {
    ($($name:ident = $path:expr),+) => {
        $(
            pub(crate) struct $name;
            impl ReducerPath for $name {
                const PATH: &'static str = $path;
            }
        )+
    };
}

paths!(ApiPath = "api", BlogApiPath = "blogApi", ShopApiPath = "shopApi", StandIn = STAND_IN);

thread_local! {
    /// What the scenario that runs on this thread says of the keys of its apis: an api is a type
    /// and knows no scenario.
    static KEYS: RefCell<BTreeMap<&'static str, KeySpec>> = const { RefCell::new(BTreeMap::new()) };
}

/// The keys of an api, for as long as its scenario runs.
pub(crate) struct Keys(&'static str);

impl Keys {
    pub(crate) fn of<N: ReducerPath>(spec: Option<&KeySpec>) -> Self {
        if let Some(spec) = spec {
            KEYS.with_borrow_mut(|keys| keys.insert(N::PATH, spec.clone()));
        }
        Self(N::PATH)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        KEYS.with_borrow_mut(|keys| keys.remove(self.0));
    }
}

/// The api of a scenario.
pub(crate) struct TestApi<N> {
    hooks: SchemaHooks,
    path: PhantomData<fn() -> N>,
}

impl<N> TestApi<N> {
    pub(crate) fn new(hooks: SchemaHooks) -> Self {
        Self { hooks, path: PhantomData }
    }
}

impl<N: ReducerPath> Api for TestApi<N> {
    const REDUCER_PATH: &'static str = N::PATH;
    type State = App<N>;
    type Action = AppAction<N>;
    type BaseQuery = ScenarioBaseQuery;

    fn slice(app: &App<N>) -> &ApiState<Self> {
        &app.api
    }

    fn schema_hooks(&self) -> SchemaHooks {
        self.hooks.clone()
    }

    fn extract_rehydration_info(action: &AppAction<N>) -> Option<&Rehydration> {
        match action {
            AppAction::Plain(action) => action.saved.as_ref(),
            AppAction::Api(_) => None,
        }
    }

    fn serialize_query_args(endpoint: &str, arg: Option<&Value>) -> String {
        KEYS.with_borrow(|keys| match keys.get(N::PATH) {
            Some(spec) => key_of(spec, endpoint, &arg.cloned().into()),
            None => cache_key(endpoint, arg),
        })
    }
}

/// The state of the application.
pub(crate) struct App<N: ReducerPath> {
    pub(crate) api: ApiState<TestApi<N>>,
    pub(crate) user: User,
}

pub(crate) type AppStore<N> = Store<App<N>, AppAction<N>>;

impl<N: ReducerPath> App<N> {
    /// Returns the state that a scenario begins with.
    pub(crate) fn of(spec: &ApiSpec) -> Self {
        let defaults = ApiOptions::default();
        let options = ApiOptions {
            keep_unused_data_for: spec
                .keep_unused_data_for
                .unwrap_or(defaults.keep_unused_data_for),
            refetch_on_mount_or_arg_change: spec.refetch_on_mount_or_arg_change.unwrap_or_default(),
            refetch_on_focus: spec.refetch_on_focus,
            refetch_on_reconnect: spec.refetch_on_reconnect,
            invalidation_behavior: spec.invalidation_behavior.unwrap_or_default(),
        };
        let api = ApiState::new(CacheState::new(Config::new(N::PATH, &options)));
        Self { api, user: User::default() }
    }
}

impl<N: ReducerPath> Default for App<N> {
    fn default() -> Self {
        Self { api: ApiState::default(), user: User::default() }
    }
}

impl<N: ReducerPath> Clone for App<N> {
    fn clone(&self) -> Self {
        Self { api: self.api.clone(), user: self.user.clone() }
    }
}

impl<N: ReducerPath> State for App<N> {}

impl<N: ReducerPath> Reducer<AppAction<N>> for App<N> {
    fn reduce(&mut self, action: &AppAction<N>) -> Changed {
        self.api.reduce(action) | self.user.reduce(action)
    }
}

impl<N: ReducerPath> Serialize for App<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut slices = serializer.serialize_map(Some(2))?;
        slices.serialize_entry(N::PATH, &self.api)?;
        slices.serialize_entry("user", &self.user)?;
        slices.end()
    }
}

/// The slice of the user's: it counts actions of type `user/*` and keeps the last.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct User {
    pub(crate) count: u64,
    pub(crate) last: Option<WireAction>,
}

impl<N: ReducerPath> Reducer<AppAction<N>> for User {
    fn reduce(&mut self, action: &AppAction<N>) -> Changed {
        match action.leaf().downcast_ref::<PlainAction>() {
            Some(PlainAction { wire, .. }) if wire.kind.starts_with("user/") => {
                self.count += 1;
                self.last = Some(wire.clone());
                Changed::ALL
            }
            _ => Changed::NONE,
        }
    }
}

/// Any action that is not the api's, as it was given.
#[derive(Clone, Debug)]
pub(crate) struct PlainAction {
    wire: WireAction,
    /// What it brings back of the api, read from its payload.
    saved: Option<Rehydration>,
}

impl Action for PlainAction {
    fn action_type(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.wire.kind)
    }

    fn leaf(&self) -> &dyn Any {
        self
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        Ok(self.wire.clone())
    }

    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        Some(Ok(Self { wire: wire.clone(), saved: None }))
    }
}

/// The root action of the application.
pub(crate) enum AppAction<N: ReducerPath> {
    Api(ApiAction<TestApi<N>>),
    Plain(PlainAction),
}

impl<N: ReducerPath> AppAction<N> {
    /// Reads an action: one of the api's if it is, any other as it is. Actions of the type
    /// `rehydrates` carry a slice of the api.
    pub(crate) fn read(wire: &WireAction, rehydrates: Option<&str>) -> Result<Self, WireError> {
        if let Some(action) = ApiAction::from_wire(wire) {
            return action.map(Self::Api);
        }
        let is_saved = rehydrates == Some(wire.kind.as_str());
        let saved = is_saved.then(|| wire.payload_as()).transpose()?;
        Ok(Self::Plain(PlainAction { wire: wire.clone(), saved }))
    }
}

impl<N: ReducerPath> Clone for AppAction<N> {
    fn clone(&self) -> Self {
        match self {
            Self::Api(action) => Self::Api(action.clone()),
            Self::Plain(action) => Self::Plain(action.clone()),
        }
    }
}

impl<N: ReducerPath> fmt::Debug for AppAction<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(action) => action.fmt(f),
            Self::Plain(action) => action.fmt(f),
        }
    }
}

impl<N: ReducerPath> Action for AppAction<N> {
    fn action_type(&self) -> Cow<'_, str> {
        match self {
            Self::Api(action) => action.action_type(),
            Self::Plain(action) => action.action_type(),
        }
    }

    fn leaf(&self) -> &dyn Any {
        match self {
            Self::Api(action) => action.leaf(),
            Self::Plain(action) => action.leaf(),
        }
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        match self {
            Self::Api(action) => action.to_wire(),
            Self::Plain(action) => action.to_wire(),
        }
    }

    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        Some(Self::read(wire, None))
    }
}

impl<N: ReducerPath> From<ApiAction<TestApi<N>>> for AppAction<N> {
    fn from(action: ApiAction<TestApi<N>>) -> Self {
        Self::Api(action)
    }
}
