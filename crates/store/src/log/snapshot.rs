//! Reading a log from one of its snapshots on.

use std::io::BufRead;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::error::LogError;
use super::reader::LogReader;

/// Where a log has a snapshot: see [`latest_snapshot`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotPlace {
    /// The line of the entry, from 1.
    pub line: usize,
    /// The place of the entry in its log, from 1.
    pub seq: u64,
}

/// Returns where the log in `input` has the latest snapshot at or before the entry `seq`.
///
/// `None`: there is none, and the state is to be folded from the header on. Otherwise
/// [`LogReader::from_snapshot`] reads the log from there, given the input from its beginning
/// again. So the state after an entry costs the entries between, and a look at the lines. A
/// snapshot has no history: those behind a line that a history began with do not count.
///
/// Memory: one line. Time: one pass to `seq`, in which lines are checked to be JSON only.
///
/// # Errors
/// [`LogError`] when `input` fails, is no log, or has a line before `seq` that is not JSON.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{LogReader, fold, latest_snapshot};
/// let log = br#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":1}}
/// {"seq":1,"at":5,"action":{"type":"counter/added","payload":2},"snapshot":{"count":3}}
/// {"seq":2,"at":6,"action":{"type":"counter/added","payload":4}}
/// "#;
/// let place = latest_snapshot(&log[..], 2)?.ok_or("there is no snapshot")?;
/// assert_eq!((place.line, place.seq), (2, 1));
/// let mut replay = fold::<Counter, Added, _>(LogReader::from_snapshot(&log[..], place)?)?;
/// assert_eq!(replay.state().count, 3);
/// let step = replay.next_step().ok_or("the log has ended")??;
/// assert_eq!((step.seq, step.state.count), (2, 7));
/// # Ok(())
/// # }
/// ```
pub fn latest_snapshot<R: BufRead>(input: R, seq: u64) -> Result<Option<SnapshotPlace>, LogError> {
    let mut reader = LogReader::new(input)?;
    let mut latest = None;
    let mut has_history = reader.header().history.is_some();
    while reader.seq() < seq && !has_history {
        let outline = reader.read_as(|outline: &Outline| outline.seq)?;
        let Some(Outline { snapshot, lifted, .. }) = outline else { break };
        has_history = lifted.is_some();
        if snapshot.is_some() && !has_history {
            latest = Some(SnapshotPlace { line: reader.line(), seq: reader.seq() });
        }
    }
    Ok(latest)
}

impl<R: BufRead> LogReader<R> {
    /// Returns a reader of the log in `input` that begins behind the snapshot at `place`.
    ///
    /// Its header has the snapshot for a state. The lines before are not looked at.
    ///
    /// # Errors
    /// [`LogError`] when `input` fails, is no log, or has no snapshot there.
    ///
    /// # Examples
    /// See [`latest_snapshot`].
    pub fn from_snapshot(input: R, place: SnapshotPlace) -> Result<Self, LogError> {
        let mut reader = Self::new(input)?;
        reader.skip_to(place.line, place.seq)?;
        let line = place.line;
        let missing = |what: &str| LogError::MalformedEntry { line, reason: what.to_owned() };
        let entry = reader.next().transpose()?.ok_or_else(|| missing("the log ends before it"))?;
        let snapshot = entry.snapshot.ok_or_else(|| missing("it has no snapshot any more"))?;
        Ok(reader.with_state(snapshot))
    }
}

/// What of an entry is looked at.
#[derive(Deserialize)]
#[serde(expecting = "an object with `seq`")]
struct Outline {
    seq: u64,
    #[serde(default, deserialize_with = "present")]
    lifted: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    snapshot: Option<IgnoredAny>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<IgnoredAny>, D::Error> {
    IgnoredAny::deserialize(deserializer).map(Some)
}
