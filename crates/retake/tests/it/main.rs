//! What the crates do together.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what is wrong by failing")]

mod app;
mod async_thunk;
mod base_queries;
mod build;
mod costs;
mod edits;
mod endpoints;
mod flow;
mod handles;
mod infinite;
mod inject;
mod laws;
mod matchers;
mod on_root;
mod panics;
mod planted;
mod polling;
mod random;
mod recording;
mod rehydration;
mod retry;
mod running;
mod runtimes;
mod schemas;
mod scripts;
mod several_apis;
mod streaming;
mod tokio_threads;
mod travel;
mod undo;
mod unreadable;
mod window;
