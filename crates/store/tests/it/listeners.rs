//! Listeners: who is told, when, how often, and of what.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use retake_store::{Store, Subscription, WeakStore};

use crate::dispatch_app::{Act, App, Log, Scripted, panic_message, store};

/// What a listener does when it is told of a count for the first time.
#[derive(Clone, Debug)]
enum Do {
    Dispatch(i64),
    Subscribe(&'static str),
    Unsubscribe(&'static str),
    Panic,
}

type Script = Vec<(&'static str, i64, Vec<Do>)>;

struct World {
    store: WeakStore<App, Act>,
    log: Log,
    script: Mutex<Script>,
    subscriptions: Mutex<BTreeMap<&'static str, Subscription>>,
}

impl World {
    fn subscribe(self: &Arc<Self>, name: &'static str) {
        let world = Arc::clone(self);
        let store = self.store.upgrade().unwrap();
        let subscription = store.subscribe(move |state| world.told(name, state.count));
        self.subscriptions.lock().unwrap().insert(name, subscription);
    }

    fn told(self: &Arc<Self>, name: &'static str, count: i64) {
        self.log.push(format_args!("{name}:{count}"));
        let steps = {
            let mut script = self.script.lock().unwrap();
            let position = script.iter().position(|(it, at, _)| (*it, *at) == (name, count));
            position.map(|position| script.remove(position).2)
        };
        for step in steps.into_iter().flatten() {
            match step {
                Do::Dispatch(n) => self.store.upgrade().unwrap().dispatch(Act::Add(n)),
                Do::Subscribe(name) => self.subscribe(name),
                Do::Unsubscribe(name) => {
                    let ended = self.subscriptions.lock().unwrap().remove(name);
                    drop(ended);
                }
                Do::Panic => panic!("the listener broke"),
            }
        }
    }
}

/// Subscribes `L1`, `L2`, .. that follow `script`, runs `work`, and checks who was told what.
#[track_caller]
fn check_with(
    listeners: &[&'static str],
    script: Script,
    work: impl FnOnce(&Store<App, Act>, &Log),
    expected: &[&str],
) {
    let (store, reduced) = store();
    let (log, subscriptions) = (Log::default(), Mutex::default());
    let (weak, script) = (store.downgrade(), Mutex::new(script));
    let world = Arc::new(World { store: weak, log: log.clone(), script, subscriptions });
    for name in listeners {
        world.subscribe(name);
    }
    work(&store, &log);
    assert_eq!(log.take(), expected, "after {:?}", reduced.take());
}

/// As [`check_with`], dispatching `add 1` for `times` times.
#[track_caller]
fn check(script: Script, times: usize, expected: &[&str]) {
    let work = |store: &Store<App, Act>, _: &Log| {
        (0..times).for_each(|_| store.dispatch(Act::Add(1)));
    };
    check_with(&["L1", "L2"], script, work, expected);
}

#[test]
fn each_dispatch_tells_each_listener_once() {
    check(vec![], 2, &["L1:1", "L2:1", "L1:2", "L2:2"]);
}

/// As recorded from Redux.
#[test]
fn a_dispatch_from_a_listener_is_depth_first_and_others_see_the_newest_state() {
    let script = vec![("L1", 1, vec![Do::Dispatch(1)])];
    check(script, 1, &["L1:1", "L1:2", "L2:2", "L2:2"]);
    let script = vec![("L2", 1, vec![Do::Dispatch(1)])];
    check(script, 1, &["L1:1", "L2:1", "L1:2", "L2:2"]);
}

#[test]
fn subscribing_during_a_notification_counts_from_the_next_one() {
    let script = vec![("L1", 1, vec![Do::Subscribe("L3")])];
    check(script, 2, &["L1:1", "L2:1", "L1:2", "L2:2", "L3:2"]);
}

#[test]
fn unsubscribing_during_a_notification_counts_from_the_next_one() {
    let script = vec![("L1", 1, vec![Do::Unsubscribe("L2")])];
    check(script, 2, &["L1:1", "L2:1", "L1:2"]);
    let script = vec![("L1", 1, vec![Do::Unsubscribe("L1")])];
    check(script, 2, &["L1:1", "L2:1", "L2:2"]);
}

#[test]
fn a_nested_notification_has_its_own_listeners() {
    let script = vec![("L1", 1, vec![Do::Subscribe("L3"), Do::Dispatch(1)])];
    check(script, 1, &["L1:1", "L1:2", "L2:2", "L3:2", "L2:2"]);
    let script = vec![("L1", 1, vec![Do::Unsubscribe("L2"), Do::Dispatch(1)])];
    check(script, 1, &["L1:1", "L1:2", "L2:2"]);
}

#[test]
fn one_notification_for_each_outermost_scope() {
    check_with(
        &["L"],
        vec![],
        |store, log| {
            store.atomically(|store| {
                store.dispatch(Act::Add(1));
                store.atomically(|store| store.dispatch(Act::Add(1)));
                store.dispatch(Act::Add(1));
                log.push("end");
            });
            store.atomically(|_| log.push("nothing was dispatched"));
        },
        &["end", "L:3", "nothing was dispatched"],
    );
}

#[test]
fn an_action_that_changes_nothing_notifies_as_in_redux_and_a_swallowed_one_does_not() {
    let app = App::default();
    let log = app.log.clone();
    let script = vec![(Act::Add(9), vec![])];
    let store =
        Store::builder(app).middleware(Scripted { name: "A", script, log: log.clone() }).build();
    let told = Log::default();
    let listener = told.clone();
    let _subscription = store.subscribe(move |state| listener.push(state.count));
    store.dispatch(Act::Idle);
    assert_eq!(told.take(), ["0"]);
    store.dispatch(Act::Add(9));
    assert_eq!(told.take(), [""; 0]);
}

#[test]
fn nested_dispatches_of_middleware_notify_once() {
    use crate::dispatch_app::Step::{Dispatch, Next};
    let app = App::default();
    let script = vec![(Act::Add(1), vec![Dispatch(Act::Add(2)), Next, Dispatch(Act::Add(3))])];
    let log = Log::default();
    let store = Store::builder(app).middleware(Scripted { name: "A", script, log }).build();
    let told = Log::default();
    let listener = told.clone();
    let _subscription = store.subscribe(move |state| listener.push(state.count));
    store.dispatch(Act::Add(1));
    assert_eq!(told.take(), ["6"]);
}

/// What was reduced before the panic has happened; it used to be told with the next dispatch.
#[test]
fn listeners_are_told_before_the_panic_of_a_reducer_goes_on() {
    check_with(
        &["L"],
        vec![],
        |store, log| {
            let broken = || {
                store.atomically(|store| {
                    store.dispatch(Act::Add(1));
                    store.dispatch(Act::Panic);
                });
            };
            assert_eq!(panic_message(broken), "the reducer broke");
            log.push("caught");
            assert_eq!(panic_message(|| store.dispatch(Act::Panic)), "the reducer broke");
            log.push("nothing was reduced");
        },
        &["L:1", "caught", "nothing was reduced"],
    );
}

#[test]
fn a_panicking_listener_ends_its_notification_and_nothing_else() {
    check_with(
        &["L1", "L2"],
        vec![("L1", 1, vec![Do::Panic])],
        |store, log| {
            assert_eq!(panic_message(|| store.dispatch(Act::Add(1))), "the listener broke");
            log.push("caught");
            store.dispatch(Act::Add(1));
        },
        &["L1:1", "caught", "L1:2", "L2:2"],
    );
}

#[test]
fn panicking_listeners_use_up_no_nesting() {
    let (store, _) = store();
    let subscription = store.subscribe(|_| panic!("the listener broke"));
    for _ in 0..100 {
        panic_message(|| store.dispatch(Act::Add(1)));
    }
    drop(subscription);
    store.dispatch(Act::Add(1));
    assert_eq!(store.state().count, 101);
}

#[test]
fn a_dropped_subscription_ends_and_a_detached_one_lasts() {
    let (store, _) = store();
    let log = Log::default();
    let subscribe = |name: &'static str| {
        let log = log.clone();
        store.subscribe(move |state| log.push(format_args!("{name}:{}", state.count)))
    };
    drop(subscribe("dropped"));
    subscribe("ended").unsubscribe();
    subscribe("detached").detach();
    let kept = subscribe("kept");
    store.dispatch(Act::Add(1));
    assert_eq!(log.take(), ["detached:1", "kept:1"]);
    drop(store);
    drop(kept);
}

/// Destructors are user code: they run outside of the locks of the store.
#[test]
fn the_destructor_of_a_listener_may_use_the_store() {
    struct OnDrop(WeakStore<App, Act>, Option<Subscription>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            drop(self.1.take());
            if let Some(store) = self.0.upgrade() {
                store.dispatch(Act::Add(1));
                store.subscribe(|_| ()).unsubscribe();
            }
        }
    }
    let (store, _) = store();
    let inner = store.subscribe(|_| ());
    let owned = OnDrop(store.downgrade(), Some(inner));
    let outer = store.subscribe(move |_| {
        let _ = &owned;
    });
    store.dispatch(Act::Add(1));
    drop(outer);
    assert_eq!(store.state().count, 2);
}
