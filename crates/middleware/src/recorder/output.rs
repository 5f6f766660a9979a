//! Where lines go, and how they are made durable.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use retake_store::log::{
    AppInfo, Header, LogEnd, LogOptions, LogReader, LogWriter, WriteError, fold, recover,
    state_hashes,
};
use retake_store::{Action, Reducer, State};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::OpenError;

/// An output, the file behind it if it is one, and the log that is there.
pub(super) struct Output {
    lines: Box<dyn Write + Send>,
    file: Option<File>,
    /// What is gone on with.
    earlier: Option<Earlier>,
}

/// A log that has begun in an earlier process.
struct Earlier {
    end: LogEnd,
    /// The hashes of the state that it leads to.
    hashes: BTreeMap<String, String>,
}

/// A log that has begun.
pub(super) struct Log {
    pub(super) writer: LogWriter<Box<dyn Write + Send>>,
    pub(super) file: Option<File>,
}

impl Output {
    pub(super) fn new(lines: impl Write + Send + 'static) -> Self {
        Self { lines: Box::new(lines), file: None, earlier: None }
    }

    /// Creates the file at `path`.
    pub(super) fn create(path: &Path) -> Result<Self, OpenError> {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        let file = file.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => OpenError::Exists { path: path.into() },
            _ => OpenError::Io { path: path.into(), source },
        })?;
        lock(&file, path)?;
        Self::of_file(file).map_err(|source| OpenError::Io { path: path.into(), source })
    }

    /// Opens the log at `path` behind its last whole line, and returns the state that it leads
    /// to; without a log, an empty file and no state.
    pub(super) fn resume<S, A>(path: &Path, app: &AppInfo) -> Result<(Self, Option<S>), OpenError>
    where
        S: State + Serialize + DeserializeOwned + Reducer<A>,
        A: Action,
    {
        let io = |source| OpenError::Io { path: path.into(), source };
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(io)?;
        lock(&file, path)?;
        let log = |source| OpenError::Log { path: path.into(), source };
        let end = recover(BufReader::new(&file)).map_err(log)?;
        let mut resumed = None;
        if let Some(end) = &end {
            if end.app != *app {
                let (path, app) = (path.into(), app.clone());
                return Err(OpenError::OtherApp { path, app, recorded_by: end.app.clone() });
            }
            file.rewind().map_err(io)?;
            let whole = BufReader::new((&file).take(end.len));
            let state = LogReader::new(whole).and_then(fold::<S, A, _>).and_then(|it| it.run());
            let state = state.map_err(log)?;
            let hashes = state_hashes(&state).map_err(|error| {
                let reason = error.to_string();
                OpenError::State { path: path.into(), reason }
            })?;
            let slices = end.other_slices(&hashes);
            if !slices.is_empty() {
                return Err(OpenError::Changed { path: path.into(), slices });
            }
            resumed = Some((state, hashes));
        }
        // Nothing is changed before it is known that the log can be gone on with.
        file.set_len(end.as_ref().map_or(0, |end| end.len)).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
        let mut output = Self::of_file(file).map_err(io)?;
        let (state, hashes) = resumed.unzip();
        output.earlier = end.zip(hashes).map(|(end, hashes)| Earlier { end, hashes });
        Ok((output, state))
    }

    fn of_file(file: File) -> io::Result<Self> {
        let lines = BufWriter::new(file.try_clone()?);
        Ok(Self { lines: Box::new(lines), file: Some(file), earlier: None })
    }

    /// Returns the number of the last entry of the log that is gone on with, and whether it
    /// has a history there.
    pub(super) fn end(&self) -> Option<(u64, bool)> {
        self.earlier.as_ref().map(|earlier| (earlier.end.seq, earlier.end.has_history))
    }

    /// Begins the log of a store that begins with `state`, or goes on with it.
    pub(super) fn begin<S: Serialize>(
        self,
        header: &Header,
        state: &S,
        options: LogOptions,
    ) -> Result<Log, WriteError> {
        let Self { lines, file, earlier } = self;
        let writer = match earlier {
            None => LogWriter::with_header(lines, header, options)?,
            Some(earlier) => {
                earlier.check(state)?;
                LogWriter::resume(lines, &earlier.end, state, options)?
            }
        };
        Ok(Log { writer, file })
    }
}

impl Earlier {
    /// Refuses a state that the log does not lead to.
    fn check<S: Serialize>(&self, state: &S) -> Result<(), WriteError> {
        let hashes = state_hashes(state).map_err(not_json)?;
        let names = self.hashes.keys().chain(hashes.keys());
        let mut slices: Vec<_> =
            names.filter(|name| self.hashes.get(*name) != hashes.get(*name)).cloned().collect();
        slices.sort_unstable();
        slices.dedup();
        match slices.is_empty() {
            true => Ok(()),
            false => Err(WriteError::OtherState { slices }),
        }
    }
}

pub(super) fn not_json(error: serde_json::Error) -> WriteError {
    WriteError::NotJson { reason: error.to_string() }
}

/// Refuses a second recorder of one file. The system forgets the lock with the process.
fn lock(file: &File, path: &Path) -> Result<(), OpenError> {
    // Locks of Windows keep readers out, too.
    if cfg!(windows) {
        return Ok(());
    }
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.into() }),
        // Not every file system has locks.
        Err(TryLockError::Error(_)) | Ok(()) => Ok(()),
    }
}

/// Makes the file at `path` outlive the machine: its name, too, has to be on the disk.
pub(super) fn sync_name(path: &Path) -> Result<(), OpenError> {
    // Only Unix opens directories as files.
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| OpenError::Io { path: path.into(), source })
}
