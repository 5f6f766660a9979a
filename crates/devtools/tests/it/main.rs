//! Integration tests of the DevTools crate, one module per behaviour.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod client;
mod laws;
mod monitor;
mod protocol;
mod recorded;
mod server;
mod session;
mod transport;
