//! What the crates do together.

mod app;
mod async_thunk;
mod build;
mod costs;
mod endpoints;
mod flow;
mod handles;
mod laws;
mod tokio_threads;
