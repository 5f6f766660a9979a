//! `retake`: looks into action logs, without the application that wrote them.
//!
//! - `options` is the command line, `commands/` has one file for each command, `outcome` says
//!   how the process ends and why.
//! - `recording/` is what they work on: `input` reads a log and knows how far, `row` is an entry
//!   as a line of a table, `slices` is the state after an entry.
//! - `new_file` is there as a whole or not at all.
//! - `view/` is the screen of `retake view`.
//! - `output` writes lines that nobody may be reading any more; `progress` is a bar meanwhile.
//!
//! Everything is read line by line: a log may be larger than the memory. What is shown of a
//! log is text from outside and is never written to a terminal as it is.

mod commands;
mod new_file;
mod options;
mod outcome;
mod output;
mod progress;
mod recording;
mod view;

use std::process::ExitCode;

use clap::Parser;

use options::Options;

fn main() -> ExitCode {
    outcome::exit(commands::run(Options::parse()))
}
