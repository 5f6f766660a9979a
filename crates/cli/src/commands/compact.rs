//! `retake compact`: a log anew, with fewer entries or with snapshots.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use retake_store::log::{CompactError, Compaction, LogOptions, VerifyError, compact};

use crate::new_file::NewFile;
use crate::outcome::{CliError, Outcome};
use crate::output::{Output, printable_lines};
use crate::recording::whole::WholeLog;

/// Write a log anew: only its last entries, or with snapshots to begin from.
///
/// Entries that are not kept become the state in the new header; the others are numbered anew.
/// What happened in them stays as it is, and so do their hashes and patches. The state is taken
/// from the patches and snapshots of the log, so it has to have some: of a log of actions only,
/// nobody but the application knows the states. The log is verified meanwhile, and one that does
/// not lead where it says is not compacted (exit code 1).
///
/// The new log takes its place when it is complete. It may be that of the old one.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
#[command(group = ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct CompactArgs {
    /// The log.
    file: PathBuf,

    /// Keep the last N entries.
    #[arg(long, value_name = "N", group = "what")]
    keep: Option<u64>,

    /// Write the whole state with every K-th entry.
    #[arg(long, value_name = "K", group = "what", value_parser = clap::value_parser!(u64).range(1..))]
    snapshots: Option<u64>,

    /// Where the new log goes.
    #[arg(short, long = "output", value_name = "FILE")]
    output: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  retake compact posts.ndjson --keep 1000 -o recent.ndjson
  retake compact posts.ndjson --snapshots 500 -o posts.ndjson
  retake compact posts.ndjson --keep 0 -o now.ndjson         # the state at the end, and no entry";

/// Compacts the log.
pub(crate) fn run(args: &CompactArgs) -> Result<Outcome, CliError> {
    let log = WholeLog::open(&args.file)?;
    let after = args.keep.map_or(0, |keep| log.last().saturating_sub(keep));
    let options = LogOptions::new().with_hashes(true).with_patches(true);
    let options = options.snapshot_every(args.snapshots.unwrap_or_default());
    let compaction = Compaction::after(after).with_options(options);
    let mut file = NewFile::create(&args.output)?;
    let reader = log.reader();
    let reader = reader.map_err(|source| CliError::Log { path: args.file.clone(), source })?;
    let done = compact(reader, &mut file, &compaction);
    log.finish();
    let mut output = Output::new();
    match done {
        Ok(done) => {
            file.finish()?;
            let (path, folded, kept) = (args.output.display(), done.folded, done.kept);
            output.line(format_args!("{path}: {kept} entries, behind the state after {folded}"))?;
            output.flush()?;
            Ok(Outcome::Fine)
        }
        Err(CompactError::Log(VerifyError::Diverged(divergence))) => {
            let text = printable_lines(&divergence.to_string());
            output.line(format_args!("{}: {text}", args.file.display()))?;
            output.flush()?;
            Ok(Outcome::Different)
        }
        Err(source) => Err(CliError::Compact { path: args.file.clone(), source }),
    }
}
