//! Writing a file that is there as a whole, or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::outcome::CliError;

/// A file that takes its place, perhaps that of an older one, when it is complete.
///
/// Until then it is beside it, under its name with `.partial` behind; dropping it removes it.
pub(crate) struct NewFile {
    path: PathBuf,
    partial: PathBuf,
    file: Option<BufWriter<File>>,
}

impl NewFile {
    /// Begins the file that will be at `path`.
    pub(crate) fn create(path: &Path) -> Result<Self, CliError> {
        let mut partial = OsString::from(path);
        partial.push(".partial");
        let (path, partial) = (path.to_owned(), PathBuf::from(partial));
        match File::create(&partial) {
            Ok(file) => Ok(Self { path, partial, file: Some(BufWriter::new(file)) }),
            Err(cause) => Err(CliError::File { verb: "create", path: partial, cause }),
        }
    }

    /// Returns where it will be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `text` at its end.
    pub(crate) fn append(&mut self, text: &[u8]) -> Result<(), CliError> {
        let path = self.path.clone();
        self.write_all(text).map_err(|cause| CliError::File { verb: "write", path, cause })
    }

    /// Puts the file in its place.
    pub(crate) fn finish(mut self) -> Result<(), CliError> {
        let written = match self.file.take() {
            Some(file) => file.into_inner().map_err(io::IntoInnerError::into_error),
            None => Err(io::ErrorKind::NotFound.into()),
        };
        let placed = written
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.partial, &self.path));
        placed.map_err(|cause| {
            let _ = fs::remove_file(&self.partial);
            CliError::File { verb: "write", path: self.path.clone(), cause }
        })
    }
}

impl Write for NewFile {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(text))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = fs::remove_file(&self.partial);
        }
    }
}
