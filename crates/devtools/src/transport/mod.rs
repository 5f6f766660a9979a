//! SocketCluster, protocol version 2, as far as a client of Redux DevTools needs it: pure.
//!
//! [`Link`] turns frames into [`LinkEvent`]s: it shakes hands, logs in as an application,
//! subscribes to the two channels that matter (one for all applications, and its own), and
//! answers heartbeats. It owns no socket.

mod packet;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use packet::{Packet, Refusal};

/// How large a message from the server may be, in bytes.
pub const MAX_MESSAGE: usize = 64 << 20;

/// How long nothing may be heard from a server that does not say.
const PING_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection's life in SocketCluster.
///
/// ```
/// use retake_devtools::transport::{Link, LinkEvent};
///
/// let mut link = Link::new();
/// assert_eq!(link.open(), r##"{"event":"#handshake","data":{"authToken":null},"cid":1}"##);
/// let events = link.receive(r#"{"rid":1,"data":{"id":"a1","pingTimeout":30000}}"#)?;
/// let login = r#"{"event":"login","data":"master","cid":2}"#;
/// assert_eq!(events, [LinkEvent::Send(login.to_owned())]);
/// assert_eq!(link.receive("")?, [LinkEvent::Send(String::new())]); // a heartbeat
/// # Ok::<(), retake_devtools::transport::LinkError>(())
/// ```
///
/// Source: `socketcluster-server` 19 and 20, `@redux-devtools/cli`.
#[derive(Debug)]
pub struct Link {
    last_cid: u64,
    pending: BTreeMap<u64, Call>,
    id: String,
    ping_timeout: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Handshake,
    Login,
    Subscribe,
}

/// What a frame leads to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LinkEvent {
    /// Send this frame.
    Send(String),
    /// The channels are subscribed to; this is the connection's id.
    Opened(String),
    /// A monitor says something.
    Message(Value),
}

/// Why a connection cannot go on, or a frame cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The frame is none of SocketCluster's. It can be ignored.
    #[error("the server sent what is no packet of SocketCluster: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The server refuses a step of the connection.
    #[error("the server refused the {step}: {refusal}")]
    Refused {
        /// Which one.
        step: &'static str,
        /// Why.
        refusal: Refusal,
    },
    /// The answer to a step is not what it has to be.
    #[error(
        "the answer to the {step} is not that of a Redux DevTools server: is there another \
         server behind this address?"
    )]
    Unexpected {
        /// Which one.
        step: &'static str,
    },
}

impl LinkError {
    /// Returns whether the connection can go on as if nothing had come.
    #[must_use]
    pub fn is_ignorable(&self) -> bool {
        matches!(self, Self::Malformed(_))
    }
}

impl Call {
    const fn step(self) -> &'static str {
        match self {
            Self::Handshake => "handshake",
            Self::Login => "login",
            Self::Subscribe => "subscription",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Handshake {
    id: String,
    ping_timeout: Option<u64>,
}

#[derive(Deserialize)]
struct Publication {
    #[serde(default)]
    data: Value,
}

impl Link {
    /// Returns a connection that is not open yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            last_cid: 0,
            pending: BTreeMap::new(),
            id: String::new(),
            ping_timeout: PING_TIMEOUT,
        }
    }

    /// Returns the first frame to send.
    #[must_use]
    pub fn open(&mut self) -> String {
        self.call(Call::Handshake, "#handshake", &json!({ "authToken": null }))
    }

    /// Returns what the server's `frame` leads to.
    ///
    /// # Errors
    /// [`LinkError`], after which the connection has to be closed unless it
    /// [can be ignored](LinkError::is_ignorable).
    pub fn receive(&mut self, frame: &str) -> Result<Vec<LinkEvent>, LinkError> {
        let mut events = Vec::new();
        for packet in Packet::decode(frame)? {
            match packet {
                Packet::Heartbeat => events.push(LinkEvent::Send(String::new())),
                Packet::Response { rid, result } => self.answered(rid, result, &mut events)?,
                Packet::Event { event, data } if event == "#publish" => {
                    // Both channels carry messages of monitors, and nothing else is subscribed to.
                    let publication = Publication::deserialize(data)?;
                    events.push(LinkEvent::Message(publication.data));
                }
                Packet::Event { .. } => {}
            }
        }
        Ok(events)
    }

    /// Returns the frame that tells all monitors `message`.
    #[must_use]
    pub fn tell<T: Serialize + ?Sized>(&self, message: &T) -> String {
        packet::transmit("log", message)
    }

    /// Returns how long nothing may come from the server before the connection counts as lost.
    #[must_use]
    pub fn ping_timeout(&self) -> Duration {
        self.ping_timeout
    }

    fn answered(
        &mut self,
        rid: u64,
        result: Result<Value, Refusal>,
        events: &mut Vec<LinkEvent>,
    ) -> Result<(), LinkError> {
        let Some(call) = self.pending.remove(&rid) else { return Ok(()) };
        let step = call.step();
        let data = result.map_err(|refusal| LinkError::Refused { step, refusal })?;
        match call {
            Call::Handshake => {
                let handshake =
                    Handshake::deserialize(data).map_err(|_| LinkError::Unexpected { step })?;
                self.id = handshake.id;
                if let Some(timeout) = handshake.ping_timeout {
                    // Neither a connection that never lives nor one that never dies.
                    self.ping_timeout = Duration::from_millis(timeout.clamp(1_000, 600_000));
                }
                events.push(LinkEvent::Send(self.call(Call::Login, "login", &json!("master"))));
            }
            Call::Login => {
                let Value::String(channel) = data else {
                    return Err(LinkError::Unexpected { step });
                };
                // The first one is for all applications. What a monitor wants of this one alone
                // comes on the second, which nobody subscribes to but the application itself.
                for channel in [channel, format!("sc-{}", self.id)] {
                    let subscribe = json!({ "channel": channel });
                    let frame = self.call(Call::Subscribe, "#subscribe", &subscribe);
                    events.push(LinkEvent::Send(frame));
                }
            }
            Call::Subscribe if self.pending.is_empty() => {
                events.push(LinkEvent::Opened(self.id.clone()));
            }
            Call::Subscribe => {}
        }
        Ok(())
    }

    fn call(&mut self, call: Call, event: &str, data: &Value) -> String {
        self.last_cid += 1;
        self.pending.insert(self.last_cid, call);
        packet::call(event, data, self.last_cid)
    }
}

impl Default for Link {
    fn default() -> Self {
        Self::new()
    }
}
