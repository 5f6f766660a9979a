//! Tests of the server over real connections.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;
mod faults;
mod lifecycle;
mod posts;
mod refusals;
