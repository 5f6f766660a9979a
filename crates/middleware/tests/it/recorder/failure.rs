//! A log ends at the first error: what was before is whole, and the store goes on.

use std::io::BufWriter;
use std::sync::Arc;
use std::sync::mpsc::channel;

use retake_middleware::{RecordError, Recorder, RecorderOptions};
use retake_store::log::{LogReader, WriteError};
use retake_store::{Store, WeakStore};

use super::numbers::{Numbers, PANICKING, Pushed, UNSERIALISABLE, builder};
use super::output::{Output, app, options, recorder};

/// Records what `numbers` lead to, and returns the error and how many entries are whole.
#[track_caller]
fn failure(output: &Output, options: RecorderOptions, numbers: &[i64]) -> (RecordError, u64) {
    let (errors, reported) = channel();
    let options = options.on_error(move |error| errors.send(error.to_string()).unwrap());
    let recorder: Recorder<Numbers, Pushed> =
        Recorder::new(BufWriter::with_capacity(64, output.clone()), app(), options).unwrap();
    let store = builder().middleware(recorder.clone()).build();
    for number in numbers {
        store.dispatch(Pushed(*number));
    }
    assert_eq!(store.state().all, numbers, "the store goes on");
    let error = recorder.finish().unwrap_err();
    let said = error.to_string();
    assert_eq!(recorder.finish().unwrap_err().to_string(), said);
    assert_eq!(recorder.sync().unwrap_err().to_string(), said);
    let status = recorder.status();
    assert!(!status.is_recording);
    assert_eq!(status.error.unwrap().to_string(), said);
    assert_eq!(reported.iter().collect::<Vec<_>>(), [said]);

    let text = output.text();
    let whole = LogReader::new(text.as_bytes()).unwrap();
    let whole = whole.take_while(Result::is_ok).count() as u64;
    assert!(status.acknowledged <= whole, "no acknowledged line is lost");
    (error, whole)
}

#[test]
fn of_what_has_no_form() {
    for acknowledged in [false, true] {
        let options = || options().acknowledged(acknowledged);
        let (error, whole) = failure(&Output::default(), options(), &[1, UNSERIALISABLE, 3]);
        let RecordError::Write(cause) = &error else { panic!("{error:?}") };
        assert!(matches!(**cause, WriteError::NotJson { .. }), "{error:?}");
        assert_eq!(whole, 1);

        let (error, whole) = failure(&Output::default(), options(), &[1, 2, PANICKING, 4]);
        assert!(matches!(&error, RecordError::Panicked), "{error:?}");
        assert_eq!(whole, 2);
    }
}

#[test]
fn of_an_output_that_is_full() {
    let numbers: Vec<i64> = (0..6).collect();
    let all = Output::default();
    let unlimited = recorder(&all, options());
    let store = builder().middleware(unlimited.clone()).build();
    numbers.iter().for_each(|number| store.dispatch(Pushed(*number)));
    unlimited.finish().unwrap();
    let text = all.text();
    let header = text.find('\n').unwrap() + 1;
    for room in header..text.len() {
        let output = Output::with_room(room);
        let (error, whole) = failure(&output, options().acknowledged(true), &numbers);
        assert!(matches!(&error, RecordError::Write(_)), "{error:?}");
        assert!(text.starts_with(&output.text()), "nothing else is written");
        // A line that lacks nothing but its end is whole, and was not acknowledged.
        assert_eq!(whole, text[..=room].matches('\n').count() as u64 - 1);
    }
}

#[test]
fn whoever_is_told_may_dispatch_and_finish() {
    let (sender, done) = channel();
    let store = Arc::new(std::sync::OnceLock::<WeakStore<Numbers, Pushed>>::new());
    let options = options().acknowledged(true).on_error({
        let store = Arc::clone(&store);
        move |_| {
            let store = store.get().and_then(WeakStore::upgrade).unwrap();
            store.dispatch(Pushed(7));
            sender.send(()).unwrap();
        }
    });
    let recorder = recorder(&Output::default(), options);
    let live = builder().middleware(recorder.clone()).build();
    store.set(live.downgrade()).unwrap();
    live.dispatch(Pushed(UNSERIALISABLE));
    done.recv().unwrap();
    assert_eq!(live.state().all, [UNSERIALISABLE, 7]);
    assert_eq!(recorder.recorded(), 1);
}

#[test]
fn of_a_store_without_time() {
    let output = Output::default();
    let recorder = recorder(&output, options());
    let store = Store::builder(Numbers::default()).middleware(recorder.clone()).build();
    assert!(matches!(recorder.status().error, Some(RecordError::Unconfigured(_))));
    store.dispatch(Pushed(1));
    assert_eq!(store.state().all, [1]);
    let error = recorder.finish().unwrap_err();
    assert!(matches!(error, RecordError::Unconfigured(_)), "{error:?}");
    assert_eq!(output.text(), "");
}
