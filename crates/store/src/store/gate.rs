//! The gate: one writer at a time, re-entrant for its thread, and readers that never wait.

use std::cell::{Cell, RefCell};
use std::mem;
use std::sync::Arc;

use crate::reducer::{Changed, Reducer};
use crate::state::State;
use crate::store::DispatchError;
use crate::sync::{Mutex, ReentrantMutex, ReentrantMutexGuard};

/// How deep dispatches may nest inside each other.
pub(crate) const DEPTH_LIMIT: u32 = 64;

/// Three states: `current`, which only the reducer touches; `shown.last`, which readers
/// copy; and `spare`, which was shown before. After an action, `spare` is brought up to
/// `current` outside the short lock and exchanged with `shown.last` inside it, so that
/// neither a reader nor a writer waits for more than the exchange.
pub(crate) struct Gate<S> {
    lock: ReentrantMutex<Inside<S>>,
    shown: Mutex<Shown<S>>,
}

/// What only the thread inside the gate can reach.
pub(crate) struct Inside<S> {
    pair: RefCell<Pair<S>>,
    /// How many dispatches and `atomically` calls of this thread are under way.
    depth: Cell<u32>,
    /// What changed since listeners were last notified; `None`: no action was reduced.
    unnotified: Cell<Option<Changed>>,
}

struct Pair<S> {
    current: S,
    spare: S,
    /// Where `spare` may differ from `current` between actions.
    behind: Changed,
}

struct Shown<S> {
    last: S,
    snapshot: Option<Arc<S>>,
}

impl<S: State> Gate<S> {
    pub(crate) fn new(state: S) -> Self {
        let pair = Pair { current: state.clone(), spare: state.clone(), behind: Changed::NONE };
        let inside =
            Inside { pair: RefCell::new(pair), depth: Cell::new(0), unnotified: Cell::new(None) };
        let shown = Shown { last: state, snapshot: None };
        Self { lock: ReentrantMutex::new(inside), shown: Mutex::new(shown) }
    }

    /// Waits until no other thread is inside, then enters one level deeper.
    pub(crate) fn enter(&self) -> Result<Pass<'_, S>, DispatchError> {
        self.pass(self.lock.lock())
    }

    /// Enters when the gate is free of every thread, this one included.
    pub(crate) fn try_enter_free(&self) -> Option<Pass<'_, S>> {
        let inside = self.lock.try_lock()?;
        if inside.depth.get() > 0 {
            return None;
        }
        self.pass(inside).ok()
    }

    fn pass<'a>(
        &'a self,
        inside: ReentrantMutexGuard<'a, Inside<S>>,
    ) -> Result<Pass<'a, S>, DispatchError> {
        // Lent to `peek` counts as well: nothing could be reduced then.
        if inside.pair.try_borrow_mut().is_err() {
            return Err(DispatchError::InReducer);
        }
        let depth = inside.depth.get();
        if depth >= DEPTH_LIMIT {
            return Err(DispatchError::TooDeep { limit: DEPTH_LIMIT });
        }
        inside.depth.set(depth + 1);
        Ok(Pass { inside, outermost: depth == 0 })
    }

    /// Reduces `action` onto the current state and shows the result to readers.
    pub(crate) fn reduce<A>(&self, action: &A) -> Result<Changed, DispatchError>
    where
        S: Reducer<A>,
    {
        let inside = self.lock.lock();
        let mut pair = inside.pair.try_borrow_mut().map_err(|_| DispatchError::InReducer)?;
        let restore = Restore { pair: &mut pair, shown: &self.shown };
        let changed = restore.pair.current.reduce(action);
        inside.unnotified.set(Some(inside.unnotified.get().unwrap_or(Changed::NONE) | changed));
        if changed.is_none() {
            mem::forget(restore);
            return Ok(changed);
        }
        let Pair { current, spare, behind } = &mut *restore.pair;
        spare.sync_from(current, changed | *behind);
        *behind = changed;
        let outdated = {
            let mut shown = self.shown.lock();
            mem::swap(&mut shown.last, spare);
            shown.snapshot.take()
        };
        mem::forget(restore);
        drop(pair);
        drop(outdated);
        Ok(changed)
    }

    /// Returns the newest shown state; the first caller after an action copies it.
    pub(crate) fn snapshot(&self) -> Arc<S> {
        let mut shown = self.shown.lock();
        if let Some(snapshot) = &shown.snapshot {
            return Arc::clone(snapshot);
        }
        let snapshot = Arc::new(shown.last.clone());
        shown.snapshot = Some(Arc::clone(&snapshot));
        snapshot
    }

    /// Calls `read` with the current state, inside the gate and without a copy.
    pub(crate) fn peek<R>(&self, read: impl FnOnce(&S) -> R) -> Result<R, DispatchError> {
        let inside = self.lock.lock();
        let pair = inside.pair.try_borrow().map_err(|_| DispatchError::InReducer)?;
        Ok(read(&pair.current))
    }
}

/// Puts the last shown state back when a reducer unwinds; forgotten when it returns.
struct Restore<'a, S: State> {
    pair: &'a mut Pair<S>,
    shown: &'a Mutex<Shown<S>>,
}

impl<S: State> Drop for Restore<'_, S> {
    fn drop(&mut self) {
        let last = self.shown.lock().last.clone();
        self.pair.current = last;
        self.pair.behind = Changed::ALL;
    }
}

/// A level of the gate; dropping it leaves the level.
pub(crate) struct Pass<'a, S> {
    inside: ReentrantMutexGuard<'a, Inside<S>>,
    outermost: bool,
}

impl<S> Pass<'_, S> {
    /// Leaves the level; at the outermost one, returns what listeners have not been told.
    pub(crate) fn leave(self) -> Left {
        if self.outermost {
            Left { outermost: true, unnotified: self.inside.unnotified.take() }
        } else {
            Left { outermost: false, unnotified: None }
        }
    }
}

/// How a level of the gate was left.
pub(crate) struct Left {
    pub(crate) outermost: bool,
    pub(crate) unnotified: Option<Changed>,
}

impl<S> Drop for Pass<'_, S> {
    fn drop(&mut self) {
        self.inside.depth.set(self.inside.depth.get() - 1);
    }
}
