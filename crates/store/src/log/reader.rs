//! Reading a log line by line.

use std::io::BufRead;

use serde::de::DeserializeOwned;

use super::entry::Entry;
use super::error::{LogError, reason};
use super::header::{Form, Header};

/// Reads a log: the header at once, and then one entry at a time.
///
/// Only one line is in memory. After an error the iterator ends.
///
/// # Examples
/// ```
/// use retake_store::log::LogReader;
/// let log = br#"{"retake":1,"app":{"name":"demo","version":"1"},"state":null}
/// {"seq":1,"at":0,"action":{"type":"filter/cleared"}}
/// {"seq":2,"at":5,"act"#;
/// let mut reader = LogReader::new(&log[..])?;
/// assert_eq!(reader.header().app.name, "demo");
/// assert_eq!(reader.next().transpose()?.map(|entry| entry.seq), Some(1));
/// assert!(matches!(reader.next(), Some(Err(error)) if error.is_torn() && error.line() == 3));
/// assert!(reader.next().is_none());
/// # Ok::<(), retake_store::log::LogError>(())
/// ```
#[derive(Debug)]
pub struct LogReader<R> {
    lines: Lines<R>,
    header: Header,
    /// The number of the last entry.
    seq: u64,
    is_at_end: bool,
}

#[derive(Debug)]
struct Lines<R> {
    input: R,
    /// The number of the last line that was read, from 1.
    line: usize,
    text: Vec<u8>,
}

impl<R: BufRead> LogReader<R> {
    /// Reads the header of the log in `input`.
    ///
    /// # Errors
    /// [`LogError`] when `input` fails, or does not begin with the header of a log in this
    /// version of the format.
    pub fn new(input: R) -> Result<Self, LogError> {
        let mut lines = Lines { input, line: 0, text: Vec::new() };
        if !lines.advance()? {
            return Err(LogError::MissingHeader { line: 1 });
        }
        let line = lines.line;
        let form: Form = lines
            .parse()
            .map_err(|reason| LogError::NotALog { line, reason })?
            .map_err(|error| lines.fault(error))?;
        let header = form.into_header(line)?;
        Ok(Self { lines, header, seq: 0, is_at_end: false })
    }
}

impl<R> LogReader<R> {
    /// Returns the header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the number of the line that was read last, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.lines.line
    }

    pub(super) fn end(&mut self) {
        self.is_at_end = true;
    }
}
