//! `retake verify`: whether a log is as it was written.

use std::path::PathBuf;

use clap::Args;

use crate::outcome::{CliError, Outcome};
use crate::output::{self, Output, log_name, printable};
use crate::recording::input::Input;
use crate::recording::state::not_replayed;
use crate::recording::verification::Verification;

/// Check every hash, patch and snapshot in a log; exits with 1 at the first divergence.
///
/// The slices of the apis are replayed, action by action, and compared with what each line says.
/// For the other slices, whose reducers are the application's, the patches are applied one after
/// the other, and what they lead to is compared with hashes and snapshots. So found is a
/// changed action of an api, if its line has a hash or a patch; a changed patch, hash or snapshot,
/// where two of them tell of the same state; and an api that another version of retake reduces
/// otherwise.
///
/// Not found is a changed action of another slice, if its line still has the hash and the patch
/// that it had; and whether the application's own reducers still do the same. That only the
/// application can tell, which replays all: `verify::<App, AppAction, _>(..)` in its tests.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct VerifyArgs {
    /// The log; `-` is the standard input.
    file: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  retake verify posts.ndjson
  retake verify posts.ndjson && echo as it was written";

/// Verifies the log.
pub(crate) fn run(args: &VerifyArgs) -> Result<Outcome, CliError> {
    let mut input = Input::open(&args.file)?;
    let start = Verification::at_start(input.header());
    let mut verification = start.map_err(|source| input.failed(source))?;
    let mut output = Output::new();
    while let Some(entry) = input.next_entry()? {
        let found = verification.advance(&entry, input.line());
        if let Some(divergence) = found.map_err(|source| input.failed(source))? {
            input.finish();
            output.line(format_args!("{}: {divergence}", log_name(&args.file)))?;
            output.flush()?;
            return Ok(Outcome::Different);
        }
    }
    output.line(summary(&verification))?;
    output.flush()?;
    if verification.compared == 0 && verification.entries > 0 {
        output::complain(
            "note",
            "nothing was compared: record with `LogOptions::new().with_hashes(true)`, and \
             `.with_patches(true)` to see where states differ",
        );
    }
    Ok(Outcome::Fine)
}

fn summary(verification: &Verification) -> String {
    let Verification { entries, compared, .. } = verification;
    if *compared == 0 {
        return format!("{entries} entries: nothing compared");
    }
    let mut text = format!("{entries} entries, {compared} with something to compare: as recorded");
    let apis: Vec<_> = verification.apis().map(printable).collect();
    let chained = verification.chained.iter().map(|name| printable(name));
    let chained: Vec<_> = chained.filter(|name| !apis.contains(name)).collect();
    for (how, names) in [("replayed", apis), ("by its patches", chained)] {
        if !names.is_empty() {
            text.push_str(&format!("\n  {how}: {}", names.join(", ")));
        }
    }
    if let Some(line) = not_replayed(verification.others()) {
        text.push_str(&format!("\n  {line}"));
    }
    text
}
