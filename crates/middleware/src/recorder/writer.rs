//! The thread that writes.

use std::any::Any;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use retake_store::Action;
use retake_store::history::HistoryOptions;
use retake_store::log::{AppInfo, Content, Header, WriteError};
use serde::Serialize;

use super::apis::RecordedApis;
use super::error::RecordError;
use super::options::RecorderOptions;
use super::output::{Log, Output, not_json};
use super::queue::{Queue, Task, Written};

/// What is handed to the writer.
pub(super) enum Record<S, A> {
    /// The store begins with this state. The first record, and the only one of its kind.
    Begin { state: Arc<S>, history: Option<HistoryOptions>, apis: RecordedApis<A> },
    /// Something led to a state.
    Entry { at: u64, content: Content<A>, after: Arc<S> },
}

/// A log that is being written.
pub(super) struct Writer<S, A> {
    queue: Arc<Queue<Record<S, A>>>,
    app: AppInfo,
    options: RecorderOptions,
    /// Until the log has begun.
    output: Option<Output>,
    log: Option<Log>,
    apis: RecordedApis<A>,
    written: Written,
}

impl<S: Serialize, A: Action> Writer<S, A> {
    pub(super) fn new(
        queue: Arc<Queue<Record<S, A>>>,
        output: Output,
        app: AppInfo,
        options: RecorderOptions,
    ) -> Self {
        let written = Written { place: 0, is_flushed: true };
        let (output, apis) = (Some(output), RecordedApis::new());
        Self { queue, app, options, output, log: None, apis, written }
    }

    /// Writes until the queue ends.
    pub(super) fn run(mut self) {
        let written = catch_unwind(AssertUnwindSafe(|| self.write()));
        let written = written.unwrap_or_else(|panic| Err(forget(panic)));
        // What is whole outlives an error. An output that has failed may fail again.
        let settled = self.acknowledge();
        // Whoever waits for the end may open the file.
        (self.output, self.log) = (None, None);
        let Some(error) = self.queue.end(written.and(settled)) else { return };
        tracing::error!(target: "retake", "the action log ends here: {error}");
        if let Some(on_error) = &self.options.on_error {
            on_error(&error);
        }
    }

    fn write(&mut self) -> Result<(), RecordError> {
        let every = self.options.durability.every();
        let mut acknowledged = 0;
        loop {
            match self.queue.next(self.written) {
                Task::Write(record) => {
                    self.write_record(record)?;
                    self.written.place += 1;
                    self.written.is_flushed = false;
                    if self.written.place - acknowledged < every {
                        continue;
                    }
                    self.acknowledge()?;
                }
                Task::Acknowledge => self.acknowledge()?,
                Task::Flush => {
                    self.flush()?;
                    continue;
                }
                Task::End => return Ok(()),
            }
            acknowledged = self.written.place;
        }
    }

    fn write_record(&mut self, record: Record<S, A>) -> Result<(), RecordError> {
        match (record, &mut self.log) {
            (Record::Begin { state, history, apis }, None) => {
                let Some(output) = self.output.take() else { return Ok(()) };
                self.apis = apis;
                let header = Header::new(self.app.clone(), &*state);
                let header = header.map_err(not_json)?.with_history(history);
                self.log = Some(output.begin(&header, &*state, self.options.log)?);
            }
            (Record::Entry { at, content, after }, Some(log)) => {
                match content {
                    Content::Action(action) => {
                        let wire = self.apis.to_wire(&action).map_err(WriteError::from)?;
                        log.writer.append_wire(at, wire, &*after)?
                    }
                    Content::Lifted(change) => log.writer.append_lifted(at, change, &*after)?,
                };
            }
            (Record::Begin { .. }, Some(_)) | (Record::Entry { .. }, None) => {}
        }
        Ok(())
    }

    /// Flushes; lines of an output that nobody synchronises are durable then.
    fn flush(&mut self) -> Result<(), RecordError> {
        let Some(log) = &mut self.log else { return Ok(()) };
        log.writer.flush()?;
        self.written.is_flushed = true;
        if !self.options.durability.is_sync() {
            self.queue.acknowledge(self.written.place);
        }
        Ok(())
    }

    /// Makes durable what was written.
    fn acknowledge(&mut self) -> Result<(), RecordError> {
        self.flush()?;
        let Some(log) = self.log.as_ref().filter(|_| self.options.durability.is_sync()) else {
            return Ok(());
        };
        if let Some(Err(error)) = log.file.as_ref().map(File::sync_data) {
            // Some systems forget what they could not write, and the next call succeeds.
            self.log = None;
            return Err(error.into());
        }
        self.queue.acknowledge(self.written.place);
        Ok(())
    }
}

/// Returns that the writer panicked. A payload that panics when it is dropped is leaked.
fn forget(panic: Box<dyn Any + Send>) -> RecordError {
    std::mem::forget(panic);
    RecordError::Panicked
}
