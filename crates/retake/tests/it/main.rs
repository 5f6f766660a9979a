//! What the crates do together.

mod app;
mod async_thunk;
mod build;
mod flow;
mod laws;
mod tokio_threads;
