//! Whatever is imported, and whatever is asked for afterwards, one JSON value per line: a history
//! stays one, and comes back from its own file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use posts_app::{App, AppAction};
use retake_store::Action as _;
use retake_store::WireAction;
use retake_store::history::{HistoryChange, HistoryOptions, LiftedState};
use serde_json::Value;

type History = LiftedState<App, AppAction>;

fn check(history: &History) {
    let ids: Vec<_> = history.steps().map(|(id, _)| id).collect();
    assert!(history.current_state_index() < ids.len());
    assert!(ids.iter().all(|id| *id < history.next_action_id() && history.action(*id).is_some()));
}

fuzz_target!(|lines: &str| {
    let options = HistoryOptions::default().max_age(8).catch_errors(true);
    let mut history = History::new(App::default(), options.clone());
    for line in lines.lines() {
        let Ok(value) = serde_json::from_str::<Value>(line) else { continue };
        let before = history.clone();
        if let Ok(change) = serde_json::from_value::<HistoryChange>(value.clone()) {
            if history.replay(&change).is_err() {
                assert_eq!(history.head(), before.head());
                assert_eq!(history.current_state_index(), before.current_state_index());
            }
        } else if let Ok(wire) = serde_json::from_value::<WireAction>(value.clone()) {
            if let Some(Ok(action)) = AppAction::from_wire(&wire) {
                let _ = history.perform(action, 1);
            }
        } else if history.import(&value, 1).is_err() {
            assert_eq!(history.head(), before.head());
        }
        check(&history);
    }
    let Ok(file) = history.to_json() else { return };
    let mut again = History::new(App::default(), options);
    again.import(&file, 1).expect("what was exported is imported");
    check(&again);
    if !history.is_paused() {
        let json = |history: &History| history.to_json().map(|json| json["actionsById"].clone());
        assert_eq!(json(&history).ok(), json(&again).ok());
        assert_eq!(history.head(), again.head());
    }
});
