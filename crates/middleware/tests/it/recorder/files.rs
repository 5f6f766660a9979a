//! Logs that are files.

use std::fs;
use std::path::PathBuf;
use std::process;

use retake_middleware::{Durability, OpenError, RecordError, Recorder};
use retake_store::history::HistoryOptions;
use retake_store::log::{AppInfo, WriteError, state_hashes};

use super::numbers::{IRREDUCIBLE, NumberStore, Numbers, Pushed, builder, builder_of, verified};
use super::output::{app, options};

/// A folder of a test's own.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("retake-{}-{name}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn log(&self) -> PathBuf {
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

/// Goes on with the log, as an application does.
fn resume(folder: &Folder) -> (NumberStore, Recorder<Numbers, Pushed>) {
    let (recorder, state) = Recorder::resume(folder.log(), app(), options()).unwrap();
    let store = builder_of(state.unwrap_or_default()).middleware(recorder.clone()).build();
    recorder.sync().unwrap();
    (store, recorder)
}

#[test]
fn a_log_goes_on() {
    let folder = Folder::new("goes-on");
    for run in 0..4 {
        let (store, recorder) = resume(&folder);
        assert_eq!(store.state().all.len(), 3 * run);
        assert_eq!(recorder.recorded(), 3 * run as u64);
        assert_eq!(recorder.status().acknowledged, 3 * run as u64);
        (0..3).for_each(|number| store.dispatch(Pushed(number)));
        assert_eq!(recorder.sync().unwrap(), 3 * run as u64 + 3);
        recorder.finish().unwrap();
        assert_eq!(verified(&fs::read(folder.log()).unwrap()), 3 * run as u64 + 3);
    }
}

#[test]
fn a_log_goes_on_without_the_history_that_it_had() {
    let folder = Folder::new("without-history");
    let history = HistoryOptions::default().catch_errors(true);
    let (recorder, _) = Recorder::resume(folder.log(), app(), options()).unwrap();
    let builder = builder().history(history, || 0);
    let store = builder.middleware(recorder.clone()).build();
    [1, IRREDUCIBLE, 2].into_iter().for_each(|number| store.dispatch(Pushed(number)));
    assert_eq!(store.head().all, [1], "nothing gets past the error");
    recorder.finish().unwrap();
    for run in 1..3 {
        let (store, recorder) = resume(&folder);
        store.dispatch(Pushed(3));
        assert_eq!(store.state().all.len(), 1 + run);
        recorder.finish().unwrap();
        assert_eq!(verified(&fs::read(folder.log()).unwrap()), 4 + run as u64);
    }
}

/// A crash can leave any part of a log.
#[test]
fn a_torn_line_is_cut_off() {
    let folder = Folder::new("torn");
    let (store, recorder) = resume(&folder);
    (0..3).for_each(|number| store.dispatch(Pushed(number)));
    recorder.finish().unwrap();
    let text = fs::read(folder.log()).unwrap();
    for len in 0..=text.len() {
        fs::write(folder.log(), &text[..len]).unwrap();
        // A line that lacks nothing but its end is whole.
        let end = text.len().min(len + 1);
        let whole = text[..end].iter().filter(|byte| **byte == b'\n').count();
        let (store, recorder) = resume(&folder);
        assert_eq!(recorder.recorded(), whole.saturating_sub(1) as u64, "of {len} bytes");
        store.dispatch(Pushed(9));
        recorder.finish().unwrap();
        assert_eq!(verified(&fs::read(folder.log()).unwrap()), whole.max(1) as u64);
    }
}

#[test]
fn a_log_goes_on_from_its_own_state_only() {
    let folder = Folder::new("other-state");
    let (store, recorder) = resume(&folder);
    store.dispatch(Pushed(1));
    recorder.finish().unwrap();
    let before = fs::read(folder.log()).unwrap();

    let (recorder, _) = Recorder::resume(folder.log(), app(), options()).unwrap();
    let state = Numbers { all: vec![2], last: 1 };
    let store = builder_of(state).middleware(recorder.clone()).build();
    let error = recorder.sync().unwrap_err();
    let RecordError::Write(cause) = &error else { panic!("{error:?}") };
    assert!(matches!(&**cause, WriteError::OtherState { slices } if slices == &["all"]), "{error}");
    store.dispatch(Pushed(2));
    assert_eq!((recorder.recorded(), store.state().all.len()), (1, 2));
    drop((store, recorder));
    assert_eq!(fs::read(folder.log()).unwrap(), before);
}

/// `last` has a default: an application could have got it in its next version.
#[test]
fn a_log_of_an_older_form_is_not_gone_on_with() {
    let folder = Folder::new("older-form");
    let header = r#"{"retake":1,"app":{"name":"numbers","version":"1"},"state":{"all":[]}}"#;
    let entry = r#"{"seq":1,"at":0,"action":{"type":"numbers/pushed","payload":4},"hash":"#;
    let entry = |hash: &str| format!("{header}\n{entry}{{\"last\":\"{hash}\"}}}}\n");
    let error = refused(&folder, app(), &entry("0123456789abcdef"));
    let OpenError::Changed { slices, .. } = &error else { panic!("{error}") };
    assert_eq!(slices, &["last"]);
    assert!(error.to_string().contains("differ in `last`: the form of the state or a reducer"));

    fs::write(folder.log(), entry(&state_hashes(&4).unwrap()[""])).unwrap();
    let (store, _) = resume(&folder);
    assert_eq!(store.state().all, [4]);
}

/// Tries to go on with `log`, and returns why not.
#[track_caller]
fn refused(folder: &Folder, app: AppInfo, log: &str) -> OpenError {
    fs::write(folder.log(), log).unwrap();
    let error = Recorder::<Numbers, Pushed>::resume(folder.log(), app, options()).unwrap_err();
    assert_eq!(fs::read_to_string(folder.log()).unwrap(), log, "nothing was changed");
    error
}

#[test]
fn what_is_no_log_of_the_application_is_left_alone() {
    let folder = Folder::new("refused");
    let header = r#"{"retake":1,"app":{"name":"numbers","version":"1"},"state":{"all":[]}}"#;
    let error = refused(&folder, app(), "a shopping list");
    assert!(matches!(error, OpenError::Log { .. }), "{error}");
    let error = refused(&folder, app(), &format!("{header}\n{{}}\n{{\"seq\":2"));
    assert!(matches!(error, OpenError::Log { .. }), "{error}");
    let other = r#"{"seq":1,"at":0,"action":{"type":"other"}}"#;
    let error = refused(&folder, app(), &format!("{header}\n{other}\n{{\"seq\":2"));
    assert!(error.to_string().contains("line 2: `other` is no action"), "{error}");
    let error = refused(&folder, AppInfo::new("numbers", "2"), &format!("{header}\n{{\"s"));
    assert!(error.to_string().contains("by numbers 1 and cannot be gone on with by numbers 2"));
}

#[test]
fn a_log_has_one_writer() {
    let folder = Folder::new("in-use");
    let (store, recorder) = resume(&folder);
    let second = || Recorder::<Numbers, Pushed>::resume(folder.log(), app(), options());
    assert!(matches!(second(), Err(OpenError::InUse { .. })));
    recorder.finish().unwrap();
    drop(store);
    let (unused, _) = second().unwrap();
    unused.finish().unwrap();
    assert!(second().is_ok(), "the others have finished");
}
