//! Integration tests of the http crate: a store, a base query, and a server on this machine.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod bodies;
mod errors;
mod headers;
mod meta;
mod mistakes;
mod requests;
mod responses;
mod retry;
mod server;
mod waiting;
