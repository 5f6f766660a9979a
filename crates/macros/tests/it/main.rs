//! The macros as an application uses them.

mod app;
mod by_hand;
mod compile_fail;
mod leaf_action;
mod patchable;
mod root_action;
mod slice;
mod state;
mod wire;
