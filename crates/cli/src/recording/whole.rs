//! A log in a file that is read more than once.

use std::fs::File;
use std::io::{BufReader, Read, Take};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressBarIter};
use retake_store::log::{LogEnd, LogError, LogReader, recover};

use crate::outcome::CliError;
use crate::output::{self, is_stdin};
use crate::progress;

/// What the lines are read from.
pub(crate) type Source = BufReader<Take<ProgressBarIter<File>>>;

/// The whole lines of a log in a file: without a last one that is torn.
pub(crate) struct WholeLog {
    path: PathBuf,
    end: LogEnd,
    bar: ProgressBar,
}

impl WholeLog {
    /// Reads the log at `path` once, to find its end. A torn last line is reported.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        if is_stdin(path) {
            return Err(CliError::ReadOnce);
        }
        let path = path.to_owned();
        let failed = |cause| CliError::File { verb: "read", path: path.clone(), cause };
        let file = File::open(&path).map_err(failed)?;
        let bar = progress::bar(file.metadata().map_err(failed)?.len());
        let end = recover(source(file, &bar, u64::MAX));
        bar.finish_and_clear();
        let failed = |source| CliError::Log { path: path.clone(), source };
        let end = end.map_err(failed)?.ok_or(LogError::MissingHeader { line: 1 });
        let end = end.map_err(failed)?;
        if end.torn > 0 {
            let what = "the last line is torn, and left out: its writer stopped in the middle";
            output::complain("warning", format_args!("{}: {what}", path.display()));
        }
        Ok(Self { path, end, bar })
    }

    /// Returns the `seq` of the last entry; 0: there is none.
    pub(crate) fn last(&self) -> u64 {
        self.end.seq
    }

    /// Returns a reader at the beginning; the bar shows how far it is.
    pub(crate) fn reader(&self) -> Result<LogReader<Source>, LogError> {
        let file = File::open(&self.path).map_err(|source| LogError::Io { line: 1, source })?;
        self.bar.reset();
        LogReader::new(source(file, &self.bar, self.end.len))
    }

    /// Removes the bar: nothing more is read.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Returns the first `len` bytes of the file.
fn source(file: File, bar: &ProgressBar, len: u64) -> Source {
    BufReader::with_capacity(1 << 16, bar.wrap_read(file).take(len))
}
