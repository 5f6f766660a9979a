//! What every module checks about the JSON form of an action.

use std::fmt::Debug;

use retake_store::{Action, WireAction};
use serde_json::Value;

/// Checks that `action` is written as `json`, and that `json` is read as `action`.
#[track_caller]
pub(crate) fn check<A: Action + PartialEq>(action: &A, json: Value) {
    let wire = action.to_wire().expect("every action here has a JSON form");
    assert_eq!(serde_json::to_value(&wire).ok().as_ref(), Some(&json));
    assert_eq!(json["type"], *action.action_type());
    let wire: WireAction = serde_json::from_value(json).expect("the expected form is a wire form");
    assert_eq!(A::from_wire(&wire).and_then(Result::ok).as_ref(), Some(action));
}

/// Returns what `A` reads `json` as.
pub(crate) fn read<A: Action + Debug>(json: Value) -> Option<Result<A, String>> {
    let wire: WireAction = serde_json::from_value(json).expect("a wire form");
    A::from_wire(&wire).map(|read| read.map_err(|error| error.to_string()))
}
