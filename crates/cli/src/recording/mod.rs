//! A log as the commands see it: its entries, and the state after each.

pub(crate) mod clock;
pub(crate) mod input;
pub(crate) mod pattern;
pub(crate) mod row;
