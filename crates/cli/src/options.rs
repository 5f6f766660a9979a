//! The command line.

use clap::{Parser, Subcommand};

use crate::commands::compact::CompactArgs;
use crate::commands::diff::DiffArgs;
use crate::commands::log::LogArgs;
use crate::commands::replay::ReplayArgs;
use crate::commands::shrink::ShrinkArgs;
use crate::commands::verify::VerifyArgs;
use crate::commands::view::ViewArgs;

/// Looks into the action logs of retake applications.
///
/// A log is text: one action on each line, with the state at the beginning on the first. This
/// tool reads it without the application that wrote it. Positions in a log are the `seq` of its
/// entries: 0 is the state at the beginning, N the state after the entry with seq N.
#[derive(Debug, Parser)]
#[command(name = "retake", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  fine; of `shrink`: the small log is written
  1  `diff`, `verify` or `compact` found a difference or a divergence
  2  it cannot be done: the command line is wrong, a file cannot be read or written, the log
     cannot be compacted, or there is nothing to shrink

Colours and progress bars are for terminals only; NO_COLOR=1 turns colours off.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Log(LogArgs),
    Replay(ReplayArgs),
    Diff(DiffArgs),
    Verify(VerifyArgs),
    Shrink(ShrinkArgs),
    Compact(CompactArgs),
    View(ViewArgs),
}
