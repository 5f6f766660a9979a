//! Reading a log line by line.

use std::io::BufRead;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

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
    /// How many bytes were read, the last line included.
    len: u64,
    /// Whether the last line that there is ends in a line break.
    has_line_break: bool,
}

/// How every header begins.
const BEGIN: &[u8] = br#"{"retake":"#;

impl<R: BufRead> LogReader<R> {
    /// Reads the header of the log in `input`.
    ///
    /// # Errors
    /// [`LogError`] when `input` fails, or does not begin with the header of a log in this
    /// version of the format.
    pub fn new(input: R) -> Result<Self, LogError> {
        Self::open(input)?.ok_or(LogError::MissingHeader { line: 1 })
    }

    /// Reads the header; `None` when `input` is empty.
    pub(super) fn open(input: R) -> Result<Option<Self>, LogError> {
        let mut lines = Lines { input, line: 0, text: Vec::new(), len: 0, has_line_break: true };
        if !lines.read()? {
            return Ok(None);
        }
        let line = lines.line;
        let form: Form = lines.parse(|reason| LogError::NotALog { line, reason })?;
        let header = form.into_header(line)?;
        Ok(Some(Self { lines, header, seq: 0, is_at_end: false }))
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

    /// Returns the number of the last entry; 0 before the first.
    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns how many bytes the lines are that were read so far.
    pub(super) fn len_read(&self) -> u64 {
        self.lines.len
    }

    /// Returns how many bytes the line is that was read last.
    pub(super) fn line_len(&self) -> u64 {
        self.lines.text.len() as u64
    }

    /// Returns whether the input ends in a line break, at its end.
    pub(super) fn has_line_break(&self) -> bool {
        self.lines.has_line_break
    }

    pub(super) fn end(&mut self) {
        self.is_at_end = true;
    }
}

impl<R: BufRead> LogReader<R> {
    /// Reads the next entry as a `T`, whose number is `seq`.
    pub(super) fn read_as<T: DeserializeOwned>(
        &mut self,
        seq: impl FnOnce(&T) -> u64,
    ) -> Result<Option<T>, LogError> {
        if !self.lines.advance()? {
            return Ok(None);
        }
        let line = self.lines.line;
        let entry = self.lines.parse(|reason| LogError::MalformedEntry { line, reason })?;
        let (expected, found) = (self.seq + 1, seq(&entry));
        if found != expected {
            return Err(LogError::WrongSequence { line, expected, found });
        }
        self.seq = expected;
        Ok(Some(entry))
    }

    /// Passes over the lines before `line`, which has the entry `seq`.
    pub(super) fn skip_to(&mut self, line: usize, seq: u64) -> Result<(), LogError> {
        while self.lines.line + 1 < line && self.lines.read()? {}
        self.seq = seq.saturating_sub(1);
        Ok(())
    }

    /// Puts `state` in the place of the header's.
    pub(super) fn with_state(mut self, state: Box<RawValue>) -> Self {
        self.header.state = state;
        self
    }
}

impl<R: BufRead> Iterator for LogReader<R> {
    type Item = Result<Entry, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_at_end {
            return None;
        }
        let entry = self.read_as(|entry: &Entry| entry.seq);
        self.is_at_end = !matches!(entry, Ok(Some(_)));
        entry.transpose()
    }
}

impl<R: BufRead> std::iter::FusedIterator for LogReader<R> {}

impl<R: BufRead> Lines<R> {
    /// Reads the next line; `false` at the end of the input.
    fn read(&mut self) -> Result<bool, LogError> {
        self.text.clear();
        let line = self.line + 1;
        let len = self.input.read_until(b'\n', &mut self.text);
        let is_line = len.map_err(|source| LogError::Io { line, source })? > 0;
        if is_line {
            self.line += 1;
            self.len += self.text.len() as u64;
            self.has_line_break = self.text.ends_with(b"\n");
        }
        Ok(is_line)
    }

    /// Reads the next line that is not blank; `false` at the end of the input.
    fn advance(&mut self) -> Result<bool, LogError> {
        while self.read()? {
            if !self.text.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the line as an object; JSON of another shape is `malformed`.
    fn parse<T: DeserializeOwned>(
        &self,
        malformed: impl Fn(String) -> LogError,
    ) -> Result<T, LogError> {
        // Serde takes a list of the members in their order, too.
        let is_list = self.text.trim_ascii_start().starts_with(b"[");
        match serde_json::from_slice(&self.text) {
            Ok(value) if !is_list => Ok(value),
            Err(error) if !error.is_data() => Err(self.not_json(&error)),
            Err(error) if !is_list => Err(malformed(reason(&error))),
            _ => Err(malformed("it is a list, and an object is needed".to_owned())),
        }
    }

    fn not_json(&self, error: &serde_json::Error) -> LogError {
        let line = self.line;
        match self.is_torn() {
            true => LogError::Torn { line },
            false => LogError::NotJson { line, column: error.column(), reason: reason(error) },
        }
    }

    /// An unfinished first line is torn only if it was to be a header: any text has one.
    fn is_torn(&self) -> bool {
        let len = self.text.len().min(BEGIN.len());
        !self.has_line_break && (self.line > 1 || self.text[..len] == BEGIN[..len])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::io::{self, BufReader, Read};

    use super::*;

    #[track_caller]
    fn check(log: &str, expected: &str) {
        match LogReader::new(log.as_bytes()) {
            Err(error) => {
                assert!(error.to_string().starts_with(&format!("line 1: {expected}")), "{error}");
                assert_eq!(error.line(), 1);
            }
            Ok(reader) => panic!("read {reader:?}"),
        }
    }

    /// Gives its text and then fails.
    struct Broken<'a>(&'a [u8]);

    impl Read for Broken<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(io::Error::other("unplugged")),
                len => Ok(len),
            }
        }
    }

    #[test]
    fn inputs_may_fail() {
        let header = r#"{"retake":1,"app":{"name":"a","version":"1"},"state":null}"#;
        let text = format!("{header}\n{{\"seq\":1,");
        let input = |len| BufReader::new(Broken(&text.as_bytes()[..len]));
        let mut reader = LogReader::new(input(text.len())).unwrap();
        assert!(matches!(reader.next(), Some(Err(LogError::Io { line: 2, .. }))));
        assert!(reader.next().is_none());
        assert!(matches!(LogReader::new(input(9)), Err(LogError::Io { line: 1, .. })));
    }

    /// A log that is made while it is read, and counts how much of it was asked for.
    struct Endless {
        line: u64,
        text: Vec<u8>,
        at: usize,
        taken: u64,
    }

    impl Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.at == self.text.len() {
                self.text = match self.line {
                    0 => br#"{"retake":1,"app":{"name":"a","version":"1"},"state":{}}"#.to_vec(),
                    seq => format!(r#"{{"seq":{seq},"at":0,"action":{{"type":"a/b"}}}}"#).into(),
                };
                self.text.push(b'\n');
                (self.line, self.at) = (self.line + 1, 0);
            }
            let len = (&self.text[self.at..]).read(out)?;
            self.at += len;
            self.taken += len as u64;
            Ok(len)
        }
    }

    /// What a log needs of memory and input does not grow with its length.
    #[test]
    fn one_line_is_in_memory() {
        let input = Endless { line: 0, text: Vec::new(), at: 0, taken: 0 };
        let mut reader = LogReader::new(BufReader::with_capacity(64, input)).unwrap();
        for seq in 1..=20_000 {
            assert_eq!(reader.next().unwrap().unwrap().seq, seq);
            assert!(reader.lines.input.get_ref().taken - reader.len_read() <= 64);
        }
        assert!(reader.len_read() > 800_000);
        assert!(reader.lines.text.capacity() < 1024);
    }

    #[test]
    fn refused_headers() {
        check("", "the header is missing");
        check(r#"{"seq":1,"at":0,"action":{"type":"a"}}"#, "the header is missing");
        check("\n", "not JSON at column");
        check("hello", "not JSON at column 1: expected");
        check("{\"retake\":1,\"app\":\n", "not JSON");
        check("{\"retake\":1,\"app\":{\"na", "the last line is torn");
        check("{\"reta", "the last line is torn");
        check("{\"name\":", "not JSON");
        check("{\"retake\":1,\"app\":]\n", "not JSON");
        // A number that ends in its middle is not the end of the input to serde.
        check("{\"retake\":1,\"state\":0.", "the last line is torn");
        check("7\n", "this is not a retake log: invalid type");
        check(r#"[1,{"name":"","version":""},{}]"#, "this is not a retake log: it is a list");
        check(r#"{"name":"posts"}"#, "this is not a retake log: it has no member `retake`");
        check(r#"{"retake":"1"}"#, "this is not a retake log: its member `retake` is not");
        check(r#"{"retake":1}"#, "this is not a retake log: it has no member `app`");
        check(r#"{"retake":1,"app":{}}"#, "this is not a retake log: in its member `app`: missing");
        check(
            r#"{"retake":1,"app":{"name":"a","version":"1"}}"#,
            "this is not a retake log: it has no member `state`",
        );
        check(r#"{"retake":2,"app":"another form"}"#, "the log has format version 2 and this");
    }
}
