//! The driver: it asks handlers what to do, and does it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures::future::abortable;
use retake_store::DispatchError;
use retake_store::cache::{CacheAction, CacheState, Step};
use retake_thunks::{Engine, EntryEvent};

use crate::effect::{Effect, TimerKey};
use crate::handler::{Frame, Handler, HandlerContext, TimerContext};
use crate::timers::Timers;

/// Runs the handlers of one api and performs their effects; it owns all timers.
pub struct Driver {
    engine: Arc<Engine>,
    handlers: Vec<Mutex<Box<dyn Handler>>>,
    timers: Timers,
    this: Weak<Driver>,
}

impl Driver {
    /// Returns a driver of `handlers`, which look at actions in this order.
    #[must_use]
    pub fn new(engine: Arc<Engine>, handlers: Vec<Box<dyn Handler>>) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            engine,
            handlers: handlers.into_iter().map(Mutex::new).collect(),
            timers: Timers::default(),
            this: Weak::clone(this),
        })
    }

    /// Lets every handler react to `action`, which was reduced onto `before`.
    pub fn run(&self, action: &CacheAction, before: &CacheState) {
        let at = self.engine.runtime().now();
        self.each_step(Some(action), |handler, now, frame| {
            let endpoints = &*self.engine;
            handler.step(&HandlerContext { action, before, now, at, endpoints }, frame)
        });
    }

    /// Tells every handler that the request of `action` ended without being reduced: a reducer
    /// or a middleware panicked.
    pub fn abandon(&self, action: &CacheAction) {
        if let Some((request_id, _)) = request_step(action) {
            for handler in &self.handlers {
                handler.lock().unwrap_or_else(PoisonError::into_inner).abandoned(request_id);
            }
        }
    }

    /// Calls `step` for each handler until it returns `None`, and performs the effects.
    ///
    /// The state cannot change between steps but by effects: the gate is ours. So it is
    /// read again only after one.
    fn each_step(
        &self,
        action: Option<&CacheAction>,
        step: impl Fn(&mut dyn Handler, &CacheState, &mut Frame) -> Option<Effect>,
    ) {
        let mut now = None;
        for handler in &self.handlers {
            let mut frame = Frame::default();
            loop {
                if now.is_none() {
                    now = self.engine.cache().ok().flatten();
                }
                let Some(state) = &now else { return };
                let effect = {
                    let mut handler = handler.lock().unwrap_or_else(PoisonError::into_inner);
                    step(&mut **handler, state, &mut frame)
                };
                let Some(effect) = effect else { break };
                frame.steps += 1;
                if changes_state(&effect) {
                    now = None;
                }
                let performed = match action {
                    Some(_) => self.perform(effect, action),
                    None => self.perform_for_nobody(effect),
                };
                if let Err(error) = performed {
                    tracing::error!(target: "retake", "a reaction to an action was refused: {error}");
                }
            }
        }
    }

    fn perform(&self, effect: Effect, action: Option<&CacheAction>) -> Result<(), DispatchError> {
        match effect {
            Effect::Dispatch(action) => self.engine.host()?.dispatch(action)?,
            Effect::Refetch(entry) => self.engine.refetch(&entry)?,
            Effect::StartLifecycle => match action {
                Some(CacheAction::Query(request)) => self.engine.query_started(request),
                Some(CacheAction::Mutation(request)) => self.engine.mutation_started(request),
                _ => {}
            },
            Effect::SettleLifecycle => {
                if let Some((request_id, step)) = action.and_then(request_step) {
                    self.engine.settle(request_id, step);
                }
            }
            Effect::Entry(event) => self.engine.entry(event),
            Effect::Abort(key) => self.engine.abort_query(&key),
            Effect::AbortAll => self.engine.abort_all(),
            Effect::SetTimer { key, after } => self.set_timer(key, after),
            Effect::ClearTimer(key) => self.timers.clear(&key),
            Effect::ClearTimers(kind) => self.timers.clear_kind(kind),
        }
        Ok(())
    }

    /// Performs an effect of a timer. No dispatch is there to pass a panic on to, and the handler
    /// has more to do: the timer may have to be set again.
    fn perform_for_nobody(&self, effect: Effect) -> Result<(), DispatchError> {
        catch_unwind(AssertUnwindSafe(|| self.perform(effect, None))).unwrap_or_else(|_| {
            tracing::error!(target: "retake", "a reducer, a middleware or a listener panicked in a dispatch of a timer");
            Ok(())
        })
    }

    fn set_timer(&self, key: TimerKey, after: Duration) {
        let runtime = self.engine.runtime();
        let (sleep, abort) = abortable(runtime.sleep(after));
        let number = self.timers.set(key.clone(), abort);
        let driver = Weak::clone(&self.this);
        runtime.start(Box::pin(async move {
            if sleep.await.is_ok()
                && let Some(driver) = driver.upgrade()
            {
                driver.fire(&key, number);
            }
        }));
    }

    fn fire(&self, key: &TimerKey, number: u64) {
        let fired = self.engine.host().and_then(|host| {
            host.atomically(&mut || {
                if self.timers.take(key, number) {
                    let (timer, at) = (key, self.engine.runtime().now());
                    self.each_step(None, |handler, now, frame| {
                        handler.fired(&TimerContext { timer, now, at }, frame)
                    });
                }
            })
        });
        if let Err(error) = fired {
            tracing::error!(target: "retake", "a timer of {} was refused: {error}", key.entry);
        }
    }
}

/// What is under way has nobody left to answer to.
impl Drop for Driver {
    fn drop(&mut self) {
        self.engine.close();
    }
}

fn changes_state(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Dispatch(_)
            | Effect::Refetch(_)
            | Effect::StartLifecycle
            | Effect::Entry(EntryEvent::Added(_))
    )
}

fn request_step(action: &CacheAction) -> Option<(&Arc<str>, &Step)> {
    match action {
        CacheAction::Query(request) => Some((&request.request_id, &request.step)),
        CacheAction::Mutation(request) => Some((&request.request_id, &request.step)),
        _ => None,
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("engine", &self.engine).finish_non_exhaustive()
    }
}
