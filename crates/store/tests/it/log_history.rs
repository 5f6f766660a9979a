//! A log of a store that keeps its history leads to the same heads.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use retake_store::history::{ActionId, HistoryChange, HistoryOptions, LiftedAction};
use retake_store::log::{
    AppInfo, CompactError, Compaction, Header, LogError, LogOptions, LogReader, LogWriter, Replay,
    VerifyError, compact, fold, fold_api_slices, latest_snapshot, recover, shrink, verify,
};
use serde_json::json;

use crate::log_api_slices;
use crate::travel::{Event, Recorded, Seen, Sum, SumAction, event, perform, store, store_with};

fn options() -> LogOptions {
    LogOptions::new().with_hashes(true).with_patches(true).snapshot_every(3)
}

/// Writes what was seen, and returns the head after each line.
fn write(writer: &mut LogWriter<&mut Vec<u8>>, seen: &Seen) -> Vec<Sum> {
    let mut heads = Vec::new();
    for (at, recorded) in (1..).zip(std::mem::take(&mut *seen.recorded.lock().unwrap())) {
        let head = match recorded {
            Recorded::Action(action, head) => {
                writer.append(at, &action, &head).unwrap();
                head
            }
            Recorded::Change(change, head) => {
                writer.append_lifted(at, change, &head).unwrap();
                head
            }
        };
        heads.push(head);
    }
    heads
}

/// Returns the log of a store in which `events` happened, and the head after each line.
fn record(history: HistoryOptions, events: Vec<Event>) -> (String, Vec<Sum>) {
    let (store, seen) = store(history.clone());
    perform(&store, events);
    let mut log = Vec::new();
    let header = Header::new(AppInfo::new("sum", "1"), &Sum::default()).unwrap();
    let header = header.with_history(Some(history));
    let mut writer = LogWriter::with_header(&mut log, &header, options()).unwrap();
    let heads = write(&mut writer, &seen);
    (String::from_utf8(log).unwrap(), heads)
}

fn reader(log: &str) -> LogReader<&[u8]> {
    LogReader::new(log.as_bytes()).unwrap()
}

fn replay(log: &str) -> Replay<Sum, SumAction, &[u8]> {
    fold(reader(log)).unwrap()
}

/// Returns the state after each line, from the JSON text of the log alone.
fn heads(log: &str) -> Vec<Sum> {
    let mut replay = replay(log);
    let mut heads = Vec::new();
    while let Some(step) = replay.next_step() {
        heads.push(step.unwrap().state.clone());
    }
    heads
}

fn any_history() -> impl Strategy<Value = HistoryOptions> {
    let bounds = (proptest::option::of(2..6_usize), proptest::option::of(1..200_u64));
    (bounds, any::<bool>(), any::<bool>()).prop_map(|((age, bytes), pause_step, start_paused)| {
        let options = HistoryOptions::default().catch_errors(true);
        let options = options.pause_step(pause_step).start_paused(start_paused);
        let options = age.map_or(options.clone(), |age| options.max_age(age));
        bytes.map_or(options.clone(), |bytes| options.max_bytes(bytes))
    })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(event(), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_log_leads_to_the_same_heads(history in any_history(), events in events()) {
        let (log, live) = record(history, events);
        prop_assert_eq!(heads(&log), live.clone());
        let verified = verify::<Sum, SumAction, _>(reader(&log)).unwrap();
        prop_assert_eq!((verified.actions, verified.compared), (live.len() as u64, live.len() as u64));
        prop_assert_eq!(latest_snapshot(log.as_bytes(), u64::MAX).unwrap(), None);
    }

    #[test]
    fn a_compacted_log_goes_on_with_the_history(
        history in any_history(), events in events(), after in any::<usize>(),
    ) {
        let (log, live) = record(history, events);
        let after = after % (live.len() + 1);
        let mut compacted = Vec::new();
        let compaction = Compaction::after(after as u64).with_options(options());
        let done = match replay(&log).compact(&mut compacted, &compaction) {
            Ok(done) => done,
            Err(CompactError::UnwritableHistory { seq }) => {
                prop_assert_eq!(seq, after as u64);
                return Ok(());
            }
            Err(error) => panic!("{error}"),
        };
        prop_assert_eq!((done.folded, done.kept), (after as u64, (live.len() - after) as u64));
        let compacted = String::from_utf8(compacted).unwrap();
        // The line that imports the history leads to the head that there was.
        let from = after.saturating_sub(1);
        prop_assert_eq!(heads(&compacted), live[from..].to_vec());
        verify::<Sum, SumAction, _>(reader(&compacted)).unwrap();
    }

    #[test]
    fn another_process_goes_on_with_the_log(
        history in any_history(), first in events(), second in events(),
    ) {
        let (log, live) = record(history.clone(), first);
        let mut log = log.into_bytes();
        let end = recover(&log[..]).unwrap().unwrap();
        let state = fold::<Sum, SumAction, _>(LogReader::new(&log[..]).unwrap()).unwrap().run().unwrap();
        let (store, seen) = store_with(state.clone(), history.clone());
        perform(&store, second);
        let mut writer = LogWriter::resume(&mut log, &end, &state, options()).unwrap();
        writer.append_lifted(0, HistoryChange::restart(history), &state).unwrap();
        let more = write(&mut writer, &seen);
        let all: Vec<_> = live.into_iter().chain([state]).chain(more).collect();
        let log = String::from_utf8(log).unwrap();
        prop_assert_eq!(heads(&log), all);
        verify::<Sum, SumAction, _>(reader(&log)).unwrap();
    }
}

fn toggled(id: u64) -> Event {
    Event::Travel(LiftedAction::ToggleAction { id: ActionId(id) })
}

fn example() -> String {
    let added = |by| Event::Dispatch(SumAction::Add(by));
    record(HistoryOptions::default(), vec![added(1), added(10), toggled(1), added(100)]).0
}

#[test]
fn a_step_says_what_changed_the_history() {
    let log = example();
    assert!(log.starts_with(
        r#"{"retake":1,"app":{"name":"sum","version":"1"},"state":{"sum":0,"calls":0},"history":{}}"#
    ));
    let mut replay = replay(&log);
    let sums = [1, 11, 10, 110];
    for sum in sums {
        let step = replay.next_step().unwrap().unwrap();
        assert_eq!((step.state.sum, step.action().is_none()), (sum, step.seq == 3));
    }
    assert_eq!(replay.history().unwrap().skipped(), [ActionId(1)]);
    assert_eq!(replay.into_state().sum, 110);

    let planted = log.replace(r#""id":1"#, r#""id":2"#);
    match verify::<Sum, SumAction, _>(reader(&planted)) {
        Err(VerifyError::Diverged(found)) => {
            assert_eq!((found.line, &*found.action_type), (4, "TOGGLE_ACTION"));
            assert_eq!(found.differences[0].got, Some(json!(1)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn histories_that_cannot_change_so_are_refused() {
    let unknown = example().replace(r#""id":1"#, r#""id":7"#);
    let mut replay = replay(&unknown);
    assert!(replay.next_step().unwrap().is_ok() && replay.next_step().unwrap().is_ok());
    let error = replay.next_step().unwrap().unwrap_err();
    assert!(
        error.to_string().starts_with("line 4: the history cannot change so: there is no action 7")
    );
    assert!(replay.next_step().is_none(), "nothing follows");
    assert_eq!(replay.state().sum, 11);

    let without = example().replace(r#","history":{}"#, "");
    let error = self::replay(&without).run().unwrap_err();
    assert!(matches!(error, LogError::NoHistory { line: 4 }), "{error}");
    assert!(error.to_string().contains("restore that member"), "{error}");

    let bad = example().replace(r#""history":{}"#, r#""history":7"#);
    let error = LogReader::new(bad.as_bytes());
    assert!(error.unwrap_err().to_string().contains("in its member `history`: "));
}

/// What of a log a fault needs, a history is not taken apart for.
#[test]
fn a_divergence_of_the_history_is_shrunk_no_further_than_to_its_line() {
    let log = example();
    let at_change = log.replace(r#""id":1"#, r#""id":2"#);
    let shrunk = shrink(|| Ok(replay(&at_change))).unwrap();
    assert_eq!((shrunk.divergence.line, shrunk.entries.len(), shrunk.is_hidden), (4, 3, false));
    assert_eq!(
        shrunk.to_string(),
        at_change.lines().take(4).map(|line| format!("{line}\n")).collect::<String>()
    );
    let behind = log.replace(r#""payload":100"#, r#""payload":99"#);
    let shrunk = shrink(|| Ok(replay(&behind))).unwrap();
    assert_eq!((shrunk.divergence.line, shrunk.entries.len()), (5, 1), "it needs no history");
}

#[test]
fn only_the_application_carries_a_history_over() {
    let log = example();
    let compacted = |after| {
        let mut output = Vec::new();
        compact(reader(&log), &mut output, &Compaction::after(after).with_options(options()))
            .map(|_| String::from_utf8(output).unwrap())
    };
    assert!(matches!(compacted(2), Err(CompactError::History)));
    assert_eq!(heads(&compacted(0).unwrap()), heads(&log));
}

/// The slices of apis have a history of their own, with what was imported.
#[test]
fn api_slices_travel_without_the_application() {
    let (log, states) = log_api_slices::record(log_api_slices::session(), LogOptions::new());
    let log = log.replacen("}\n", ",\"history\":{\"maxAge\":30}}\n", 1);
    let lifted = |seq: u64, change: serde_json::Value| {
        format!("{}\n", json!({"seq": seq, "at": 0, "lifted": change}))
    };
    // The last action, a reset, is skipped; then all is rolled back.
    let toggle = lifted(13, json!({"type": "TOGGLE_ACTION", "id": 12}));
    let rollback = lifted(14, json!({"type": "ROLLBACK"}));
    let log = format!("{log}{toggle}{rollback}");
    let mut replay = fold_api_slices(reader(&log)).unwrap();
    let first = serde_json::to_string(replay.state()).unwrap();
    let mut texts = Vec::new();
    while let Some(step) = replay.next_step() {
        texts.push(serde_json::to_string(step.unwrap().state).unwrap());
    }
    assert_eq!(texts[..12], states);
    assert_eq!(texts[12], states[10]);
    assert_eq!(texts[13], first);

    let bad = json!({"type": "api/queries/removeQueryResult", "payload": 1});
    let import = |action| json!({"type": "IMPORT_STATE", "nextLiftedState": [action]});
    let log = format!("{log}{}", lifted(15, import(json!({"type": "__rtkq/unfocused"}))));
    let slices = fold_api_slices(reader(&log)).unwrap().run().unwrap();
    assert!(!slices.slice("api").unwrap().config().focused);
    let log = format!("{log}{}", lifted(16, import(bad)));
    let error = fold_api_slices(reader(&log)).unwrap().run().unwrap_err();
    assert!(matches!(error, LogError::MalformedAction { line: 17, .. }), "{error}");
}
