//! When lines outlive the process, and who is told.

use std::io::BufWriter;
use std::sync::mpsc::channel;

use retake_middleware::{Durability, Recorder, RecorderOptions};

use super::numbers::{Numbers, Pushed, builder};
use super::output::{Output, app, options, recorder};

/// Returns how many lines there were at each flush, when `count` actions come at once.
#[track_caller]
fn check(durability: Durability, count: i64, expected: &[usize]) {
    let output = Output::closed();
    let recorder = recorder(&output, options().durability(durability));
    let store = builder().middleware(recorder.clone()).build();
    (0..count).for_each(|number| store.dispatch(Pushed(number)));
    output.open();
    drop((store, recorder));
    let mut flushes = output.flushes();
    flushes.dedup();
    assert_eq!(flushes, expected, "{durability:?}");
}

#[test]
fn lines_are_flushed_as_often_as_asked_for() {
    check(Durability::None, 5, &[6]);
    check(Durability::Flush { every: 1 }, 3, &[1, 2, 3, 4]);
    check(Durability::Flush { every: 0 }, 3, &[1, 2, 3, 4]);
    check(Durability::Flush { every: 2 }, 4, &[2, 4, 5]);
    check(Durability::Sync { every: 3 }, 6, &[3, 6, 7]);
    check(Durability::Flush { every: 100 }, 4, &[5]);
}

#[test]
fn what_nothing_follows_is_flushed() {
    let output = Output::default();
    let recorder: Recorder<Numbers, Pushed> =
        Recorder::new(BufWriter::new(output.clone()), app(), options()).unwrap();
    let store = builder().middleware(recorder.clone()).build();
    store.dispatch(Pushed(1));
    while recorder.status().acknowledged < 1 {
        std::thread::yield_now();
    }
    assert_eq!(output.verified(), 1);
}

#[track_caller]
fn check_sync(options: RecorderOptions) {
    let output = Output::default();
    let recorder: Recorder<Numbers, Pushed> =
        Recorder::new(BufWriter::new(output.clone()), app(), options).unwrap();
    assert_eq!(recorder.sync().unwrap(), 0);
    let store = builder().middleware(recorder.clone()).build();
    assert_eq!(recorder.sync().unwrap(), 0);
    assert_eq!(output.lines(), 1, "the header is there");
    for number in 1..=3 {
        store.dispatch(Pushed(10));
        store.dispatch(Pushed(11));
        assert_eq!(recorder.sync().unwrap(), 2 * number);
        assert_eq!(output.verified(), 2 * number);
        assert_eq!(recorder.status().acknowledged, 2 * number);
    }
}

#[test]
fn sync_waits_for_everything_so_far() {
    check_sync(options());
    check_sync(options().durability(Durability::Flush { every: 1 }));
    check_sync(options().durability(Durability::Flush { every: 100 }));
    check_sync(options().durability(Durability::Sync { every: 100 }));
}

#[track_caller]
fn check_acknowledged(durability: Durability) {
    let output = Output::default();
    let options = options().durability(durability).acknowledged(true);
    let recorder: Recorder<Numbers, Pushed> =
        Recorder::new(BufWriter::new(output.clone()), app(), options).unwrap();
    let store = builder().middleware(recorder.clone()).build();
    assert_eq!(output.lines(), 1, "the header is there");
    for number in 1..=3 {
        store.dispatch(Pushed(10));
        assert_eq!(recorder.status().acknowledged, number);
        assert_eq!(output.verified(), number);
    }
}

#[test]
fn a_dispatch_can_wait_for_its_line() {
    check_acknowledged(Durability::None);
    check_acknowledged(Durability::Flush { every: 1 });
    check_acknowledged(Durability::Flush { every: 100 });
    check_acknowledged(Durability::Sync { every: 1 });
}

/// A listener sees no state whose line could still be lost.
#[test]
fn listeners_are_told_when_the_line_is_safe() {
    let output = Output::default();
    let recorder = recorder(&output, options().acknowledged(true));
    let store = builder().middleware(recorder.clone()).build();
    let (sender, seen) = channel();
    let subscription = store.subscribe({
        let recorder = recorder.clone();
        move |state| sender.send((state.all.len() as u64, recorder.status().acknowledged)).unwrap()
    });
    (0..3).for_each(|number| store.dispatch(Pushed(number)));
    drop(subscription);
    assert_eq!(seen.iter().collect::<Vec<_>>(), [(1, 1), (2, 2), (3, 3)]);
}
