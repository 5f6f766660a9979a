//! What makes the server cache live: handlers of the actions of an api, and their driver.
//!
//! - [`CacheMiddleware`]: the middleware of an api.
//! - [`Handler`]: one behaviour, as a state machine that returns [`Effect`]s;
//!   [`handlers`] has one file for each, and their order.
//! - [`Driver`]: performs effects and owns all timers.
//! - [`Recorder`]: writes every action to a log.
//!
//! An application meets only the recorder: `configure_store` of the facade adds the rest.
//!
//! # Trade-offs
//!
//! - Reactions are part of the dispatch that causes them: when `dispatch` returns, refetches
//!   are on their way. The dispatch pays for that, and waits for no answer.
//! - A handler is asked again after each of its effects. Collecting the effects of all
//!   handlers would be simpler, and would not be what RTK Query does: the order can be seen.
//! - [`Effect`] is closed. A new behaviour that wants something else adds a variant, and the
//!   driver stays the one place where things happen.
//! - A timer is a task of the runtime's; there are as many as entries without subscribers and
//!   entries that are polled.

mod cache_middleware;
mod driver;
mod effect;
mod handler;
pub mod handlers;
mod recorder;
mod timers;

pub use cache_middleware::CacheMiddleware;
pub use driver::Driver;
pub use effect::{Effect, TimerKey, TimerKind};
pub use handler::{Endpoints, Frame, Handler, HandlerContext, TimerContext};
pub use recorder::{
    Durability, OpenError, RecordError, RecordedApis, Recorder, RecorderOptions, RecorderStatus,
    WhenFull,
};
