//! Crates depend on what stands below them, and on nothing else.

use crate::{assert_none, manifest, packages};

/// For each crate of the library, which others its code may use. What tests use is free.
const LAYERS: &[(&str, &[&str])] = &[
    ("model-locks", &[]),
    ("macros", &[]),
    ("store", &["model-locks"]),
    ("thunks", &["store"]),
    ("middleware", &["store", "thunks"]),
    ("http", &["store", "thunks"]),
    ("devtools", &["store", "thunks"]),
    ("testing", &["store", "thunks"]),
    ("cli", &["store"]),
    ("retake", &["macros", "store", "thunks", "middleware", "http", "devtools"]),
];

/// What applications get through the facade and do not name themselves.
const BEHIND_THE_FACADE: &[&str] = &["macros", "store", "thunks", "middleware", "model-locks"];

/// Returns the crates of this workspace that `manifest` uses outside of tests, as folders.
fn used(manifest: &toml::Table) -> Vec<String> {
    let tables = |table: &toml::Table| {
        ["dependencies", "build-dependencies"]
            .iter()
            .filter_map(|name| table.get(*name)?.as_table().cloned())
            .collect::<Vec<_>>()
    };
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let by_target = targets.into_iter().flat_map(toml::Table::values);
    let by_target = by_target.filter_map(toml::Value::as_table).flat_map(tables);
    let mut used: Vec<String> = tables(manifest)
        .into_iter()
        .chain(by_target)
        .flat_map(|dependencies| {
            dependencies.into_iter().map(|(name, value)| package(name, &value))
        })
        .filter_map(|package| match package.as_str() {
            "retake" => Some(package),
            _ => package.strip_prefix("retake-").map(str::to_owned),
        })
        .collect();
    used.sort();
    used
}

/// Returns the package behind the dependency `name`, which may be renamed.
fn package(name: String, value: &toml::Value) -> String {
    value.get("package").and_then(toml::Value::as_str).map_or(name, str::to_owned)
}

#[test]
fn crates_depend_only_on_lower_layers() {
    let mut findings = Vec::new();
    for krate in packages("crates") {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == krate) else {
            findings.push(format!("crates/{krate} has no place yet: add it to `LAYERS`"));
            continue;
        };
        for used in used(&manifest(&format!("crates/{krate}"))) {
            if !allowed.contains(&used.as_str()) {
                findings.push(format!("crates/{krate} depends on {used}"));
            }
        }
    }
    assert_none("store <- thunks <- middleware <- retake; the others beside, on store", &findings);
}

#[test]
fn a_package_is_named_after_its_folder() {
    let mut findings = Vec::new();
    for krate in packages("crates") {
        let expected = if krate == "retake" { krate.clone() } else { format!("retake-{krate}") };
        let name =
            manifest(&format!("crates/{krate}"))["package"]["name"].as_str().map(str::to_owned);
        if name.as_deref() != Some(&expected) {
            findings.push(format!("crates/{krate} is not named {expected}"));
        }
    }
    assert_none("crates/NAME holds the package retake-NAME", &findings);
}

#[test]
fn examples_use_the_facade() {
    let mut findings = Vec::new();
    for example in packages("examples") {
        for used in used(&manifest(&format!("examples/{example}"))) {
            if BEHIND_THE_FACADE.contains(&used.as_str()) {
                findings.push(format!("examples/{example} depends on retake-{used}"));
            }
        }
    }
    assert_none("examples show what an application writes: `use retake::..`", &findings);
}
