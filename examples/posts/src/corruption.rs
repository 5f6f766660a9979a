//! Corrupts a log, to see that a replay notices.

use std::fs;
use std::num::NonZeroUsize;

use serde_json::Value;

use crate::console;
use crate::error::RunError;
use crate::log_file::LogFile;

/// Changes one value in the `nth` action of `log` that changed the state by a value.
///
/// The value is one that the state got from the action, out of its payload if it has one. An
/// action without any, such as `filter/cleared`, does not count.
pub(crate) fn corrupt(log: &LogFile, nth: NonZeroUsize) -> Result<(), RunError> {
    let failed = |verb| move |cause| RunError::File { verb, path: log.path().to_owned(), cause };
    let text = fs::read_to_string(log.path()).map_err(failed("read"))?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut found = 0;
    for line in &mut lines {
        let Ok(mut entry) = serde_json::from_str::<Value>(line) else { continue };
        let Some(change) = corrupt_entry(&mut entry) else { continue };
        found += 1;
        if found == nth.get() {
            console::say(format_args!("corrupted action {}: {change}", entry["seq"]));
            *line = entry.to_string();
            let text = lines.join("\n") + "\n";
            return fs::write(log.path(), text).map_err(failed("write"));
        }
    }
    Err(RunError::NothingToCorrupt { nth: nth.get(), found })
}

/// Changes a value of the entry's action, and returns what it was and is.
fn corrupt_entry(entry: &mut Value) -> Option<String> {
    let patch = entry["patch"].clone();
    let action = &mut entry["action"];
    let place = ["payload", "meta"].into_iter().find(|part| {
        action.get_mut(part).is_some_and(|part| find(part, &|leaf| reaches(leaf, &patch)).is_some())
    })?;
    let leaf = find(action.get_mut(place)?, &|leaf| reaches(leaf, &patch))?;
    let before = leaf.clone();
    *leaf = match leaf.as_u64() {
        Some(number) => number.wrapping_add(1).into(),
        None => format!("{}?", leaf.as_str().unwrap_or_default()).into(),
    };
    Some(format!("{before} in its {place} is {leaf} now"))
}

/// Returns the first string or number in `value` that is `wanted`.
fn find<'a>(value: &'a mut Value, wanted: &dyn Fn(&Value) -> bool) -> Option<&'a mut Value> {
    match value {
        Value::Object(members) => members.values_mut().find_map(|member| find(member, wanted)),
        Value::Array(elements) => elements.iter_mut().find_map(|element| find(element, wanted)),
        leaf if (leaf.is_string() || leaf.is_u64()) && wanted(leaf) => Some(leaf),
        _ => None,
    }
}

/// Returns whether the patch puts `leaf` into the state, or speaks of a part of that name.
fn reaches(leaf: &Value, patch: &Value) -> bool {
    let Some(operations) = patch.as_array() else { return false };
    let name = leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned);
    operations.iter().any(|operation| {
        let mut parts = operation["path"].as_str().unwrap_or_default().split('/');
        parts.any(|part| unescape(part) == name) || holds(&operation["value"], leaf)
    })
}

fn holds(value: &Value, leaf: &Value) -> bool {
    match value {
        Value::Object(members) => members.values().any(|member| holds(member, leaf)),
        Value::Array(elements) => elements.iter().any(|element| holds(element, leaf)),
        value => value == leaf,
    }
}

/// Source: RFC 6901, section 4.
fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
