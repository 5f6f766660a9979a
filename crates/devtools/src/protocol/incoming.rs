//! What a monitor says.

use retake_store::history::LiftedAction;
use serde::Deserialize;
use serde_json::{Value, json};

/// A message of a monitor, and to whom.
#[derive(Clone, Debug, PartialEq)]
pub struct FromMonitor {
    /// The store that is meant; `None`: any.
    pub instance_id: Option<String>,
    /// What it says.
    pub message: MonitorMessage,
}

/// What a monitor says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum MonitorMessage {
    /// A monitor is there: send everything, and go on sending.
    Start,
    /// Send nothing any longer.
    Stop,
    /// Send everything again.
    Update,
    /// A monitor left; others may be there.
    Disconnected,
    /// A button of time travel.
    Dispatch(Command),
    /// The dispatcher.
    Action(Call),
    /// A file to import, as it is.
    Import(String),
    /// Send what is to be exported.
    Export,
    /// Another application's history, to be taken over.
    Sync {
        /// The connection that it comes from.
        from: String,
        /// The history, as text.
        history: String,
    },
}

/// What a button asks for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Command {
    /// Travel in the history.
    Travel(LiftedAction),
    /// Take over a history.
    Import(Value),
}

/// What the dispatcher asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Call {
    /// An action as JavaScript.
    Source(String),
    /// An action creator and its arguments.
    Creator {
        /// Its name.
        #[serde(default)]
        name: String,
        /// Its place in the list that was sent.
        selected: usize,
        /// The arguments, as JavaScript; what was left empty is `None`, or not there.
        #[serde(default)]
        args: Vec<Option<String>>,
        /// More arguments: a list, as JavaScript.
        #[serde(default)]
        rest: String,
    },
}

/// Why a message cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// It is of a kind that is not known.
    #[error("a monitor sent a message of the unknown type `{0}`")]
    Unknown(String),
    /// It is not what messages of its kind are.
    #[error("a monitor sent a message that cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    action: Value,
    #[serde(default)]
    state: Value,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    instance_id: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireImport {
    next_lifted_state: Value,
    #[serde(default)]
    preloaded_state: Value,
}

impl FromMonitor {
    /// Reads a message as the remote monitor sends it: `{"type":"DISPATCH","action":{..}}`.
    ///
    /// The browser extension names the action `payload`, and is otherwise the same.
    ///
    /// # Errors
    /// [`ProtocolError`] when it is no message, or of an unknown type.
    ///
    /// # Examples
    /// ```
    /// use retake_devtools::protocol::{Command, FromMonitor, MonitorMessage};
    /// use retake_store::history::LiftedAction;
    /// let sweep = serde_json::json!({
    ///     "type": "DISPATCH", "action": {"type": "SWEEP"}, "instanceId": "a",
    /// });
    /// let read = FromMonitor::read(sweep)?;
    /// assert_eq!(read.instance_id.as_deref(), Some("a"));
    /// assert_eq!(read.message, MonitorMessage::Dispatch(Command::Travel(LiftedAction::Sweep)));
    /// # Ok::<(), retake_devtools::protocol::ProtocolError>(())
    /// ```
    pub fn read(message: Value) -> Result<Self, ProtocolError> {
        let wire = Wire::deserialize(message)?;
        let message = match wire.kind.as_str() {
            "START" => MonitorMessage::Start,
            "STOP" => MonitorMessage::Stop,
            "UPDATE" => MonitorMessage::Update,
            "DISCONNECTED" => MonitorMessage::Disconnected,
            "DISPATCH" => MonitorMessage::Dispatch(Command::read(wire.action)?),
            "ACTION" => MonitorMessage::Action(Call::deserialize(wire.action)?),
            "IMPORT" => MonitorMessage::Import(text(wire.state)),
            "EXPORT" => MonitorMessage::Export,
            "SYNC" => MonitorMessage::Sync { from: text(wire.id), history: text(wire.state) },
            _ => return Err(ProtocolError::Unknown(wire.kind)),
        };
        let instance_id = (!wire.instance_id.is_null()).then(|| text(wire.instance_id));
        Ok(Self { instance_id, message })
    }
}

/// The extension counts instances, and some versions send objects for texts.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

impl Command {
    fn read(action: Value) -> Result<Self, ProtocolError> {
        if action.get("type").and_then(Value::as_str) != Some("IMPORT_STATE") {
            return Ok(Self::Travel(LiftedAction::deserialize(action)?));
        }
        let import = WireImport::deserialize(action)?;
        Ok(Self::Import(match import.preloaded_state {
            // The form of the file that such an import comes from.
            preloaded if import.next_lifted_state.is_array() && !preloaded.is_null() => json!({
                "payload": import.next_lifted_state.to_string(),
                "preloadedState": preloaded.to_string(),
            }),
            _ => import.next_lifted_state,
        }))
    }
}
