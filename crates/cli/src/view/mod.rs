//! The screen of `retake view`.
//!
//! - `viewer` is its state and what keys do to it; `draw` makes text of it and changes nothing.
//! - `listing` is the list of entries with its filter; `moment` is the selected entry with what
//!   it did (`changes`) and the state after it.
//! - `panel` makes trees of a moment: `node` is a branch that is made when it is opened,
//!   `outline` the lines that are there.
//! - `layout` says what is where, `scroll` which part of a list is on the screen, `help` the keys.
//!
//! Nothing here knows a terminal or a clock. What may take long, replaying and filtering, is
//! done in pieces, between which keys are looked for; only rows on the screen are kept, and of the
//! states those that the recording goes on from.

mod changes;
mod draw;
mod help;
mod layout;
mod listing;
mod moment;
mod node;
mod outline;
mod panel;
mod scroll;
#[cfg(test)]
mod tests;
mod viewer;

pub(crate) use viewer::{Flow, Viewer};
