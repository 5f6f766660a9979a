// A store by hand, for the examples in the documentation.
use retake_store::{Action, Changed, Reducer, State, WireAction, WireError};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counter {
    pub count: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Count {
    Up,
}

impl State for Counter {
    const FIELDS: &'static [&'static str] = &["count"];
}

impl Reducer<Count> for Counter {
    fn reduce(&mut self, action: &Count) -> Changed {
        match action {
            Count::Up => self.count += 1,
        }
        Changed::ALL
    }
}

impl Action for Count {
    fn action_type(&self) -> std::borrow::Cow<'_, str> {
        "counter/up".into()
    }
    fn leaf(&self) -> &dyn std::any::Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        Ok(WireAction::new("counter/up"))
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        (wire.kind == "counter/up").then_some(Ok(Count::Up))
    }
}
