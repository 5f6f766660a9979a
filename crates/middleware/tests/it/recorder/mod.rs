//! The recorder: what it writes, when, and what becomes of it when it cannot.

mod durability;
mod failure;
mod files;
mod history;
mod lines;
mod numbers;
mod output;
mod queue;
