//! The conformance runner: scenarios whose outcome was recorded from RTK Query, run on retake.
//!
//! - [`Scenario`]: what a scenario file says; `FORMAT.md` beside this package explains it.
//! - [`run`]: runs one on a store of untyped endpoints, in virtual time, and returns what was
//!   observed and the log of its actions.
//! - [`first_divergence`]: compares two observations.
//! - [`check_replay`]: folds the log of a run with the reducer alone.
//!
//! The runner uses the public interface of retake and nothing else: what it can do, an
//! application can. It leaves out of an observation what `FORMAT.md` says is not observable in
//! RTK Query: subscription actions and cache hits of subscribers, which retake lets through.
//!
//! # Trade-offs
//!
//! The path of an api is part of its type. So apis run under paths of the runner's own, a few in
//! one store, and the paths in what they read and write are exchanged.

mod apis;
mod app;
mod calls;
mod checker;
mod compare;
mod edit;
mod endpoints;
mod files;
mod handles;
mod ids;
mod infinite;
mod journal;
mod later;
mod observation;
mod observer;
mod patch;
mod queries;
mod recorder;
mod replay;
mod retry;
mod run;
pub mod scenario;
mod schema;
mod script;
mod server;
mod session;
mod slot;
mod step;
mod tags;
mod template;
mod view;
mod world;

pub use compare::{Divergence, first_divergence};
pub use files::{FileError, json_files, read_json, write_json};
pub use ids::rename_ids;
pub use journal::Reduced;
pub use observer::{Observer, edited};
pub use recorder::Recorder;
pub use replay::{ReplayError, check_replay};
pub use retry::ScenarioBaseQuery;
pub use run::{Run, RunError, run};
pub use scenario::Scenario;
pub use view::{infinite_query_view, mutation_view, query_view};
