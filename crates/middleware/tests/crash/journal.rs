//! A small application that writes long lines.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use retake_store::{Action, Changed, Reducer, State, Store, StoreBuilder, WireAction, WireError};
use retake_testing::VirtualRuntime;
use retake_thunks::{Environment, Extra};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Journal {
    pub(crate) notes: u64,
    last: String,
}

/// The note with this number, which is its place in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Noted {
    pub(crate) number: u64,
    pub(crate) text: String,
}

impl State for Journal {}

impl Reducer<Noted> for Journal {
    fn reduce(&mut self, action: &Noted) -> Changed {
        self.notes += 1;
        self.last.clone_from(&action.text);
        Changed::ALL
    }
}

impl Action for Noted {
    fn action_type(&self) -> Cow<'_, str> {
        "journal/noted".into()
    }
    fn leaf(&self) -> &dyn Any {
        self
    }
    fn to_wire(&self) -> Result<WireAction, WireError> {
        WireAction::new("journal/noted").with_payload(self)
    }
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        (wire.kind == "journal/noted").then(|| wire.payload_as())
    }
}

pub(crate) fn builder(state: Journal) -> StoreBuilder<Journal, Noted> {
    let runtime = Arc::new(VirtualRuntime::new());
    Store::builder(state).extension(Environment::new(runtime, Extra::default()))
}
