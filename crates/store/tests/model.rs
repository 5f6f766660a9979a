//! Model checks: the store under schedules that a model checker chooses.
//!
//! Run with `RUSTFLAGS="--cfg shuttle" cargo test -p retake-store --test model`. A failure
//! prints a schedule that `shuttle::replay` runs again.
#![cfg(shuttle)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use retake_store::{
    Action, Changed, Middleware, Next, Reducer, State, Store, Topic, WireAction, WireError,
};
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::sync::Mutex;
use shuttle::{Config, Runner, thread};

/// Two numbers that every action changes by the same, so that half an action shows.
#[derive(Clone, Debug, Default, PartialEq)]
struct App {
    count: i64,
    mirror: i64,
    marks: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq)]
enum Act {
    Add(i64),
    Set(i64),
    Mark(u8),
}

impl State for App {
    const FIELDS: &'static [&'static str] = &["count", "mirror", "marks"];

    fn sync_from(&mut self, newer: &Self, changed: Changed) {
        if changed.has_field(0) {
            self.count = newer.count;
        }
        if changed.has_field(1) {
            self.mirror = newer.mirror;
        }
        if changed.has_field(2) {
            self.marks.clone_from(&newer.marks);
        }
    }
}

impl Reducer<Act> for App {
    fn reduce(&mut self, action: &Act) -> Changed {
        let numbers = Changed::field(0) | Changed::field(1);
        match action {
            Act::Add(n) => {
                let before = self.count;
                // What would be lost if two threads were inside.
                thread::yield_now();
                self.count = before + n;
                self.mirror += n;
                numbers
            }
            Act::Set(n) => {
                (self.count, self.mirror) = (*n, *n);
                numbers
            }
            Act::Mark(mark) => {
                self.marks.push(*mark);
                Changed::field(2)
            }
        }
    }
}

impl Action for Act {
    fn action_type(&self) -> Cow<'_, str> {
        "act".into()
    }
    fn leaf(&self) -> &dyn Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        Ok(WireAction::new("act"))
    }
    fn from_wire(_: &WireAction) -> Option<Result<Self, WireError>> {
        None
    }
}

type TestStore = Store<App, Act>;

/// Runs `model` under random schedules and under such that preempt at few chosen points.
#[track_caller]
fn check(model: impl Fn() + Clone + Send + Sync + 'static) {
    const ITERATIONS: usize = 2_000;
    fn run(scheduler: impl Scheduler + 'static, model: impl Fn() + Send + Sync + 'static) {
        let mut config = Config::new();
        // Dispatches nest, and unoptimised frames are large.
        config.stack_size = 1 << 18;
        Runner::new(scheduler, config).run(model);
    }
    run(RandomScheduler::new_from_seed(0x5eed, ITERATIONS), model.clone());
    for depth in [2, 3, 5] {
        run(PctScheduler::new_from_seed(0x5eed, depth, ITERATIONS), model.clone());
    }
}

/// Runs `work` on several threads, telling them apart by number, and waits for them.
fn on_threads(
    store: &TestStore,
    threads: u8,
    work: impl Fn(&TestStore, u8) + Clone + Send + Sync + 'static,
) {
    let threads: Vec<_> = (0..threads)
        .map(|number| {
            let (store, work) = (store.clone(), work.clone());
            thread::spawn(move || work(&store, number))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// Dispatches `add 100` after each `add 1`.
struct Follows;

impl Middleware<App, Act> for Follows {
    fn handle(&self, action: Act, next: Next<'_, App, Act>) {
        let (store, is_first) = (next.store(), action == Act::Add(1));
        next.run(action);
        if is_first {
            store.dispatch(Act::Add(100));
        }
    }
}

#[test]
fn no_dispatch_is_lost() {
    check(|| {
        let store = TestStore::new(App::default());
        on_threads(&store, 3, |store, _| {
            store.dispatch(Act::Add(1));
            store.dispatch(Act::Add(1));
        });
        assert_eq!(store.state().count, 6);
        assert_eq!(store.state().mirror, 6);
    });
}

#[test]
fn no_nested_dispatch_is_lost() {
    check(|| {
        let store = Store::builder(App::default()).middleware(Follows).build();
        on_threads(&store, 3, |store, _| store.dispatch(Act::Add(1)));
        assert_eq!(store.state().count, 303);
    });
}

#[test]
fn scopes_are_not_interleaved() {
    check(|| {
        let store = TestStore::new(App::default());
        on_threads(&store, 3, |store, number| {
            store.atomically(|store| {
                store.dispatch(Act::Mark(number));
                thread::yield_now();
                let before = store.state().count;
                assert_eq!(store.peek(|app| app.count), Ok(before));
                store.atomically(|store| store.dispatch(Act::Mark(number)));
                store.dispatch(Act::Set(before + 1));
            });
        });
        let state = store.state();
        assert_eq!(state.count, 3);
        assert!(state.marks.chunks(2).all(|pair| pair[0] == pair[1]), "{:?}", state.marks);
    });
}

#[test]
fn reads_are_of_complete_actions_and_in_order() {
    check(|| {
        let store = TestStore::new(App::default());
        on_threads(&store, 3, |store, number| {
            if number > 0 {
                store.dispatch(Act::Add(1));
                store.dispatch(Act::Add(1));
                return;
            }
            let mut last = 0;
            for _ in 0..4 {
                let state = store.state();
                assert_eq!(state.count, state.mirror);
                assert!(state.count >= last, "{} after {last}", state.count);
                last = state.count;
            }
        });
        assert_eq!(store.state().count, 4);
    });
}

/// The lost wake-up: whoever finds the gate taken relies on its holder to look again.
#[test]
fn what_is_deferred_is_dispatched_by_the_time_all_threads_are_done() {
    type Holder = fn(&TestStore);
    let holders: [Holder; 4] = [
        |store| store.dispatch(Act::Add(1)),
        |store| {
            store.atomically(|store| {
                store.dispatch(Act::Add(1));
                thread::yield_now();
            });
        },
        |store| {
            store.peek(|_| thread::yield_now()).unwrap();
            store.dispatch(Act::Add(1));
        },
        |store| {
            // The holder's last step is a look at the state, not a dispatch.
            store.dispatch(Act::Add(1));
            store.peek(|_| thread::yield_now()).unwrap();
        },
    ];
    for holder in holders {
        check(move || {
            let store = TestStore::new(App::default());
            on_threads(&store, 3, move |store, number| match number {
                0 => holder(store),
                _ => store.defer(Act::Add(10)),
            });
            assert_eq!(store.state().count, 21);
        });
    }
}

#[test]
fn what_a_listener_defers_is_dispatched() {
    check(|| {
        let store = TestStore::new(App::default());
        let weak = store.downgrade();
        let once = Mutex::new(true);
        store
            .subscribe(move |_| {
                if std::mem::take(&mut *once.lock().unwrap()) {
                    weak.upgrade().unwrap().defer(Act::Add(10));
                }
            })
            .detach();
        on_threads(&store, 2, |store, _| store.dispatch(Act::Add(1)));
        assert_eq!(store.state().count, 12);
    });
}

#[test]
fn listeners_see_states_in_order_and_the_last_one_last() {
    check(|| {
        let store = TestStore::new(App::default());
        let plain = Arc::new(Mutex::new(Vec::new()));
        let keyed = Arc::new(Mutex::new(Vec::new()));
        let (tell_plain, tell_keyed) = (Arc::clone(&plain), Arc::clone(&keyed));
        // Two plain listeners, the first of which dispatches once: the second is told of the
        // newest state then, and not of an older one afterwards.
        let (weak, once) = (store.downgrade(), Mutex::new(true));
        store
            .subscribe(move |_| {
                if std::mem::take(&mut *once.lock().unwrap()) {
                    weak.upgrade().unwrap().dispatch(Act::Add(1));
                }
            })
            .detach();
        store.subscribe(move |state| tell_plain.lock().unwrap().push(state.count)).detach();
        store
            .subscribe_to(
                Topic::slice("count"),
                |app| app.count,
                move |count| tell_keyed.lock().unwrap().push(*count),
            )
            .detach();
        on_threads(&store, 2, |store, _| {
            store.dispatch(Act::Add(1));
            store.dispatch(Act::Add(1));
        });
        let (plain, keyed) = (plain.lock().unwrap(), keyed.lock().unwrap());
        assert!(plain.is_sorted(), "{plain:?}");
        assert_eq!((plain.len(), plain.last()), (5, Some(&5)));
        assert!(keyed.windows(2).all(|pair| pair[0] < pair[1]), "{keyed:?}");
        assert_eq!(keyed.last(), Some(&5));
    });
}

/// When `dispatch` returns, listeners know of its action.
#[test]
fn a_dispatch_returns_after_its_notification() {
    check(|| {
        let store = TestStore::new(App::default());
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = Arc::clone(&told);
        store.subscribe(move |state| *tell.lock().unwrap() = state.marks.clone()).detach();
        on_threads(&store, 3, move |store, number| {
            store.dispatch(Act::Mark(number));
            let told = told.lock().unwrap();
            assert!(told.contains(&number), "{number} is not in {told:?}");
        });
    });
}

/// Whoever subscribes and then reads misses no change, however the two fall together.
#[test]
fn no_change_is_missed_while_subscribing() {
    check(|| {
        let store = TestStore::new(App::default());
        let writer = {
            let store = store.clone();
            thread::spawn(move || {
                store.dispatch(Act::Set(1));
                store.dispatch(Act::Set(0));
            })
        };
        let told = Arc::new(Mutex::new(None));
        let tell = Arc::clone(&told);
        let subscription = store.subscribe_to(
            Topic::slice("count"),
            |app| app.count,
            move |count| *tell.lock().unwrap() = Some(*count),
        );
        let read = store.state().count;
        writer.join().unwrap();
        let view = told.lock().unwrap().unwrap_or(read);
        assert_eq!(view, store.state().count);
        drop(subscription);
    });
}

/// Unsubscribing while others notify neither blocks nor breaks anything.
#[test]
fn subscriptions_come_and_go_during_notifications() {
    check(|| {
        let store = TestStore::new(App::default());
        on_threads(&store, 3, |store, number| {
            if number == 0 {
                store.dispatch(Act::Add(1));
                return;
            }
            let seen = Arc::new(Mutex::new(0));
            let tell = Arc::clone(&seen);
            let subscription = store.subscribe(move |state| *tell.lock().unwrap() = state.count);
            store.dispatch(Act::Add(1));
            assert!(*seen.lock().unwrap() >= 1);
            drop(subscription);
        });
        assert_eq!(store.state().count, 3);
    });
}
