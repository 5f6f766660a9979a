//! What an application and a monitor say to each other: pure.
//!
//! - [`FromMonitor`], [`MonitorMessage`]: what comes, with [`parse_jsan`] and [`parse_literal`]
//!   for the texts in it.
//! - [`ToMonitor`]: what goes.

mod creators;
mod incoming;
mod jsan;
mod literal;
mod outgoing;

pub(crate) use creators::ActionCreator;
pub use creators::CallError;
pub use incoming::{Call, Command, FromMonitor, MonitorMessage, ProtocolError};
pub use jsan::{JsanError, parse_jsan};
pub use literal::{LiteralError, parse_literal};
pub(crate) use outgoing::list;
pub use outgoing::{Pointer, Sender, ToMonitor};
