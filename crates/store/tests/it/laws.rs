//! The laws of the design that concern the store alone, one test or more for each.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cost;
mod random;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use retake_store::cache::{CacheAction, CacheState};
use retake_store::{Action, DispatchError, Reducer, Store};
use serde_json::Value;

use crate::cache_app::{PostsAction, empty, fold};
use crate::dispatch_app::{Act, App, inside_the_reducer, on_another_thread, store};

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// Closures run in thunks, actions are data: the JSON log of any actions replays to the
    /// same state, step by step, without the code that made them.
    #[test]
    fn law_1_a_json_log_replays_to_the_same_state(actions in vec(random::action(), 0..40)) {
        fold(&actions);
    }

    /// Reducers are functions of data: from the middle of a log as well, on a state that was
    /// read from JSON.
    #[test]
    fn law_1_a_log_continues_from_a_state_in_json(
        actions in vec(random::action(), 0..30),
        cut in 0..30_usize,
    ) {
        let (first, second) = actions.split_at(cut.min(actions.len()));
        let mut live = fold(first);
        let mut read: CacheState =
            serde_json::from_str(&serde_json::to_string(&live).unwrap()).unwrap();
        for action in second {
            let _ = live.reduce(action);
            let _ = read.reduce(&crate::cache_app::through_json(action));
        }
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), serde_json::to_string(&live).unwrap());
    }

    /// Reducers are total: whatever a log or a tool sends is refused as a typed error or
    /// reduced, and what was reduced has a JSON form.
    #[test]
    fn law_8_no_action_panics_the_reducer(
        actions in vec((random::action(), vec(random::damage(), 0..4)), 1..20),
    ) {
        let mut state = empty();
        for (action, damages) in actions {
            let mut json = serde_json::to_value(PostsAction::new(action)).unwrap();
            damages.iter().for_each(|damage| random::harm(&mut json, damage));
            reduce_json(&mut state, &json);
        }
        serde_json::to_string(&state).unwrap();
    }

    /// The same on a state that was damaged: a persisted one, for example.
    #[test]
    fn law_8_no_state_panics_the_reducer(
        before in vec(random::action(), 0..20),
        damages in vec(random::damage(), 0..6),
        after in vec(random::action(), 1..20),
    ) {
        let mut json = serde_json::to_value(fold(&before)).unwrap();
        damages.iter().for_each(|damage| random::harm(&mut json, damage));
        if let Ok(mut state) = serde_json::from_value::<CacheState>(json) {
            for action in after {
                let _ = state.reduce(&action);
                if let CacheAction::InvalidateTags(tags) = action {
                    let tags: Vec<_> = tags.iter().filter_map(|tag| tag.to_tag()).collect();
                    let _ = state.select_invalidated_by(&tags);
                }
            }
            serde_json::to_string(&state).unwrap();
        }
    }

    /// Nor does any JSON under the name of an action.
    #[test]
    fn law_8_no_json_panics_the_reducer(
        kind in random::kind(),
        payload in proptest::option::of(random::value()),
        meta in proptest::option::of(random::value()),
        error in proptest::option::of(random::value()),
    ) {
        let mut wire = serde_json::json!({ "type": kind });
        for (name, member) in [("payload", payload), ("meta", meta), ("error", error)] {
            if let Some(member) = member {
                wire[name] = member;
            }
        }
        reduce_json(&mut empty(), &wire);
    }
}

fn reduce_json(state: &mut CacheState, json: &Value) {
    let Ok(wire) = serde_json::from_value(json.clone()) else { return };
    match PostsAction::from_wire(&wire) {
        Some(Ok(action)) => {
            let _ = state.reduce(&**action.action());
        }
        Some(Err(error)) => assert!(error.to_string().contains("correct the action"), "{error}"),
        None => {}
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn law_3_no_clock_randomness_file_socket_or_thread() {
    const ABSENT: &[&str] = &[
        "Instant",
        "SystemTime",
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "thread::spawn",
        "thread::scope",
        "thread::sleep",
        "Builder::spawn",
        "rand::",
        "fastrand",
        "RandomState",
        "HashMap",
        "HashSet",
        "static mut",
        "lazy_static",
        "LazyLock",
    ];
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 30, "the sources were not found");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let shipped = text.lines().take_while(|line| *line != "#[cfg(test)]");
        for (number, line) in (1..).zip(shipped) {
            let code = line.split("//").next().unwrap_or_default();
            for word in ABSENT {
                assert!(!code.contains(word), "{}:{number} has `{word}`", file.display());
            }
        }
    }
}

#[test]
fn law_4_read_then_dispatch_is_atomic() {
    let (store, _) = store();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    store.atomically(|store| {
                        let count = store.state().count;
                        store.dispatch(Act::Add(1));
                        assert_eq!(store.state().count, count + 1);
                    });
                }
            });
        }
    });
    assert_eq!(store.state().count, 2_000);
}

#[test]
fn law_4_dispatches_nest_64_levels_deep() {
    fn levels(store: &Store<App, Act>) -> u32 {
        match store.try_atomically(levels) {
            Ok(levels) => levels + 1,
            Err(error) => {
                assert_eq!(error, DispatchError::TooDeep { limit: 64 });
                assert_eq!(store.try_dispatch(Act::Add(1)), Err(error));
                0
            }
        }
    }
    let (store, _) = store();
    assert_eq!(levels(&store), 64);
    assert_eq!(store.try_dispatch(Act::Add(1)), Ok(()));
}

#[test]
fn law_4_a_dispatch_from_inside_a_reducer_is_refused() {
    let (store, log) = store();
    let (inner, answer) = (store.clone(), log.clone());
    inside_the_reducer(&store, move || {
        answer.push(format_args!("{:?}", inner.try_dispatch(Act::Add(1))));
    });
    assert_eq!(log.take(), ["reduce inside", "Err(InReducer)"]);
}

/// Wherever a handle is dropped, its action is dispatched exactly once, at the latest with
/// the next dispatch.
#[test]
fn law_7_what_destructors_defer_is_dispatched_once() {
    struct Handle(Store<App, Act>);
    impl Drop for Handle {
        fn drop(&mut self) {
            self.0.defer(Act::Note("dropped", 1));
        }
    }
    type Place = fn(&Store<App, Act>, Handle);
    let places: [(&str, Place); 9] = [
        ("outside", |_, handle| drop(handle)),
        ("in a scope", |store, handle| store.atomically(|_| drop(handle))),
        ("in a nested scope", |store, handle| {
            store.atomically(|store| store.atomically(|_| drop(handle)));
        }),
        ("in a reducer", |store, handle| inside_the_reducer(store, move || drop(handle))),
        ("in a listener", |store, handle| {
            let handle = Mutex::new(Some(handle));
            let subscription = store.subscribe(move |_| {
                let handle = handle.lock().unwrap().take();
                drop(handle);
            });
            store.dispatch(Act::Idle);
            drop(subscription);
        }),
        ("with a listener", |store, handle| {
            drop(store.subscribe(move |_| {
                let _ = &handle;
            }));
        }),
        ("while the state is lent", |store, handle| store.peek(|_| drop(handle)).unwrap()),
        ("while unwinding", |_, handle| {
            let _ = catch_unwind(AssertUnwindSafe(move || {
                let _handle = handle;
                panic!("for the destructors");
            }));
        }),
        ("on another thread", |store, handle| {
            store.atomically(|_| on_another_thread(move || drop(handle)));
        }),
    ];
    for (name, place) in places {
        let (store, log) = store();
        place(&store, Handle(store.clone()));
        store.dispatch(Act::Add(1));
        let notes = log.take().iter().filter(|line| *line == "reduce note dropped 1").count();
        assert_eq!(notes, 1, "{name}");
    }
}

#[test]
fn law_8_a_panicking_reducer_leaves_the_old_state_and_a_usable_store() {
    let (store, _) = store();
    store.dispatch(Act::Note("a", 1));
    for _ in 0..3 {
        assert!(catch_unwind(AssertUnwindSafe(|| store.dispatch(Act::Panic))).is_err());
        assert_eq!(store.state().count, 0);
        assert_eq!(store.state().notes.get("a"), Some(&1));
    }
    store.dispatch(Act::Add(1));
    assert_eq!(store.state().count, 1);
}
