//! The end of a log whose writer may have stopped in the middle of a line.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::entry::Content;
use super::error::LogError;
use super::header::AppInfo;
use super::reader::LogReader;
use crate::history::HistoryChange;

/// Returns where the whole lines of the log in `input` end, or `None` when no log has begun:
/// `input` is empty, or ends within the header.
///
/// A writer that is killed leaves at most one torn line, the last. Cut the log off at
/// [`LogEnd::len`] and go on with [`LogWriter::resume`](super::LogWriter::resume); for `None`
/// cut it off at 0 and begin with [`LogWriter::new`](super::LogWriter::new). A last line that
/// is whole but for its line break is kept.
///
/// Memory: one line. Time: one pass; every line is read as an entry.
///
/// # Errors
/// [`LogError`] when `input` fails, is no log, or has a line that is not as it should be
/// *before* the last: no crash does that, and cutting the log off there would lose what
/// follows.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{LogOptions, LogReader, LogWriter, fold, recover};
/// let mut log = br#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":1}}
/// {"seq":1,"at":5,"action":{"type":"counter/added","payload":2}}
/// {"seq":2,"at":6,"action":{"type":"coun"#.to_vec();
///
/// let end = recover(&log[..])?.ok_or("no log has begun")?;
/// assert_eq!((end.seq, end.torn), (1, 38));
/// log.truncate(end.len.try_into()?); // of a file: `file.set_len(end.len)?`
///
/// let mut state = fold::<Counter, Added, _>(LogReader::new(&log[..])?)?.run()?;
/// let mut writer = LogWriter::resume(&mut log, &end, &state, LogOptions::new())?;
/// state.reduce(&Added(4));
/// assert_eq!(writer.append(7, &Added(4), &state)?, 2);
/// assert_eq!(fold::<Counter, Added, _>(LogReader::new(&log[..])?)?.run()?.count, 7);
/// # Ok(())
/// # }
/// ```
pub fn recover<R: BufRead>(input: R) -> Result<Option<LogEnd>, LogError> {
    let mut reader = match LogReader::open(input) {
        Ok(Some(reader)) => reader,
        Ok(None) | Err(LogError::Torn { line: 1 }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let (mut seq, mut hash) = (0, None);
    let mut has_history = reader.header().history.is_some();
    let torn = loop {
        match reader.next() {
            None => break 0,
            Some(Ok(entry)) => {
                if let Content::Lifted(HistoryChange::Restart(restart)) = &entry.content {
                    has_history = restart.history.is_some();
                }
                (seq, hash) = (entry.seq, entry.hash);
            }
            Some(Err(LogError::Torn { .. })) => break reader.line_len(),
            Some(Err(error)) => return Err(error),
        }
    };
    Ok(Some(LogEnd {
        len: reader.len_read() - torn,
        torn,
        seq,
        app: reader.header().app.clone(),
        has_history,
        has_line_break: torn > 0 || reader.has_line_break(),
        hash,
    }))
}

/// The end of the whole lines of a log: see [`recover`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogEnd {
    /// How many bytes the whole lines are.
    pub len: u64,
    /// How many bytes of a torn line follow; usually 0.
    pub torn: u64,
    /// The number of the last entry; 0 when there is only the header.
    pub seq: u64,
    /// Who wrote the log.
    pub app: AppInfo,
    /// Whether the store that wrote its end kept a history. What goes on with it then begins
    /// with [`HistoryChange::restart`], also if it keeps none.
    pub has_history: bool,
    /// Whether the last whole line ends in a line break.
    pub(super) has_line_break: bool,
    /// What the last entry says of the state after it.
    pub(super) hash: Option<BTreeMap<String, String>>,
}

impl LogEnd {
    /// Returns the slices of which the last entry has another hash than `hashes`, those of a
    /// state: see [`state_hashes`](super::state_hashes). None, if it has no hashes.
    #[must_use]
    pub fn other_slices(&self, hashes: &BTreeMap<String, String>) -> Vec<String> {
        let recorded = self.hash.iter().flatten();
        let others = recorded.filter(|(name, hash)| hashes.get(*name) != Some(*hash));
        others.map(|(name, _)| name.clone()).collect()
    }
}
