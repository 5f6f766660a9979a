//! Scenario files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system said no.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The content is not what was expected.
    #[error("{}: {error}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
}

/// Returns the JSON files below `directory`, relative to it and sorted.
///
/// # Errors
/// [`FileError`] when a directory cannot be read.
pub fn json_files(directory: &Path) -> Result<Vec<PathBuf>, FileError> {
    let mut found = Vec::new();
    collect(directory, Path::new(""), &mut found)
        .map_err(|error| FileError::Io { path: directory.to_owned(), error })?;
    found.sort();
    Ok(found)
}

fn collect(root: &Path, below: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(root, &path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    Ok(())
}

/// Reads a JSON file.
///
/// # Errors
/// [`FileError`] when it cannot be read, or holds something else.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, FileError> {
    let io = |error| FileError::Io { path: path.to_owned(), error };
    let text = fs::read_to_string(path).map_err(io)?;
    serde_json::from_str(&text).map_err(|error| FileError::Json { path: path.to_owned(), error })
}

/// Writes `value` as JSON, with the directories on the way.
///
/// # Errors
/// [`FileError`] when it cannot be written.
pub fn write_json(path: &Path, value: &serde_json::Value) -> Result<(), FileError> {
    let io = |error| FileError::Io { path: path.to_owned(), error };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(io)?;
    }
    fs::write(path, format!("{value:#}\n")).map_err(io)
}
