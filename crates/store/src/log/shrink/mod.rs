//! Shrinking: of a log that diverges, what is needed to diverge in the same way.

mod ddmin;
mod fault;
mod origin;
mod search;
mod small;
mod tree;
mod trial;

use std::fmt;
use std::io::{BufRead, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::divergence::Divergence;
use super::entry::Entry;
use super::error::LogError;
use super::header::Header;
use super::replay::Replay;
use super::verify::Verified;
use crate::action::Action;
use crate::reducer::Reducer;
use crate::state::State;
use search::Search;

/// Returns a small log that diverges as the log of `replay` does.
///
/// `replay` is called several times and returns the replay of the same log, from its
/// beginning, each time. The result is a recording itself: its header has a state, its entries
/// have the actions as they were recorded, and [`verify`](super::verify) finds the fault at its
/// last entry. It is found in three steps:
///
/// 1. The state before the divergence becomes the new header. As the log and the replay agree
///    on it, the action that diverged is all there is behind it.
/// 2. If it does not diverge there as it did, then the state is not serialised in full and
///    earlier actions left something in it. The header goes back by 4, 16, 64 and so on actions,
///    until the fault is there again; then all actions that it does not need are dropped, and
///    what is left is tried from the later states, too.
/// 3. What the fault does not need is cut from the header's state, if the log says what was
///    expected (patches or snapshots, not hashes only). The differences stay the very same. A
///    member that reading fills in again (`#[serde(default)]`) stands there with that value.
///
/// The last entry expects what was recorded there, if the slices that differ are before it as
/// they were. If they are not, because actions were dropped, nobody recorded what is right. Then
/// it expects what the action leads to from the same state, read back from its JSON: where step 1
/// does not diverge, this is what the log says. Other entries expect what the replay has.
///
/// A log that has changes of its store's history between the actions that the fault needs, or
/// that diverges at one, is returned up to its divergence, and not made smaller.
///
/// Actions are kept as the log has them, states are in the form of today: an upcaster still
/// applies, and a conversion of the header's state does not.
///
/// Time: two replays of the log up to the divergence, one reading of it for each step back, and
/// at most 1,000,000 reduced actions and 2,000 readings of a state beyond that: then the search
/// ends with what it has. [`Shrunk`] says how many they were. Memory: the actions since the
/// header that shows the fault, and the states at the steps back.
///
/// Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input".
///
/// # Errors
/// [`ShrinkError::Verified`] when the log does not diverge, and [`ShrinkError::Log`] when it
/// cannot be replayed up to the divergence.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use retake_store::log::{LogReader, fold, shrink};
/// let log = br#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":1}}
/// {"seq":1,"at":0,"action":{"type":"counter/added","payload":3},"patch":[{"op":"replace","path":"/count","value":4}]}
/// {"seq":2,"at":5,"action":{"type":"counter/added","payload":2},"patch":[{"op":"replace","path":"/count","value":7}]}
/// "#;
/// let shrunk = shrink(|| fold::<Counter, Added, _>(LogReader::new(&log[..])?))?;
/// assert_eq!(shrunk.divergence.seq, 2);
/// assert_eq!(shrunk.to_string(), r#"{"retake":1,"app":{"name":"counter","version":"1"},"state":{"count":4}}
/// {"seq":1,"at":5,"action":{"type":"counter/added","payload":2},"patch":[{"op":"replace","path":"/count","value":7}]}
/// "#);
/// # Ok(())
/// # }
/// ```
pub fn shrink<S, A, R>(
    replay: impl FnMut() -> Result<Replay<S, A, R>, LogError>,
) -> Result<Shrunk, ShrinkError>
where
    S: State + Serialize + DeserializeOwned + Reducer<A>,
    A: Action,
    R: BufRead,
{
    Search { replay }.run()
}

/// A small log that diverges: see [`shrink`]. It is displayed as its text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Shrunk {
    /// How the whole log diverged.
    pub divergence: Divergence,
    /// The state that the small log begins with.
    pub header: Header,
    /// The actions that are left; the last one diverges.
    pub entries: Vec<Entry>,
    /// Whether the fault lies in a part of the state that is not serialised.
    pub is_hidden: bool,
    /// How often a state was read and actions were replayed onto it, the log itself included.
    pub replays: u64,
    /// How many actions were reduced for that.
    pub reduced: u64,
}

impl Shrunk {
    /// Writes the log.
    ///
    /// # Errors
    /// When `output` fails.
    pub fn write_to(&self, mut output: impl Write) -> std::io::Result<()> {
        output.write_all(self.to_string().as_bytes())
    }
}

impl fmt::Display for Shrunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |json: serde_json::Result<String>| {
            // Raw JSON keeps its line breaks, which are between tokens.
            writeln!(f, "{}", json.map_err(|_| fmt::Error)?.replace(['\n', '\r'], " "))
        };
        line(serde_json::to_string(&self.header))?;
        self.entries.iter().try_for_each(|entry| line(serde_json::to_string(entry)))
    }
}

/// A log cannot be shrunk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShrinkError {
    /// The log cannot be replayed up to its divergence.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The log leads to the states that it says.
    #[error(
        "there is nothing to shrink: the log leads to the states that it says ({} of its {} \
         actions say something)", .0.compared, .0.actions
    )]
    Verified(Verified),
    /// The log is another one each time.
    #[error("the log changed while it was read; shrink it again when nobody writes it")]
    Changed,
}
