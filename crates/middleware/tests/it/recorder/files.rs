//! Logs that are files.

use std::fs;
use std::path::PathBuf;
use std::process;

use retake_middleware::{Durability, OpenError, Recorder};

use super::numbers::{Numbers, Pushed, builder, verified};
use super::output::{app, options};

/// A folder of a test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("retake-{}-{name}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn log(&self) -> PathBuf {
        self.0.join("log.ndjson")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_new_file_is_written() {
    let folder = Folder::new("new");
    let options = options().durability(Durability::Sync { every: 100 });
    let recorder = Recorder::create(folder.log(), app(), options).unwrap();
    let store = builder().middleware(recorder.clone()).build();
    (0..5).for_each(|number| store.dispatch(Pushed(number)));
    assert_eq!(recorder.status().acknowledged, 0, "flushed is not synchronised");
    assert_eq!(recorder.sync().unwrap(), 5);
    assert_eq!(recorder.status().acknowledged, 5);
    assert_eq!(verified(&fs::read(folder.log()).unwrap()), 5);
    store.dispatch(Pushed(6));
    recorder.finish().unwrap();
    assert_eq!(verified(&fs::read(folder.log()).unwrap()), 6);
}

#[test]
fn a_log_is_not_overwritten() {
    let folder = Folder::new("exists");
    fs::write(folder.log(), "precious").unwrap();
    let error = Recorder::<Numbers, Pushed>::create(folder.log(), app(), options()).unwrap_err();
    assert!(matches!(error, OpenError::Exists { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(folder.log()).unwrap(), "precious");

    let nowhere = folder.log().join("file");
    let error = Recorder::<Numbers, Pushed>::create(nowhere, app(), options()).unwrap_err();
    assert!(matches!(error, OpenError::Io { .. }), "{error:?}");
}
