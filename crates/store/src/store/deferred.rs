//! Actions of dropped handles, dispatched when no dispatch is under way.

use std::collections::VecDeque;

use crate::sync::{AtomicUsize, Mutex, Ordering};

/// Actions that wait for the gate to be free.
///
/// A destructor may run anywhere: inside a reducer, under another thread's dispatch, while
/// unwinding. It only adds here; whoever leaves the gate looks here afterwards. The count
/// changes under the lock and is read without it, so that leaving costs one load.
pub(crate) struct Deferred<A> {
    actions: Mutex<VecDeque<A>>,
    count: AtomicUsize,
}

impl<A> Deferred<A> {
    pub(crate) fn new() -> Self {
        Self { actions: Mutex::new(VecDeque::new()), count: AtomicUsize::new(0) }
    }

    pub(crate) fn push(&self, action: A) {
        let mut actions = self.actions.lock();
        actions.push_back(action);
        self.count.store(actions.len(), Ordering::SeqCst);
    }

    pub(crate) fn pop(&self) -> Option<A> {
        let mut actions = self.actions.lock();
        let action = actions.pop_front();
        self.count.store(actions.len(), Ordering::SeqCst);
        action
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Ordering::SeqCst) == 0
    }
}
