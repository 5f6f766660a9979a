//! The timers of the driver.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::AbortHandle;
use retake_store::cost;

use crate::effect::{TimerKey, TimerKind};

/// The timers that are running, each with a number that tells it from its predecessors.
#[derive(Default)]
pub(crate) struct Timers(Mutex<Running>);

#[derive(Default)]
struct Running {
    started: u64,
    by_key: BTreeMap<TimerKey, (u64, AbortHandle)>,
}

impl Timers {
    fn lock(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a timer, in the place of one with the same key, and returns its number.
    pub(crate) fn set(&self, key: TimerKey, abort: AbortHandle) -> u64 {
        cost::visit(1);
        let mut running = self.lock();
        running.started += 1;
        let number = running.started;
        if let Some((_, replaced)) = running.by_key.insert(key, (number, abort)) {
            replaced.abort();
        }
        number
    }

    pub(crate) fn clear(&self, key: &TimerKey) {
        cost::visit(1);
        if let Some((_, abort)) = self.lock().by_key.remove(key) {
            abort.abort();
        }
    }

    pub(crate) fn clear_kind(&self, kind: TimerKind) {
        let mut running = self.lock();
        cost::visit(running.by_key.len() as u64);
        running.by_key.retain(|key, (_, abort)| {
            let is_kept = key.kind != kind;
            if !is_kept {
                abort.abort();
            }
            is_kept
        });
    }

    /// Takes the timer `key` away, if it is still the one with this number.
    pub(crate) fn take(&self, key: &TimerKey, number: u64) -> bool {
        cost::visit(1);
        let mut running = self.lock();
        let is_current = running.by_key.get(key).is_some_and(|(current, _)| *current == number);
        if is_current {
            running.by_key.remove(key);
        }
        is_current
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        for (_, abort) in self.lock().by_key.values() {
            abort.abort();
        }
    }
}
