//! Deferred dispatches: what destructors leave is dispatched, soon and never at a bad moment.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use retake_store::Store;

use crate::dispatch_app::{
    Act, App, Log, inside_the_reducer, on_another_thread, panic_message, store,
};

/// Dispatches when it is dropped, as handles do.
struct Handle(Store<App, Act>, i64);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.defer(Act::Add(self.1));
    }
}

/// Runs `work` and checks what was done, and that no deferred action is left.
#[track_caller]
fn check(work: impl FnOnce(&Store<App, Act>, &Log), expected: &[&str]) {
    let (store, log) = store();
    work(&store, &log);
    assert_eq!(log.take(), expected);
    store.dispatch(Act::Idle);
    assert_eq!(log.take(), ["reduce idle"], "something was left");
}

#[test]
fn outside_of_dispatches_it_is_at_once() {
    check(
        |store, log| {
            drop(Handle(store.clone(), 1));
            log.push("dropped");
        },
        &["reduce add 1", "dropped"],
    );
}

#[test]
fn inside_it_is_when_the_outermost_ends() {
    check(
        |store, log| {
            store.atomically(|store| {
                store.atomically(|store| drop(Handle(store.clone(), 1)));
                store.dispatch(Act::Add(2));
                drop(Handle(store.clone(), 3));
                log.push("end of scope");
            });
            log.push("outside");
        },
        &["reduce add 2", "end of scope", "reduce add 1", "reduce add 3", "outside"],
    );
}

#[test]
fn inside_a_reducer_it_is_after_the_dispatch() {
    check(
        |store, log| {
            let (handle, inner) = (Handle(store.clone(), 1), log.clone());
            inside_the_reducer(store, move || {
                drop(handle);
                inner.push("dropped");
            });
        },
        &["reduce inside", "dropped", "reduce add 1"],
    );
}

#[test]
fn inside_a_listener_it_is_at_once() {
    check(
        |store, log| {
            let (handle, inner) = (Mutex::new(Some(Handle(store.clone(), 1))), log.clone());
            let subscription = store.subscribe(move |state| {
                inner.push(format_args!("told {}", state.count));
                let handle = handle.lock().unwrap().take();
                drop(handle);
                inner.push("told");
            });
            store.dispatch(Act::Add(5));
            subscription.unsubscribe();
        },
        &["reduce add 5", "told 5", "reduce add 1", "told 6", "told", "told"],
    );
}

#[test]
fn while_unwinding_it_is_with_the_next_dispatch() {
    check(
        |store, log| {
            let _ = catch_unwind(AssertUnwindSafe(|| {
                let _handle = Handle(store.clone(), 1);
                store.dispatch(Act::Panic);
            }));
            log.push("caught");
            store.dispatch(Act::Add(2));
        },
        &["reduce panic", "caught", "reduce add 2", "reduce add 1"],
    );
}

/// A destructor that dispatches may run during a panic as well; what others left stays.
#[test]
fn while_unwinding_a_dispatch_takes_nothing_along() {
    struct Dispatcher(Store<App, Act>);
    impl Drop for Dispatcher {
        fn drop(&mut self) {
            self.0.dispatch(Act::Add(3));
        }
    }
    check(
        |store, log| {
            let _ = catch_unwind(AssertUnwindSafe(|| {
                let _dispatcher = Dispatcher(store.clone());
                let _handle = Handle(store.clone(), 1);
                panic!("for the destructors");
            }));
            log.push("caught");
            store.dispatch(Act::Add(2));
        },
        &["reduce add 3", "caught", "reduce add 2", "reduce add 1"],
    );
}

#[test]
fn from_another_thread_it_is_when_the_gate_is_free() {
    check(
        |store, log| {
            let other = store.clone();
            store.atomically(|_| {
                on_another_thread(move || drop(Handle(other, 1)));
                log.push("deferred, and still inside");
            });
        },
        &["deferred, and still inside", "reduce add 1"],
    );
}

/// Whoever relies on the holder of the gate is not left alone when the holder panics.
#[test]
fn from_another_thread_it_is_dispatched_although_the_holder_panics() {
    check(
        |store, log| {
            let other = store.clone();
            let broken = || {
                store.atomically(|_| {
                    on_another_thread(|| drop(Handle(other, 1)));
                    panic!("the scope broke");
                });
            };
            assert_eq!(panic_message(broken), "the scope broke");
            log.push("caught");
        },
        &["reduce add 1", "caught"],
    );
}

#[test]
fn a_panicking_listener_keeps_nothing_back() {
    check(
        |store, log| {
            let subscription = store.subscribe(|state| assert!(state.count > 1, "too small"));
            let inner = store.clone();
            let broken = || {
                store.atomically(|store| {
                    store.dispatch(Act::Add(1));
                    drop(Handle(inner, 5));
                });
            };
            assert_eq!(panic_message(broken), "too small");
            log.push("caught");
            drop(subscription);
        },
        &["reduce add 1", "reduce add 5", "caught"],
    );
}

/// `peek` holds the gate, too: what came meanwhile used to wait for another dispatch.
#[test]
fn while_peek_holds_the_gate_it_is_when_peek_returns() {
    check(
        |store, log| {
            let other = store.clone();
            store
                .peek(|_| {
                    on_another_thread(move || drop(Handle(other, 1)));
                    drop(Handle(store.clone(), 2));
                    log.push("deferred, and still inside");
                })
                .unwrap();
        },
        &["deferred, and still inside", "reduce add 1", "reduce add 2"],
    );
}

#[test]
fn a_handle_dropped_with_the_state_is_dispatched_after_it() {
    check(
        |store, log| {
            let handle = Arc::new(Mutex::new(Some(Handle(store.clone(), 1))));
            let subscription = store.subscribe({
                let log = log.clone();
                move |state| log.push(format_args!("told {}", state.count))
            });
            let dropped = Arc::clone(&handle);
            inside_the_reducer(store, move || {
                let handle = dropped.lock().unwrap().take();
                drop(handle);
            });
            drop(subscription);
        },
        &["reduce inside", "told 1", "reduce add 1", "told 2"],
    );
}

/// Each notification drops the next handle, whose action notifies again: this used to take a
/// level of the stack for each of them.
#[test]
fn a_long_chain_of_handles_does_not_exhaust_the_stack() {
    let (store, log) = store();
    let handles: Vec<_> = (0..5_000).map(|_| Handle(store.clone(), 1)).collect();
    let handles = Mutex::new(handles);
    let subscription = store.subscribe(move |_| {
        let handle = handles.lock().unwrap().pop();
        drop(handle);
    });
    store.dispatch(Act::Add(1));
    assert_eq!(store.state().count, 5_001);
    assert_eq!(log.take().len(), 5_001);
    drop(subscription);
}
