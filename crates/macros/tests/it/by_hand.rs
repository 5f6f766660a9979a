//! One slice twice, by macro and by hand: nobody can tell one from the other.

use std::any::Any;
use std::borrow::Cow;

use retake_macros::slice;
use retake_store::{Action, Changed, Reducer, State, WireAction, WireError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Counter {
    count: i64,
}

impl Counter {
    pub(crate) fn at(count: i64) -> Self {
        Self { count }
    }
}

#[slice(name = "counter")]
impl Counter {
    fn reset(&mut self) {
        self.count = 0;
    }

    fn added(&mut self, by: i64) {
        self.count += by;
    }

    fn set(&mut self, to: i64) -> Changed {
        let is_same = self.count == to;
        self.count = to;
        if is_same { Changed::NONE } else { Changed::ALL }
    }

    fn clamped(&mut self, low: i64, high: i64) {
        self.count = self.count.max(low).min(high);
    }

    #[slice(on)]
    fn on_doubled(&mut self, _: &Doubled) {
        self.count *= 2;
    }
}

#[derive(Clone, Debug, PartialEq, retake_macros::Action)]
#[action(slice = "other")]
enum Doubled {
    Doubled,
}

mod hand {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize)]
    pub(crate) struct Counter {
        pub(crate) count: i64,
    }

    #[derive(Clone, Debug, PartialEq)]
    pub(crate) enum CounterAction {
        Reset,
        Added(i64),
        Set(i64),
        Clamped { low: i64, high: i64 },
    }

    #[derive(Serialize, Deserialize)]
    struct Clamped {
        low: i64,
        high: i64,
    }

    impl Action for CounterAction {
        fn action_type(&self) -> Cow<'_, str> {
            Cow::Borrowed(match self {
                Self::Reset => "counter/reset",
                Self::Added(_) => "counter/added",
                Self::Set(_) => "counter/set",
                Self::Clamped { .. } => "counter/clamped",
            })
        }

        fn leaf(&self) -> &dyn Any {
            self
        }

        fn to_wire(&self) -> Result<WireAction, WireError> {
            let wire = WireAction::new(self.action_type());
            match *self {
                Self::Reset => Ok(wire),
                Self::Added(value) | Self::Set(value) => wire.with_payload(&value),
                Self::Clamped { low, high } => wire.with_payload(&Clamped { low, high }),
            }
        }

        fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
            Some(match wire.kind.as_str() {
                "counter/reset" => Ok(Self::Reset),
                "counter/added" => wire.payload_as().map(Self::Added),
                "counter/set" => wire.payload_as().map(Self::Set),
                "counter/clamped" => {
                    wire.payload_as().map(|Clamped { low, high }| Self::Clamped { low, high })
                }
                _ => return None,
            })
        }
    }

    impl State for Counter {}

    impl<A: Action> Reducer<A> for Counter {
        fn reduce(&mut self, action: &A) -> Changed {
            let before = self.count;
            let leaf = action.leaf();
            if leaf.downcast_ref::<Doubled>().is_some() {
                self.count *= 2;
                return Changed::ALL;
            }
            match leaf.downcast_ref::<CounterAction>() {
                None => return Changed::NONE,
                Some(CounterAction::Reset) => self.count = 0,
                Some(CounterAction::Added(by)) => self.count += by,
                Some(CounterAction::Set(to)) => {
                    self.count = *to;
                    if before == *to {
                        return Changed::NONE;
                    }
                }
                Some(CounterAction::Clamped { low, high }) => {
                    self.count = self.count.max(*low).min(*high);
                }
            }
            Changed::ALL
        }
    }
}

// Reads `json` as action, reduces it and returns everything that can be seen of that.
fn observe<A: Action, S: State + Reducer<A> + Serialize>(state: &mut S, json: &Value) -> Value {
    let wire: WireAction = serde_json::from_value(json.clone()).expect("a wire form");
    match A::from_wire(&wire) {
        None => Value::Null,
        Some(Err(_)) => json!("refused"),
        Some(Ok(action)) => {
            let changed = state.reduce(&action);
            json!([
                action.action_type(),
                action.leaf().is::<A>(),
                action.to_wire().ok(),
                format!("{changed:?}"),
                state,
            ])
        }
    }
}

#[test]
fn the_macro_and_the_hand_agree() {
    let mut generated = Counter::at(3);
    let mut written = hand::Counter { count: 3 };
    let log = [
        json!({"type": "counter/added", "payload": 4}),
        json!({"type": "counter/set", "payload": 7}),
        json!({"type": "counter/set", "payload": 50}),
        json!({"type": "counter/clamped", "payload": {"low": 1, "high": 9}}),
        json!({"type": "counter/clamped", "payload": {"high": 9}}),
        json!({"type": "counter/clamped", "payload": 4}),
        json!({"type": "counter/added"}),
        json!({"type": "counter/added", "payload": "4"}),
        json!({"type": "counter/doubled", "payload": 4}),
        json!({"type": "counter/reset", "payload": null}),
        json!({"type": "counter/reset"}),
    ];
    for json in &log {
        assert_eq!(
            observe::<CounterAction, _>(&mut generated, json),
            observe::<hand::CounterAction, _>(&mut written, json),
            "{json}"
        );
    }
    for (is_doubled, count) in [(false, 5), (true, 10)] {
        if is_doubled {
            assert_eq!(generated.reduce(&Doubled::Doubled), written.reduce(&Doubled::Doubled));
        } else {
            let _ = generated.reduce(&CounterAction::Added(5));
            let _ = written.reduce(&hand::CounterAction::Added(5));
        }
        assert_eq!((generated.count, written.count), (count, count));
    }
    assert_eq!(Counter::FIELDS, hand::Counter::FIELDS);
}
