//! Which recordings there are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const EXTENSION: &str = "ndjson";

/// Returns the recordings in `directory` and in the directories in it, in the order of their
/// names.
pub(super) fn recordings(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            paths.extend(recordings(&path)?);
        } else if path.extension().is_some_and(|extension| extension == EXTENSION) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Returns the name of the recording at `path`: where it is in `directory`, with `/` on every
/// system.
pub(super) fn name(directory: &Path, path: &Path) -> String {
    let inner = path.strip_prefix(directory).unwrap_or(path).with_extension("");
    let parts = inner.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
