//! Redux DevTools for retake: the client of the remote monitor, for stores with history.
//!
//! - [`Devtools`]: what is sent, to whom, and what the monitor may do.
//! - [`Features`]: which buttons there are.
//! - [`Connection`]: disconnects when it is dropped, and says how it is.
//!
//! Without a connection, and for back ends of one's own:
//!
//! - [`transport`](mod@transport): frames of SocketCluster.
//! - [`protocol`](mod@protocol): messages.
//! - [`session`](mod@session): what to do about messages, and what to say about changes.
//!
//! The application owns its history ("lifted mode"): a monitor shows it, and asks the store to
//! travel in it. Whatever a monitor or a server sends, nothing panics; what cannot be done is
//! shown to the user of the monitor.
//!
//! # Trade-offs
//!
//! - Loopback only, unless [`allow_remote`](Devtools::allow_remote): the protocol has neither
//!   passwords nor encryption, and whoever is connected can dispatch.
//! - JavaScript has no integers above 2^53: they are shown as strings, and numbers that are none
//!   as `null`. A history with such values comes back only from a file that was exported with
//!   [`Export::Actions`].
//! - A monitor gets all states that it shows as JSON, once each. For large states there are
//!   sanitizers and limits.

#[cfg(not(target_arch = "wasm32"))]
mod client;
#[cfg(feature = "extension")]
mod extension;
mod features;
mod filter;
mod options;
pub mod protocol;
pub mod session;
pub mod transport;

#[cfg(not(target_arch = "wasm32"))]
pub use client::{AddressError, ConnectError, Connection, Status};
#[cfg(feature = "extension")]
pub use extension::{ExtensionConnection, ExtensionError};
pub use features::{Export, Features};
pub use filter::PatternError;
pub use options::{DEFAULT_URL, Devtools, Reconnect};
