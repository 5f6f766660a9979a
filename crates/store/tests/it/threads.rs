//! Threads: dispatches of many of them are one sequence, and reads see it in order.
//!
//! The schedules here are the system's; `tests/model.rs` explores chosen ones.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread;

use retake_store::{DispatchError, Store, Topic};

use crate::dispatch_app::{Act, App, store};

const WRITERS: i64 = 8;
const EACH: i64 = 500;

/// Runs `write` on eight threads, many times each, and checks the count that it leads to;
/// readers check that the count never falls.
#[track_caller]
fn check(write: impl Fn(&Store<App, Act>) + Sync, expected: i64) {
    let (store, _) = store();
    let done = AtomicBool::new(false);
    let fell = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                while !done.load(SeqCst) {
                    let count = store.state().count;
                    fell.fetch_or(count < last, SeqCst);
                    last = count;
                }
            });
        }
        let writers: Vec<_> =
            (0..WRITERS).map(|_| scope.spawn(|| (0..EACH).for_each(|_| write(&store)))).collect();
        let ended: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        // Before anything that may panic: the readers wait for it.
        done.store(true, SeqCst);
        ended.into_iter().for_each(|ended| ended.unwrap());
    });
    assert_eq!(store.state().count, expected);
    assert!(!fell.into_inner(), "a reader saw an older state after a newer one");
}

#[test]
fn no_dispatch_is_lost() {
    check(|store| store.dispatch(Act::Add(1)), WRITERS * EACH);
}

#[test]
fn reading_and_dispatching_in_a_scope_is_atomic() {
    check(
        |store| {
            store.atomically(|store| {
                // The next square number: wrong as soon as another thread comes between.
                let root = store.state().count.isqrt();
                store.dispatch(Act::Add((root + 1).pow(2) - store.state().count));
            });
        },
        (WRITERS * EACH).pow(2),
    );
}

#[test]
fn no_deferred_action_is_lost() {
    check(|store| store.defer(Act::Add(1)), WRITERS * EACH);
}

#[test]
fn panics_of_reducers_lose_nothing_of_other_threads() {
    let quiet = std::panic::AssertUnwindSafe(|store: &Store<App, Act>| {
        store.dispatch(Act::Add(1));
        if store.state().count % 64 == 0 {
            let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                store.dispatch(Act::Panic);
            }));
            assert!(panicked.is_err());
        }
    });
    check(|store| quiet(store), WRITERS * EACH);
}

#[test]
fn listeners_see_states_in_order_and_the_last_one_last() {
    let (store, _) = store();
    let (plain, keyed) = (AtomicI64::new(0), AtomicI64::new(0));
    let (tell_plain, told_plain) = channel();
    let (tell_keyed, told_keyed) = channel();
    store
        .subscribe(move |state| {
            let last = plain.swap(state.count, SeqCst);
            tell_plain.send((last <= state.count, state.count)).unwrap();
        })
        .detach();
    store
        .subscribe_to(
            Topic::slice("count"),
            |app| app.count,
            move |&count| {
                let last = keyed.swap(count, SeqCst);
                tell_keyed.send((last < count, count)).unwrap();
            },
        )
        .detach();
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| (0..EACH).for_each(|_| store.dispatch(Act::Add(1))));
        }
    });
    drop(store);
    let (plain, keyed): (Vec<_>, Vec<_>) =
        (told_plain.iter().collect(), told_keyed.iter().collect());
    assert!(plain.iter().chain(&keyed).all(|(in_order, _)| *in_order));
    assert_eq!(plain.len() as i64, WRITERS * EACH, "one notification for each dispatch");
    assert_eq!(plain.last().unwrap().1, WRITERS * EACH);
    assert_eq!(keyed.last().unwrap().1, WRITERS * EACH);
}

/// While a reducer runs on one thread, others read and are not refused, they wait.
#[test]
fn a_reducer_refuses_only_its_own_thread() {
    let (store, log) = store();
    let (inner, answers) = (store.clone(), log.clone());
    let other = thread::scope(|scope| {
        let (enter, entered) = channel();
        let (leave, left) = channel();
        let running = scope.spawn({
            let store = store.clone();
            move || {
                crate::dispatch_app::inside_the_reducer(&store, move || {
                    answers.push(format_args!("{:?}", inner.try_dispatch(Act::Add(1))));
                    enter.send(()).unwrap();
                    left.recv().unwrap();
                });
            }
        });
        entered.recv().unwrap();
        assert_eq!(store.state().count, 0, "reads do not wait for the reducer");
        let other = scope.spawn(|| store.try_dispatch(Act::Add(10)));
        leave.send(()).unwrap();
        running.join().unwrap();
        other.join().unwrap()
    });
    assert_eq!(other, Ok::<_, DispatchError>(()));
    assert_eq!(log.take(), ["reduce inside", "Err(InReducer)", "reduce add 10"]);
    assert_eq!(store.state().count, 11);
}
