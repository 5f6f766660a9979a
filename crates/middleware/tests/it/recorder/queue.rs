//! What becomes of dispatches that the writer does not keep up with.

use std::sync::mpsc::channel;
use std::thread;

use retake_middleware::{RecordError, RecorderOptions, WhenFull};

use super::numbers::{Pushed, builder};
use super::output::{Output, options, recorder};

#[test]
fn dispatches_wait_for_room() {
    let output = Output::closed();
    let recorder = recorder(&output, options().capacity(2));
    let store = builder().middleware(recorder.clone()).build();
    output.wait_for_writer(); // the header is not in the queue any more
    let (done, is_done) = channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..5 {
                store.dispatch(Pushed(number));
                done.send(number).unwrap();
            }
        });
        assert_eq!([is_done.recv(), is_done.recv()], [Ok(0), Ok(1)]);
        // The third waits, readers do not, and nothing else can be told while it does.
        while store.state().all.len() < 3 {
            thread::yield_now();
        }
        assert!(is_done.try_recv().is_err());
        assert_eq!(recorder.recorded(), 2);
        output.open();
    });
    assert_eq!(is_done.try_iter().collect::<Vec<_>>(), [2, 3, 4]);
    recorder.finish().unwrap();
    assert_eq!(output.verified(), 5);
}

#[test]
fn or_the_log_ends_before_them() {
    let output = Output::closed();
    let (errors, reported) = channel();
    let options = options().capacity(2).when_full(WhenFull::Stop);
    let options = options.on_error(move |error| errors.send(error.clone()).unwrap());
    let recorder = recorder(&output, options);
    let store = builder().middleware(recorder.clone()).build();
    output.wait_for_writer();
    for number in 0..5 {
        store.dispatch(Pushed(number));
    }
    assert_eq!(store.state().all, [0, 1, 2, 3, 4]);
    let status = recorder.status();
    assert_eq!((status.recorded, status.is_recording), (2, false));
    assert!(matches!(status.error, Some(RecordError::Full { capacity: 2 })), "{status:?}");
    assert!(reported.try_recv().is_err(), "what waits is written first");
    output.open();
    assert!(matches!(recorder.sync(), Err(RecordError::Full { .. })));
    assert!(matches!(recorder.finish(), Err(RecordError::Full { .. })));
    assert!(matches!(reported.recv(), Ok(RecordError::Full { .. })));
    assert!(reported.recv().is_err(), "it is said once");
    assert_eq!(output.verified(), 2);
}

#[test]
fn a_queue_has_room_for_one() {
    let output = Output::default();
    let recorder = recorder(&output, options().capacity(0));
    let store = builder().middleware(recorder.clone()).build();
    (0..20).for_each(|number| store.dispatch(Pushed(number)));
    assert_eq!(recorder.sync().unwrap(), 20);
    assert_eq!(output.verified(), 20);
}

#[test]
fn what_waits_is_written_at_the_end() {
    let output = Output::closed();
    let recorder = recorder(&output, options());
    let store = builder().middleware(recorder.clone()).build();
    (0..50).for_each(|number| store.dispatch(Pushed(number)));
    thread::scope(|scope| {
        let finished = scope.spawn(|| recorder.finish());
        output.open();
        finished.join().unwrap().unwrap();
    });
    assert_eq!(output.verified(), 50);
    let status = recorder.status();
    assert_eq!((status.recorded, status.acknowledged), (50, 50));
}

#[test]
fn the_defaults_hold_a_thousand_actions() {
    let output = Output::closed();
    let recorder = recorder(&output, RecorderOptions::new().when_full(WhenFull::Stop));
    let store = builder().middleware(recorder.clone()).build();
    output.wait_for_writer();
    (0..1024).for_each(|number| store.dispatch(Pushed(number)));
    assert!(recorder.status().is_recording);
    store.dispatch(Pushed(1024));
    assert!(!recorder.status().is_recording);
    output.open();
    drop((store, recorder));
    assert_eq!(output.lines(), 1025);
}
