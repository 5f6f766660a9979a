//! What a recorder is asked for.

use std::fmt;
use std::sync::Arc;

use retake_store::log::LogOptions;

use super::error::RecordError;

/// How a [`Recorder`](super::Recorder) writes. The default writes actions only, on a queue of
/// 1024, and flushes when nothing waits to be written.
///
/// # Examples
/// ```
/// use retake_middleware::{Durability, RecorderOptions, WhenFull};
/// use retake_store::log::LogOptions;
///
/// // Nothing that a dispatch has done is lost when the process dies:
/// let careful = RecorderOptions::new()
///     .log(LogOptions::new().with_hashes(true))
///     .durability(Durability::Flush { every: 1 })
///     .acknowledged(true);
///
/// // A dispatch never waits; the log may end early instead:
/// let quick = RecorderOptions::new()
///     .capacity(100_000)
///     .when_full(WhenFull::Stop)
///     .on_error(|error| eprintln!("no more is recorded: {error}"));
/// # let _ = (careful, quick);
/// ```
#[derive(Clone)]
#[must_use]
pub struct RecorderOptions {
    pub(super) log: LogOptions,
    pub(super) capacity: usize,
    pub(super) when_full: WhenFull,
    pub(super) durability: Durability,
    pub(super) is_acknowledged: bool,
    pub(super) on_error: Option<OnError>,
}

pub(super) type OnError = Arc<dyn Fn(&RecordError) + Send + Sync>;

/// What becomes of a dispatch for which there is no room in the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// It waits until there is room.
    #[default]
    Block,
    /// It goes on, and the log ends before it with [`RecordError::Full`]: a log with a gap
    /// would lead to other states.
    Stop,
}

/// When lines are made to outlive the process, or the machine: when they are *acknowledged*.
///
/// In all cases the output is flushed when nothing waits to be written, when
/// [`Recorder::sync`](super::Recorder::sync) asks for it, and at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// At no other time. While actions come faster than they are written, what has not been
    /// flushed is lost when the process dies.
    #[default]
    None,
    /// The output is flushed after every `every` lines (0 is as 1): lines of a file then
    /// outlive the process, and not the machine.
    Flush {
        /// How many lines may be lost, at most, of those that were written.
        every: u64,
    },
    /// The file is synchronised with its disk after every `every` lines (0 is as 1): lines
    /// then outlive the machine. An output that is no file is flushed.
    Sync {
        /// How many lines may be lost, at most, of those that were written.
        every: u64,
    },
}

impl Default for RecorderOptions {
    fn default() -> Self {
        Self {
            log: LogOptions::new(),
            capacity: 1024,
            when_full: WhenFull::default(),
            durability: Durability::default(),
            is_acknowledged: false,
            on_error: None,
        }
    }
}

impl RecorderOptions {
    /// Returns the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what each line says about the state.
    pub fn log(mut self, log: LogOptions) -> Self {
        self.log = log;
        self
    }

    /// Sets how many actions may wait to be written; 0 is as 1. Each holds a snapshot of the
    /// state, which shares with the others what did not change.
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity.max(1);
        self
    }

    /// Sets what becomes of a dispatch for which there is no room in the queue.
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.when_full = when_full;
        self
    }

    /// Sets when lines are made durable.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Sets whether a dispatch returns only when its line is acknowledged (or the log has
    /// ended). The wait is inside of the store's gate: other dispatches wait, too, and readers
    /// do not. Without it, [`Recorder::sync`](super::Recorder::sync) waits for all lines so far.
    pub fn acknowledged(mut self, is_acknowledged: bool) -> Self {
        self.is_acknowledged = is_acknowledged;
        self
    }

    /// Sets what is called when the log ends early, once, on the thread that writes.
    ///
    /// The store goes on meanwhile; the function may dispatch.
    pub fn on_error(mut self, on_error: impl Fn(&RecordError) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Arc::new(on_error));
        self
    }
}

impl From<LogOptions> for RecorderOptions {
    fn from(log: LogOptions) -> Self {
        Self::new().log(log)
    }
}

impl Durability {
    /// Returns after how many lines that are not acknowledged the writer makes them durable.
    pub(super) fn every(self) -> u64 {
        match self {
            Self::None => u64::MAX,
            Self::Flush { every } | Self::Sync { every } => every.max(1),
        }
    }

    pub(super) fn is_sync(self) -> bool {
        matches!(self, Self::Sync { .. })
    }
}

impl fmt::Debug for RecorderOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecorderOptions")
            .field("log", &self.log)
            .field("capacity", &self.capacity)
            .field("when_full", &self.when_full)
            .field("durability", &self.durability)
            .field("is_acknowledged", &self.is_acknowledged)
            .finish_non_exhaustive()
    }
}
