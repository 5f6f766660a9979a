//! What the crates do together.

mod app;
mod flow;
