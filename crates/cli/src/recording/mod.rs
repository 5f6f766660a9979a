//! A log as the commands see it: its entries, and the state after each.

pub(crate) mod clock;
pub(crate) mod input;
pub(crate) mod pattern;
pub(crate) mod position;
mod recorded;
pub(crate) mod row;
pub(crate) mod state;
#[cfg(test)]
mod tests;
pub(crate) mod verification;
pub(crate) mod whole;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use retake_store::log::{Entry, Header, LogError, LogReader};

use crate::outcome::CliError;
use crate::output::{is_stdin, printable};
use crate::progress;
use position::Position;
use row::Row;
use state::State;

/// How many states are kept to go on from.
const STATES: usize = 64;
/// How many more are kept between two of them, about where one was asked for last.
const NEAR: u64 = 16;

/// A log in a file, whose entries and states are read as they are asked for.
///
/// Of each line only its place is in memory, and of the states a few to go on from. The state
/// after any entry is at most a 64th of the log away from one of them; near the one that was asked
/// for last, a sixteenth of that; and one entry, if the one before was asked for last.
#[derive(Debug)]
pub(crate) struct Recording {
    path: PathBuf,
    file: BufReader<File>,
    header: Header,
    lines: Vec<Line>,
    torn: Option<usize>,
    /// States to go on from, by seq, with the beginning.
    states: BTreeMap<u64, State>,
    /// How far apart they are.
    stride: u64,
    /// More of them, between two.
    near: BTreeMap<u64, State>,
    /// The state that was asked for last.
    last: State,
}

/// Where a line is.
#[derive(Clone, Copy, Debug)]
struct Line {
    offset: u64,
    /// Its number, from 1.
    number: usize,
}

impl Recording {
    /// Opens the log at `path` and finds its lines. Whether they are entries is seen when they
    /// are asked for.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        if is_stdin(path) {
            return Err(CliError::ReadOnce);
        }
        let path = path.to_owned();
        let failed = |cause| CliError::File { verb: "read", path: path.clone(), cause };
        let log = |source| CliError::Log { path: path.clone(), source };
        let file = File::open(&path).map_err(failed)?;
        let bar = progress::bar(file.metadata().map_err(failed)?.len());
        let mut file = BufReader::with_capacity(1 << 16, file);
        let mut text = Vec::new();
        file.read_until(b'\n', &mut text).map_err(failed)?;
        let header = LogReader::new(text.as_slice()).map_err(log)?.header().clone();
        let (mut offset, mut number) = (text.len() as u64, 1);
        let mut lines = Vec::new();
        loop {
            text.clear();
            let length = file.read_until(b'\n', &mut text).map_err(failed)? as u64;
            if length == 0 {
                break;
            }
            number += 1;
            if !text.trim_ascii().is_empty() {
                lines.push(Line { offset, number });
            }
            offset += length;
            if number % 4096 == 0 {
                bar.set_position(offset);
            }
        }
        bar.finish_and_clear();
        let start = State::at_start(&header).map_err(log)?;
        let states = BTreeMap::from([(0, start.clone())]);
        let (torn, stride) = (None, (lines.len() / STATES).max(1) as u64);
        let (near, last) = (BTreeMap::new(), start);
        let mut recording = Self { path, file, header, lines, torn, states, stride, near, last };
        recording.drop_torn_line()?;
        Ok(recording)
    }

    /// Returns how many entries there are: the `seq` of the last.
    pub(crate) fn len(&self) -> u64 {
        self.lines.len() as u64
    }

    /// Returns the number of the last line if it is torn; it is no entry then.
    pub(crate) fn torn(&self) -> Option<usize> {
        self.torn
    }

    /// Returns the `seq` that `position` stands for.
    pub(crate) fn seq(&self, position: Position) -> Result<u64, CliError> {
        match position {
            Position::After(seq) if seq > self.len() => {
                Err(CliError::NoSuchEntry { path: self.path.clone(), seq, last: self.len() })
            }
            Position::After(seq) => Ok(seq),
            Position::End => Ok(self.len()),
        }
    }

    /// Reads the entry `seq`, from 1.
    pub(crate) fn entry(&mut self, seq: u64) -> Result<Entry, CliError> {
        let index = usize::try_from(seq).ok().and_then(|seq| seq.checked_sub(1));
        let Some(Line { offset, number }) = index.and_then(|index| self.lines.get(index).copied())
        else {
            return Err(CliError::NoSuchEntry { path: self.path.clone(), seq, last: self.len() });
        };
        let text = self.read_line(offset)?;
        let entry = parse(&text, number).map_err(|source| self.failed(source))?;
        match entry.seq == seq {
            true => Ok(entry),
            false => Err(self.failed(LogError::WrongSequence {
                line: number,
                expected: seq,
                found: entry.seq,
            })),
        }
    }

    /// Returns which log it is, and of which application, in words.
    pub(crate) fn log(&self) -> String {
        let (path, app) = (self.path.display(), printable(&self.header.app.to_string()));
        format!("{path} ({app})")
    }

    /// Returns where the state after the entry `seq` is, in words.
    pub(crate) fn place(&mut self, seq: u64) -> Result<String, CliError> {
        if seq == 0 {
            return Ok(format!("{}, at the beginning", self.log()));
        }
        let (log, row) = (self.log(), self.row(seq)?);
        let place = format!("{log}, after entry {seq}: {} {}", row.kind, row.subject());
        Ok(place.trim_end().to_owned())
    }

    /// Returns the entry `seq` as a row of a table.
    pub(crate) fn row(&mut self, seq: u64) -> Result<Row, CliError> {
        self.entry(seq).map(|entry| Row::of(&entry))
    }

    /// Returns the state after the entry `seq`; of 0, the one at the beginning.
    pub(crate) fn state(&mut self, seq: u64) -> Result<State, CliError> {
        let mut state = self.kept(seq).clone();
        while state.seq() < seq {
            let next = state.seq() + 1;
            let entry = self.entry(next)?;
            let line = self.lines[(next - 1) as usize].number;
            state.advance(&entry, line).map_err(|source| self.failed(source))?;
            self.keep(&state);
        }
        self.last = state.clone();
        Ok(state)
    }

    /// Returns after which entry, up to `seq`, the state is known already.
    pub(crate) fn nearest(&self, seq: u64) -> u64 {
        self.kept(seq).seq()
    }

    fn kept(&self, seq: u64) -> &State {
        let kept = [&self.states, &self.near].map(|states| states.range(..=seq).next_back());
        let kept = kept.into_iter().flatten().map(|(_, state)| state);
        let last = Some(&self.last).filter(|last| last.seq() <= seq);
        // The beginning is there always.
        kept.chain(last).max_by_key(|state| state.seq()).unwrap_or(&self.last)
    }

    fn keep(&mut self, state: &State) {
        let (seq, stride) = (state.seq(), self.stride);
        if seq.is_multiple_of(stride) {
            self.states.entry(seq).or_insert_with(|| state.clone());
        }
        if seq.is_multiple_of(stride.div_ceil(NEAR)) {
            self.near.retain(|near, _| (near / stride).abs_diff(seq / stride) <= 1);
            self.near.insert(seq, state.clone());
        }
    }

    fn read_line(&mut self, offset: u64) -> Result<Vec<u8>, CliError> {
        let mut text = Vec::new();
        let read = self.seek(offset).and_then(|()| self.file.read_until(b'\n', &mut text));
        match read {
            Ok(_) => Ok(text),
            Err(cause) => Err(CliError::File { verb: "read", path: self.path.clone(), cause }),
        }
    }

    /// Goes to `offset`, without forgetting what has been read if it is near.
    fn seek(&mut self, offset: u64) -> std::io::Result<()> {
        let here = self.file.stream_position()?;
        match i64::try_from(offset).ok().zip(i64::try_from(here).ok()) {
            Some((offset, here)) => self.file.seek_relative(offset - here),
            None => self.file.seek(SeekFrom::Start(offset)).map(drop),
        }
    }

    /// Drops the last line if it ends in its middle.
    fn drop_torn_line(&mut self) -> Result<(), CliError> {
        let Some(Line { offset, number }) = self.lines.last().copied() else { return Ok(()) };
        let text = self.read_line(offset)?;
        if matches!(parse(&text, number), Err(LogError::Torn { .. })) {
            self.lines.pop();
            self.torn = Some(number);
        }
        Ok(())
    }

    fn failed(&self, source: LogError) -> CliError {
        CliError::Log { path: self.path.clone(), source }
    }
}

/// Reads an entry from its line.
fn parse(text: &[u8], line: usize) -> Result<Entry, LogError> {
    if text.trim_ascii_start().starts_with(b"[") {
        let reason = "it is a list, and an object is needed".to_owned();
        return Err(LogError::MalformedEntry { line, reason });
    }
    serde_json::from_slice(text).map_err(|error| {
        // The place in the message counts lines of this one line.
        let text_of_it = error.to_string();
        let reason = text_of_it.split(" at line ").next().unwrap_or_default().to_owned();
        match (error.is_data(), text.ends_with(b"\n")) {
            (true, _) => LogError::MalformedEntry { line, reason },
            (false, true) => LogError::NotJson { line, column: error.column(), reason },
            (false, false) => LogError::Torn { line },
        }
    })
}
