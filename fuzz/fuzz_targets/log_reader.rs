//! Whatever a file holds: reading it, replaying it, recovering it and compacting it end with an
//! answer, and the answers agree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posts_app::{App, AppAction};
use retake_store::log::{
    Compaction, Entry, LogReader, compact, fold, fold_api_slices, recover, verify,
};

fuzz_target!(|log: &[u8]| {
    let Ok(mut reader) = LogReader::new(log) else {
        let _ = recover(log).map_err(|error| error.to_string());
        return;
    };
    let (mut whole, mut error) = (0_u64, None);
    for entry in reader.by_ref() {
        match entry {
            Ok(entry) => {
                whole += 1;
                assert_eq!(entry.seq, whole);
                let text =
                    serde_json::to_string(&entry).expect("an entry that was read is written");
                let again: Entry = serde_json::from_str(&text).expect("and read again");
                assert_eq!(serde_json::to_string(&again).expect("as it was"), text);
            }
            Err(found) => error = Some(found),
        }
    }
    let lines = log.split(|byte| *byte == b'\n').count();
    if let Some(error) = &error {
        assert!(error.line() <= lines, "{error}: {lines} lines");
    }

    // What can be recovered is what can be read.
    match (recover(log), &error) {
        (Ok(Some(end)), None) => assert_eq!(end.seq, whole),
        (Ok(Some(end)), Some(error)) => {
            assert!(error.is_torn(), "{error}");
            assert_eq!(end.seq, whole);
            let kept = &log[..usize::try_from(end.len).expect("it is in memory")];
            let reader = LogReader::new(kept).expect("what is kept is a log");
            assert_eq!(reader.map(|entry| entry.expect("of whole lines")).count() as u64, whole);
        }
        (Ok(None), _) => panic!("it has a header"),
        (Err(found), error) => {
            let error = error.as_ref().expect("it was read without an error");
            assert_eq!(found.line(), error.line());
        }
    }

    let reader = || LogReader::new(log).expect("it was read before");
    if let Ok(replay) = fold::<App, AppAction, _>(reader()) {
        let _ = replay.run().map_err(|error| error.to_string());
    }
    let _ = verify::<App, AppAction, _>(reader()).map_err(|error| error.to_string());
    if let Ok(replay) = fold_api_slices(reader()) {
        let _ = replay.run().map_err(|error| error.to_string());
    }
    let mut compacted = Vec::new();
    if compact(reader(), &mut compacted, &Compaction::after(whole / 2)).is_ok() {
        let reader = LogReader::new(compacted.as_slice()).expect("a compacted log is a log");
        assert!(reader.into_iter().all(|entry| entry.is_ok()));
    }
});
