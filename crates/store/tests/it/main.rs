//! Integration tests of the store crate, one module per behaviour.
mod cache;
mod cache_app;
mod cache_data;
mod cache_subscriptions;
mod cache_wire;
mod dispatch;
mod dispatch_app;
mod dispatch_defer;
mod laws;
mod listeners;
mod listeners_keyed;
mod log;
mod ordered;
mod patch;
mod selector;
mod tags;
mod threads;
