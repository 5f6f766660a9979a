//! Runs every scenario below a directory and writes one observation each.
//!
//! `retake-conformance --scenarios DIR --out DIR [--only TEXT] [--replay]`
//!
//! With `--replay`, the log of each run is folded by the reducer alone, too, and has to lead
//! to the same states. A scenario that could not be run is said, and makes the runner fail.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use retake_conformance::{Scenario, check_replay, json_files, read_json, run, write_json};

const USAGE: &str = "usage: retake-conformance --scenarios DIR --out DIR [--only TEXT] [--replay]";

struct Options {
    scenarios: PathBuf,
    out: PathBuf,
    only: Option<String>,
    replay: bool,
}

fn options(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let (mut scenarios, mut out, mut only, mut replay) = (None, None, None, false);
    while let Some(flag) = args.next() {
        if flag == "--replay" {
            replay = true;
            continue;
        }
        let value = args.next()?;
        match flag.as_str() {
            "--scenarios" => scenarios = Some(value.into()),
            "--out" => out = Some(value.into()),
            "--only" => only = Some(value),
            _ => return None,
        }
    }
    Some(Options { scenarios: scenarios?, out: out?, only, replay })
}

/// Runs one scenario file; the error says which it is.
fn run_file(options: &Options, file: &Path) -> Result<(), String> {
    let text = |error: &dyn fmt::Display| error.to_string();
    let scenario: Scenario =
        read_json(&options.scenarios.join(file)).map_err(|error| text(&error))?;
    let run = run(&scenario).map_err(|error| text(&error))?;
    if options.replay {
        check_replay(&run).map_err(|error| format!("{}: {error}", scenario.name))?;
    }
    write_json(&options.out.join(file), &run.observation).map_err(|error| text(&error))
}

fn main() -> ExitCode {
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    // Whoever closed the pipe does not want to read more.
    let mut say = |line: &dyn fmt::Display| drop(writeln!(out, "{line}"));
    let Some(options) = options(std::env::args().skip(1)) else {
        drop(writeln!(err, "{USAGE}"));
        return ExitCode::from(2);
    };
    let files = match json_files(&options.scenarios) {
        Ok(files) => files,
        Err(error) => {
            drop(writeln!(err, "{error}"));
            return ExitCode::FAILURE;
        }
    };
    let is_chosen = |file: &PathBuf| {
        options.only.as_ref().is_none_or(|only| file.to_string_lossy().contains(only.as_str()))
    };
    let (mut ran, mut failed) = (0_usize, 0_usize);
    for file in files.iter().filter(|file| is_chosen(file)) {
        match run_file(&options, file) {
            Ok(()) => ran += 1,
            Err(reason) => {
                failed += 1;
                say(&format_args!("NOT RUN {reason}"));
            }
        }
    }
    say(&format_args!("ran {ran} scenarios"));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
