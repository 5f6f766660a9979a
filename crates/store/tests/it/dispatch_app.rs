//! A small application whose reducer and middleware write down what they do.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use retake_store::{
    Action, Changed, Middleware, Next, PropertyMap, Reducer, State, Store, Topic, WireAction,
    WireError,
};

/// What was done, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn push(&self, line: impl fmt::Display) {
        self.0.lock().unwrap().push(line.to_string());
    }

    /// Returns what was done since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct App {
    pub(crate) count: i64,
    pub(crate) notes: PropertyMap<i64>,
    pub(crate) log: Log,
}

impl State for App {
    const FIELDS: &'static [&'static str] = &["count", "notes"];

    /// Field by field, as the derive does it: what is not said to have changed is not copied.
    fn sync_from(&mut self, newer: &Self, changed: Changed) {
        if changed.has_field(0) {
            self.count = newer.count;
        }
        if changed.has_field(1) {
            self.notes = newer.notes.clone();
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    /// Changes the field `count`.
    Add(i64),
    /// Changes one entry of the field `notes`.
    Note(&'static str, i64),
    /// Changes all entries of the field `notes`.
    Clear,
    /// Changes nothing.
    Idle,
    /// Changes something and panics.
    Panic,
    /// Changes something after it has run what [`inside_the_reducer`] was given.
    Inside,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(n) => write!(f, "add {n}"),
            Self::Note(key, n) => write!(f, "note {key} {n}"),
            Self::Clear => f.write_str("clear"),
            Self::Idle => f.write_str("idle"),
            Self::Panic => f.write_str("panic"),
            Self::Inside => f.write_str("inside"),
        }
    }
}

thread_local! {
    static HOOK: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

/// Dispatches an action whose reducer runs `hook`.
pub(crate) fn inside_the_reducer(store: &Store<App, Act>, hook: impl FnOnce() + 'static) {
    HOOK.set(Some(Box::new(hook)));
    store.dispatch(Act::Inside);
}

impl Reducer<Act> for App {
    fn reduce(&mut self, action: &Act) -> Changed {
        self.log.push(format_args!("reduce {action}"));
        match action {
            Act::Add(n) => self.count += n,
            Act::Note(key, n) => {
                self.notes.insert(*key, *n);
                return Changed::field(1);
            }
            Act::Clear => {
                self.notes.clear();
                return Changed::field(1);
            }
            Act::Idle => return Changed::NONE,
            Act::Panic => {
                self.count += 1_000;
                self.notes.clear();
                panic!("the reducer broke");
            }
            Act::Inside => {
                self.count += 1;
                if let Some(hook) = HOOK.take() {
                    hook();
                }
            }
        }
        Changed::field(0)
    }
}

impl Action for Act {
    fn action_type(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
    fn leaf(&self) -> &dyn Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        Ok(WireAction::new(self.to_string()))
    }
    fn from_wire(_: &WireAction) -> Option<Result<Self, WireError>> {
        None
    }
    fn affects(&self, visit: &mut dyn FnMut(Topic<'_>)) {
        match self {
            Self::Note(key, _) => visit(Topic::entry("notes", *key)),
            Self::Clear => visit(Topic::slice("notes")),
            _ => {}
        }
    }
}

/// What a [`Scripted`] middleware does with an action.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Next,
    Dispatch(Act),
    Read,
}

/// Middleware that follows a script, and passes on what is not in it.
pub(crate) struct Scripted {
    pub(crate) name: &'static str,
    pub(crate) script: Vec<(Act, Vec<Step>)>,
    pub(crate) log: Log,
}

impl Middleware<App, Act> for Scripted {
    fn handle(&self, action: Act, next: Next<'_, App, Act>) {
        let Self { name, script, log } = self;
        log.push(format_args!("{name}> {action}"));
        let steps = script.iter().find(|(it, _)| *it == action);
        let steps = steps.map_or_else(|| vec![Step::Next], |(_, steps)| steps.clone());
        let (store, mut next) = (next.store(), Some(next));
        for step in steps {
            match step {
                Step::Next => next.take().unwrap().run(action.clone()),
                Step::Dispatch(action) => store.dispatch(action),
                Step::Read => log.push(format_args!("{name} reads {}", store.state().count)),
            }
        }
        log.push(format_args!("{name}< {action}"));
    }
}

/// Returns a store, and the log that its reducer writes.
pub(crate) fn store() -> (Store<App, Act>, Log) {
    let app = App::default();
    let log = app.log.clone();
    (Store::new(app), log)
}

/// Runs `work` on another thread and waits for it.
pub(crate) fn on_another_thread(work: impl FnOnce() + Send) {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap());
}

/// Returns the message with which `work` panics.
#[track_caller]
pub(crate) fn panic_message(work: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(work)).expect_err("it should panic");
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast_ref::<&str>().unwrap().to_string(),
    }
}
