//! Integration tests of the middleware crate, one module per behaviour.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod recorder;
