//! A replay does nothing but reduce: of a store that lives beside it, nothing moves.

use std::fs;
use std::time::Duration;

use retake::prelude::*;
use retake::store::log::{LogOptions, LogReader, fold, fold_api_slices, shrink, verify};
use retake_testing::{Recordings, VirtualRuntime};

use super::board::{Board, BoardAction, GetPost, Session};
use super::bugs::{Fourth, Under};

/// What would move if a replay did more.
#[derive(Debug, PartialEq)]
struct Counters {
    requests: usize,
    tasks: (u64, usize),
    timers: (u64, usize, u64),
    recorded: u64,
    lines: usize,
}

fn counters(session: &Session) -> Counters {
    let Session { runtime, server, recorder, lines, .. } = session;
    Counters {
        requests: server.requests().len(),
        tasks: (runtime.started_tasks(), runtime.pending_tasks()),
        timers: (runtime.started_timers(), runtime.pending_timers(), runtime.fired_timers()),
        recorded: recorder.sync().unwrap(),
        lines: lines.count(),
    }
}

#[test]
fn a_replay_requests_nothing_starts_nothing_and_appends_nothing() {
    let mut session = Session::new(LogOptions::new().with_hashes(true).with_patches(true));
    for _ in 0..2_500 {
        session.step();
    }
    // A request is under way.
    let under_way = session.store.dispatch(GetPost.initiate(1).force_refetch(true));
    session.runtime.settle();
    let before = counters(&session);
    assert!(before.requests > 10 && before.tasks.1 > 0 && before.timers.1 > 0, "{before:?}");
    assert_eq!(before.recorded + 1, before.lines as u64);
    let state = session.store.state();
    let log = session.lines.bytes();
    let open = || LogReader::new(&*log);

    let verified = verify::<Board, BoardAction, _>(open().unwrap()).unwrap();
    assert_eq!(verified.actions, before.recorded);
    assert_eq!(fold::<Board, BoardAction, _>(open().unwrap()).unwrap().run().unwrap(), *state);
    assert_eq!(fold_api_slices(open().unwrap()).unwrap().verify().unwrap(), verified);
    let shrunk = shrink(|| fold::<Under<Fourth>, BoardAction, _>(open()?)).unwrap();
    assert!(shrunk.replays > 10);
    let directory = std::env::temp_dir().join(format!("retake-quiet-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("session.ndjson");
    fs::write(&path, &log).unwrap();
    let replayed = Recordings::<Board, BoardAction>::new(&directory).replay(&path);
    let failed = Recordings::<Under<Fourth>, BoardAction>::new(&directory)
        .shrunk_into(&directory)
        .replay(&path);
    fs::remove_dir_all(&directory).unwrap();
    assert_eq!(replayed.unwrap(), verified);
    assert!(failed.unwrap_err().to_string().contains("shrunk to 4 of "));

    assert_eq!(counters(&session), before);
    // They do move when something happens.
    let runtime: &VirtualRuntime = &session.runtime;
    runtime.run_until(&under_way).unwrap();
    drop(under_way);
    runtime.advance(Duration::from_secs(61));
    let query = session.store.dispatch(GetPost.initiate(5));
    runtime.run_until(&query).unwrap();
    let after = counters(&session);
    assert!(after.requests > before.requests && after.recorded > before.recorded);
    assert!(after.tasks.0 > before.tasks.0 && after.timers.0 > before.timers.0);
}
