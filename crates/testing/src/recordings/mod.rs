//! Recordings as tests: each is replayed, and compared with what it says.

mod directory;
mod error;
mod panic;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use retake_store::log::{
    AppInfo, LogError, LogReader, Replay, Upcaster, Verified, VerifyError, fold, shrink,
};
use retake_store::{Action, Reducer, State, WireAction, WireError};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::{RecordingError, ShrunkTo};

/// The recordings of an application in a directory: each file `*.ndjson` in it, or in a directory
/// in it, is a test.
///
/// A test replays its recording with the reducers alone, which makes no request, starts no
/// timer and appends nothing, and compares every state with the hashes, patches and snapshots
/// that the recording has. [`replay_tests!`](crate::replay_tests) is a whole test target; this
/// type is for those that do more.
///
/// # Examples
/// ```
/// use retake::prelude::*;
/// use retake::store::log::{AppInfo, LogOptions, LogWriter};
/// use retake_testing::Recordings;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, Default, Serialize, Deserialize)]
/// struct Counter { value: i64 }
///
/// #[slice(name = "counter")]
/// impl Counter {
///     fn added(&mut self, by: i64) { self.value += by; }
/// }
///
/// #[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
/// struct App { counter: Counter }
///
/// #[derive(Clone, Debug, Action)]
/// enum AppAction { Counter(CounterAction) }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = std::env::temp_dir().join(format!("retake-recordings-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// let mut app = App::default();
/// let file = std::fs::File::create(directory.join("adding.ndjson"))?;
/// let options = LogOptions::new().with_hashes(true).with_patches(true);
/// let mut log = LogWriter::new(file, AppInfo::new("counter", "1"), &app, options)?;
/// let action = AppAction::from(CounterAction::Added(2));
/// let _ = app.reduce(&action);
/// log.append(0, &action, &app)?;
///
/// let recordings = Recordings::<App, AppAction>::new(&directory);
/// for path in recordings.paths()? {
///     assert_eq!(recordings.replay(&path)?.actions, 1);
/// }
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok(())
/// # }
/// ```
pub struct Recordings<S, A> {
    directory: PathBuf,
    /// Where shrunk recordings go.
    shrunk: PathBuf,
    upcasters: Vec<Arc<dyn Upcaster>>,
    types: PhantomData<fn(S) -> A>,
}

impl<S, A> Recordings<S, A> {
    /// Returns the recordings in `directory`; what is shrunk goes to the temporary directory.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        let (directory, shrunk) = (directory.into(), std::env::temp_dir().join("retake-shrunk"));
        Self { directory, shrunk, upcasters: Vec::new(), types: PhantomData }
    }

    /// Returns these recordings, with `directory` for those that are shrunk; it is created when
    /// it is needed.
    #[must_use]
    pub fn shrunk_into(mut self, directory: impl Into<PathBuf>) -> Self {
        self.shrunk = directory.into();
        self
    }

    /// Returns these recordings, whose actions `upcaster` brings up to date before they are
    /// read, behind those that were given before.
    #[must_use]
    pub fn upcast_with(mut self, upcaster: impl Upcaster + 'static) -> Self {
        self.upcasters.push(Arc::new(upcaster));
        self
    }

    /// Returns the recordings, in the order of their names.
    ///
    /// # Errors
    /// [`RecordingError::Directory`] when there is no such directory, and
    /// [`RecordingError::NoRecording`] when no recording is in it: tests that are not there do
    /// not fail.
    pub fn paths(&self) -> Result<Vec<PathBuf>, RecordingError> {
        let paths = directory::recordings(&self.directory)
            .map_err(|source| RecordingError::Directory { path: self.directory.clone(), source })?;
        if paths.is_empty() {
            return Err(RecordingError::NoRecording { path: self.directory.clone() });
        }
        Ok(paths)
    }
}

impl<S, A> Recordings<S, A>
where
    S: State + Serialize + DeserializeOwned + Reducer<A>,
    A: Action,
{
    /// Replays the recording at `path`, and returns how much of it was compared.
    ///
    /// A recording that diverges, or at which a reducer panics, is shrunk, and what is left of
    /// it written to a file.
    ///
    /// # Errors
    /// [`RecordingError`]: the recording cannot be read, leads to another state or a panic, or
    /// says nothing about the states that it leads to.
    ///
    /// # Panics
    /// When something else than a reducer panics, the `Serialize` of the state for example.
    pub fn replay(&self, path: &Path) -> Result<Verified, RecordingError> {
        let verify = || self.open(path).map_err(VerifyError::Log)?.verify();
        let verified = match catch_unwind(AssertUnwindSafe(verify)) {
            Ok(verified) => verified,
            Err(panic) => {
                return Err(self.panicked(path).unwrap_or_else(|| resume_unwind(panic)));
            }
        };
        match verified {
            Ok(verified) if verified.compared == 0 => {
                Err(RecordingError::Unproven { actions: verified.actions })
            }
            Ok(verified) => Ok(verified),
            Err(VerifyError::Diverged(divergence)) => {
                let shrunk = self.shrink(path);
                Err(RecordingError::Diverged { divergence, shrunk })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Runs the tests as the arguments of the process say, and returns how the process ends.
    ///
    /// The arguments are those of every test target: filters, `--exact`, `--skip`, `--list`,
    /// `--test-threads` and so on. The names are the paths in the directory, without `.ndjson`.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let arguments = Arguments::from_args();
        let paths = match self.paths() {
            Ok(paths) => paths,
            Err(error) => {
                // When nobody reads the message, the code still says that it failed.
                let _ = writeln!(io::stderr(), "error: {error}");
                return ExitCode::from(101);
            }
        };
        let recordings = Arc::new(self);
        let trials = paths.into_iter().map(|path| {
            let recordings = Arc::clone(&recordings);
            let name = directory::name(&recordings.directory, &path);
            Trial::test(name, move || {
                recordings.replay(&path).map(drop).map_err(|error| Failed::from(error.to_string()))
            })
        });
        libtest_mimic::run(&arguments, trials.collect()).exit_code()
    }

    fn open(&self, path: &Path) -> Result<Replay<S, A, BufReader<File>>, LogError> {
        let file = File::open(path).map_err(|source| LogError::Io { line: 1, source })?;
        self.fold(BufReader::new(file))
    }

    fn fold<R: BufRead>(&self, log: R) -> Result<Replay<S, A, R>, LogError> {
        let replay = fold(LogReader::new(log)?)?;
        let upcasters = self.upcasters.iter().map(Arc::clone).map(Shared);
        Ok(upcasters.fold(replay, Replay::upcast_with))
    }

    /// Shrinks the recording at `path`, and writes what is left to a file.
    fn shrink(&self, path: &Path) -> Result<Box<ShrunkTo>, String> {
        // Reducers run in orders in which they never ran.
        let shrunk = catch_unwind(AssertUnwindSafe(|| shrink(|| self.open(path))));
        let shrunk = shrunk.map_err(|_| "a reducer panicked".to_owned())?;
        let shrunk = shrunk.map_err(|error| error.to_string())?;
        let path = self.write(path, |file| shrunk.write_to(file))?;
        Ok(Box::new(ShrunkTo { path, shrunk }))
    }

    /// Writes what is left of the recording at `path`, and returns where it is.
    fn write(
        &self,
        path: &Path,
        write: impl FnOnce(File) -> io::Result<()>,
    ) -> Result<PathBuf, String> {
        let name = directory::name(&self.directory, path);
        let to = self.shrunk.join(format!("{name}.shrunk.ndjson"));
        let create = || {
            to.parent().map_or(Ok(()), fs::create_dir_all)?;
            File::create(&to)
        };
        match create().and_then(write) {
            Ok(()) => Ok(to),
            Err(error) => Err(format!("{} cannot be written: {error}", to.display())),
        }
    }
}

/// An upcaster of every replay of some recordings.
struct Shared(Arc<dyn Upcaster>);

impl Upcaster for Shared {
    fn upcast(&self, app: &AppInfo, action: WireAction) -> Result<WireAction, WireError> {
        self.0.upcast(app, action)
    }
}

impl<S, A> fmt::Debug for Recordings<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recordings")
            .field("directory", &self.directory)
            .field("shrunk", &self.shrunk)
            .field("upcasters", &self.upcasters.len())
            .finish_non_exhaustive()
    }
}

/// The `main` of a test target that replays the recordings in a directory.
///
/// The arguments are the state and the action of the application, and the directory, relative
/// to the package. A closure or function behind them brings actions of older versions up to
/// date: see [`Upcaster`]. (The action cannot be told from the state: a state can have the
/// reducers of many.)
///
/// ```toml
/// # Cargo.toml
/// [[test]]
/// name = "replay"
/// harness = false
/// ```
///
/// ```no_run
/// // tests/replay.rs
/// # mod my_app {
/// #     use retake::prelude::*;
/// #     use serde::{Deserialize, Serialize};
/// #     #[derive(Clone, Debug, Default, Serialize, Deserialize)]
/// #     pub struct Counter { value: i64 }
/// #     #[slice(name = "counter")]
/// #     impl Counter { fn added(&mut self, by: i64) { self.value += by; } }
/// #     #[derive(Clone, Debug, Default, Serialize, Deserialize, State)]
/// #     pub struct App { counter: Counter }
/// #     #[derive(Clone, Debug, Action)]
/// #     pub enum AppAction { Counter(CounterAction) }
/// #     pub fn upcast(_: &AppInfo, action: retake::store::WireAction) -> retake::store::WireAction {
/// #         action
/// #     }
/// #     use retake::store::log::AppInfo;
/// # }
/// # mod target {
/// # use super::my_app;
/// use my_app::{App, AppAction, upcast};
/// retake_testing::replay_tests!(App, AppAction, "tests/recordings", upcast);
/// # }
/// # fn main() {}
/// ```
///
/// Each file `*.ndjson` in the directory, or in directories in it, is a test; it is looked for
/// when the tests run, so that a new one needs no build. A recording that diverges, or at which a
/// reducer panics, is shrunk into `PACKAGE/NAME.shrunk.ndjson` in the `tmp` of Cargo's target
/// directory, and the message names the action, where the states differ, and that file. One that cannot be compared, as it has neither hashes nor
/// patches nor snapshots, fails; so does a directory without recordings, and one that is not
/// there. See [`Recordings`].
#[macro_export]
macro_rules! replay_tests {
    ($state:ty, $action:ty, $directory:expr $(,)?) => {
        $crate::replay_tests!(@main $state, $action, $directory, |recordings| recordings);
    };
    ($state:ty, $action:ty, $directory:expr, $upcaster:expr $(,)?) => {
        $crate::replay_tests!(@main $state, $action, $directory, |recordings| {
            recordings.upcast_with($upcaster)
        });
    };
    (@main $state:ty, $action:ty, $directory:expr, |$recordings:ident| $upcast:expr) => {
        fn main() -> ::std::process::ExitCode {
            let package = ::std::path::Path::new(::std::env!("CARGO_MANIFEST_DIR"));
            let $recordings = $crate::Recordings::<$state, $action>::new(package.join($directory));
            let $recordings = match ::std::option_env!("CARGO_TARGET_TMPDIR") {
                ::std::option::Option::Some(target) => {
                    let target = ::std::path::Path::new(target);
                    $recordings.shrunk_into(target.join(::std::env!("CARGO_PKG_NAME")))
                }
                ::std::option::Option::None => $recordings,
            };
            $upcast.run()
        }
    };
}
