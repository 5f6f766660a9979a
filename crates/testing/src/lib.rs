//! What tests of retake applications need: virtual time, scripted servers, assertions.
//!
//! - [`VirtualRuntime`]: time that stands still until the test advances it.
//! - [`ScriptedBaseQuery`]: a server in a script.
//! - [`TestStore`] and [`ActionLog`]: a store with a record of its actions.
//! - [`assert_actions!`]: which actions reached the reducers.
//! - [`replay_tests!`]: recordings as tests; [`Recordings`] is what is behind it.
//!
//! # Examples
//! ```
//! use std::time::Duration;
//!
//! use retake::prelude::*;
//! use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, VirtualRuntime, assert_actions};
//! use serde::{Deserialize, Serialize};
//! use serde_json::json;
//!
//! #[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
//! struct App { rates: ApiState<Rates> }
//!
//! struct Rates;
//! impl Api for Rates {
//!     const REDUCER_PATH: &'static str = "rates";
//!     type State = App;
//!     type Action = ApiAction<Rates>;
//!     type BaseQuery = ScriptedBaseQuery;
//!     fn slice(app: &App) -> &ApiState<Self> { &app.rates }
//! }
//!
//! struct GetRate;
//! impl Query for GetRate {
//!     type Api = Rates;
//!     type Arg = String;
//!     type Output = f64;
//!     const NAME: &'static str = "getRate";
//!     fn query(&self, currency: &String) -> Request { Request::get(format!("rates/{currency}")) }
//! }
//!
//! let runtime = VirtualRuntime::new();
//! let server = ScriptedBaseQuery::new(runtime.clone());
//! server.on("GET rates/EUR", Reply::ok(json!(1.5)).after(Duration::from_secs(3)));
//! let log = ActionLog::new();
//! let store = configure_store::<App, ApiAction<Rates>>()
//!     .runtime(runtime.clone())
//!     .api(Rates, server)
//!     .middleware(log.clone())
//!     .build()?;
//!
//! let rate = store.dispatch(GetRate.initiate("EUR".into()));
//! runtime.advance(Duration::from_secs(3)); // takes no time
//! assert_eq!(rate.state().data.as_deref(), Some(&1.5));
//! assert_actions!(log, ["rates/executeQuery/pending", "rates/executeQuery/fulfilled"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Trade-offs
//!
//! - Everything runs on the thread of the test, first in, first out: orders that only threads
//!   can bring about do not occur. They are for tests with threads, or for a model checker.
//! - A script knows routes and answers, not rules. A server with rules is a base query of the
//!   test's own.

mod actions;
mod recordings;
mod runtime;
mod scripted;
mod store;

pub use actions::ActionLog;
pub use recordings::{RecordingError, Recordings, ShrunkTo};
pub use runtime::{EPOCH, VirtualRuntime};
pub use scripted::{Reply, ScriptedBaseQuery, SentRequest};
pub use store::TestStore;
