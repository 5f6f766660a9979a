//! The recorder: what happens to a store, as an action log.

use std::fmt;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use retake_store::log::{AppInfo, LogOptions, LogWriter, WriteError};
use retake_store::{Action, DispatchError, Middleware, Next, Reducer, State};
use retake_thunks::Environment;
use serde::Serialize;

/// How many actions may wait for the writer.
const CAPACITY: usize = 1024;

/// A middleware that writes every action to a log, on a thread of its own.
///
/// Added *last*, it records what reaches the reducers, in that order; middleware behind it
/// could still swallow or replace actions. A dispatch pays for a copy of the action and a
/// snapshot; hashes and patches are computed from snapshots by the thread. Only when the
/// thread is 1024 actions behind does a dispatch wait for it.
///
/// The header has the state before the first action, and is written with it. Times are those
/// of the store's [`Runtime`](retake_thunks::Runtime). The output is flushed whenever nothing
/// waits to be written. The first error ends the log: one with a gap leads to other states.
///
/// Clones are one recorder. Dropping the last one, which is usually the store's, ends the log
/// as [`finish`](Self::finish) does, and logs the error.
///
/// # Examples
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::io::{BufReader, pipe};
/// use std::sync::Arc;
/// use retake_middleware::Recorder;
/// use retake_store::Store;
/// use retake_store::log::{AppInfo, LogOptions, LogReader, verify};
/// use retake_testing::VirtualRuntime;
/// use retake_thunks::{Environment, Extra};
///
/// let (log, output) = pipe()?;
/// let options = LogOptions::new().with_hashes(true).with_patches(true);
/// let recorder = Recorder::new(output, AppInfo::new("counter", "1.0.0"), options)?;
///
/// // `configure_store` of the facade does these two.
/// let runtime = Environment::new(Arc::new(VirtualRuntime::new()), Extra::default());
/// let store = Store::builder(Counter { count: 1 }).extension(runtime);
/// let store = store.middleware(recorder.clone()).build();
///
/// store.dispatch(Added(2));
/// store.dispatch(Added(4));
/// recorder.finish()?;
///
/// let verified = verify::<Counter, Added, _>(LogReader::new(BufReader::new(log))?)?;
/// assert_eq!(verified.actions, 2);
/// # Ok(())
/// # }
/// ```
pub struct Recorder<S, A>(Arc<Recording<S, A>>);

struct Recording<S, A> {
    records: Mutex<Records<S, A>>,
    writer: Mutex<Option<JoinHandle<Result<(), WriteError>>>>,
}

/// The way to the writer.
struct Records<S, A> {
    /// `None` when the log has ended.
    sender: Option<SyncSender<Record<S, A>>>,
    /// The state before the first action.
    initial: Initial<S>,
    /// Why the log ended, if it was not the writer that failed.
    error: Option<DispatchError>,
}

enum Initial<S> {
    Unknown,
    Known(Arc<S>),
    Sent,
}

struct Record<S, A> {
    at: u64,
    action: A,
    /// The state before the action; only with the first one.
    before: Option<Arc<S>>,
    after: Arc<S>,
}

/// The log does not hold everything that happened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The log could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The store has no runtime, and so no time.
    #[error("nothing can be recorded: {0}")]
    Unconfigured(#[from] DispatchError),
    /// The serialisation of the state or of an action panicked.
    #[error(
        "the writer of the log panicked: correct the `Serialize` of the state or of the action \
         that the message on standard error is about"
    )]
    Panicked,
}

impl<S, A> Recorder<S, A>
where
    S: State + Serialize,
    A: Action,
{
    /// Returns a recorder that writes the log of `app` to `output`.
    ///
    /// # Errors
    /// When the thread cannot be started; there are none on `wasm32`.
    pub fn new(
        output: impl Write + Send + 'static,
        app: AppInfo,
        options: LogOptions,
    ) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(CAPACITY);
        let writer = Builder::new().name("retake-recorder".into()).spawn(move || {
            write(&receiver, output, app, options).inspect_err(|error| {
                tracing::error!(target: "retake", "the action log ends here: {error}");
            })
        })?;
        let records = Records { sender: Some(sender), initial: Initial::Unknown, error: None };
        let writer = Mutex::new(Some(writer));
        Ok(Self(Arc::new(Recording { records: Mutex::new(records), writer })))
    }
}

impl<S, A> Recorder<S, A> {
    /// Ends the log: writes what still waits, flushes, and waits until that is done.
    ///
    /// What is dispatched from now on is not recorded. A second call does nothing.
    ///
    /// # Errors
    /// The first [`RecordError`]: the log ends before it.
    pub fn finish(&self) -> Result<(), RecordError> {
        self.0.finish()
    }
}

impl<S, A> Recording<S, A> {
    fn records(&self) -> MutexGuard<'_, Records<S, A>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether there is anything to record, and keeps the state before the first action.
    fn begin(&self, state: impl FnOnce() -> Arc<S>) -> bool {
        let mut records = self.records();
        if let (Some(_), Initial::Unknown) = (&records.sender, &records.initial) {
            records.initial = Initial::Known(state());
        }
        records.sender.is_some()
    }

    fn record(&self, at: u64, action: A, after: Arc<S>) {
        let mut records = self.records();
        let Some(sender) = records.sender.clone() else { return };
        let before = match std::mem::replace(&mut records.initial, Initial::Sent) {
            Initial::Known(before) => Some(before),
            Initial::Unknown | Initial::Sent => None,
        };
        if sender.send(Record { at, action, before, after }).is_err() {
            // The writer has failed, and says so when it is asked to finish.
            records.end(None);
        }
    }

    fn finish(&self) -> Result<(), RecordError> {
        let error = {
            let mut records = self.records();
            records.end(None);
            records.error.take()
        };
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let written = match writer.map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(written)) => written.map_err(RecordError::Write),
            Some(Err(_)) => Err(RecordError::Panicked),
        };
        written.and(error.map_or(Ok(()), |error| Err(error.into())))
    }
}

impl<S, A> Records<S, A> {
    fn end(&mut self, error: Option<DispatchError>) {
        self.sender = None;
        self.error = self.error.take().or(error);
    }
}

impl<S, A> Drop for Recording<S, A> {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            tracing::error!(target: "retake", "the action log is incomplete: {error}");
        }
    }
}

impl<S, A> Middleware<S, A> for Recorder<S, A>
where
    S: State + Reducer<A>,
    A: Action,
{
    /// The gate of the store is ours meanwhile: records are sent in the order in which actions
    /// are reduced.
    fn handle(&self, action: A, next: Next<'_, S, A>) {
        let store = next.store();
        if !self.0.begin(|| store.state()) {
            return next.run(action);
        }
        let at = Environment::of(store).map(|environment| environment.runtime().now());
        let recorded = action.clone();
        next.run(action);
        match at {
            Ok(at) => self.0.record(at, recorded, store.state()),
            Err(error) => self.0.records().end(Some(error)),
        }
    }
}

/// Writes the records until their sender is gone.
fn write<S: Serialize, A: Action, W: Write>(
    records: &Receiver<Record<S, A>>,
    output: W,
    app: AppInfo,
    options: LogOptions,
) -> Result<(), WriteError> {
    let Ok(Record { at, action, before, after }) = records.recv() else { return Ok(()) };
    let before = before.as_ref().unwrap_or(&after);
    let mut log = LogWriter::new(output, app, &**before, options)?;
    log.append(at, &action, &*after)?;
    loop {
        let record = match records.try_recv() {
            Err(TryRecvError::Empty) => {
                log.flush()?;
                records.recv().ok()
            }
            record => record.ok(),
        };
        let Some(Record { at, action, after, .. }) = record else { return log.flush() };
        log.append(at, &action, &*after)?;
    }
}

impl<S, A> Clone for Recorder<S, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, A> fmt::Debug for Recorder<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_recording = self.0.records().sender.is_some();
        f.debug_struct("Recorder").field("is_recording", &is_recording).finish_non_exhaustive()
    }
}
