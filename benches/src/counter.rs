//! The smallest application.

use retake::prelude::*;
use retake::{Middleware, Next};
use serde::{Deserialize, Serialize};

/// One number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    /// How often it was incremented.
    pub count: i64,
}

#[slice(name = "counter")]
impl Counter {
    fn incremented(&mut self) {
        self.count += 1;
    }
}

/// Middleware that does nothing.
#[derive(Clone, Copy, Debug)]
pub struct PassOn;

impl<S, A> Middleware<S, A> for PassOn {
    fn handle(&self, action: A, next: Next<'_, S, A>) {
        next.run(action);
    }
}
