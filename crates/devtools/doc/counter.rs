// A store by hand, for the examples in the documentation.
use retake_store::{Action, Changed, Reducer, State, WireAction, WireError};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    pub count: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Added(pub i64);

impl State for Counter {}

impl Reducer<Added> for Counter {
    fn reduce(&mut self, action: &Added) -> Changed {
        self.count += action.0;
        Changed::ALL
    }
}

impl Action for Added {
    fn action_type(&self) -> std::borrow::Cow<'_, str> {
        "counter/added".into()
    }
    fn leaf(&self) -> &dyn std::any::Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        WireAction::new("counter/added").with_payload(&self.0)
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        (wire.kind == "counter/added").then(|| wire.payload_as().map(Added))
    }
}

/// Returns the milliseconds since the Unix epoch.
pub fn clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| now.as_millis() as u64)
}
