//! One behaviour, one file, and a name that tells it.

use crate::source::{Source, sources};
use crate::{assert_none, packages};

/// How many lines a file of a library crate may have.
const LINES: usize = 400;

/// Files that are longer, and why.
const LONGER: &[(&str, &str)] = &[];

/// Names that tell nothing about what is in the file.
const VAGUE_FILES: &[&str] =
    &["common.rs", "helper.rs", "helpers.rs", "misc.rs", "types.rs", "util.rs", "utils.rs"];

/// Words that tell nothing about what a type is.
const VAGUE_WORDS: &[&str] = &["Helper", "Manager", "Util"];

fn library_sources() -> Vec<Source> {
    let folders = packages("crates").into_iter().map(|krate| format!("crates/{krate}/src"));
    folders.flat_map(|folder| sources(&folder)).filter(|source| !source.is_test()).collect()
}

#[test]
fn library_files_are_short() {
    let mut findings = Vec::new();
    for Source { path, text } in &library_sources() {
        let lines = text.lines().count();
        let is_exception = LONGER.iter().any(|(longer, _)| longer == path);
        if (lines > LINES) != is_exception {
            findings.push(format!("{path}: {lines} lines"));
        }
    }
    assert_none("a file has up to 400 lines, unless `LONGER` says why", &findings);
}

#[test]
fn files_are_named_after_what_they_hold() {
    let findings: Vec<String> = ["crates", "examples", "benches", "conformance"]
        .iter()
        .flat_map(|folder| sources(folder))
        .filter(|source| VAGUE_FILES.contains(&source.name()))
        .map(|source| source.path)
        .collect();
    assert_none("a file is named after the behaviour in it", &findings);
}

#[test]
fn types_are_named_after_what_they_are() {
    let mut findings = Vec::new();
    for source in &library_sources() {
        for pair in source.tokens().windows(2) {
            let [keyword, name] = pair else { continue };
            let defines = matches!(keyword.text.as_str(), "enum" | "struct" | "trait" | "type");
            if defines && VAGUE_WORDS.iter().any(|word| name.text.contains(word)) {
                findings.push(format!("{}:{}: {}", source.path, name.line, name.text));
            }
        }
    }
    assert_none("a type is a noun that says what it is", &findings);
}
