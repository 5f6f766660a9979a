//! The packets of SocketCluster, one or several in a frame.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a frame carries.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Packet {
    /// An empty frame, which is answered with an empty frame.
    Heartbeat,
    /// The answer to a call.
    Response {
        /// The number of the call.
        rid: u64,
        /// What it returned, or why it was refused.
        result: Result<Value, Refusal>,
    },
    /// Something that happened.
    Event {
        /// Its name.
        event: String,
        /// Its content; `null` if there is none.
        data: Value,
    },
}

/// Why a server refuses a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, thiserror::Error)]
#[error("{message} ({name})")]
pub struct Refusal {
    /// The name of the error.
    #[serde(default)]
    pub name: String,
    /// What it says.
    #[serde(default)]
    pub message: String,
}

#[derive(Deserialize)]
struct Wire {
    event: Option<String>,
    rid: Option<u64>,
    #[serde(default)]
    data: Value,
    error: Option<Value>,
}

impl Packet {
    /// Returns the packets of a text frame. What is neither a response nor an event is left out.
    ///
    /// # Errors
    /// When the frame is no JSON, or not of this form.
    pub fn decode(frame: &str) -> Result<Vec<Self>, serde_json::Error> {
        if frame.is_empty() {
            return Ok(vec![Self::Heartbeat]);
        }
        // A server may batch packets in an array.
        let wires: Vec<Wire> = match frame.trim_start().starts_with('[') {
            true => serde_json::from_str(frame)?,
            false => vec![serde_json::from_str(frame)?],
        };
        Ok(wires.into_iter().filter_map(Self::from_wire).collect())
    }

    fn from_wire(wire: Wire) -> Option<Self> {
        if let Some(rid) = wire.rid {
            let result = match wire.error {
                None => Ok(wire.data),
                Some(error) => Err(refusal(&error)),
            };
            return Some(Self::Response { rid, result });
        }
        wire.event.map(|event| Self::Event { event, data: wire.data })
    }
}

/// An error is usually an object; whatever else it is, it says something.
fn refusal(error: &Value) -> Refusal {
    Refusal::deserialize(error)
        .unwrap_or_else(|_| Refusal { name: "Error".to_owned(), message: error.to_string() })
}

#[derive(Serialize)]
struct Call<'a, T: ?Sized> {
    event: &'a str,
    data: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    cid: Option<u64>,
}

/// Returns the frame of a call, which the server answers.
pub(super) fn call(event: &str, data: &Value, cid: u64) -> String {
    encode(&Call { event, data, cid: Some(cid) })
}

/// Returns the frame of an event, which nobody answers.
pub(super) fn transmit<T: Serialize + ?Sized>(event: &str, data: &T) -> String {
    encode(&Call { event, data, cid: None })
}

/// Strings, numbers and JSON values in objects with string keys always have a JSON form.
fn encode(packet: &impl Serialize) -> String {
    serde_json::to_string(packet).unwrap_or_default()
}
