//! What waits for the writer, and how far the writer has come.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::error::RecordError;
use super::options::WhenFull;

/// A bounded queue of records, whose places are counted from 1.
pub(super) struct Queue<T> {
    capacity: usize,
    when_full: WhenFull,
    lanes: Mutex<Lanes<T>>,
    /// There is work for the writer.
    work: Condvar,
    /// There is room, records were acknowledged, or the log has ended.
    progress: Condvar,
}

struct Lanes<T> {
    waiting: VecDeque<T>,
    /// Whether more records are taken.
    is_open: bool,
    /// Why not, if nobody has asked for the end.
    error: Option<RecordError>,
    /// The place of the last record that was taken.
    pushed: u64,
    /// The place of the last record that is durable.
    acknowledged: u64,
    /// The last place that somebody waits for to become durable.
    wanted: u64,
    /// How the log has ended; the writer is gone.
    end: Option<Result<(), RecordError>>,
    /// Whether the writer waits for work: to wake one that does not is not free.
    is_idle: bool,
    /// How many threads wait for progress.
    watchers: usize,
}

/// What the writer is to do next.
#[derive(Debug, PartialEq)]
pub(super) enum Task<T> {
    Write(T),
    /// Make durable what was written.
    Acknowledge,
    /// Flush what was written: nothing else is to be done.
    Flush,
    End,
}

/// How far the writer has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    /// The place of the last record that was written.
    pub(super) place: u64,
    pub(super) is_flushed: bool,
}

/// What can be seen from outside.
pub(super) struct Counts {
    pub(super) pushed: u64,
    pub(super) acknowledged: u64,
    pub(super) is_open: bool,
    pub(super) error: Option<RecordError>,
}

impl<T> Queue<T> {
    pub(super) fn new(capacity: usize, when_full: WhenFull) -> Self {
        let lanes = Lanes {
            waiting: VecDeque::new(),
            is_open: true,
            error: None,
            pushed: 0,
            acknowledged: 0,
            wanted: 0,
            end: None,
            is_idle: false,
            watchers: 0,
        };
        let (work, progress) = (Condvar::new(), Condvar::new());
        Self { capacity, when_full, lanes: Mutex::new(lanes), work, progress }
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes<T>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch<'a>(&self, mut lanes: MutexGuard<'a, Lanes<T>>) -> MutexGuard<'a, Lanes<T>> {
        lanes.watchers += 1;
        let mut lanes = self.progress.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        lanes.watchers -= 1;
        lanes
    }

    fn wake_writer(&self, lanes: MutexGuard<'_, Lanes<T>>) {
        let is_idle = lanes.is_idle;
        drop(lanes);
        if is_idle {
            self.work.notify_one();
        }
    }

    fn wake_watchers(&self, lanes: MutexGuard<'_, Lanes<T>>) {
        let watchers = lanes.watchers;
        drop(lanes);
        if watchers > 0 {
            self.progress.notify_all();
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.lanes().is_open
    }

    /// Takes `record` and returns its place; `None` when no more are taken.
    pub(super) fn push(&self, record: T) -> Option<u64> {
        let mut lanes = self.lanes();
        while lanes.is_open && lanes.waiting.len() >= self.capacity {
            match self.when_full {
                WhenFull::Block => lanes = self.watch(lanes),
                WhenFull::Stop => {
                    let capacity = self.capacity;
                    self.end_lane(lanes, Some(RecordError::Full { capacity }));
                    return None;
                }
            }
        }
        if !lanes.is_open {
            return None;
        }
        lanes.waiting.push_back(record);
        lanes.pushed += 1;
        let place = lanes.pushed;
        self.wake_writer(lanes);
        Some(place)
    }

    /// Takes no more records; those that wait are still written.
    pub(super) fn close(&self, error: Option<RecordError>) {
        self.end_lane(self.lanes(), error);
    }

    fn end_lane(&self, mut lanes: MutexGuard<'_, Lanes<T>>, error: Option<RecordError>) {
        if lanes.is_open {
            lanes.is_open = false;
            lanes.error = error;
        }
        let is_watched = lanes.watchers > 0;
        self.wake_writer(lanes);
        if is_watched {
            self.progress.notify_all();
        }
    }

    /// Waits until the record at `place` is durable, or the log has ended.
    pub(super) fn wait_for(&self, place: u64) {
        drop(self.wait_in(self.lanes(), place));
    }

    /// Waits until all records so far are durable, and returns the place of the last one.
    ///
    /// # Errors
    /// When the log has ended early.
    pub(super) fn sync(&self) -> Result<u64, RecordError> {
        let lanes = self.lanes();
        let pushed = lanes.pushed;
        let lanes = self.wait_in(lanes, pushed);
        match lanes.error() {
            Some(error) => Err(error.clone()),
            None => Ok(pushed),
        }
    }

    fn wait_in<'a>(
        &'a self,
        mut lanes: MutexGuard<'a, Lanes<T>>,
        place: u64,
    ) -> MutexGuard<'a, Lanes<T>> {
        lanes.wanted = lanes.wanted.max(place);
        if lanes.is_idle {
            self.work.notify_one();
        }
        while lanes.acknowledged < place && lanes.end.is_none() {
            lanes = self.watch(lanes);
        }
        lanes
    }

    /// Waits until the writer is gone.
    pub(super) fn wait_for_end(&self) -> Result<(), RecordError> {
        let mut lanes = self.lanes();
        loop {
            match &lanes.end {
                Some(end) => return end.clone(),
                None => lanes = self.watch(lanes),
            }
        }
    }

    pub(super) fn counts(&self) -> Counts {
        let lanes = self.lanes();
        let Lanes { pushed, acknowledged, is_open, .. } = *lanes;
        Counts { pushed, acknowledged, is_open, error: lanes.error().cloned() }
    }

    /// Waits for something to do. Of the writer.
    pub(super) fn next(&self, written: Written) -> Task<T> {
        let mut lanes = self.lanes();
        loop {
            // Whoever waits does not wait for what came later.
            if lanes.acknowledged < lanes.wanted && lanes.wanted <= written.place {
                return Task::Acknowledge;
            }
            if let Some(record) = lanes.waiting.pop_front() {
                self.wake_watchers(lanes);
                return Task::Write(record);
            }
            if !lanes.is_open {
                return Task::End;
            }
            if !written.is_flushed {
                return Task::Flush;
            }
            lanes.is_idle = true;
            lanes = self.work.wait(lanes).unwrap_or_else(PoisonError::into_inner);
            lanes.is_idle = false;
        }
    }

    /// Says that everything up to `place` is durable. Of the writer.
    pub(super) fn acknowledge(&self, place: u64) {
        let mut lanes = self.lanes();
        lanes.acknowledged = lanes.acknowledged.max(place);
        self.wake_watchers(lanes);
    }

    /// Says that the log has ended, and returns why, if it ended early. Of the writer.
    pub(super) fn end(&self, result: Result<(), RecordError>) -> Option<RecordError> {
        let mut lanes = self.lanes();
        lanes.is_open = false;
        // The writer fails at an earlier record than the one that was refused.
        let end = result.and(lanes.error.take().map_or(Ok(()), Err));
        lanes.end = Some(end.clone());
        // Values of the application are not dropped under the lock.
        let unwritten = mem::take(&mut lanes.waiting);
        self.wake_watchers(lanes);
        drop(unwritten);
        end.err()
    }
}

impl<T> Lanes<T> {
    fn error(&self) -> Option<&RecordError> {
        match &self.end {
            Some(end) => end.as_ref().err(),
            None => self.error.as_ref(),
        }
    }
}
