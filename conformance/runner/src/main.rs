//! Runs every scenario below a directory and writes one observation each.
//!
//! `retake-conformance --scenarios DIR --out DIR [--only TEXT] [--replay] [--allow-needs]`
//!
//! With `--replay`, the log of each run is folded by the reducer alone, too, and has to lead
//! to the same states. With `--allow-needs`, a scenario that needs what retake does not have is
//! said and is no failure.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use retake_conformance::{
    RunError, Scenario, check_replay, json_files, read_json, run, write_json,
};

const USAGE: &str = "usage: retake-conformance --scenarios DIR --out DIR [--only TEXT] [--replay] \
    [--allow-needs]";

struct Options {
    scenarios: PathBuf,
    out: PathBuf,
    only: Option<String>,
    replay: bool,
    allow_needs: bool,
}

/// Why a scenario was not run.
enum NotRun {
    /// It needs what retake does not have.
    Needs(String),
    Failed(String),
}

fn options(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let (mut scenarios, mut out, mut only) = (None, None, None);
    let (mut replay, mut allow_needs) = (false, false);
    while let Some(flag) = args.next() {
        let switch = match flag.as_str() {
            "--replay" => Some(&mut replay),
            "--allow-needs" => Some(&mut allow_needs),
            _ => None,
        };
        if let Some(switch) = switch {
            *switch = true;
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
    Some(Options { scenarios: scenarios?, out: out?, only, replay, allow_needs })
}

/// Runs one scenario file.
fn run_file(options: &Options, file: &Path) -> Result<(), NotRun> {
    let text = |error: &dyn fmt::Display| NotRun::Failed(error.to_string());
    let scenario: Scenario =
        read_json(&options.scenarios.join(file)).map_err(|error| text(&error))?;
    let run = run(&scenario).map_err(|error| match error {
        RunError::Needs { .. } => NotRun::Needs(error.to_string()),
        error => text(&error),
    })?;
    if options.replay {
        check_replay(&run).map_err(|error| text(&format_args!("{}: {error}", scenario.name)))?;
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
            Err(NotRun::Needs(reason)) if options.allow_needs => {
                say(&format_args!("NOT RUN {reason}"));
            }
            Err(NotRun::Needs(reason) | NotRun::Failed(reason)) => {
                failed += 1;
                say(&format_args!("NOT RUN {reason}"));
            }
        }
    }
    say(&format_args!("ran {ran} scenarios"));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
