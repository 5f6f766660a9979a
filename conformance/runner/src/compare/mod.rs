//! Comparison of observations, with the deliberate differences of retake left out.
//!
//! The rules are those of `compare.mjs --intended`: request ids are renamed, the order of
//! members never counts and that of lists always does; patch lists are not compared; tag
//! lists that are empty or belong to entries that are gone, and actions whose reducer threw,
//! are left out on both sides; that something threw is compared, its text is not; and a
//! scenario is compared up to the step in which an entry that was removed while RTK Query
//! kept its tags comes back.

mod diff;
mod intended;

use std::fmt;

use serde_json::Value;

use crate::ids::rename_ids;
use diff::diff;
use intended::{normalise, revives_orphan};

/// What is compared of a step, in the order in which differences are reported: what a user
/// notices first goes first.
const ORDER: [&str; 13] = [
    "op",
    "now",
    "threw",
    "actions",
    "requests",
    "aborts",
    "result",
    "settled",
    "lifecycle",
    "schemaFailures",
    "state",
    "subscriptions",
    "user",
];

/// The first difference of two observations.
#[derive(Clone, Debug, PartialEq)]
pub struct Divergence {
    /// The number of the step; `None` before the first.
    pub step: Option<usize>,
    /// What the step does.
    pub op: String,
    /// Where in the step.
    pub pointer: String,
    /// What RTK Query did; `None` is absent.
    pub expected: Option<Value>,
    /// What retake did; `None` is absent.
    pub actual: Option<Value>,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Some(step) => write!(f, "step {step} ({}) at {}", self.op, self.pointer)?,
            None => write!(f, "before the first step at {}", self.pointer)?,
        }
        let show = |value: &Option<Value>| match value {
            None => "(absent)".to_owned(),
            Some(value) => {
                let text = value.to_string();
                let end = text.char_indices().nth(400).map_or(text.len(), |(end, _)| end);
                text[..end].to_owned()
            }
        };
        write!(f, "\n  expected: {}\n  actual:   {}", show(&self.expected), show(&self.actual))
    }
}

/// Returns the first difference between what RTK Query did and what retake did.
#[must_use]
pub fn first_divergence(expected: &Value, actual: &Value) -> Option<Divergence> {
    let (mut expected, mut actual) = (expected.clone(), actual.clone());
    rename_ids(&mut expected);
    rename_ids(&mut actual);
    let found = diff(expected.get("initial"), actual.get("initial"), "/initial");
    if let Some(it) = found {
        let (expected, actual) = (it.expected, it.actual);
        return Some(Divergence {
            step: None,
            op: String::new(),
            pointer: it.pointer,
            expected,
            actual,
        });
    }
    let steps = |observation: &Value| {
        observation.get("steps").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let (expected, actual) = (steps(&expected), steps(&actual));
    for index in 0..expected.len().max(actual.len()) {
        let (one, two) = (expected.get(index), actual.get(index));
        let op = one.and_then(|step| step.get("op")?.as_str()).unwrap_or("-").to_owned();
        let (Some(one), Some(two)) = (one, two) else {
            let pointer = format!("/steps/{index}");
            let (expected, actual) = (one.cloned(), two.cloned());
            return Some(Divergence { step: Some(index), op, pointer, expected, actual });
        };
        if index > 0 && revives_orphan(&expected[index - 1], one) {
            return None;
        }
        if let Some(it) = compare_steps(one, two) {
            let pointer = format!("/steps/{index}{}", it.pointer);
            let (expected, actual) = (it.expected, it.actual);
            return Some(Divergence { step: Some(index), op, pointer, expected, actual });
        }
    }
    None
}

fn compare_steps(expected: &Value, actual: &Value) -> Option<diff::Difference> {
    let (expected, actual) = (normalise(expected), normalise(actual));
    ORDER.iter().find_map(|name| diff(expected.get(*name), actual.get(*name), &format!("/{name}")))
}

#[cfg(test)]
mod tests;
