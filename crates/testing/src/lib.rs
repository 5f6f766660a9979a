//! What tests of retake applications need: virtual time, scripted servers, assertions.
//!
//! - [`VirtualRuntime`]: time that stands still until the test advances it.
//! - [`ScriptedBaseQuery`]: a server in a script.
//! - [`TestStore`] and [`ActionLog`]: a store with a record of its actions.
//! - [`assert_actions!`]: which actions reached the reducers.

mod actions;
mod runtime;
mod scripted;
mod store;

pub use actions::ActionLog;
pub use runtime::{EPOCH, VirtualRuntime};
pub use scripted::{Reply, ScriptedBaseQuery, SentRequest};
pub use store::TestStore;
