//! Action logs: what happened, line by line, and the state that it leads to.
//!
//! - [`LogWriter`] writes a log, [`LogReader`] reads it one [`Entry`] at a time.
//! - [`fold`] replays a log: it reads the state of the [`Header`] and reduces each action
//!   onto it. Nothing but reducers runs, and no effect runs again. [`Head`] is the state on the
//!   way, with the history of stores that keep one.
//! - [`verify`] replays a log and compares each state with what the log says about it; a
//!   [`Divergence`] names the first action that leads elsewhere, and where in the state.
//! - [`fold_api_slices`] replays the slices of a log's apis without the application's code.
//! - [`recover`] finds the end of the last whole line of a log, for a writer that goes on there.
//! - [`compact`] and [`Replay::compact`] write a log anew, from one of its entries on.
//! - [`latest_snapshot`] finds where a replay can begin that is to go to one entry only.
//! - [`shrink`] makes of a log that diverges a small one that diverges in the same way.
//! - [`Upcaster`] brings actions of older versions of the application up to date; [`Upcasts`] are
//!   typed ones.
//! - [`state_hashes`] tells states apart by slice.
//!
//! # Format
//!
//! A log is NDJSON: one JSON value per line. Line 1 is the header, every other an entry:
//!
//! ```json
//! {"retake":1,"app":{"name":"counter","version":"1.0.0"},"state":{"count":1}}
//! {"seq":1,"at":1700000000000,"action":{"type":"counter/added","payload":2}}
//! ```
//!
//! `seq` counts from 1 without gaps and `at` is in milliseconds since the Unix epoch. An
//! entry can say more about the state *after* its action: `hash` (of every slice, see
//! [`state_hashes`]), `patch` (RFC 6902, from the serialised state before to that after) and
//! `snapshot` (the state itself). If the store keeps its history, the header has the options
//! of it in `history`, and an entry with `lifted` in the place of `action` records a
//! [change](crate::history::HistoryChange) of it; the state is then the head, which the next
//! action is reduced onto. Members that are not known are skipped, and so are blank lines
//! behind the header. Line numbers are 1-based and count the header and the blank lines.
//!
//! # Examples
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/log/doc/counter.rs"));
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use retake_store::log::{AppInfo, LogOptions, LogReader, LogWriter, fold, verify};
//!
//! let mut state = Counter { count: 1 };
//! let options = LogOptions::new().with_hashes(true).with_patches(true);
//! let mut writer = LogWriter::new(Vec::new(), AppInfo::new("counter", "1.0.0"), &state, options)?;
//! for (at, action) in [(1000, Added(2)), (2000, Added(4))] {
//!     state.reduce(&action);
//!     writer.append(at, &action, &state)?;
//! }
//! let log = writer.into_inner();
//!
//! let mut replay = fold::<Counter, Added, _>(LogReader::new(log.as_slice())?)?;
//! let mut counts = Vec::new();
//! while let Some(step) = replay.next_step() {
//!     counts.push(step?.state.count);
//! }
//! assert_eq!(counts, [3, 7]);
//!
//! let verified = verify::<Counter, Added, _>(LogReader::new(log.as_slice())?)?;
//! assert_eq!(verified.actions, 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Trade-offs
//!
//! - Text costs more than a binary form and can be read, searched and corrected by hand.
//! - Hashes, patches and snapshots serialise the whole state at every action. They are for a
//!   writer that is off the dispatch path.
//! - States are read straight from text, and so keep the order of their properties. Hashes
//!   and patches do not see order.
mod api_slices;
mod compact;
mod depth;
mod divergence;
mod entry;
mod error;
mod hash;
mod head;
mod header;
mod options;
mod reader;
mod recorded;
mod recover;
mod rehydrate;
mod replay;
mod shrink;
mod snapshot;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
mod untyped;
mod upcast;
mod verify;
mod writer;

pub use api_slices::{ApiSlices, fold_api_slices};
pub use compact::{CompactError, Compacted, Compaction, compact};
pub use divergence::{Difference, Divergence, differences};
pub use entry::{Content, Entry};
pub use error::LogError;
pub use hash::state_hashes;
pub use head::Head;
pub use header::{AppInfo, Header};
pub use options::LogOptions;
pub use reader::LogReader;
pub use recover::{LogEnd, recover};
pub use rehydrate::with_rehydration;
pub use replay::{Replay, Step, fold};
pub use shrink::{ShrinkError, Shrunk, shrink};
pub use snapshot::{SnapshotPlace, latest_snapshot};
pub use untyped::UntypedAction;
pub use upcast::{Upcaster, Upcasts};
pub use verify::{Verified, VerifyError, verify};
pub use writer::{LogWriter, WriteError};

/// The version of the format that is written and read.
const VERSION: u64 = 1;
