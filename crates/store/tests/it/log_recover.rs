//! A log whose writer was stopped anywhere goes on.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use retake_store::Reducer;
use retake_store::log::{
    AppInfo, LogEnd, LogError, LogOptions, LogReader, LogWriter, WriteError, fold, recover, verify,
};

use crate::log::{Act, App, everything, example, record};

/// Does what an application does when it starts, and returns the log and its state.
fn open(mut log: Vec<u8>, options: LogOptions) -> (Vec<u8>, App, Option<LogEnd>) {
    let end = recover(&log[..]).unwrap();
    let len = end.as_ref().map_or(0, |end| end.len);
    log.truncate(usize::try_from(len).unwrap());
    let state = match &end {
        Some(end) => {
            let state = fold(LogReader::new(&log[..]).unwrap()).unwrap().run().unwrap();
            LogWriter::resume(&mut log, end, &state, options).unwrap();
            state
        }
        None => {
            LogWriter::new(&mut log, AppInfo::default(), &App::default(), options).unwrap();
            App::default()
        }
    };
    (log, state, end)
}

#[test]
fn a_log_that_is_cut_anywhere_goes_on() {
    let log = record(App::default(), &example()[..3], everything()).into_bytes();
    let lines = |log: &[u8]| log.iter().filter(|byte| **byte == b'\n').count();
    for cut in 0..=log.len() {
        let (mut whole, mut state, end) = open(log[..cut].to_vec(), everything());
        let kept = end.as_ref().map_or(0, |end| end.len);
        // Nothing is lost but the torn line, and that only if it is not whole.
        let breaks = lines(&log[..cut]);
        let is_whole = cut > 0 && (log.get(cut) == Some(&b'\n') || log[cut - 1] == b'\n');
        let at = if is_whole {
            cut
        } else {
            log[..cut].iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1)
        };
        assert_eq!(kept, at as u64, "cut at {cut}");
        if let Some(end) = &end {
            assert_eq!(end.len + end.torn, cut as u64);
            assert_eq!(end.seq as usize + 1, breaks + usize::from(log.get(cut) == Some(&b'\n')));
            assert_eq!(end.app.name, "todos");
        }
        // It reopens, twice, and goes on.
        let again = open(whole.clone(), everything());
        assert_eq!((&again.0, &again.1), (&whole, &state));
        let end = again.2.unwrap();
        let mut writer = LogWriter::resume(&mut whole, &end, &state, everything()).unwrap();
        for action in &example()[..2] {
            let _ = state.reduce(action);
            writer.append(0, action, &state).unwrap();
        }
        let reader = || LogReader::new(&whole[..]).unwrap();
        let verified = verify::<App, Act, _>(reader()).unwrap();
        assert_eq!((verified.actions, verified.compared), (end.seq + 2, end.seq + 2));
        assert_eq!(fold::<App, Act, _>(reader()).unwrap().run().unwrap(), state);
        let snapshots: Vec<_> = reader()
            .map(Result::unwrap)
            .filter_map(|entry| entry.snapshot.map(|_| entry.seq))
            .collect();
        assert!(
            snapshots.iter().all(|seq| seq % 2 == 0) && snapshots.len() as u64 == (end.seq + 2) / 2
        );
    }
}

#[test]
fn what_no_crash_does_is_an_error() {
    let log = record(App::default(), &example(), LogOptions::new());
    let torn_within = log.replace(r#"{"seq":3,"#, r#"{"seq"3,"#);
    assert!(matches!(recover(torn_within.as_bytes()), Err(LogError::NotJson { line: 4, .. })));
    let missing = log.replace(r#"{"seq":3,"#, r#"{"seq":4,"#);
    assert!(matches!(recover(missing.as_bytes()), Err(LogError::WrongSequence { line: 4, .. })));
    // Somebody else's file is not to be cut off.
    for other in ["{\"name\":", "hello", "{\"name\":1}", "\n", "{\"seq\":1,\"at\":0}"] {
        assert!(recover(other.as_bytes()).is_err(), "{other}");
    }
    // Neither the text of a block that was never written.
    assert_eq!(recover(format!("{log}\0\0\0\0").as_bytes()).unwrap().unwrap().torn, 4);
}

#[test]
fn a_log_goes_on_with_its_own_state_only() {
    let log = record(App::default(), &example(), everything());
    let end = recover(log.as_bytes()).unwrap().unwrap();
    let refused = LogWriter::resume(Vec::new(), &end, &App::default(), everything());
    match refused {
        Err(error @ WriteError::OtherState { .. }) => {
            let text = error.to_string();
            assert!(
                text.starts_with("the log leads to another state, in `count`, `todos`: "),
                "{text}"
            );
        }
        other => panic!("{other:?}"),
    }
}
