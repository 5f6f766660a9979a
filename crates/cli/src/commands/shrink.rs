//! `retake shrink`: of a log that diverges, what is needed to see it.

use std::path::PathBuf;

use clap::Args;
use retake_store::log::{ShrinkError, fold_api_slices, shrink};

use crate::new_file::NewFile;
use crate::outcome::{CliError, Outcome};
use crate::output::{self, Output};
use crate::recording::state::{State, not_replayed};
use crate::recording::verification::Divergence;
use crate::recording::whole::WholeLog;

/// Make a small log of one that diverges: a few actions that still diverge in the same way.
///
/// The divergence is the first that a replay of the apis' slices comes to. The small log is a log
/// as any other: look at it, keep it as a test, send it on. A divergence in the application's own
/// slices, whose actions are not replayed, is shrunk where its reducers are: by
/// `retake_store::log::shrink` in its code.
///
/// Exits with 0 when the small log is written, and with 2 when nothing diverges.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ShrinkArgs {
    /// The log.
    file: PathBuf,

    /// Where the small log goes; the standard output otherwise.
    #[arg(short, long = "output", value_name = "FILE")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  retake shrink broken.ndjson -o small.ndjson
  retake shrink broken.ndjson | retake log -";

/// Shrinks the log.
pub(crate) fn run(args: &ShrinkArgs) -> Result<Outcome, CliError> {
    let log = WholeLog::open(&args.file)?;
    let failed = |source| CliError::Log { path: args.file.clone(), source };
    let start = State::at_start(log.reader().map_err(failed)?.header()).map_err(failed)?;
    let shrunk = shrink(|| fold_api_slices(log.reader()?));
    log.finish();
    if !matches!(shrunk, Err(ShrinkError::Log(_)))
        && let Some(line) = not_replayed(start.recorded())
    {
        output::complain("note", line);
    }
    let shrunk = shrunk.map_err(|source| match source {
        ShrinkError::Log(source) => failed(source),
        source => CliError::Shrink { path: args.file.clone(), source },
    })?;
    let text = shrunk.to_string();
    let mut output = Output::new();
    let left = match &args.output {
        Some(path) => {
            let mut file = NewFile::create(path)?;
            file.append(text.as_bytes())?;
            file.finish()?;
            format!(
                "{} of {} entries are left, in {}",
                shrunk.entries.len(),
                log.last(),
                path.display()
            )
        }
        None => {
            text.lines().try_for_each(|line| output.line(line))?;
            format!("{} of {} entries are left", shrunk.entries.len(), log.last())
        }
    };
    output.flush()?;
    let divergence = Divergence::from(shrunk.divergence);
    output::complain("note", format_args!("{}: {divergence}", args.file.display()));
    output::complain("note", left);
    Ok(Outcome::Fine)
}
