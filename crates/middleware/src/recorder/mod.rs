//! The recorder: what happens to a store, as an action log.

mod apis;
mod error;
mod options;
mod output;
mod queue;
mod writer;

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use retake_store::history::HistoryChange;
use retake_store::log::{AppInfo, Content};
use retake_store::{Action, Middleware, Next, Reducer, State, Store};
use retake_thunks::Environment;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use apis::RecordedApis;
pub use error::{OpenError, RecordError};
pub use options::{Durability, RecorderOptions, WhenFull};
use output::Output;
use queue::{Counts, Queue};
use writer::{Record, Writer};

/// A middleware that writes every action to a log, on a thread of its own.
///
/// Added *last*, it records what reaches the reducers, in that order; middleware behind it
/// could still swallow or replace actions. A dispatch pays for a copy of the action and a
/// snapshot; hashes and patches are computed from snapshots by the thread. Only when the
/// thread is as many actions behind as the queue has room for does a dispatch wait for it
/// ([`RecorderOptions`] say how many, and what else could be done then).
///
/// The header is written when the store is built, and has the state that it begins with.
/// Times are those of the store's [`Runtime`](retake_thunks::Runtime). The first error ends
/// the log, for one with a gap leads to other states, and the store goes on:
/// [`RecorderOptions::on_error`] is told, [`status`](Self::status) shows it, and
/// [`sync`](Self::sync) and [`finish`](Self::finish) return it.
///
/// # What is safe
///
/// A line is *acknowledged* when it is as durable as [`Durability`] asks for; no acknowledged
/// line is lost. That one is, [`status`](Self::status) says; [`sync`](Self::sync) waits until
/// all lines so far are; with [`RecorderOptions::acknowledged`] each dispatch waits for its
/// line. A line that was not acknowledged may be torn by a crash: only the last one can be.
///
/// Clones are one recorder, and a recorder is for one store. Dropping the last clone, which
/// is usually the store's, ends the log as [`finish`](Self::finish) does.
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
/// assert_eq!(recorder.sync()?, 2);
/// recorder.finish()?;
///
/// let verified = verify::<Counter, Added, _>(LogReader::new(BufReader::new(log))?)?;
/// assert_eq!(verified.actions, 2);
/// # Ok(())
/// # }
/// ```
pub struct Recorder<S, A>(Arc<Recording<S, A>>);

struct Recording<S, A> {
    queue: Arc<Queue<Record<S, A>>>,
    /// The number of the last entry of the log that is gone on with.
    last_entry: Option<u64>,
    /// Whether that log has a history at its end.
    had_history: bool,
    /// Whether the state that the store begins with was handed over.
    has_begun: AtomicBool,
    /// Whether a dispatch waits for its line.
    is_acknowledged: bool,
}

/// How far a recorder has come.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecorderStatus {
    /// The number of the last entry that was handed to the writer: its `seq` in the log. What
    /// was there before counts, in a log that was gone on with.
    pub recorded: u64,
    /// The number of the last entry that is as durable as was asked for.
    pub acknowledged: u64,
    /// Whether what is dispatched is recorded.
    pub is_recording: bool,
    /// Why the log ends early, if it does.
    pub error: Option<RecordError>,
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
        options: impl Into<RecorderOptions>,
    ) -> io::Result<Self> {
        Self::start(Output::new(output), app, options.into())
    }

    /// Returns a recorder that writes the log of `app` to a new file at `path`.
    ///
    /// # Errors
    /// [`OpenError::Exists`] when there is one: a log is not overwritten. Other [`OpenError`]s
    /// when the file cannot be created, or the thread cannot be started.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use retake_middleware::{OpenError, Recorder};
    /// use retake_store::log::{AppInfo, LogOptions};
    ///
    /// # let path = std::env::temp_dir().join(format!("retake-doc-{}", std::process::id()));
    /// let create = || {
    ///     let app = AppInfo::new("counter", "1.0.0");
    ///     Recorder::<Counter, Added>::create(&path, app, LogOptions::new())
    /// };
    /// let recorder = create()?;
    /// assert!(matches!(create(), Err(OpenError::Exists { .. })));
    /// # recorder.finish()?;
    /// # std::fs::remove_file(path)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(
        path: impl AsRef<Path>,
        app: AppInfo,
        options: impl Into<RecorderOptions>,
    ) -> Result<Self, OpenError> {
        let path = path.as_ref();
        Self::open(Output::create(path)?, path, app, options.into())
    }

    /// Returns a recorder that goes on with the log at `path`, and the state that the log leads
    /// to, for the store to begin with. Without a log there, the recorder begins one, and there
    /// is no state.
    ///
    /// A line that a crash has torn is cut off; without a whole header, no log has begun. The
    /// log goes on if the store begins with that state; if not, it is left as it is, and the
    /// recorder ends with [`WriteError::OtherState`](retake_store::log::WriteError::OtherState),
    /// which [`sync`](Self::sync) returns after the store was built.
    ///
    /// Requests that were under way when the log ended are under way in that state, too. A
    /// history is not resumed: the new one begins with that state, and a line says so.
    ///
    /// Time: the log is read twice, and folded once.
    ///
    /// # Errors
    /// [`OpenError`] when the file cannot be opened or another recorder writes to it; when it
    /// is no log, or not one of this application in this version; when its last hashes are not
    /// those of the state that it leads to, because the form of the state or a reducer has
    /// changed. No line of it has changed then.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use std::sync::Arc;
    /// # use retake_testing::VirtualRuntime;
    /// # use retake_thunks::{Environment, Extra};
    /// use retake_middleware::Recorder;
    /// use retake_store::Store;
    /// use retake_store::log::{AppInfo, LogOptions};
    ///
    /// # let path = std::env::temp_dir().join(format!("retake-resume-{}", std::process::id()));
    /// for run in 1..=3 {
    ///     let app = AppInfo::new("counter", "1.0.0");
    ///     let (recorder, state) = Recorder::resume(&path, app, LogOptions::new())?;
    ///     let store = Store::builder(state.unwrap_or(Counter { count: 0 }));
    /// #   let runtime = Environment::new(Arc::new(VirtualRuntime::new()), Extra::default());
    /// #   let store = store.extension(runtime);
    ///     let store = store.middleware(recorder.clone()).build();
    ///     store.dispatch(Added(2));
    ///     assert_eq!(store.state().count, 2 * run);
    ///     recorder.finish()?;
    /// }
    /// # std::fs::remove_file(path)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(
        path: impl AsRef<Path>,
        app: AppInfo,
        options: impl Into<RecorderOptions>,
    ) -> Result<(Self, Option<S>), OpenError>
    where
        S: Reducer<A> + DeserializeOwned,
    {
        let path = path.as_ref();
        let (output, state) = Output::resume::<S, A>(path, &app)?;
        Ok((Self::open(output, path, app, options.into())?, state))
    }

    fn open(
        output: Output,
        path: &Path,
        app: AppInfo,
        options: RecorderOptions,
    ) -> Result<Self, OpenError> {
        if options.durability.is_sync() {
            output::sync_name(path)?;
        }
        Self::start(output, app, options).map_err(OpenError::Thread)
    }

    fn start(output: Output, app: AppInfo, options: RecorderOptions) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(options.capacity, options.when_full));
        let (last_entry, had_history) = output.end().unzip();
        let (had_history, is_acknowledged) = (had_history == Some(true), options.is_acknowledged);
        let writer = Writer::new(Arc::clone(&queue), output, app, options);
        thread::Builder::new().name("retake-recorder".into()).spawn(move || writer.run())?;
        let has_begun = AtomicBool::new(false);
        Ok(Self(Arc::new(Recording { queue, last_entry, had_history, has_begun, is_acknowledged })))
    }
}

impl<S, A> Recorder<S, A> {
    /// Waits until everything that was dispatched so far is in the log and as durable as
    /// [`Durability`] asks for, and returns the number of the last entry.
    ///
    /// # Errors
    /// [`RecordError`] when the log has ended before: it does not hold everything.
    pub fn sync(&self) -> Result<u64, RecordError> {
        self.0.queue.sync().map(|place| self.0.entry(place))
    }

    /// Returns the number of the last entry of the log, be it written already or not; 0 when
    /// there is none. It grows by one with each action, and with each change of the history that
    /// a log has to know of, and with nothing else.
    #[must_use]
    pub fn recorded(&self) -> u64 {
        self.status().recorded
    }

    /// Returns how far the log has come.
    #[must_use]
    pub fn status(&self) -> RecorderStatus {
        let Counts { pushed, acknowledged, is_open, error } = self.0.queue.counts();
        let (recorded, acknowledged) = (self.0.entry(pushed), self.0.entry(acknowledged));
        RecorderStatus { recorded, acknowledged, is_recording: is_open, error }
    }

    /// Ends the log: writes what still waits, makes it durable, and waits until that is done.
    ///
    /// What is dispatched from now on is not recorded. A second call returns the same.
    ///
    /// # Errors
    /// The first [`RecordError`]: the log ends before it.
    pub fn finish(&self) -> Result<(), RecordError> {
        self.0.queue.close(None);
        self.0.queue.wait_for_end()
    }
}

impl<S: State + Reducer<A>, A: Action> Recording<S, A> {
    /// Hands over the state that the store begins with, once.
    fn begin(&self, store: &Store<S, A>) {
        if self.has_begun.swap(true, Ordering::Relaxed) {
            return;
        }
        let now = match Environment::of(store) {
            Ok(environment) => environment.runtime().now(),
            Err(error) => return self.queue.close(Some(error.into())),
        };
        let history = store.history().map(|history| history.options().clone());
        let apis = store.extension::<RecordedApis<A>>().cloned().unwrap_or_default();
        // The log that is gone on with has a header, and its history is not this one.
        let is_restart = self.had_history || (history.is_some() && self.last_entry.is_some());
        let restart = is_restart.then(|| history.clone());
        self.record(Record::Begin { state: store.head(), history, apis });
        if let Some(history) = restart {
            let content = Content::Lifted(HistoryChange::restart(history));
            self.record(Record::Entry { at: now, content, after: store.head() });
        }
    }
}

impl<S, A> Recording<S, A> {
    /// Returns the number of the entry at a place of the queue, in which the beginning is first.
    fn entry(&self, place: u64) -> u64 {
        self.last_entry.unwrap_or(0) + place.saturating_sub(1)
    }

    fn record(&self, record: Record<S, A>) {
        let place = self.queue.push(record);
        if let Some(place) = place.filter(|_| self.is_acknowledged) {
            self.queue.wait_for(place);
        }
    }
}

impl<S, A> Drop for Recording<S, A> {
    fn drop(&mut self) {
        self.queue.close(None);
        // The writer has said why, if the log ends early.
        let _ = self.queue.wait_for_end();
    }
}

impl<S, A> Middleware<S, A> for Recorder<S, A>
where
    S: State + Reducer<A>,
    A: Action,
{
    fn built(&self, store: &Store<S, A>) {
        self.0.begin(store);
    }

    /// The gate of the store is ours meanwhile: records are pushed in the order in which
    /// actions are reduced.
    fn handle(&self, action: A, next: Next<'_, S, A>) {
        let store = next.store();
        // Another middleware may have wrapped this one, and passes on nothing but actions.
        self.0.begin(store);
        let is_recording = self.0.queue.is_open() && !store.is_locked();
        let environment = Environment::of(store).ok().filter(|_| is_recording);
        let Some(environment) = environment else { return next.run(action) };
        let (at, content) = (environment.runtime().now(), Content::Action(action.clone()));
        next.run(action);
        self.0.record(Record::Entry { at, content, after: store.head() });
    }

    fn travelled(&self, change: &HistoryChange, store: &Store<S, A>) {
        if let Ok(environment) = Environment::of(store)
            && self.0.queue.is_open()
        {
            let (at, content) = (environment.runtime().now(), Content::Lifted(change.clone()));
            self.0.record(Record::Entry { at, content, after: store.head() });
        }
    }
}

impl<S, A> Clone for Recorder<S, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, A> fmt::Debug for Recorder<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("status", &self.status()).finish()
    }
}
