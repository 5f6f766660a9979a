//! Replay: the log of a run, folded by the reducer of the store crate alone.

use retake::Reducer;
use retake::store::WireAction;
use retake::store::cache::CacheState;

use crate::app::AppAction;
use crate::run::Run;
use crate::slot::App;

/// The replay of a log came to another state than the run.
#[derive(Debug, thiserror::Error)]
#[error("after action {index} ({kind}): {reason}")]
pub struct ReplayError {
    /// The number of the action.
    pub index: usize,
    /// Its type.
    pub kind: String,
    /// What is wrong.
    pub reason: String,
}

/// Checks that the actions of `run`, written as JSON, read back and reduced, lead to the same
/// slices of all apis after each action.
///
/// No endpoint, middleware or runtime takes part.
///
/// # Errors
/// [`ReplayError`] about the first action that leads elsewhere.
pub fn check_replay(run: &Run) -> Result<(), ReplayError> {
    let error =
        |index, kind: &str, reason: String| ReplayError { index, kind: kind.into(), reason };
    let mut app: App = through_json(&run.initial)
        .map_err(|reason| error(0, "initial state", reason.to_string()))?;
    for (index, reduced) in run.actions.iter().enumerate() {
        let kind = reduced.action.kind.as_str();
        let wire: WireAction = through_json(&reduced.action)
            .map_err(|reason| error(index, kind, reason.to_string()))?;
        let action = AppAction::read(&wire, &run.apis)
            .map_err(|reason| error(index, kind, reason.to_string()))?;
        let _ = app.reduce(&action);
        let text = |slices: &[CacheState]| {
            serde_json::to_string(slices).map_err(|reason| error(index, kind, reason.to_string()))
        };
        // Texts, so that the order of properties counts, too.
        let (replayed, live) = (text(&app.slices())?, text(&reduced.slices)?);
        if replayed != live {
            return Err(error(index, kind, format!("replayed {replayed}\nlive     {live}")));
        }
    }
    Ok(())
}

fn through_json<T, U>(value: &T) -> Result<U, serde_json::Error>
where
    T: serde::Serialize,
    U: serde::de::DeserializeOwned,
{
    serde_json::from_str(&serde_json::to_string(value)?)
}
