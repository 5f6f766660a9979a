//! Logs of stores that keep their history.

use std::fs;

use fastrand::Rng;
use retake_middleware::Recorder;
use retake_store::history::{ActionId, HistoryOptions, LiftedAction};
use retake_store::log::{LogReader, fold};
use serde_json::Value;

use super::files::Folder;
use super::numbers::{NumberStore, Numbers, Pushed, builder, builder_of, verified};
use super::output::{Output, app, options, recorder};

fn start(history: HistoryOptions) -> (NumberStore, Recorder<Numbers, Pushed>, Output) {
    let output = Output::default();
    let recorder = recorder(&output, options());
    let store = builder().history(history, || 0).middleware(recorder.clone()).build();
    (store, recorder, output)
}

/// Returns what the entries of the log say happened.
fn entries(log: &str) -> Vec<String> {
    let lines = log.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| match &line["lifted"] {
            Value::Null => line["action"]["payload"].to_string(),
            lifted => lifted["type"].as_str().unwrap().to_owned(),
        })
        .collect()
}

#[test]
fn changes_of_the_history_have_lines() {
    let (store, recorder, output) = start(HistoryOptions::default().max_age(50));
    (1..=3).for_each(|number| store.dispatch(Pushed(number)));
    store.travel(LiftedAction::ToggleAction { id: ActionId(2) }).unwrap();
    store.travel(LiftedAction::JumpToState { index: 0 }).unwrap();
    store.dispatch(Pushed(4));
    assert_eq!((store.state().all.len(), &*store.head().all), (0, &[1, 3, 4][..]));
    store.travel(LiftedAction::Sweep).unwrap();
    store.travel(LiftedAction::Reset).unwrap();
    store.dispatch(Pushed(5));
    recorder.finish().unwrap();

    let log = output.text();
    assert!(log.lines().next().unwrap().ends_with(r#""history":{"maxAge":50}}"#), "{log}");
    assert_eq!(entries(&log), ["1", "2", "3", "TOGGLE_ACTION", "4", "SWEEP", "RESET", "5"]);
    assert_eq!(recorder.recorded(), 8);
    assert_eq!(output.verified(), 8);
}

#[test]
fn what_is_refused_has_no_line() {
    let (store, recorder, output) = start(HistoryOptions::default());
    store.dispatch(Pushed(1));
    store.travel(LiftedAction::LockChanges { status: true }).unwrap();
    store.dispatch(Pushed(2));
    store.travel(LiftedAction::LockChanges { status: false }).unwrap();
    store.dispatch(Pushed(3));
    recorder.finish().unwrap();
    assert_eq!(store.head().all, [1, 3]);
    assert_eq!(entries(&output.text()), ["1", "3"]);
    assert_eq!(output.verified(), 2);
}

/// Dispatches or travels at random, without a look at whether that is possible.
fn do_something(store: &NumberStore, rng: &mut Rng) {
    let id = ActionId(rng.u64(..12));
    let _ = store.travel(match rng.u8(..24) {
        0 => LiftedAction::Reset,
        1 => LiftedAction::Rollback,
        2 => LiftedAction::Commit,
        3 => LiftedAction::Sweep,
        4..7 => LiftedAction::ToggleAction { id },
        7 => LiftedAction::SetActionsActive { start: id, end: ActionId(id.0 + 3), active: false },
        8 => LiftedAction::ReorderAction { action_id: id, before_action_id: ActionId(1) },
        9..12 => LiftedAction::JumpToState { index: rng.usize(..6) },
        12 => LiftedAction::LockChanges { status: rng.u8(..4) == 0 },
        13 => LiftedAction::PauseRecording { status: rng.bool() },
        14 => {
            if let Some(history) = store.history() {
                store.import_history(&history.to_json().unwrap()).unwrap();
            }
            return;
        }
        number => return store.dispatch(Pushed(number.into())),
    });
}

/// The log of several processes, some of which keep a history, leads where the last one is.
#[test]
fn logs_lead_to_the_head() {
    let folder = Folder::new("histories");
    for seed in 0..40 {
        let mut rng = Rng::with_seed(seed);
        let mut state = Numbers::default();
        for _ in 0..3 {
            let (recorder, resumed) = Recorder::resume(folder.log(), app(), options()).unwrap();
            assert_eq!(resumed.unwrap_or_default(), state, "seed {seed}");
            let mut builder = builder_of(state.clone()).middleware(recorder.clone());
            if rng.u8(..4) > 0 {
                let history = HistoryOptions::default().pause_step(rng.bool());
                builder = builder.history(history.max_age(rng.usize(2..12)), || 0);
            }
            let store = builder.build();
            recorder.sync().unwrap();
            (0..rng.u8(..30)).for_each(|_| do_something(&store, &mut rng));
            recorder.finish().unwrap();
            let log = fs::read(folder.log()).unwrap();
            assert_eq!(verified(&log), recorder.recorded(), "seed {seed}");
            let folded = fold::<Numbers, Pushed, _>(LogReader::new(&log[..]).unwrap()).unwrap();
            state = folded.run().unwrap();
            assert_eq!(state, *store.head(), "seed {seed}");
        }
        fs::remove_file(folder.log()).unwrap();
    }
}
