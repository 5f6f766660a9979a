//! Where a replay left its log.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::patch::{PatchError, Pointer};

/// How many differences a message shows.
const SHOWN: usize = 20;
/// How many characters of a value a message shows.
const SHOWN_CHARS: usize = 200;

/// An action led to another state than when it was recorded.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{LogReader, VerifyError, verify};
/// let log = br#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":1}}
/// {"seq":1,"at":0,"action":{"type":"counter/added","payload":3},"patch":[{"op":"replace","path":"/count","value":3}]}
/// "#;
/// let Err(VerifyError::Diverged(divergence)) = verify::<Counter, Added, _>(LogReader::new(&log[..])?)
/// else { unreachable!() };
/// assert_eq!((divergence.line, divergence.slices.as_slice()), (2, &["count".to_owned()][..]));
/// assert_eq!(divergence.to_string(), "\
/// line 2: `counter/added` (seq 1) leads to another state than when it was recorded
///   at /count
///     expected 3
///     got      4
/// replay with the code that wrote the log, or, if the change is intended, record the log again");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Divergence {
    /// The line of the entry, from 1.
    pub line: usize,
    /// The place of the entry in its log, from 1.
    pub seq: u64,
    /// The Redux type string of the action, as the application has it now.
    pub action_type: String,
    /// The slices that differ, in the order of their names.
    pub slices: Vec<String>,
    /// What differs, and where. It is empty when the entry has only hashes.
    pub differences: Vec<Difference>,
    /// Why the recorded patch does not apply to the state before the action.
    pub unapplied: Option<PatchError>,
}

/// One part of a state that is not as expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where it is.
    pub path: Pointer,
    /// What the log says is there; `None`: nothing.
    pub expected: Option<Value>,
    /// What the replay has there; `None`: nothing.
    pub got: Option<Value>,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, seq, action_type, .. } = self;
        writeln!(
            f,
            "line {line}: `{action_type}` (seq {seq}) leads to another state than when it was \
             recorded"
        )?;
        for difference in self.differences.iter().take(SHOWN) {
            writeln!(f, "{difference}")?;
        }
        if let Some(more) = self.differences.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            writeln!(f, "  and {more} more")?;
        }
        if let Some(error) = &self.unapplied {
            writeln!(f, "  its recorded patch does not apply to the state before it: {error}")?;
        }
        if self.differences.is_empty() {
            for slice in &self.slices {
                writeln!(f, "  in the slice `{slice}`, whose hash is not the recorded one")?;
            }
            if self.unapplied.is_none() {
                writeln!(f, "  (a log with patches says where in the slice)")?;
            }
        }
        f.write_str(
            "replay with the code that wrote the log, or, if the change is intended, record the \
             log again",
        )
    }
}

impl std::error::Error for Divergence {}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_root() { "the root" } else { self.path.as_str() };
        writeln!(f, "  at {path}")?;
        writeln!(f, "    expected {}", shown(self.expected.as_ref()))?;
        write!(f, "    got      {}", shown(self.got.as_ref()))
    }
}

fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let mut text = value.to_string();
    if let Some((end, _)) = text.char_indices().nth(SHOWN_CHARS) {
        text.truncate(end);
        text.push_str("..");
    }
    text
}

/// Returns what differs, in the order of the paths: the outermost parts that are not both
/// objects, or both lists. Lists are compared by position.
///
/// # Examples
/// ```
/// use retake_store::log::differences;
/// use serde_json::json;
/// let found = differences(&json!({"a": [1, 2], "b": true}), &json!({"a": [1, 3]}));
/// let paths: Vec<_> = found.iter().map(|difference| difference.path.as_str()).collect();
/// assert_eq!(paths, ["/a/1", "/b"]);
/// assert_eq!(found[1].got, None);
/// ```
#[must_use]
pub fn differences(expected: &Value, got: &Value) -> Vec<Difference> {
    let mut all = Vec::new();
    compare(Some(expected), Some(got), &mut Pointer::root(), &mut all);
    all
}

fn compare(
    expected: Option<&Value>,
    got: Option<&Value>,
    at: &mut Pointer,
    all: &mut Vec<Difference>,
) {
    match (expected, got) {
        (Some(Value::Object(expected)), Some(Value::Object(got))) => {
            let names: BTreeSet<_> = expected.keys().chain(got.keys()).collect();
            for name in names {
                at.push(name);
                compare(expected.get(name), got.get(name), at, all);
                at.pop();
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(got))) => {
            for index in 0..expected.len().max(got.len()) {
                at.push_index(index);
                compare(expected.get(index), got.get(index), at, all);
                at.pop();
            }
        }
        (expected, got) if expected == got => {}
        (expected, got) => all.push(Difference {
            path: at.clone(),
            expected: expected.cloned(),
            got: got.cloned(),
        }),
    }
}
