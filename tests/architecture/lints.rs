//! Every library crate has the lints of the workspace.

use crate::{assert_none, manifest, packages};

/// Crates with lints of their own, and why.
const EXCEPTIONS: &[(&str, &str)] = &[(
    "model-locks",
    "a lock that a model checker schedules is an unsafe trait; only tests use it",
)];

#[test]
fn unsafe_code_is_forbidden_everywhere() {
    let workspace = manifest("");
    let lint = workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str();
    assert_eq!(lint, Some("forbid"), "the lint of the workspace");
    let mut findings = Vec::new();
    for krate in packages("crates") {
        let inherits = manifest(&format!("crates/{krate}"))
            .get("lints")
            .and_then(|lints| lints.get("workspace")?.as_bool())
            .unwrap_or(false);
        if !inherits && !EXCEPTIONS.iter().any(|(name, _)| *name == krate) {
            findings.push(format!("crates/{krate}: write `[lints] workspace = true`"));
        }
    }
    assert_none("library crates take their lints from the workspace", &findings);
}

#[test]
fn exceptions_are_still_needed() {
    let krates = packages("crates");
    let outdated: Vec<String> = EXCEPTIONS
        .iter()
        .filter(|(name, _)| !krates.iter().any(|krate| krate == name))
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_none("crates that are gone need no exception", &outdated);
}
