//! Replay: the log of a run, folded by the reducer of the store crate alone.

use retake::Reducer;
use retake::store::WireAction;
use retake::store::cache::{ApiState, CacheState};

use crate::app::{App, AppAction, ReducerPath, User, with_path};
use crate::run::Run;

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
/// state of the api after each action.
///
/// No endpoint, middleware or runtime takes part.
///
/// # Errors
/// [`ReplayError`] about the first action that leads elsewhere.
pub fn check_replay(run: &Run) -> Result<(), ReplayError> {
    with_path!(run.reducer_path.as_str(), replay(run)).unwrap_or_else(|| {
        let reason = format!("there is no api type with the path `{}`", run.reducer_path);
        Err(ReplayError { index: 0, kind: String::new(), reason })
    })
}

fn replay<N: ReducerPath>(run: &Run) -> Result<(), ReplayError> {
    let error =
        |index, kind: &str, reason: String| ReplayError { index, kind: kind.into(), reason };
    let initial: CacheState = through_json(&run.initial)
        .map_err(|reason| error(0, "initial state", reason.to_string()))?;
    let mut app = App::<N> { api: ApiState::new(initial), user: User::default() };
    for (index, reduced) in run.actions.iter().enumerate() {
        let kind = reduced.action.kind.as_str();
        let wire: WireAction = through_json(&reduced.action)
            .map_err(|reason| error(index, kind, reason.to_string()))?;
        let action = AppAction::<N>::read(&wire, run.rehydrate_action_type.as_deref())
            .map_err(|reason| error(index, kind, reason.to_string()))?;
        let _ = app.reduce(&action);
        let text = |state: &CacheState| {
            serde_json::to_string(state).map_err(|reason| error(index, kind, reason.to_string()))
        };
        // Texts, so that the order of properties counts, too.
        let (replayed, live) = (text(&app.api)?, text(&reduced.state)?);
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
