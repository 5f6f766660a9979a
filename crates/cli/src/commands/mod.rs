//! The commands: one file for each.

pub(crate) mod compact;
pub(crate) mod diff;
pub(crate) mod log;
pub(crate) mod replay;
pub(crate) mod shrink;
pub(crate) mod verify;
pub(crate) mod view;

use crate::options::{Command, Options};
use crate::outcome::{CliError, Outcome};

/// Does what the command line says.
pub(crate) fn run(options: Options) -> Result<Outcome, CliError> {
    match options.command {
        Command::Log(args) => log::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Shrink(args) => shrink::run(&args),
        Command::Compact(args) => compact::run(&args),
        Command::View(args) => view::run(&args),
    }
}
