//! `retake compact`: a log anew, with fewer entries or with snapshots.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use retake_store::log::{CompactError, Compaction, LogOptions, VerifyError, WriteError, compact};

use crate::new_file::NewFile;
use crate::outcome::{CliError, Outcome};
use crate::output::{self, Output};
use crate::recording::verification::Divergence;
use crate::recording::whole::WholeLog;

/// Write a log anew: only its last entries, or with snapshots to begin from.
///
/// Entries that are not kept become the state in the new header; the others are numbered anew.
/// What happened in them stays as it is, and so do their hashes and patches. The state is taken
/// from the patches and snapshots of the log, so it has to have some: of a log of actions only,
/// nobody but the application knows the states. The log is verified meanwhile, and one that does
/// not lead where it says is not compacted (exit code 1).
///
/// Of a store that keeps its history, only the application can carry the history over: such a
/// log can be given snapshots, but `--keep` is refused, unless all entries are kept. The application
/// compacts it with `Replay::compact`.
///
/// The new log takes its place when it is complete. It may be that of the old one. On the
/// standard output it begins when it is sure to have an end: the log is read twice for that.
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

    /// Where the new log goes; the standard output otherwise.
    #[arg(short, long = "output", value_name = "FILE")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  retake compact posts.ndjson --keep 1000 -o recent.ndjson
  retake compact posts.ndjson --snapshots 500 -o posts.ndjson
  retake compact posts.ndjson --keep 0 -o now.ndjson         # the state at the end, and no entry
  retake compact posts.ndjson --keep 10 | retake log -";

/// Compacts the log.
pub(crate) fn run(args: &CompactArgs) -> Result<Outcome, CliError> {
    let log = WholeLog::open(&args.file)?;
    let after = args.keep.map_or(0, |keep| log.last().saturating_sub(keep));
    let options = LogOptions::new().with_hashes(true).with_patches(true);
    let options = options.snapshot_every(args.snapshots.unwrap_or_default());
    let compaction = Compaction::after(after).with_options(options);
    let mut output = Output::new();
    let mut file = args.output.as_deref().map(NewFile::create).transpose()?;
    let pass = |output: &mut dyn Write| compact(log.reader()?, output, &compaction);
    let done = match &mut file {
        Some(file) => pass(file),
        // Of a log that does not lead where it says, nothing is written.
        None => pass(&mut io::sink()).and_then(|_| pass(output.as_write())),
    };
    log.finish();
    let done = match done {
        Ok(done) => format!("{} entries, behind the state after {}", done.kept, done.folded),
        Err(CompactError::Log(VerifyError::Diverged(divergence))) => {
            let divergence = Divergence::from(*divergence);
            let text = format!("{}: {divergence}", args.file.display());
            match file {
                Some(_) => output.line(text)?,
                // Whoever reads the standard output expects a log.
                None => output::complain("error", text),
            }
            output.flush()?;
            return Ok(Outcome::Different);
        }
        Err(CompactError::Write(WriteError::Io(cause))) if file.is_none() => {
            return Err(CliError::Output(cause));
        }
        Err(source) => return Err(CliError::Compact { path: args.file.clone(), source }),
    };
    match file {
        Some(file) => {
            let path = file.path().display().to_string();
            file.finish()?;
            output.line(format_args!("{path}: {done}"))?;
            output.flush()?;
        }
        None => {
            output.flush()?;
            output::complain("note", format_args!("{}: {done}", args.file.display()));
        }
    }
    Ok(Outcome::Fine)
}
