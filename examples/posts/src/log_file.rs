//! The file that the action log goes to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use posts_app::{App, AppAction};
use retake::middleware::{Durability, Recorder, RecorderOptions};
use retake::store::log::{AppInfo, LogOptions};

use crate::error::RunError;

/// A new file for an action log, and what writes to it.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    recorder: Recorder<App, AppAction>,
}

impl LogFile {
    /// Creates the file at `path`, in the place of one that is there; without a path, a file of
    /// a new name in the temporary directory.
    ///
    /// With hashes and patches on every line, a replay can be compared after every action.
    pub(crate) fn create(path: Option<PathBuf>) -> Result<Self, RunError> {
        let path = match path {
            Some(path) => remove(&path).map(|()| path)?,
            None => temporary_path(),
        };
        let app = AppInfo::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        let options = RecorderOptions::new()
            .log(LogOptions::new().with_hashes(true).with_patches(true))
            .durability(Durability::Flush { every: 1 });
        let recorder = Recorder::create(&path, app, options)?;
        Ok(Self { path, recorder })
    }

    /// Returns where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the recorder that writes to the file.
    pub(crate) fn recorder(&self) -> Recorder<App, AppAction> {
        self.recorder.clone()
    }
}

/// Removes an old log; whatever else is at `path` (a folder, a device) stays.
fn remove(path: &Path) -> Result<(), RunError> {
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return Ok(());
    }
    fs::remove_file(path).map_err(|cause| RunError::File {
        verb: "replace",
        path: path.into(),
        cause,
    })
}

fn temporary_path() -> PathBuf {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let name = format!("posts-{}-{}.ndjson", process::id(), since_epoch.as_millis());
    std::env::temp_dir().join(name)
}
