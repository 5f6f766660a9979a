//! The application of a scenario: its apis and actions, and a slice of the user's.

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use retake::store::cache::{
    Api, ApiAction, ApiOptions, ApiState, CacheState, Config, Rehydration, SchemaHooks, cache_key,
};
use retake::store::{Topic, WireAction, WireError};
use retake::{Action, Changed, Reducer, State, Store};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::apis::Apis;
use crate::endpoints::key_of;
use crate::retry::ScenarioBaseQuery;
use crate::scenario::{ApiSpec, KeySpec};
use crate::slot::{App, First, Second, Slot, SlotName, Third, in_slot};

thread_local! {
    /// What the scenario that runs on this thread says of the keys of its apis: an api is a type
    /// and knows no scenario.
    static KEYS: RefCell<BTreeMap<&'static str, KeySpec>> = const { RefCell::new(BTreeMap::new()) };
}

/// The keys of an api, for as long as its scenario runs.
pub(crate) struct Keys(&'static str);

impl Keys {
    pub(crate) fn of<N: Slot>(spec: Option<&KeySpec>) -> Self {
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

/// The api of a scenario that runs in the slot `N`.
pub(crate) struct TestApi<N> {
    hooks: SchemaHooks,
    slot: PhantomData<fn() -> N>,
}

impl<N> TestApi<N> {
    pub(crate) fn new(hooks: SchemaHooks) -> Self {
        Self { hooks, slot: PhantomData }
    }
}

impl<N: Slot> Api for TestApi<N> {
    const REDUCER_PATH: &'static str = N::PATH;
    type State = App;
    type Action = AppAction;
    type BaseQuery = ScenarioBaseQuery;

    fn slice(app: &App) -> &ApiState<Self> {
        N::slice(app)
    }

    fn schema_hooks(&self) -> SchemaHooks {
        self.hooks.clone()
    }

    fn extract_rehydration_info(action: &AppAction) -> Option<&Rehydration> {
        match action {
            AppAction::Plain(action) => action.saved.get(N::PATH),
            _ => None,
        }
    }

    fn serialize_query_args(endpoint: &str, arg: Option<&Value>) -> String {
        KEYS.with_borrow(|keys| match keys.get(N::PATH) {
            Some(spec) => key_of(spec, endpoint, &arg.cloned().into()),
            None => cache_key(endpoint, arg),
        })
    }
}

pub(crate) type AppStore = Store<App, AppAction>;

impl App {
    /// Puts the slice into the slot `N` that an api begins with.
    pub(crate) fn begin<N: Slot>(&mut self, spec: &ApiSpec) {
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
        *N::slice_mut(self) = ApiState::new(CacheState::new(Config::new(N::PATH, &options)));
    }

    /// Returns the slices of all slots, in their order.
    pub(crate) fn slices(&self) -> Vec<CacheState> {
        let slices = SlotName::ALL.iter();
        slices.map(|slot| in_slot!(slot, N => CacheState::clone(N::slice(self)))).collect()
    }
}

/// The slice of the user's: it counts actions of type `user/*` and keeps the last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) count: u64,
    pub(crate) last: Option<WireAction>,
}

impl State for User {}

impl<A: Action> Reducer<A> for User {
    fn reduce(&mut self, action: &A) -> Changed {
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

/// Any action that is not an api's, as it was given.
#[derive(Clone, Debug)]
pub(crate) struct PlainAction {
    wire: WireAction,
    /// What it brings back, by the paths of the slots, read from its payload.
    saved: BTreeMap<&'static str, Rehydration>,
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
        Some(Ok(Self { wire: wire.clone(), saved: BTreeMap::new() }))
    }
}

/// The root action of the application.
#[derive(Clone, Debug)]
pub(crate) enum AppAction {
    First(ApiAction<TestApi<First>>),
    Second(ApiAction<TestApi<Second>>),
    Third(ApiAction<TestApi<Third>>),
    Plain(PlainAction),
}

impl AppAction {
    /// Reads an action: one of an api's if it is, any other as it is. Some bring back what
    /// `apis` had, as these say.
    pub(crate) fn read(wire: &WireAction, apis: &Apis) -> Result<Self, WireError> {
        for slot in SlotName::ALL {
            let read = in_slot!(slot, N => {
                ApiAction::from_wire(wire).map(|action| action.map(N::root_action))
            });
            if let Some(action) = read {
                return action;
            }
        }
        let saved = apis.brought_back(&wire.kind).map(|path| Ok((path, wire.payload_as()?)));
        Ok(Self::Plain(PlainAction { wire: wire.clone(), saved: saved.collect::<Result<_, _>>()? }))
    }
}

/// Evaluates `$of` with the content of the root action `$root` as `$action`.
macro_rules! content {
    ($root:expr, $action:ident => $of:expr) => {
        match $root {
            AppAction::First($action) => $of,
            AppAction::Second($action) => $of,
            AppAction::Third($action) => $of,
            AppAction::Plain($action) => $of,
        }
    };
}

impl Action for AppAction {
    fn action_type(&self) -> Cow<'_, str> {
        content!(self, action => action.action_type())
    }

    fn leaf(&self) -> &dyn Any {
        content!(self, action => action.leaf())
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        content!(self, action => action.to_wire())
    }

    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        Some(Self::read(wire, &Apis::default()))
    }

    fn affects(&self, visit: &mut dyn FnMut(Topic<'_>)) {
        content!(self, action => action.affects(visit));
    }
}

// Of any slot, as the derived conversions could not be.
impl<N: Slot> From<ApiAction<TestApi<N>>> for AppAction {
    fn from(action: ApiAction<TestApi<N>>) -> Self {
        N::root_action(action)
    }
}
