//! What makes the server cache live: handlers of the actions of an api, and their driver.
//!
//! - [`CacheMiddleware`]: the middleware of an api.
//! - [`Handler`]: one behaviour, as a state machine that returns [`Effect`]s;
//!   [`handlers`] has one file for each.
//! - [`Driver`]: performs effects and owns all timers.

mod cache_middleware;
mod driver;
mod effect;
mod handler;
pub mod handlers;
mod timers;

pub use cache_middleware::CacheMiddleware;
pub use driver::Driver;
pub use effect::{Effect, TimerKey, TimerKind};
pub use handler::{Endpoints, Frame, Handler, HandlerContext};
