//! A record of the actions that reached the reducers.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use retake_store::{Action, Middleware, Next, WireAction};

/// A middleware that records the actions it passes on.
///
/// Added last, it records what reaches the reducers. Clones are one record.
pub struct ActionLog<A>(Arc<Mutex<Vec<A>>>);

impl<A: Action> ActionLog<A> {
    /// Returns an empty record.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the actions so far.
    #[must_use]
    pub fn actions(&self) -> Vec<A> {
        self.lock().clone()
    }

    /// Returns the type strings of the actions so far.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        self.lock().iter().map(|action| action.action_type().into_owned()).collect()
    }

    /// Returns the JSON forms of the actions so far.
    ///
    /// # Panics
    /// When an action has no JSON form.
    #[must_use]
    pub fn wires(&self) -> Vec<WireAction> {
        let wire = |action: &A| match action.to_wire() {
            Ok(wire) => wire,
            Err(error) => panic!("{error}"),
        };
        self.lock().iter().map(wire).collect()
    }

    /// Returns the actions so far and forgets them.
    #[must_use]
    pub fn take(&self) -> Vec<A> {
        std::mem::take(&mut *self.lock())
    }

    /// Forgets the actions so far.
    pub fn clear(&self) {
        self.lock().clear();
    }
}

impl<A> Default for ActionLog<A> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<A> Clone for ActionLog<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: Action> fmt::Debug for ActionLog<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.types()).finish()
    }
}

impl<S, A: Action> Middleware<S, A> for ActionLog<A> {
    fn handle(&self, action: A, next: Next<'_, S, A>) {
        self.lock().push(action.clone());
        next.run(action);
    }
}

/// Asserts that exactly these actions were recorded, and forgets them.
///
/// The first argument is an [`ActionLog`] or a [`TestStore`](crate::TestStore), the second a
/// list of type strings.
///
/// # Panics
/// When the types differ; the message shows both lists.
#[macro_export]
macro_rules! assert_actions {
    ($log:expr, [$($kind:expr),* $(,)?] $(,)?) => {{
        let expected: Vec<String> = vec![$(String::from($kind)),*];
        let log = &$log;
        let actual = log.types();
        log.clear();
        assert_eq!(actual, expected, "the actions that reached the reducers (left)");
    }};
}
