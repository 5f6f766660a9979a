//! No clock, thread, file or socket where the state is, and none hidden in handlers.

use crate::assert_none;
use crate::source::{Source, Token, sources};

/// Where the rule holds.
const PURE: &[&str] = &["crates/store/src", "crates/middleware/src"];

/// Modules that may reach outside, and why.
const EXCEPTIONS: &[(&str, &str)] =
    &[("crates/middleware/src/recorder", "it writes logs to files, on a thread of its own")];

/// What pure code does not name.
const IMPURE: &[[&str; 2]] = &[
    ["Instant", "now"],
    ["SystemTime", "now"],
    ["thread", "spawn"],
    ["std", "fs"],
    ["std", "net"],
    ["std", "process"],
];

/// Returns the lines in which `tokens` name `module::item`, also as `module::{.., item}`.
fn uses(tokens: &[Token], [module, item]: [&str; 2]) -> Vec<usize> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut lines = Vec::new();
    for at in 0..tokens.len() {
        if text(at) != module || text(at + 1) != ":" || text(at + 2) != ":" {
            continue;
        }
        let named = if text(at + 3) == "{" {
            members(tokens, at + 4).into_iter().find(|member| text(*member) == item)
        } else {
            (text(at + 3) == item).then_some(at + 3)
        };
        lines.extend(named.map(|at| tokens[at].line));
    }
    lines
}

/// Returns where the members of the group of a `use` begin, up to its end.
fn members(tokens: &[Token], start: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let (mut depth, mut begins) = (0_usize, true);
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if begins && depth == 0 {
            found.push(at);
        }
        begins = token.text == ",";
        match token.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 0 => break,
            "}" => depth -= 1,
            _ => {}
        }
    }
    found
}

#[track_caller]
fn check(code: &str, expected: &[usize]) {
    let source = Source { path: "test.rs".to_owned(), text: code.to_owned() };
    let tokens = source.tokens();
    let lines: Vec<usize> = IMPURE.iter().flat_map(|item| uses(&tokens, *item)).collect();
    assert_eq!(lines, expected, "{code}");
}

#[test]
fn what_reaches_outside_is_found() {
    check("let at = Instant::now();", &[1]);
    check("\nlet at = std::time::SystemTime::now();", &[2]);
    check("use std::fs;", &[1]);
    check("use std::fs::File;", &[1]);
    check("use std::{\n    fmt,\n    fs::{File, read},\n    io,\n};", &[3]);
    check("use std::{fmt::{self, Debug}, net};", &[1]);
    check("thread::spawn(|| {});", &[1]);
}

#[test]
fn what_stays_inside_is_not() {
    check("// Instant::now()\n/// std::fs\nfn f() {}", &[]);
    check(r#"let text = "Instant::now() of std::fs";"#, &[]);
    check("use std::{fmt::{fs}, io};", &[]);
    check("let now = runtime.now();", &[]);
    check("use crate::fs;", &[]);
}

#[test]
fn state_and_handlers_are_pure() {
    let mut findings = Vec::new();
    for source in PURE.iter().flat_map(|folder| sources(folder)) {
        if EXCEPTIONS.iter().any(|(module, _)| source.path.starts_with(module)) {
            continue;
        }
        let tokens = source.tokens();
        for item in IMPURE {
            for line in uses(&tokens, *item) {
                findings.push(format!("{}:{line}: {}", source.path, item.join("::")));
            }
        }
    }
    assert_none("time, tasks and files come from the runtime or from the recorder", &findings);
}
