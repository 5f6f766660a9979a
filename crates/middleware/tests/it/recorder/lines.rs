//! What the recorder writes, in which order, and how it ends.

use std::thread;

use retake_middleware::Recorder;
use retake_store::{Middleware, Next};

use super::numbers::{NumberStore, Numbers, Pushed, builder};
use super::output::{Output, options};

fn recorder(output: &Output) -> Recorder<Numbers, Pushed> {
    super::output::recorder(output, options())
}

fn start(output: &Output) -> (NumberStore, Recorder<Numbers, Pushed>) {
    let recorder = recorder(output);
    (builder().middleware(recorder.clone()).build(), recorder)
}

#[test]
fn every_action_is_written_with_the_state_it_led_to() {
    let output = Output::default();
    let (store, recorder) = start(&output);
    for number in 0..3 {
        store.dispatch(Pushed(number));
    }
    recorder.finish().unwrap();
    let text = output.text();
    assert!(text.starts_with(r#"{"retake":1,"app":{"name":"numbers","version":"1"},"state":"#));
    assert!(text.contains(r#""state":{"all":[],"last":0}}"#), "{text}");
    assert!(text.contains(&format!(r#""seq":1,"at":{}"#, retake_testing::EPOCH)), "{text}");
    assert_eq!(output.verified(), 3);
}

#[test]
fn actions_of_several_threads_are_written_as_they_are_reduced() {
    let output = Output::default();
    let (store, recorder) = start(&output);
    thread::scope(|scope| {
        for start in [0, 1000, 2000] {
            let store = &store;
            scope.spawn(move || (start..start + 50).for_each(|it| store.dispatch(Pushed(it))));
        }
    });
    recorder.finish().unwrap();
    assert_eq!(output.verified(), 150);
}

/// Swallows twos, and answers to a one with a two.
struct Second;

impl Middleware<Numbers, Pushed> for Second {
    fn handle(&self, action: Pushed, next: Next<'_, Numbers, Pushed>) {
        let store = next.store();
        match action.0 {
            1 => {
                next.run(action);
                store.dispatch(Pushed(3));
                store.dispatch(Pushed(2));
            }
            2 => {}
            _ => next.run(action),
        }
    }
}

#[test]
fn what_reaches_the_reducers_is_written() {
    let output = Output::default();
    let recorder = recorder(&output);
    let store = builder().middleware(Second).middleware(recorder.clone()).build();
    store.dispatch(Pushed(1));
    recorder.finish().unwrap();
    assert_eq!(store.state().all, [1, 3]);
    assert_eq!(output.verified(), 2);
}

#[test]
fn a_middleware_behind_it_may_dispatch() {
    let output = Output::default();
    let recorder = recorder(&output);
    let store = builder().middleware(recorder.clone()).middleware(Second).build();
    store.dispatch(Pushed(1));
    recorder.finish().unwrap();
    assert_eq!(store.state().all, [1, 3]);
}

#[test]
fn a_log_ends_where_it_is_finished() {
    let output = Output::default();
    let (store, recorder) = start(&output);
    store.dispatch(Pushed(1));
    recorder.finish().unwrap();
    store.dispatch(Pushed(2));
    recorder.finish().unwrap();
    assert_eq!(store.state().all, [1, 2]);
    assert_eq!(output.verified(), 1);
}

#[test]
fn a_log_without_actions_has_a_header() {
    let output = Output::default();
    let (_store, recorder) = start(&output);
    recorder.finish().unwrap();
    assert_eq!((output.lines(), output.verified()), (1, 0));
}

#[test]
fn a_recorder_without_a_store_writes_nothing() {
    let output = Output::default();
    recorder(&output).finish().unwrap();
    assert_eq!(output.text(), "");
}

/// Passes actions on, and nothing else.
struct Wrapped(Recorder<Numbers, Pushed>);

impl Middleware<Numbers, Pushed> for Wrapped {
    fn handle(&self, action: Pushed, next: Next<'_, Numbers, Pushed>) {
        self.0.handle(action, next);
    }
}

#[test]
fn a_wrapped_recorder_begins_with_the_first_action() {
    let output = Output::default();
    let recorder = recorder(&output);
    let store = builder().middleware(Wrapped(recorder.clone())).build();
    store.dispatch(Pushed(1));
    recorder.finish().unwrap();
    assert_eq!(output.verified(), 1);
}

#[test]
fn entries_are_counted() {
    let (store, recorder) = start(&Output::default());
    assert_eq!(recorder.recorded(), 0);
    store.dispatch(Pushed(1));
    store.dispatch(Pushed(1));
    assert_eq!(recorder.recorded(), 2);
    let _ = store.state();
    assert_eq!(recorder.recorded(), 2);
}

#[test]
fn dropping_the_store_ends_the_log() {
    let output = Output::default();
    let (store, recorder) = start(&output);
    drop(recorder);
    store.dispatch(Pushed(1));
    drop(store);
    assert_eq!(output.verified(), 1);
}
