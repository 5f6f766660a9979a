//! An entry, what it did, and the state after it.

use retake_store::log::Entry;

use super::changes::Changes;
use crate::outcome::CliError;
use crate::recording::Recording;
use crate::recording::state::State;

/// How many entries are replayed before a key is looked for.
const PIECE: u64 = 64;

/// An entry, what it did, and the state after it.
#[derive(Debug)]
pub(crate) struct Moment {
    /// Which entry; 0: the beginning.
    pub(crate) seq: u64,
    /// The entry; `None` at the beginning.
    pub(crate) entry: Option<Entry>,
    /// What it changed.
    pub(crate) changes: Changes,
    /// The state after it.
    pub(crate) state: State,
}

/// How far a moment is from being known.
#[derive(Debug)]
pub(crate) enum Found {
    /// The state after this entry has been replayed on the way.
    Underway(u64),
    /// It is known.
    Moment(Box<Moment>),
    /// The log cannot be replayed to this entry, and why.
    Nothing(u64, String),
}

impl Found {
    /// Returns the entry about which there is nothing more to find.
    pub(crate) fn seq(&self) -> Option<u64> {
        match self {
            Self::Underway(_) => None,
            Self::Moment(moment) => Some(moment.seq),
            Self::Nothing(seq, _) => Some(*seq),
        }
    }

    /// Goes a piece of the way to the entry `seq`.
    pub(crate) fn approach(recording: &mut Recording, seq: u64) -> Self {
        match step(recording, seq) {
            Ok(found) => found,
            Err(error) => Self::Nothing(seq, error.to_string()),
        }
    }
}

fn step(recording: &mut Recording, seq: u64) -> Result<Found, CliError> {
    let from = recording.nearest(seq.saturating_sub(1));
    if let Some(place) = from.checked_add(PIECE).filter(|place| *place < seq) {
        recording.state(place)?;
        return Ok(Found::Underway(place));
    }
    let Some(previous) = seq.checked_sub(1) else {
        let state = recording.state(0)?;
        let moment = Moment { seq, entry: None, changes: Changes::default(), state };
        return Ok(Found::Moment(Box::new(moment)));
    };
    let before = recording.state(previous)?;
    let state = recording.state(seq)?;
    let changes = Changes::between(&before, &state);
    let entry = Some(recording.entry(seq)?);
    Ok(Found::Moment(Box::new(Moment { seq, entry, changes, state })))
}
