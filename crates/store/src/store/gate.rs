//! The gate: one writer at a time, re-entrant for its thread, and readers that never wait.

use std::cell::{Cell, RefCell};
use std::mem;
use std::sync::Arc;

use crate::action::Action;
use crate::reducer::{Changed, Reducer};
use crate::state::State;
use crate::store::DispatchError;
use crate::store::timeline::Timeline;
use crate::sync::{Mutex, ReentrantMutex, ReentrantMutexGuard};

/// How deep dispatches may nest inside each other.
pub(crate) const DEPTH_LIMIT: u32 = 64;

/// Three states: `current`, which only the reducer touches; `shown.last`, which readers
/// copy; and `spare`, which was shown before. After an action, `spare` is brought up to
/// `current` outside the short lock and exchanged with `shown.last` inside it, so that
/// neither a reader nor a writer waits for more than the exchange. A store that keeps its
/// history has the states there, and shows the one that is looked at.
pub(crate) struct Gate<S, A> {
    lock: ReentrantMutex<Inside<S, A>>,
    shown: Mutex<Shown<S>>,
    has_history: bool,
}

/// What only the thread inside the gate can reach.
pub(crate) struct Inside<S, A> {
    held: RefCell<Held<S, A>>,
    /// How many dispatches and `atomically` calls of this thread are under way.
    depth: Cell<u32>,
    /// What changed since listeners were last notified; `None`: no action was reduced.
    unnotified: Cell<Option<Changed>>,
}

enum Held<S, A> {
    Pair(Pair<S>),
    Timeline(Box<Timeline<S, A>>),
}

struct Pair<S> {
    current: S,
    spare: S,
    /// Where `spare` may differ from `current` between actions.
    behind: Changed,
}

/// What became of the state that is shown.
#[derive(Clone, Copy)]
pub(crate) enum Reduced {
    Unchanged,
    /// The action changed it.
    Changed(Changed),
    /// It is another one, and not only by what the action changed.
    Replaced,
}

impl Reduced {
    fn changed(self) -> Changed {
        match self {
            Self::Unchanged => Changed::NONE,
            Self::Changed(changed) => changed,
            Self::Replaced => Changed::ALL,
        }
    }
}

struct Shown<S> {
    last: S,
    snapshot: Option<Arc<S>>,
}

impl<S: State, A: Action> Gate<S, A> {
    pub(crate) fn new(state: S, timeline: Option<Timeline<S, A>>) -> Self {
        let has_history = timeline.is_some();
        let held = match timeline {
            Some(timeline) => Held::Timeline(Box::new(timeline)),
            None => Held::Pair(Pair {
                current: state.clone(),
                spare: state.clone(),
                behind: Changed::NONE,
            }),
        };
        let inside =
            Inside { held: RefCell::new(held), depth: Cell::new(0), unnotified: Cell::new(None) };
        let shown = Shown { last: state, snapshot: None };
        Self { lock: ReentrantMutex::new(inside), shown: Mutex::new(shown), has_history }
    }

    /// Waits until no other thread is inside, then enters one level deeper.
    pub(crate) fn enter(&self) -> Result<Pass<'_, S, A>, DispatchError> {
        self.pass(self.lock.lock())
    }

    /// Enters when the gate is free of every thread, this one included.
    pub(crate) fn try_enter_free(&self) -> Option<Pass<'_, S, A>> {
        let inside = self.lock.try_lock()?;
        if inside.depth.get() > 0 {
            return None;
        }
        self.pass(inside).ok()
    }

    fn pass<'a>(
        &'a self,
        inside: ReentrantMutexGuard<'a, Inside<S, A>>,
    ) -> Result<Pass<'a, S, A>, DispatchError> {
        // Lent to `peek` counts as well: nothing could be reduced then.
        if inside.held.try_borrow_mut().is_err() {
            return Err(DispatchError::InReducer);
        }
        let depth = inside.depth.get();
        if depth >= DEPTH_LIMIT {
            return Err(DispatchError::TooDeep { limit: DEPTH_LIMIT });
        }
        inside.depth.set(depth + 1);
        Ok(Pass { inside, outermost: depth == 0 })
    }

    /// Reduces `action` onto the current state and shows the result to readers; returns what
    /// became of what they see.
    pub(crate) fn reduce(&self, action: &A) -> Result<Reduced, DispatchError>
    where
        S: Reducer<A>,
    {
        let inside = self.lock.lock();
        let mut held = inside.held.try_borrow_mut().map_err(|_| DispatchError::InReducer)?;
        let pair = match &mut *held {
            Held::Pair(pair) => pair,
            Held::Timeline(timeline) => {
                let reduced = timeline.perform(action);
                let outdated = self.show(timeline.shown());
                inside.note(reduced.changed());
                drop(held);
                drop(outdated);
                return Ok(reduced);
            }
        };
        let restore = Restore { pair, shown: &self.shown };
        let changed = restore.pair.current.reduce(action);
        inside.note(changed);
        if changed.is_none() {
            mem::forget(restore);
            return Ok(Reduced::Unchanged);
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
        drop(held);
        drop(outdated);
        Ok(Reduced::Changed(changed))
    }

    /// Changes the history by `change` and shows the state that is looked at then; `None`: the
    /// store keeps none. After an error everything is as before.
    pub(crate) fn travel<T, E>(
        &self,
        change: impl FnOnce(&mut Timeline<S, A>) -> Result<T, E>,
    ) -> Result<Option<Result<T, E>>, DispatchError> {
        let inside = self.lock.lock();
        let mut held = inside.held.try_borrow_mut().map_err(|_| DispatchError::InReducer)?;
        let Held::Timeline(timeline) = &mut *held else { return Ok(None) };
        let result = change(timeline);
        if result.is_err() {
            return Ok(Some(result));
        }
        let outdated = self.show(timeline.shown());
        inside.note(Changed::ALL);
        drop(held);
        drop(outdated);
        Ok(Some(result))
    }

    /// Shows `state` to readers and returns what was shown, to be dropped outside the lock.
    fn show(&self, state: &Arc<S>) -> Option<Arc<S>> {
        self.shown.lock().snapshot.replace(Arc::clone(state))
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

    /// Calls `read` with the state that the next action is reduced onto, inside the gate and
    /// without a copy.
    pub(crate) fn peek<R>(&self, read: impl FnOnce(&S) -> R) -> Result<R, DispatchError> {
        let inside = self.lock.lock();
        let held = inside.held.try_borrow().map_err(|_| DispatchError::InReducer)?;
        Ok(match &*held {
            Held::Pair(pair) => read(&pair.current),
            Held::Timeline(timeline) => read(timeline.head()),
        })
    }

    /// Calls `read` with the history, inside the gate; `None`: the store keeps none.
    pub(crate) fn history<R>(
        &self,
        read: impl FnOnce(&Timeline<S, A>) -> R,
    ) -> Result<Option<R>, DispatchError> {
        if !self.has_history {
            return Ok(None);
        }
        let inside = self.lock.lock();
        let held = inside.held.try_borrow().map_err(|_| DispatchError::InReducer)?;
        Ok(match &*held {
            Held::Pair(_) => None,
            Held::Timeline(timeline) => Some(read(timeline)),
        })
    }
}

impl<S, A> Inside<S, A> {
    /// Notes for the next notification that an action was reduced and changed `changed`.
    fn note(&self, changed: Changed) {
        self.unnotified.set(Some(self.unnotified.get().unwrap_or(Changed::NONE) | changed));
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
pub(crate) struct Pass<'a, S, A> {
    inside: ReentrantMutexGuard<'a, Inside<S, A>>,
    outermost: bool,
}

impl<S, A> Pass<'_, S, A> {
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

impl<S, A> Drop for Pass<'_, S, A> {
    fn drop(&mut self) {
        self.inside.depth.set(self.inside.depth.get() - 1);
    }
}
