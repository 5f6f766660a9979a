//! History: every action since a committed state, and the state after each of them.
//!
//! - [`LiftedState`]: the actions, the states, and which of them is looked at.
//! - [`LiftedAction`]: what a tool asks of it: jump, skip, reorder, commit and so on.
//! - [`HistoryOptions`]: how long it may grow, and what a reducer that panics does.
//!
//! It is data: nothing here runs a middleware, a thunk or a timer. Toggling an action runs the
//! reducers of those after it again, and nothing else.
//!
//! # Examples
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use retake_store::history::{ActionId, HistoryOptions, LiftedAction, LiftedState};
//!
//! let mut history = LiftedState::new(Counter { count: 0 }, HistoryOptions::default());
//! for at in 1..=3 {
//!     history.perform(Count::Up, at);
//! }
//! assert_eq!(history.state().count, 3);
//!
//! history.apply(&LiftedAction::ToggleAction { id: ActionId(2) })?; // as if it had not happened
//! assert_eq!(history.state().count, 2);
//!
//! history.apply(&LiftedAction::JumpToState { index: 1 })?;
//! assert_eq!(history.state().count, 1); // what is looked at
//! assert_eq!(history.head().count, 2); // what the next action is reduced onto
//! # Ok(())
//! # }
//! ```
//!
//! Source: Redux DevTools, `@redux-devtools/instrument` 3.0.0: the same fields, actions and
//! rules.

mod action;
mod change;
mod compute;
mod import;
mod lifted;
mod options;
mod reorder;
mod step;

pub use action::{ActionId, LiftedAction};
pub use change::{HistoryChange, Import, ReplayError, Restart};
pub use import::ImportError;
pub use lifted::{LiftedState, Performed, TravelError};
pub use options::HistoryOptions;
pub use step::{Computed, StagedAction};
