//! The macros as an application uses them.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what is wrong by failing")]

mod app;
mod by_hand;
mod compile_fail;
mod leaf_action;
mod on_root;
mod patchable;
mod root_action;
mod slice;
mod state;
mod wire;
