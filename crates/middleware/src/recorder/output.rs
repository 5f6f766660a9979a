//! Where lines go, and how they are made durable.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::error::OpenError;

/// An output, and the file behind it if it is one.
pub(super) struct Output {
    pub(super) lines: Box<dyn Write + Send>,
    pub(super) file: Option<File>,
}

impl Output {
    pub(super) fn new(lines: impl Write + Send + 'static) -> Self {
        Self { lines: Box::new(lines), file: None }
    }

    /// Returns the output at the end of `file`.
    pub(super) fn to_file(file: File) -> io::Result<Self> {
        let lines = BufWriter::new(file.try_clone()?);
        Ok(Self { lines: Box::new(lines), file: Some(file) })
    }
}

/// Creates the file at `path`, for this recorder alone.
pub(super) fn create(path: &Path) -> Result<File, OpenError> {
    let file = OpenOptions::new().append(true).create_new(true).open(path);
    let file = file.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => OpenError::Exists { path: path.into() },
        _ => OpenError::Io { path: path.into(), source },
    })?;
    lock(&file, path)?;
    Ok(file)
}

/// Refuses a second recorder of one file. The system forgets the lock with the process.
pub(super) fn lock(file: &File, path: &Path) -> Result<(), OpenError> {
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

/// Makes a new file at `path` outlive the machine: its name, too, has to be on the disk.
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
