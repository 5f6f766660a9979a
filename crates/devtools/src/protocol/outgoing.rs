//! What an application says.

use retake_store::history::ActionId;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use crate::features::Features;
use crate::protocol::creators::ActionCreator;

/// What an application says to the monitors. The texts are JSON.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ToMonitor {
    /// The application is there: whoever listens answers.
    Start,
    /// The whole history.
    State {
        /// The lifted state.
        lifted: String,
    },
    /// Actions behind those that were sent.
    Actions {
        /// The actions, wrapped as `PERFORM_ACTION`, each with the state after it.
        steps: Vec<(String, String)>,
        /// The number behind that of the last one.
        next_action_id: ActionId,
        /// How many states are left after this: more are dropped at the beginning.
        max_age: usize,
        /// What is looked at then; `None` when more actions follow at once.
        pointer: Option<Pointer>,
    },
    /// What is looked at, and nothing else has changed.
    Lifted(Pointer),
    /// Something to show to the user of the monitor.
    Error(String),
    /// What is to be exported.
    Export {
        /// The actions, without the beginning.
        actions: String,
        /// The state that they begin with.
        committed: String,
    },
}

/// The part of a lifted state that changes without an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pointer {
    /// The place of the state that is looked at.
    pub current_state_index: usize,
    /// Whether actions are refused.
    pub is_locked: bool,
    /// Whether nothing is recorded.
    pub is_paused: bool,
}

/// Who says it: what every message has.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The name that the monitor shows.
    pub name: String,
    /// The store, the same after a reconnection.
    pub instance_id: String,
    features: Value,
    creators: Value,
}

impl Sender {
    pub(crate) fn new(
        name: &str,
        instance_id: &str,
        features: Features,
        creators: &[ActionCreator],
    ) -> Self {
        let creators =
            creators.iter().map(|it| json!({ "name": it.name, "args": it.args })).collect();
        Self {
            name: name.to_owned(),
            instance_id: instance_id.to_owned(),
            features: features.to_json(),
            creators,
        }
    }

    /// Returns `message` as the remote monitor reads it, from the connection `id`.
    #[must_use]
    pub fn envelope<'a>(&'a self, id: &'a str, message: &'a ToMonitor) -> impl Serialize + 'a {
        Envelope { sender: self, id, message }
    }

    /// Returns what the monitor has to know of the application: its buttons and creators.
    #[must_use]
    pub fn lib_config(&self) -> Value {
        json!({
            "name": self.name,
            "type": "redux",
            "actionCreators": self.creators.to_string(),
            "serialize": false,
            "features": self.features,
        })
    }
}

struct Envelope<'a> {
    sender: &'a Sender,
    id: &'a str,
    message: &'a ToMonitor,
}

impl Serialize for Envelope<'_> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", kind(self.message))?;
        map.serialize_entry("id", self.id)?;
        map.serialize_entry("name", &self.sender.name)?;
        map.serialize_entry("instanceId", &self.sender.instance_id)?;
        match self.message {
            ToMonitor::Start => {}
            ToMonitor::State { lifted } => {
                // A monitor reads these of the first message of an instance only, and which
                // message is its first is not known here.
                map.serialize_entry("libConfig", &self.sender.lib_config())?;
                map.serialize_entry("payload", lifted)?;
            }
            ToMonitor::Actions { steps, next_action_id, max_age, pointer } => {
                if let [(action, state)] = steps.as_slice() {
                    map.serialize_entry("action", action)?;
                    map.serialize_entry("payload", state)?;
                } else {
                    map.serialize_entry("action", &list(steps.iter().map(|(action, _)| action)))?;
                    map.serialize_entry("payload", &list(steps.iter().map(|(_, state)| state)))?;
                }
                map.serialize_entry("nextActionId", next_action_id)?;
                map.serialize_entry("maxAge", max_age)?;
                if let Some(pointer) = pointer {
                    map.serialize_entry("liftedState", pointer)?;
                }
            }
            ToMonitor::Lifted(pointer) => map.serialize_entry("liftedState", pointer)?,
            ToMonitor::Error(text) => map.serialize_entry("payload", text)?,
            ToMonitor::Export { actions, committed } => {
                map.serialize_entry("payload", actions)?;
                map.serialize_entry("committedState", committed)?;
            }
        }
        map.end()
    }
}

fn kind(message: &ToMonitor) -> &'static str {
    match message {
        ToMonitor::Start => "START",
        ToMonitor::State { .. } => "STATE",
        ToMonitor::Actions { .. } => "ACTION",
        ToMonitor::Lifted(_) => "LIFTED",
        ToMonitor::Error(_) => "ERROR",
        ToMonitor::Export { .. } => "EXPORT",
    }
}

/// Returns the list of `items`, which are JSON.
pub(crate) fn list<T: AsRef<str>>(items: impl Iterator<Item = T>) -> String {
    let mut list = String::from("[");
    for (at, item) in items.enumerate() {
        if at > 0 {
            list.push(',');
        }
        list.push_str(item.as_ref());
    }
    list.push(']');
    list
}
