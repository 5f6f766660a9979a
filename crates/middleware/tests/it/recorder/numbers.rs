//! A small application in which every order of actions leads to another state.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use retake_store::log::{LogReader, Verified, verify};
use retake_store::{Action, Changed, Reducer, State, Store, StoreBuilder, WireAction, WireError};
use retake_testing::VirtualRuntime;
use retake_thunks::{Environment, Extra};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};

/// A list of numbers: every order of actions leads to another state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Numbers {
    pub(crate) all: Vec<i64>,
    #[serde(default, serialize_with = "refuse_unlucky")]
    pub(crate) last: i64,
}

pub(crate) const UNSERIALISABLE: i64 = -13;
pub(crate) const PANICKING: i64 = -666;
pub(crate) const IRREDUCIBLE: i64 = -7;

fn refuse_unlucky<S: Serializer>(last: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    match *last {
        UNSERIALISABLE => Err(S::Error::custom("unlucky")),
        PANICKING => panic!("a serialisation that panics"),
        last => serializer.serialize_i64(last),
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pushed(pub(crate) i64);

impl State for Numbers {}

impl Reducer<Pushed> for Numbers {
    fn reduce(&mut self, action: &Pushed) -> Changed {
        assert_ne!(action.0, IRREDUCIBLE, "a reducer that panics");
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

pub(crate) type NumberStore = Store<Numbers, Pushed>;

pub(crate) fn builder() -> StoreBuilder<Numbers, Pushed> {
    builder_of(Numbers::default())
}

pub(crate) fn builder_of(state: Numbers) -> StoreBuilder<Numbers, Pushed> {
    let runtime = Arc::new(VirtualRuntime::new());
    Store::builder(state).extension(Environment::new(runtime, Extra::default()))
}

/// Returns how many actions the log has, of which each leads where it led.
#[track_caller]
pub(crate) fn verified(log: &[u8]) -> u64 {
    let reader = LogReader::new(log).unwrap();
    let Verified { actions, compared, .. } = verify::<Numbers, Pushed, _>(reader).unwrap();
    assert_eq!(actions, compared);
    actions
}
