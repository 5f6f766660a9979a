//! The list of entries, and which of them fit a filter.

use std::collections::BTreeMap;

use super::scroll::Scroll;
use crate::outcome::CliError;
use crate::recording::Recording;
use crate::recording::pattern::Pattern;
use crate::recording::row::Row;

/// How many entries are looked at before a key is looked for.
const PIECE: u64 = 64;

/// The entries of a log in a list, with one that is selected. The beginning is its first line.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// How many entries there are.
    len: u64,
    selected: u64,
    scroll: Scroll,
    filter: Option<Filter>,
    /// Rows that are on the screen.
    rows: BTreeMap<u64, Result<Row, String>>,
}

/// Which entries are listed.
#[derive(Debug)]
pub(crate) struct Filter {
    /// What was typed: patterns with spaces between them, all of which have to fit.
    pub(crate) text: String,
    patterns: Vec<Pattern>,
    found: Vec<u64>,
    /// How many entries have been looked at.
    pub(crate) scanned: u64,
}

impl Filter {
    fn fits(&self, row: &Row) -> bool {
        let mut patterns = self.patterns.iter();
        patterns.all(|pattern| {
            let mut names = row.endpoints.iter().chain(&row.keys);
            pattern.fits_within(&row.kind) || names.any(|name| pattern.fits_within(name))
        })
    }
}

impl Listing {
    /// Returns the list of a log with `len` entries, with its beginning selected.
    pub(crate) fn new(len: u64) -> Self {
        Self { len, ..Self::default() }
    }

    /// Returns which entry is selected; 0: the beginning.
    pub(crate) fn selected(&self) -> u64 {
        self.selected
    }

    /// Returns which entries are listed, if not all.
    pub(crate) fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// Returns how many lines there are.
    pub(crate) fn lines(&self) -> usize {
        match &self.filter {
            Some(filter) => filter.found.len(),
            None => usize::try_from(self.len).unwrap_or(usize::MAX).saturating_add(1),
        }
    }

    /// Returns the entries from the first on the screen on; 0: the beginning.
    pub(crate) fn visible(&self) -> impl Iterator<Item = u64> {
        (self.scroll.top()..self.lines()).map(|index| self.seq(index))
    }

    /// Returns the row of an entry that is on the screen.
    pub(crate) fn row(&self, seq: u64) -> Option<&Result<Row, String>> {
        self.rows.get(&seq)
    }

    /// Returns whether there are entries that have not been looked at.
    pub(crate) fn is_scanning(&self) -> bool {
        self.filter.as_ref().is_some_and(|filter| filter.scanned < self.len)
    }

    /// Moves the selection by so many lines.
    pub(crate) fn move_by(&mut self, lines: isize, height: usize) {
        if self.lines() > 0 {
            self.scroll.move_by(lines, self.lines(), height);
            self.selected = self.seq(self.scroll.cursor());
        }
    }

    /// Selects the entry `seq`, or the last, or the next that is listed.
    pub(crate) fn select(&mut self, seq: u64, height: usize) {
        self.selected = seq.min(self.len);
        self.follow(!self.is_scanning(), height);
    }

    /// Lists the entries that fit `text` only, or all if it is empty.
    pub(crate) fn set_filter(&mut self, text: &str, height: usize) {
        let patterns = text.split_whitespace().flat_map(str::parse).collect::<Vec<_>>();
        let (text, found) = (text.to_owned(), Vec::new());
        self.filter =
            (!patterns.is_empty()).then_some(Filter { text, patterns, found, scanned: 0 });
        self.follow(false, height);
    }

    /// Looks at some more entries. One that cannot be read is listed, with any filter.
    pub(crate) fn scan(&mut self, recording: &mut Recording, height: usize) {
        let Some(filter) = &mut self.filter else { return };
        let end = (filter.scanned + PIECE).min(self.len);
        for seq in filter.scanned + 1..=end {
            if recording.row(seq).map_or(true, |row| filter.fits(&row)) {
                filter.found.push(seq);
            }
        }
        filter.scanned = end;
        self.follow(end == self.len, height);
    }

    /// Reads the rows that are on the screen, and forgets others.
    pub(crate) fn read(&mut self, recording: &mut Recording, height: usize) {
        let mut rows = std::mem::take(&mut self.rows);
        for seq in self.visible().take(height).filter(|seq| *seq > 0).collect::<Vec<_>>() {
            let row = rows.remove(&seq);
            let read = || recording.row(seq).map_err(|error: CliError| error.to_string());
            self.rows.insert(seq, row.unwrap_or_else(read));
        }
    }

    fn seq(&self, index: usize) -> u64 {
        match &self.filter {
            Some(filter) => filter.found.get(index).copied().unwrap_or_default(),
            None => index as u64,
        }
    }

    /// Selects the entry that is listed at or after the selected one; the last, if the list
    /// `is_whole` and has none there.
    fn follow(&mut self, is_whole: bool, height: usize) {
        let place = match &self.filter {
            None => usize::try_from(self.selected).unwrap_or(usize::MAX),
            Some(filter) => {
                let place = filter.found.partition_point(|seq| *seq < self.selected);
                match (filter.found.get(place), filter.found.last()) {
                    (Some(seq), _) => self.selected = *seq,
                    (None, Some(seq)) if is_whole => self.selected = *seq,
                    (None, _) => {}
                }
                place
            }
        };
        self.scroll.move_to(place, self.lines(), height);
    }
}
