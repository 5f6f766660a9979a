//! Reading a log, and how far it has been read.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use indicatif::ProgressBar;
use retake_store::log::{Entry, Header, LogError, LogReader};

use crate::outcome::CliError;
use crate::output::{self, is_stdin, log_name};
use crate::progress;

/// How much is read before the bar moves.
const STRIDE: u64 = 1 << 20;

/// A log that is read from its beginning, one line at a time.
pub(crate) struct Input {
    path: PathBuf,
    reader: LogReader<Counted<BufReader<Box<dyn Read>>>>,
    position: Rc<Cell<u64>>,
    length: u64,
    bar: ProgressBar,
    /// Where the bar stands.
    drawn: u64,
}

impl Input {
    /// Opens the log at `path`, of which `-` is the standard input, and reads its header.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        let failed = |cause| CliError::File { verb: "read", path: path.to_owned(), cause };
        let (inner, length): (Box<dyn Read>, _) = if is_stdin(path) {
            (Box::new(io::stdin()), 0)
        } else {
            let file = File::open(path).map_err(failed)?;
            let length = file.metadata().map_err(failed)?.len();
            (Box::new(file), length)
        };
        let position = Rc::new(Cell::new(0));
        let inner =
            Counted { inner: BufReader::with_capacity(1 << 16, inner), position: position.clone() };
        let reader = LogReader::new(inner)
            .map_err(|source| CliError::Log { path: path.to_owned(), source })?;
        let bar = progress::bar(length);
        Ok(Self { path: path.to_owned(), reader, position, length, bar, drawn: 0 })
    }

    /// Returns this input with no bar where a terminal shows lines meanwhile.
    pub(crate) fn beside_lines(mut self) -> Self {
        self.bar = progress::bar_beside_lines(self.length);
        self
    }

    /// Returns the first line.
    pub(crate) fn header(&self) -> &Header {
        self.reader.header()
    }

    /// Returns the number of the line that was read last, from 1.
    pub(crate) fn line(&self) -> usize {
        self.reader.line()
    }

    /// Returns an error about this log.
    pub(crate) fn failed(&self, source: LogError) -> CliError {
        self.bar.finish_and_clear();
        CliError::Log { path: self.path.clone(), source }
    }

    /// Returns the error that there is no entry `seq`, after the last one has been read.
    pub(crate) fn has_no(&self, seq: u64, last: u64) -> CliError {
        CliError::NoSuchEntry { path: self.path.clone(), seq, last }
    }

    /// Removes the bar: nothing more is read.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Reads an entry; `None` at the end. A torn last line is the end, and reported.
    pub(crate) fn next_entry(&mut self) -> Result<Option<Entry>, CliError> {
        let entry = match self.reader.next() {
            Some(Err(torn)) if torn.is_torn() => {
                self.finish();
                output::complain("warning", format_args!("{}: {torn}", log_name(&self.path)));
                None
            }
            entry => entry.transpose().map_err(|source| self.failed(source))?,
        };
        match entry {
            Some(_) if self.position.get() >= self.drawn + STRIDE => {
                self.drawn = self.position.get();
                self.bar.set_position(self.drawn);
            }
            Some(_) => {}
            None => self.finish(),
        }
        Ok(entry)
    }
}

/// A reader that counts what is taken from it.
struct Counted<R> {
    inner: R,
    position: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.inner.read(out)?;
        self.position.set(self.position.get() + len as u64);
        Ok(len)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, len: usize) {
        self.position.set(self.position.get() + len as u64);
        self.inner.consume(len);
    }
}
