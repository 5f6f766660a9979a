//! The commands: one file for each.

pub(crate) mod log;

use crate::options::{Command, Options};
use crate::outcome::{CliError, Outcome};

/// Does what the command line says.
pub(crate) fn run(options: Options) -> Result<Outcome, CliError> {
    match options.command {
        Command::Log(args) => log::run(&args),
    }
}
