//! The apis of a scenario, and the paths that they have as types.
//!
//! Names are exchanged on the way in (actions that a scenario dispatches) and out (types of
//! actions, the config).

use retake::store::cache::CacheState;
use serde_json::{Map, Value};

use crate::calls::Refusal;
use crate::scenario::Scenario;
use crate::slot::{Slot, SlotName, in_slot};

/// The apis of a scenario, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Apis {
    list: Vec<NamedApi>,
    /// The scenario has a list of apis, and its observation says of each line which it concerns.
    are_listed: bool,
}

#[derive(Clone, Debug)]
struct NamedApi {
    /// Its reducer path in the scenario.
    path: String,
    /// Its reducer path in the application.
    type_path: &'static str,
    /// The type of the action that brings its slice back.
    rehydrate_action_type: Option<String>,
}

impl Apis {
    /// Returns the apis of `scenario`.
    ///
    /// # Errors
    /// When the application has too few slots for them, or two have one path.
    pub(crate) fn of(scenario: &Scenario) -> Result<Self, String> {
        let mut list: Vec<NamedApi> = Vec::new();
        for (index, api) in scenario.apis().enumerate() {
            let Some(slot) = SlotName::ALL.get(index) else {
                return Err(format!("it has more than {} apis", SlotName::ALL.len()));
            };
            if list.iter().any(|other| other.path == api.reducer_path) {
                return Err(format!("two of its apis have the path `{}`", api.reducer_path));
            }
            list.push(NamedApi {
                path: api.reducer_path.clone(),
                type_path: in_slot!(slot, N => N::PATH),
                rehydrate_action_type: api.rehydrate_action_type.clone(),
            });
        }
        if list.is_empty() {
            return Err("it has no api".to_owned());
        }
        Ok(Self { list, are_listed: !scenario.several_apis.is_empty() })
    }

    /// Returns the one api of an application whose type has the path of the scenario.
    pub(crate) fn one(path: &'static str) -> Self {
        let api = NamedApi { path: path.to_owned(), type_path: path, rehydrate_action_type: None };
        Self { list: vec![api], are_listed: false }
    }

    /// Returns the slot of the api with this path in the scenario; of the first without one.
    pub(crate) fn slot(&self, path: Option<&str>) -> Result<SlotName, Refusal> {
        let is_meant = |api: &NamedApi| path.is_none_or(|path| api.path == path);
        let index = self.list.iter().position(is_meant);
        index.and_then(|index| SlotName::ALL.get(index).copied()).ok_or_else(|| {
            Refusal::Scenario(format!("there is no api `{}`", path.unwrap_or_default()))
        })
    }

    /// Returns the path that lines of an observation say for the slot `N`, if they say one.
    pub(crate) fn label<N: Slot>(&self) -> Option<String> {
        let api = self.list.iter().find(|api| api.type_path == N::PATH);
        api.filter(|_| self.are_listed).map(|api| api.path.clone())
    }

    /// Returns the paths, in the application, of the apis that an action of the type `kind`
    /// brings back.
    pub(crate) fn brought_back(&self, kind: &str) -> impl Iterator<Item = &'static str> {
        let is_back = move |api: &&NamedApi| api.rehydrate_action_type.as_deref() == Some(kind);
        self.list.iter().filter(is_back).map(|api| api.type_path)
    }

    /// Returns the type of an action as the application has it.
    pub(crate) fn inside(&self, kind: &str) -> String {
        let own = |api: &NamedApi| Some(format!("{}/{}", api.type_path, own(kind, &api.path)?));
        self.list.iter().find_map(own).unwrap_or_else(|| kind.to_owned())
    }

    /// Returns the type of an action as the scenario has it, and what follows the path of an api.
    pub(crate) fn outside<'a>(&self, kind: &'a str) -> (String, Option<&'a str>) {
        let found = self.list.iter().find_map(|api| Some((api, own(kind, api.type_path)?)));
        match found {
            Some((api, own)) => (format!("{}/{own}", api.path), Some(own)),
            None => (kind.to_owned(), None),
        }
    }

    /// Returns the state and the subscriptions of an observation; `slices` are those of the
    /// apis, in their order.
    pub(crate) fn observed(
        &self,
        slices: &[CacheState],
    ) -> Result<(Value, Value), serde_json::Error> {
        let (mut states, mut subscriptions) = (Map::new(), Map::new());
        for (api, slice) in self.list.iter().zip(slices) {
            let (mut state, subscribed) = split(slice)?;
            if let Some(path) = state.pointer_mut("/config/reducerPath") {
                *path = api.path.as_str().into();
            }
            if !self.are_listed {
                return Ok((state, subscribed));
            }
            states.insert(api.path.clone(), state);
            subscriptions.insert(api.path.clone(), subscribed);
        }
        Ok((states.into(), subscriptions.into()))
    }
}

/// Returns what follows the path of an api in the type of its action.
fn own<'a>(kind: &'a str, path: &str) -> Option<&'a str> {
    kind.strip_prefix(path)?.strip_prefix('/')
}

/// Returns a slice without its subscriptions, and the subscriptions that there are.
fn split(slice: &CacheState) -> Result<(Value, Value), serde_json::Error> {
    let mut state = serde_json::to_value(slice)?;
    let subscriptions = state.as_object_mut().and_then(|state| state.remove("subscriptions"));
    let mut subscriptions = subscriptions.unwrap_or_default();
    if let Some(by_key) = subscriptions.as_object_mut() {
        by_key.retain(|_, of_key| of_key.as_object().is_some_and(|of_key| !of_key.is_empty()));
    }
    Ok((state, subscriptions))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn apis(paths: &[&str]) -> Result<Apis, String> {
        let apis: Vec<_> =
            paths.iter().map(|path| json!({"reducerPath": path, "endpoints": {}})).collect();
        let scenario = json!({"name": "s", "apis": apis, "steps": []});
        Apis::of(&serde_json::from_value(scenario).unwrap())
    }

    #[test]
    fn types_of_actions_change_their_path() {
        let apis = apis(&["a", "b"]).unwrap();
        for (outside, inside, own) in [
            ("a/queries/x", "api 1/queries/x", Some("queries/x")),
            ("b/queries/x", "api 2/queries/x", Some("queries/x")),
            ("ab/queries/x", "ab/queries/x", None),
            ("__rtkq/focused", "__rtkq/focused", None),
            ("a", "a", None),
        ] {
            assert_eq!(apis.inside(outside), inside);
            assert_eq!(apis.outside(inside), (outside.to_owned(), own));
        }
    }

    #[test]
    fn a_step_without_api_means_the_first() {
        let apis = apis(&["a", "b"]).unwrap();
        assert_eq!(apis.slot(None).unwrap(), SlotName::First);
        assert_eq!(apis.slot(Some("b")).unwrap(), SlotName::Second);
        assert_eq!(apis.slot(Some("c")).unwrap_err().to_string(), "there is no api `c`");
    }

    #[test]
    fn apis_without_a_slot_are_refused() {
        assert_eq!(apis(&[]).unwrap_err(), "it has no api");
        assert_eq!(apis(&["a", "a"]).unwrap_err(), "two of its apis have the path `a`");
        assert_eq!(apis(&["a", "b", "c", "d"]).unwrap_err(), "it has more than 3 apis");
    }
}
