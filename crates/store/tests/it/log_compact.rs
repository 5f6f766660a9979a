//! A log can begin at one of its entries: compacted, or read from a snapshot on.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use retake_store::WireAction;
use retake_store::log::{
    AppInfo, CompactError, Compacted, Compaction, LogError, LogOptions, LogReader, Replay,
    VerifyError, compact, fold, fold_api_slices, latest_snapshot, verify,
};
use serde_json::{Value, json};

use crate::log::{Act, App, everything, example, record};
use crate::log_api_slices;

fn replay(log: &str) -> Replay<App, Act, &[u8]> {
    fold(LogReader::new(log.as_bytes()).unwrap()).unwrap()
}

/// Returns the states of `log`, the first included.
fn states(log: &str) -> Vec<Value> {
    let mut replay = replay(log);
    let mut states = vec![json!(replay.state())];
    while let Some(step) = replay.next_step() {
        states.push(json!(step.unwrap().state));
    }
    states
}

fn all_options() -> [LogOptions; 4] {
    let new = LogOptions::new;
    [new(), new().with_hashes(true), new().with_patches(true).snapshot_every(3), everything()]
}

fn with_code(log: &str, compaction: &Compaction) -> Result<(String, Compacted), CompactError> {
    let mut output = Vec::new();
    let done = replay(log).compact(&mut output, compaction)?;
    Ok((String::from_utf8(output).unwrap(), done))
}

fn without_code(log: &str, compaction: &Compaction) -> Result<(String, Compacted), CompactError> {
    let mut output = Vec::new();
    let done = compact(LogReader::new(log.as_bytes()).unwrap(), &mut output, compaction)?;
    Ok((String::from_utf8(output).unwrap(), done))
}

#[test]
fn the_application_compacts_any_log_at_any_entry() {
    for (old, new) in all_options().into_iter().zip(all_options().into_iter().rev()) {
        let log = record(App::default(), &example(), old);
        for after in 0..=7 {
            let compaction = Compaction::after(after).with_options(new);
            let (compacted, done) = with_code(&log, &compaction).unwrap();
            assert_eq!((done.folded, done.kept), (after, 7 - after));
            assert_eq!(states(&compacted), states(&log)[usize::try_from(after).unwrap()..]);
            let verified = replay(&compacted).verify().unwrap();
            assert_eq!(verified.actions, 7 - after);
            // It is the log that is written from that state on.
            let again = with_code(&compacted, &Compaction::default().with_options(new)).unwrap();
            assert_eq!(again.0, compacted);
        }
    }
}

#[test]
fn without_the_application_the_log_has_to_say_the_states() {
    let log = record(App::default(), &example(), everything());
    for after in 0..=7 {
        for options in all_options() {
            let compaction = Compaction::after(after).with_options(options);
            let (compacted, done) = without_code(&log, &compaction).unwrap();
            assert_eq!((done.folded, done.kept), (after, 7 - after));
            assert_eq!(states(&compacted), states(&log)[usize::try_from(after).unwrap()..]);
            let verified = replay(&compacted).verify().unwrap();
            // As the application does it, but for the order of properties.
            let own = with_code(&log, &compaction).unwrap().0;
            let lines = |log: &str| -> Vec<Value> {
                log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
            };
            assert_eq!(lines(&compacted), lines(&own));
            assert_eq!(verified, replay(&own).verify().unwrap());
        }
    }
}

#[test]
fn slices_of_apis_keep_their_order() {
    let options = LogOptions::new().with_patches(true).with_hashes(true);
    let (log, states) = log_api_slices::record(log_api_slices::session(), options);
    for after in 1..=12 {
        let compaction = Compaction::after(after).with_options(options.snapshot_every(1));
        let compacted = without_code(&log, &compaction).unwrap().0;
        let reader = || LogReader::new(compacted.as_bytes()).unwrap();
        let mut replay = fold_api_slices(reader()).unwrap();
        let text = serde_json::to_string(replay.state()).unwrap();
        assert_eq!(text, states[usize::try_from(after).unwrap() - 1]);
        while let Some(step) = replay.next_step() {
            let step = step.unwrap();
            let text = serde_json::to_string(step.state).unwrap();
            assert_eq!(text, states[usize::try_from(after + step.seq).unwrap() - 1]);
        }
        assert_eq!(fold_api_slices(reader()).unwrap().verify().unwrap().actions, 12 - after);
    }
}

#[test]
fn a_state_that_the_log_does_not_say_is_not_invented() {
    let hashes = LogOptions::new().with_hashes(true);
    let log = record(App::default(), &example(), hashes.snapshot_every(3));
    for after in 0..=7 {
        let compaction = Compaction::after(after).with_options(hashes);
        match without_code(&log, &compaction) {
            Ok((compacted, _)) => {
                assert_eq!(after % 3, 0);
                // A snapshot has the order, too.
                assert_eq!(compacted, with_code(&log, &compaction).unwrap().0);
            }
            Err(CompactError::UnknownState { seq, known }) => {
                assert_eq!((seq, known), (after, after - after % 3));
                assert_ne!(seq, known);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    let every = Compaction::default().with_options(LogOptions::new().snapshot_every(3));
    assert_eq!(without_code(&log, &every).unwrap().1.kept, 7);
    let every = Compaction::default().with_options(LogOptions::new().snapshot_every(2));
    assert!(matches!(
        without_code(&log, &every),
        Err(CompactError::UnknownState { seq: 2, known: 0 })
    ));
}

#[test]
fn logs_that_are_not_compacted() {
    let log = record(App::default(), &example(), everything());
    for error in [
        with_code(&log, &Compaction::after(8)).err(),
        without_code(&log, &Compaction::after(8)).err(),
    ] {
        assert!(matches!(error, Some(CompactError::NoEntry { after: 8, last: 7 })), "{error:?}");
    }
    // One that leads elsewhere than it says.
    let planted = log.replace(r#"toggled","payload":"a""#, r#"toggled","payload":"10""#);
    let error = with_code(&planted, &Compaction::after(6));
    assert!(matches!(error, Err(CompactError::Log(VerifyError::Diverged(it))) if it.line == 6));
    let planted = log.replace(r#""path":"/todos/a","value":true"#, r#""path":"/x/a","value":1"#);
    let error = without_code(&planted, &Compaction::after(6)).unwrap_err();
    let CompactError::Log(VerifyError::Log(LogError::UnappliedPatch { line: 6, .. })) = error
    else {
        panic!("{error:?}")
    };
}

#[test]
fn actions_are_brought_up_to_date() {
    let log = record(App::default(), &example(), LogOptions::new())
        .replace("todos/created", "todos/added");
    let upcast = |app: &AppInfo, mut action: WireAction| {
        if app.version == "1.0.0" && action.kind == "todos/added" {
            action.kind = "todos/created".into();
        }
        action
    };
    let mut output = Vec::new();
    let compaction = Compaction::after(2).of_app(AppInfo::new("todos", "2.0.0"));
    replay(&log).upcast_with(upcast).compact(&mut output, &compaction).unwrap();
    let new = String::from_utf8(output).unwrap();
    let original = record(App::default(), &example(), LogOptions::new());
    assert_eq!(states(&new), states(&original)[2..]);
    assert!(new.starts_with(r#"{"retake":1,"app":{"name":"todos","version":"2.0.0"}"#), "{new}");
    let verified = verify::<App, Act, _>(LogReader::new(new.as_bytes()).unwrap()).unwrap();
    assert_eq!(verified.actions, 5);
}

#[test]
fn a_replay_begins_with_the_latest_snapshot() {
    let log = record(App::default(), &example(), LogOptions::new().snapshot_every(3));
    let log = log.replacen("{\"seq\":2", "\n \n{\"seq\":2", 1);
    for at in 0..=9 {
        let place = latest_snapshot(log.as_bytes(), at).unwrap();
        let Some(place) = place else {
            assert!(at < 3);
            continue;
        };
        assert_eq!(place.seq, (at / 3 * 3).min(6));
        let reader = LogReader::from_snapshot(log.as_bytes(), place).unwrap();
        let mut replay: Replay<App, Act, _> = fold(reader).unwrap();
        let states = states(&log);
        assert_eq!(json!(replay.state()), states[usize::try_from(place.seq).unwrap()]);
        while let Some(step) = replay.next_step() {
            let step = step.unwrap();
            assert_eq!(json!(step.state), states[usize::try_from(step.seq).unwrap()]);
            assert_eq!(u64::try_from(step.line).unwrap(), step.seq + 3);
        }
    }
    let place = latest_snapshot(log.as_bytes(), 6).unwrap().unwrap();
    let shorter: Vec<_> = log.lines().take(4).collect();
    assert!(LogReader::from_snapshot(shorter.join("\n").as_bytes(), place).is_err());
    let other = log.replace("snapshot", "snapshut");
    assert!(LogReader::from_snapshot(other.as_bytes(), place).is_err());
    let damaged = log.replace("{\"seq\":4", "{\"seq\"4");
    assert!(latest_snapshot(damaged.as_bytes(), 3).is_ok());
    assert!(matches!(latest_snapshot(damaged.as_bytes(), 4), Err(LogError::NotJson { .. })));
}
