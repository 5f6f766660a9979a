//! Who learns of what in a store with a history, and in which order.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use retake_store::history::{HistoryChange, HistoryOptions, LiftedAction, LiftedState};
use retake_store::log::{LogReader, VerifyError, fold, shrink};
use retake_store::{Middleware, Next, Reducer, StoreBuilder, Topic};

use crate::travel::{Recorded, Seen, Sum, SumAction, SumStore, store};

#[test]
fn keyed_listeners_hear_that_the_state_they_look_at_is_no_longer_kept() {
    for max_age in [2, 3] {
        let (store, _) = store(HistoryOptions::default().max_age(max_age));
        store.dispatch(SumAction::Add(1));
        store.dispatch(SumAction::Called);
        store.travel(LiftedAction::JumpToState { index: 0 }).unwrap();
        let told = Arc::new(Mutex::new(store.state().sum));
        let latest = Arc::clone(&told);
        let _sum = store.subscribe_to(
            Topic::entry("sum", "anything"),
            |state| state.sum,
            move |sum| *latest.lock().unwrap() = *sum,
        );
        for _ in 0..3 {
            // It changes another slice.
            store.dispatch(SumAction::Called);
            assert_eq!(*told.lock().unwrap(), store.state().sum, "{max_age} states");
        }
    }
}

/// Dispatches where it must not.
struct Rash;

impl Middleware<Sum, SumAction> for Rash {
    fn handle(&self, action: SumAction, next: Next<'_, Sum, SumAction>) {
        next.run(action);
    }

    fn travelled(&self, _: &HistoryChange, store: &SumStore) {
        store.dispatch(SumAction::Add(100));
    }
}

#[test]
fn a_dispatch_from_another_middleware_is_recorded_behind_the_change() {
    let seen = Seen::default();
    let builder = StoreBuilder::new(Sum::default()).history(HistoryOptions::default(), || 0);
    let store = builder.middleware(Rash).middleware(seen.clone()).build();
    store.dispatch(SumAction::Add(1));
    store.travel(LiftedAction::Rollback).unwrap();
    let mut replayed = LiftedState::new(Sum::default(), HistoryOptions::default());
    for recorded in seen.recorded.lock().unwrap().iter() {
        match recorded {
            Recorded::Action(action, _) => {
                let _ = replayed.perform(action.clone(), 0);
            }
            Recorded::Change(change, _) => replayed.replay(change).unwrap(),
        }
    }
    assert_eq!((replayed.head().sum, store.head().sum), (100, 100));
}

#[test]
fn a_replayed_step_says_what_it_changed_wherever_an_import_looks() {
    let (other, _) = store(HistoryOptions::default());
    other.dispatch(SumAction::Add(1));
    other.travel(LiftedAction::JumpToState { index: 0 }).unwrap();
    let imported = other.history().unwrap().to_json().unwrap();
    let log = format!(
        r#"{{"retake":1,"app":{{"name":"a","version":"1"}},"state":{{"sum":0,"calls":0}},"history":{{}}}}
{{"seq":1,"at":0,"lifted":{{"type":"IMPORT_STATE","nextLiftedState":{imported}}}}}
{{"seq":2,"at":0,"action":{{"type":"sum/added","payload":10}}}}
"#
    );
    let mut replay = fold::<Sum, SumAction, _>(LogReader::new(log.as_bytes()).unwrap()).unwrap();
    assert_eq!(replay.next_step().unwrap().unwrap().state.sum, 1);
    let expected = Sum::default().reduce(&SumAction::Add(10));
    let step = replay.next_step().unwrap().unwrap();
    assert_eq!((step.state.sum, step.changed), (11, expected));
}

#[test]
fn a_panic_that_the_history_caught_does_not_end_a_search() {
    let log = br#"{"retake":1,"app":{"name":"a","version":"1"},"state":{"sum":0,"calls":0},"history":{"catchErrors":true}}
{"seq":1,"at":0,"action":{"type":"sum/panic"}}
{"seq":2,"at":0,"action":{"type":"sum/added","payload":5},"patch":[{"op":"replace","path":"/sum","value":5}]}
"#;
    let shrunk = shrink(|| fold::<Sum, SumAction, _>(LogReader::new(&log[..])?)).unwrap();
    // Nothing gets past the error: both actions are needed.
    assert_eq!((shrunk.divergence.seq, shrunk.entries.len()), (2, 2));
    let small = shrunk.to_string();
    let small = fold::<Sum, SumAction, _>(LogReader::new(small.as_bytes()).unwrap()).unwrap();
    assert!(matches!(small.verify(), Err(VerifyError::Diverged(_))));
}
