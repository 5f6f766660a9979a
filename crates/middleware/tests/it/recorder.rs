//! What the recorder writes, in which order, and how it ends.

use std::any::Any;
use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::thread;

use retake_middleware::{RecordError, Recorder};
use retake_store::log::{AppInfo, LogOptions, LogReader, Verified, WriteError, verify};
use retake_store::{
    Action, Changed, Middleware, Next, Reducer, State, Store, StoreBuilder, WireAction, WireError,
};
use retake_testing::VirtualRuntime;
use retake_thunks::{Environment, Extra};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};

/// A list of numbers: every order of actions leads to another state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Numbers {
    all: Vec<i64>,
    #[serde(default, serialize_with = "refuse_unlucky")]
    last: i64,
}

const UNSERIALISABLE: i64 = -13;
const PANICKING: i64 = -666;

fn refuse_unlucky<S: Serializer>(last: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    match *last {
        UNSERIALISABLE => Err(S::Error::custom("unlucky")),
        PANICKING => panic!("a serialisation that panics"),
        last => serializer.serialize_i64(last),
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Pushed(i64);

impl State for Numbers {}

impl Reducer<Pushed> for Numbers {
    fn reduce(&mut self, action: &Pushed) -> Changed {
        self.all.push(action.0);
        self.last = action.0;
        Changed::ALL
    }
}

impl Action for Pushed {
    fn action_type(&self) -> Cow<'_, str> {
        "numbers/pushed".into()
    }
    fn leaf(&self) -> &dyn Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        WireAction::new("numbers/pushed").with_payload(&self.0)
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        (wire.kind == "numbers/pushed").then(|| wire.payload_as().map(Pushed))
    }
}

/// An output that can be read; it fails when it has got `limit` lines.
#[derive(Clone, Debug, Default)]
struct Output {
    text: Arc<Mutex<Vec<u8>>>,
    limit: Option<usize>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = self.text.lock().unwrap();
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        if self.limit.is_some_and(|limit| lines >= limit) {
            return Err(io::Error::other("the disk is full"));
        }
        text.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output {
    fn text(&self) -> String {
        String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
    }

    /// Returns how many actions there are, of which each leads where it led.
    #[track_caller]
    fn verified(&self) -> u64 {
        let text = self.text();
        let reader = LogReader::new(text.as_bytes()).unwrap();
        let Verified { actions, compared, .. } = verify::<Numbers, Pushed, _>(reader).unwrap();
        assert_eq!(actions, compared);
        actions
    }
}

type NumberStore = Store<Numbers, Pushed>;

fn recorder(output: &Output) -> Recorder<Numbers, Pushed> {
    let options = LogOptions::new().with_hashes(true).with_patches(true);
    Recorder::new(output.clone(), AppInfo::new("numbers", "1"), options).unwrap()
}

fn builder() -> StoreBuilder<Numbers, Pushed> {
    let runtime = Arc::new(VirtualRuntime::new());
    Store::builder(Numbers::default()).extension(Environment::new(runtime, Extra::default()))
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
fn a_log_without_actions_is_empty() {
    let output = Output::default();
    let (_store, recorder) = start(&output);
    recorder.finish().unwrap();
    assert_eq!(output.text(), "");
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

/// Records what `numbers` lead to, and returns the error and how many lines were written.
#[track_caller]
fn failure(output: &Output, numbers: &[i64]) -> (RecordError, usize) {
    let (store, recorder) = start(output);
    for number in numbers {
        store.dispatch(Pushed(*number));
    }
    assert_eq!(store.state().all, numbers, "the store goes on");
    let error = recorder.finish().unwrap_err();
    recorder.finish().unwrap();
    (error, output.text().lines().count())
}

#[test]
fn the_first_error_ends_the_log() {
    let full = Output { limit: Some(2), ..Output::default() };
    let (error, lines) = failure(&full, &[1, 2, 3]);
    assert!(matches!(&error, RecordError::Write(WriteError::Io(_))), "{error:?}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert_eq!(lines, 2);

    let (error, lines) = failure(&Output::default(), &[1, UNSERIALISABLE, 3]);
    assert!(matches!(&error, RecordError::Write(WriteError::NotJson { .. })), "{error:?}");
    assert_eq!(lines, 2);

    let (error, lines) = failure(&Output::default(), &[1, PANICKING, 3]);
    assert!(matches!(&error, RecordError::Panicked), "{error:?}");
    assert_eq!(lines, 2);
}

#[test]
fn a_store_without_time_cannot_be_recorded() {
    let output = Output::default();
    let recorder = recorder(&output);
    let store = Store::builder(Numbers::default()).middleware(recorder.clone()).build();
    store.dispatch(Pushed(1));
    assert_eq!(store.state().all, [1]);
    let error = recorder.finish().unwrap_err();
    assert!(matches!(error, RecordError::Unconfigured(_)), "{error:?}");
    assert_eq!(output.text(), "");
}
