//! The file that the action log goes to.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use posts_app::{App, AppAction};
use retake::middleware::Recorder;
use retake::store::log::{AppInfo, LogOptions};

use crate::error::RunError;

/// A new, empty file for an action log.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    file: File,
}

impl LogFile {
    /// Creates the file at `path`; without one, a file of a new name in the temporary
    /// directory.
    pub(crate) fn create(path: Option<PathBuf>) -> Result<Self, RunError> {
        let (path, file) = match path {
            Some(path) => (path.clone(), File::create(path)),
            None => {
                let path = temporary_path();
                (path.clone(), File::create_new(path))
            }
        };
        match file {
            Ok(file) => Ok(Self { path, file }),
            Err(cause) => Err(RunError::File { verb: "create", path, cause }),
        }
    }

    /// Returns where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Starts a recorder that writes to the file.
    ///
    /// With hashes and patches on every line, a replay can be compared after every action.
    pub(crate) fn recorder(&self) -> Result<Recorder<App, AppAction>, RunError> {
        let file = self.file.try_clone().map_err(|cause| RunError::File {
            verb: "write",
            path: self.path.clone(),
            cause,
        })?;
        let app = AppInfo::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        let options = LogOptions::new().with_hashes(true).with_patches(true);
        Recorder::new(BufWriter::new(file), app, options).map_err(RunError::Recorder)
    }
}

fn temporary_path() -> PathBuf {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let name = format!("posts-{}-{}.ndjson", process::id(), since_epoch.as_millis());
    std::env::temp_dir().join(name)
}
