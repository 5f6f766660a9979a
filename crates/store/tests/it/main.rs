//! Integration tests of the store crate, one module per behaviour.
mod ordered;
mod patch;
