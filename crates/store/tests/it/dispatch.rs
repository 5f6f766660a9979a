//! Dispatches: the way of an action through middleware and reducer, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use retake_store::{Dispatch, DispatchError, Middleware, Next, Store, WeakStore};

use crate::dispatch_app::{
    Act, App, Log, Scripted, Step, inside_the_reducer, panic_message, store,
};

type Script = Vec<(Act, Vec<Step>)>;

/// Dispatches `actions` through middleware `A`, `B`, .. that follow `scripts`.
#[track_caller]
fn check(scripts: &[Script], actions: &[Act], expected: &[&str]) {
    let app = App::default();
    let log = app.log.clone();
    let mut builder = Store::builder(app);
    for (name, script) in ["A", "B", "C"].into_iter().zip(scripts) {
        builder = builder.middleware(Scripted { name, script: script.clone(), log: log.clone() });
    }
    let store = builder.build();
    for action in actions {
        store.dispatch(action.clone());
        log.push("done");
    }
    assert_eq!(log.take(), expected);
}

#[test]
fn middleware_runs_in_the_order_in_which_it_was_added() {
    check(
        &[vec![], vec![]],
        &[Act::Add(1)],
        &["A> add 1", "B> add 1", "reduce add 1", "B< add 1", "A< add 1", "done"],
    );
}

#[test]
fn middleware_reads_the_state_before_and_after_next() {
    let script = vec![(Act::Add(5), vec![Step::Read, Step::Next, Step::Read])];
    check(
        &[script],
        &[Act::Add(5)],
        &["A> add 5", "A reads 0", "reduce add 5", "A reads 5", "A< add 5", "done"],
    );
}

#[test]
fn middleware_that_does_not_call_next_swallows_the_action() {
    check(
        &[vec![], vec![(Act::Add(1), vec![])]],
        &[Act::Add(1), Act::Add(2)],
        &[
            "A> add 1",
            "B> add 1",
            "B< add 1",
            "A< add 1",
            "done", //
            "A> add 2",
            "B> add 2",
            "reduce add 2",
            "B< add 2",
            "A< add 2",
            "done",
        ],
    );
}

#[test]
fn a_dispatch_from_middleware_starts_at_the_front_and_is_finished_when_it_returns() {
    let before = vec![(Act::Add(1), vec![Step::Dispatch(Act::Add(2)), Step::Read, Step::Next])];
    check(
        &[vec![], before],
        &[Act::Add(1)],
        &[
            "A> add 1",
            "B> add 1", //
            "A> add 2",
            "B> add 2",
            "reduce add 2",
            "B< add 2",
            "A< add 2", //
            "B reads 2",
            "reduce add 1",
            "B< add 1",
            "A< add 1",
            "done",
        ],
    );
}

#[test]
fn nested_dispatches_are_depth_first() {
    let a = vec![(Act::Add(1), vec![Step::Next, Step::Dispatch(Act::Add(2)), Step::Read])];
    let b = vec![(Act::Add(2), vec![Step::Next, Step::Dispatch(Act::Add(3)), Step::Read])];
    check(
        &[a, b],
        &[Act::Add(1)],
        &[
            "A> add 1",
            "B> add 1",
            "reduce add 1",
            "B< add 1", //
            "A> add 2",
            "B> add 2",
            "reduce add 2", //
            "A> add 3",
            "B> add 3",
            "reduce add 3",
            "B< add 3",
            "A< add 3", //
            "B reads 6",
            "B< add 2",
            "A< add 2", //
            "A reads 6",
            "A< add 1",
            "done",
        ],
    );
}

#[test]
fn a_panicking_reducer_leaves_the_state_and_the_store_usable() {
    let (store, log) = store();
    store.dispatch(Act::Note("a", 1));
    store.dispatch(Act::Add(1));
    assert_eq!(panic_message(|| store.dispatch(Act::Panic)), "the reducer broke");
    let shown = |expected: (i64, usize)| {
        let state = store.state();
        assert_eq!((state.count, state.notes.len()), expected);
        assert_eq!(store.peek(|state| (state.count, state.notes.len())), Ok(expected));
    };
    shown((1, 1));
    // Twice, because the store has two states to bring up to date.
    store.dispatch(Act::Note("b", 2));
    shown((1, 2));
    store.dispatch(Act::Add(1));
    shown((2, 2));
    assert_eq!(
        log.take(),
        ["note a 1", "add 1", "panic", "note b 2", "add 1"].map(|act| format!("reduce {act}"))
    );
}

#[test]
fn a_panic_in_a_nested_dispatch_passes_through_all_of_them() {
    let app = App::default();
    let log = app.log.clone();
    let script = vec![(Act::Add(1), vec![Step::Next, Step::Dispatch(Act::Panic)])];
    let store =
        Store::builder(app).middleware(Scripted { name: "A", script, log: log.clone() }).build();
    assert_eq!(panic_message(|| store.dispatch(Act::Add(1))), "the reducer broke");
    assert_eq!(log.take(), ["A> add 1", "reduce add 1", "A> panic", "reduce panic"]);
    assert_eq!(store.state().count, 1, "what was reduced before the panic stays");
    store.dispatch(Act::Add(2));
    assert_eq!(store.state().count, 3);
    // No level of the nesting was kept: all 64 are there.
    assert_eq!(nest(&store, 0), Err(DispatchError::TooDeep { limit: 64 }));
    assert_eq!(nest(&store, 1), Ok(()));
}

fn nest(store: &Store<App, Act>, spared: u32) -> Result<(), DispatchError> {
    fn go(store: &Store<App, Act>, left: u32) -> Result<(), DispatchError> {
        if left == 0 {
            return Ok(());
        }
        store.try_atomically(|store| go(store, left - 1))?
    }
    go(store, 65 - spared)
}

#[test]
fn a_reducer_may_not_dispatch() {
    let (store, log) = store();
    let inner = store.clone();
    let message = panic_message(|| {
        inside_the_reducer(&store, move || inner.dispatch(Act::Add(1)));
    });
    assert_eq!(
        message,
        "a reducer may not dispatch, nor may a closure given to `peek`: both only look at the \
         state; dispatch from a thunk, a middleware or a listener instead"
    );
    assert_eq!(log.take(), ["reduce inside"]);
    assert_eq!(store.state().count, 0);

    let (inner, answers) = (store.clone(), log.clone());
    inside_the_reducer(&store, move || {
        answers.push(format_args!("{:?}", inner.try_dispatch(Act::Add(1))));
        answers.push(format_args!("{:?}", inner.try_atomically(|_| ())));
        answers.push(format_args!("{:?}", inner.peek(|_| ())));
    });
    let refused = "Err(InReducer)";
    assert_eq!(log.take(), ["reduce inside", refused, refused, refused]);
    assert_eq!(store.state().count, 1);
}

#[test]
fn reads_during_a_reduce_see_the_previous_state() {
    let (store, log) = store();
    store.dispatch(Act::Add(5));
    let (inner, answers) = (store.clone(), log.clone());
    inside_the_reducer(&store, move || answers.push(inner.state().count));
    assert_eq!(log.take(), ["reduce add 5", "reduce inside", "5"]);
    assert_eq!(store.state().count, 6);
}

/// A thunk as other crates write them: it counts down through nested dispatches.
struct CountDown<'a>(u32, &'a AtomicU32);

impl Dispatch<App, Act> for CountDown<'_> {
    type Output = u32;

    fn dispatch_on(self, store: &Store<App, Act>) -> Result<u32, DispatchError> {
        store.try_atomically(|store| {
            self.1.fetch_add(1, SeqCst);
            match self.0 {
                0 => Ok(0),
                left => store.try_dispatch(CountDown(left - 1, self.1)).map(|depth| depth + 1),
            }
        })?
    }
}

struct Deeper(Log);

impl Middleware<App, Act> for Deeper {
    fn handle(&self, action: Act, next: Next<'_, App, Act>) {
        let store = next.store();
        next.run(action);
        if let Err(error) = store.try_dispatch(Act::Add(1)) {
            self.0.push(error);
        }
    }
}

const TOO_DEEP: &str = "dispatches nest deeper than 64 levels: a middleware, thunk or listener \
                        dispatches in a cycle; dispatch only when the state calls for it";

#[test]
fn thunks_nest_64_levels_deep() {
    for (left, expected, runs) in [
        (0, Ok(0), 1),
        (63, Ok(63), 64),
        (64, Err(DispatchError::TooDeep { limit: 64 }), 64),
        (500, Err(DispatchError::TooDeep { limit: 64 }), 64),
    ] {
        let (store, _) = store();
        let ran = AtomicU32::new(0);
        assert_eq!(store.try_dispatch(CountDown(left, &ran)), expected, "{left}");
        assert_eq!(ran.into_inner(), runs, "{left}");
    }
    let (store, _) = store();
    assert_eq!(panic_message(|| _ = store.dispatch(CountDown(64, &AtomicU32::new(0)))), TOO_DEEP);
    assert_eq!(store.dispatch(CountDown(63, &AtomicU32::new(0))), 63, "the store is usable");
}

#[test]
fn a_middleware_cycle_ends_after_64_levels() {
    let (log, app) = (Log::default(), App::default());
    let store = Store::builder(app).middleware(Deeper(log.clone())).build();
    store.dispatch(Act::Add(1));
    assert_eq!(store.state().count, 64);
    assert_eq!(log.take(), [TOO_DEEP]);
}

#[test]
fn a_listener_cycle_ends_after_64_levels() {
    let (store, _) = store();
    let refusals = Log::default();
    let (inner, log) = (store.downgrade(), refusals.clone());
    store
        .subscribe(move |_| {
            if let Err(error) = inner.upgrade().unwrap().try_dispatch(Act::Add(1)) {
                log.push(error);
            }
        })
        .detach();
    store.dispatch(Act::Add(1));
    assert_eq!(refusals.take(), [TOO_DEEP]);
    assert_eq!(store.state().count, 64);
}

#[test]
fn peek_reads_without_a_copy_and_sees_the_newest_state() {
    let (store, _) = store();
    store.atomically(|store| {
        store.dispatch(Act::Add(2));
        assert_eq!(store.peek(|state| state.count), Ok(2));
    });
    assert_eq!(store.peek(|state| state.log.clone()).unwrap().take(), ["reduce add 2"]);
}

/// It used to pass the gate and vanish: the state that `peek` lends cannot be changed.
#[test]
fn a_dispatch_while_peek_lends_the_state_is_refused_and_not_lost() {
    let (store, log) = store();
    let answer = store.peek(|_| store.try_dispatch(Act::Add(1)));
    assert_eq!(answer, Ok(Err(DispatchError::InReducer)));
    assert_eq!(store.peek(|_| store.peek(|state| state.count)), Ok(Ok(0)));
    assert_eq!(log.take(), [""; 0]);
    store.dispatch(Act::Add(1));
    assert_eq!(store.state().count, 1);
}

#[test]
fn a_snapshot_is_shared_until_the_next_change() {
    let (store, _) = store();
    let before = store.state();
    assert!(Arc::ptr_eq(&before, &store.state()));
    store.dispatch(Act::Idle);
    assert!(Arc::ptr_eq(&before, &store.state()), "nothing changed");
    store.dispatch(Act::Add(1));
    assert_eq!((before.count, store.state().count), (0, 1));
}

#[test]
fn extensions_are_found_by_type() {
    let store: Store<App, Act> =
        Store::builder(App::default()).extension(7_u32).extension("name").extension(8_u32).build();
    assert_eq!(store.extension::<u32>(), Some(&7));
    assert_eq!(store.extension::<&str>(), Some(&"name"));
    assert_eq!(store.extension::<String>(), None);
}

#[test]
fn a_weak_store_does_not_keep_the_store_alive() {
    let (store, _) = store();
    let weak: WeakStore<App, Act> = store.downgrade();
    let again = weak.clone().upgrade().unwrap();
    again.dispatch(Act::Add(1));
    assert_eq!(store.state().count, 1);
    drop(again);
    drop(store);
    assert!(weak.upgrade().is_none());
}
