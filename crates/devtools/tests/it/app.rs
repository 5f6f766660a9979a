//! An application with a counter and an api, whose states count how often they are serialised.

use std::sync::atomic::{AtomicUsize, Ordering};

use retake_devtools::protocol::{FromMonitor, ToMonitor};
use retake_devtools::session::{Request, Session};
use retake_devtools::{Devtools, transport::Link};
use retake_macros::{Action, State, slice};
use retake_store::cache::{Api, ApiAction, ApiState};
use retake_store::history::{HistoryOptions, LiftedState};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counter {
    #[serde(serialize_with = "counted")]
    pub(crate) value: i64,
    #[serde(default)]
    pub(crate) large: u64,
}

thread_local! {
    /// How many counters this thread has serialised.
    static SERIALISED: AtomicUsize = const { AtomicUsize::new(0) };
}

fn counted<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    SERIALISED.with(|count| count.fetch_add(1, Ordering::Relaxed));
    serializer.serialize_i64(*value)
}

/// Returns how many counters this thread has serialised since it was asked last.
pub(crate) fn serialised() -> usize {
    SERIALISED.with(|count| count.swap(0, Ordering::Relaxed))
}

#[slice(name = "counter")]
impl Counter {
    fn add(&mut self, by: i64) {
        self.value += by;
    }

    fn set(&mut self, value: i64, large: u64) {
        self.value = value;
        self.large = large;
    }

    fn fail(&mut self) {
        panic!("the counter is broken");
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
pub(crate) struct App {
    pub(crate) counter: Counter,
    pub(crate) api: ApiState<PostsApi>,
}

#[derive(Clone, Debug, Action)]
pub(crate) enum AppAction {
    Counter(CounterAction),
    Api(ApiAction<PostsApi>),
}

pub(crate) struct PostsApi;

impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "api";
    const TAG_TYPES: &'static [&'static str] = &["Post"];
    type State = App;
    type Action = AppAction;
    type BaseQuery = ();
    fn slice(app: &App) -> &ApiState<Self> {
        &app.api
    }
}

pub(crate) type History = LiftedState<App, AppAction>;

/// A history, its session, and a monitor that has just come.
pub(crate) struct Monitored {
    pub(crate) history: History,
    pub(crate) session: Session<App, AppAction>,
    pub(crate) now: u64,
}

impl Monitored {
    pub(crate) fn new(devtools: Devtools<App, AppAction>) -> Self {
        Self::with_history(devtools, HistoryOptions::default())
    }

    pub(crate) fn with_history(
        devtools: Devtools<App, AppAction>,
        options: HistoryOptions,
    ) -> Self {
        let history = LiftedState::new(App::default(), options);
        let mut session = Session::new(devtools.instance_id("inst-b")).unwrap();
        assert_eq!(session.opened("a1"), ToMonitor::Start);
        Self { history, session, now: 1_700_000_000_000 }
    }

    /// Begins with counters of 0, 1, 3 and 6, which a monitor shows.
    pub(crate) fn counting(devtools: Devtools<App, AppAction>) -> Self {
        let mut monitored = Self::new(devtools);
        monitored.add(&[1, 2, 3]);
        assert_eq!(monitored.say(json!({"type": "START"})).len(), 1);
        monitored
    }

    pub(crate) fn perform(&mut self, action: impl Into<AppAction>) {
        self.now += 1_000;
        let _ = self.history.perform(action.into(), self.now);
    }

    pub(crate) fn add(&mut self, all: &[i64]) {
        for by in all {
            self.perform(CounterAction::Add(*by));
        }
    }

    /// Returns the messages, as a monitor gets them.
    pub(crate) fn changed(&mut self) -> Vec<Value> {
        let messages = self.session.changed(&self.history);
        messages.iter().map(|message| self.wire(message)).collect()
    }

    pub(crate) fn wire(&self, message: &ToMonitor) -> Value {
        let frame = Link::new().tell(&self.session.sender().envelope(self.session.id(), message));
        serde_json::from_str::<Value>(&frame).unwrap()["data"].take()
    }

    /// Lets a monitor say `message`, does what it wants, and returns the answers.
    pub(crate) fn say(&mut self, message: Value) -> Vec<Value> {
        let request = self.session.receive(FromMonitor::read(message).unwrap());
        let mut answers = Vec::new();
        match request {
            None => {}
            Some(Request::Send(message)) => answers.push(self.wire(&message)),
            Some(Request::Travel(action)) => self.history.apply(&action).unwrap(),
            Some(Request::Import(value) | Request::Sync(value)) => {
                self.history.import(&value, self.now).unwrap();
            }
            Some(Request::Dispatch(action)) => self.perform(action),
            Some(Request::Export) => {
                answers.push(self.wire(&self.session.export(&self.history)));
            }
            Some(other) => panic!("{other:?}"),
        }
        answers.extend(self.changed());
        answers
    }

    /// Lets a monitor press a button of this store, and returns the answers.
    pub(crate) fn press(&mut self, action: Value) -> Vec<Value> {
        self.say(json!({"type": "DISPATCH", "action": action, "instanceId": "inst-b"}))
    }
}

/// Returns the lifted state of a message that has one.
#[track_caller]
pub(crate) fn lifted(message: &Value) -> Value {
    assert_eq!(message["type"], "STATE", "{message}");
    serde_json::from_str(message["payload"].as_str().unwrap()).unwrap()
}

/// Returns the values of the counters of a lifted state.
pub(crate) fn counters(lifted: &Value) -> Vec<i64> {
    let states = lifted["computedStates"].as_array().unwrap();
    states.iter().map(|it| it["state"]["counter"]["value"].as_i64().unwrap()).collect()
}
