//! Histories as JSON, in the form of Redux DevTools.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::action::{Action, WireAction, WireError};
use crate::history::action::ActionId;
use crate::history::lifted::LiftedState;
use crate::history::step::{Computed, StagedAction};
use crate::reducer::Reducer;
use crate::state::State;

/// The type of what is no action: the beginning, and a pause.
const INIT: &str = "@@INIT";
const PAUSED: &str = "@@PAUSED";

/// The largest number that JavaScript tells from its neighbours.
const LAST_ID: ActionId = ActionId((1 << 53) - 1);

/// Why a history cannot be read or written; the one that is there is as before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// It is no history.
    #[error("this is no history: {0}; import the file that `Export` wrote")]
    Json(#[from] serde_json::Error),
    /// An action of it is none of this application's.
    #[error("action {id}, `{kind}`, is none of this application's")]
    UnknownAction {
        /// Its number.
        id: ActionId,
        /// Its type.
        kind: String,
    },
    /// An action of it does not fit.
    #[error("action {id}: {error}")]
    Action {
        /// Its number.
        id: ActionId,
        /// Why.
        error: WireError,
    },
    /// Its parts contradict each other.
    #[error("the history contradicts itself: {0}")]
    Inconsistent(&'static str),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireHistory {
    actions_by_id: BTreeMap<ActionId, WireStaged>,
    computed_states: Vec<WireComputed>,
    #[serde(default)]
    committed_state: Value,
    current_state_index: usize,
    next_action_id: ActionId,
    skipped_action_ids: Vec<ActionId>,
    staged_action_ids: Vec<ActionId>,
    #[serde(default)]
    is_locked: bool,
    #[serde(default)]
    is_paused: bool,
}

#[derive(Serialize, Deserialize)]
struct WireStaged {
    #[serde(rename = "type", default = "perform_action")]
    kind: String,
    action: WireAction,
    #[serde(default)]
    timestamp: u64,
}

#[derive(Serialize, Deserialize)]
struct WireComputed {
    #[serde(default)]
    state: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Arc<str>>,
}

fn perform_action() -> String {
    "PERFORM_ACTION".to_owned()
}

impl<S: State + Serialize, A: Action> LiftedState<S, A> {
    /// Returns the history in the JSON form that Redux DevTools exports.
    ///
    /// # Errors
    /// [`ImportError`] when a state or an action has no JSON form.
    pub fn to_json(&self) -> Result<Value, ImportError> {
        let mut actions_by_id = BTreeMap::new();
        for (id, staged) in &self.actions {
            let action = match &staged.action {
                Some(action) => {
                    action.to_wire().map_err(|error| ImportError::Action { id: *id, error })?
                }
                None => WireAction::new(if *id == ActionId::INIT { INIT } else { PAUSED }),
            };
            let staged = WireStaged { kind: perform_action(), action, timestamp: staged.timestamp };
            actions_by_id.insert(*id, staged);
        }
        let computed = self.computed.iter().map(|step| {
            let state = serde_json::to_value(&*step.state)?;
            Ok(WireComputed { state, error: step.error.clone() })
        });
        let history = WireHistory {
            actions_by_id,
            computed_states: computed.collect::<Result<_, serde_json::Error>>()?,
            committed_state: serde_json::to_value(&*self.committed)?,
            current_state_index: self.current,
            next_action_id: self.next_id,
            skipped_action_ids: self.skipped.clone(),
            staged_action_ids: self.staged.iter().copied().collect(),
            is_locked: self.is_locked,
            is_paused: self.is_paused,
        };
        Ok(serde_json::to_value(&history)?)
    }
}

impl<S: State + Reducer<A>, A: Action> LiftedState<S, A> {
    /// Begins again with `committed` and performs `actions`; the state after the last one is
    /// looked at.
    ///
    /// # Panics
    /// As [`perform`](LiftedState::perform).
    pub fn import_actions(&mut self, committed: S, actions: impl IntoIterator<Item = (A, u64)>) {
        let mut next = Self { committed: Arc::new(committed), ..self.clone() };
        next.begin_with(Computed::new(Arc::clone(&next.committed)), 0);
        for (action, timestamp) in actions {
            let (computed, _) = next.next(next.last(), &action);
            let bytes = next.weight(&action);
            next.stage(StagedAction { action: Some(action), timestamp, bytes });
            next.computed.push_back(computed);
        }
        next.current = next.computed.len() - 1;
        *self = next;
    }

    /// Takes over a history that Redux DevTools, or [`to_json`](LiftedState::to_json), has
    /// written; its states are computed again.
    ///
    /// Every form is understood: the whole history; an array of actions, which happened at
    /// `timestamp` and begin with the [`initial`](LiftedState::initial) state; either of these as
    /// `{payload, preloadedState}` with JSON texts, which is a file of a custom export, or as
    /// `{nextLiftedState, preloadedState}`, which is the action `IMPORT_STATE`.
    ///
    /// Whether this history is locked or paused stays as it is.
    ///
    /// # Errors
    /// [`ImportError`] when it is none, or not one of this application; nothing changes then.
    ///
    /// # Panics
    /// As [`perform`](LiftedState::perform).
    pub fn import(&mut self, history: &Value, timestamp: u64) -> Result<(), ImportError>
    where
        S: DeserializeOwned,
    {
        let Parts { history, preloaded } = Parts::of(history)?;
        match &*history {
            Value::Array(actions) => {
                let committed = match preloaded.as_deref() {
                    None | Some(Value::Null) => S::clone(&self.initial),
                    Some(state) => S::deserialize(state)?,
                };
                let read_next = |(wire, id): (&Value, u64)| {
                    read(ActionId(id), &WireAction::deserialize(wire)?).map(|it| (it, timestamp))
                };
                let actions: Result<Vec<_>, _> = actions.iter().zip(1..).map(read_next).collect();
                self.import_actions(committed, actions?);
                Ok(())
            }
            whole => self.import_whole(WireHistory::deserialize(whole)?),
        }
    }

    fn import_whole(&mut self, wire: WireHistory) -> Result<(), ImportError>
    where
        S: DeserializeOwned,
    {
        check(&wire)?;
        let committed: Arc<S> = Arc::new(S::deserialize(&wire.committed_state)?);
        let mut next = Self { committed, ..self.clone() };
        next.begin_with(Computed::new(Arc::clone(&next.committed)), 0);
        for (id, staged) in wire.actions_by_id {
            let action = match staged.action.kind.as_str() {
                INIT | PAUSED => None,
                _ => Some(read(id, &staged.action)?),
            };
            let bytes = action.as_ref().map_or(0, |action| next.weight(action));
            let staged = StagedAction { action, timestamp: staged.timestamp, bytes };
            next.actions.insert(id, Arc::new(staged));
        }
        next.next_id = wire.next_action_id;
        next.restage(wire.staged_action_ids.into(), wire.skipped_action_ids, 1);
        next.current = wire.current_state_index;
        next.weigh();
        *self = next;
        Ok(())
    }
}

/// The parts of what is imported.
struct Parts<'a> {
    history: Cow<'a, Value>,
    preloaded: Option<Cow<'a, Value>>,
}

impl<'a> Parts<'a> {
    fn of(imported: &'a Value) -> Result<Self, ImportError> {
        let member = |name| imported.get(name).map(Cow::Borrowed);
        if let Some(history) = member("nextLiftedState") {
            return Ok(Self { history, preloaded: member("preloadedState") });
        }
        let Some(payload) = member("payload") else {
            return Ok(Self { history: Cow::Borrowed(imported), preloaded: None });
        };
        let preloaded = member("preloadedState").map(parsed).transpose()?;
        Ok(Self { history: parsed(payload)?, preloaded })
    }
}

/// Returns what `value` says if it is a JSON text, and itself otherwise.
fn parsed(value: Cow<'_, Value>) -> Result<Cow<'_, Value>, ImportError> {
    match value.as_str() {
        Some(text) => Ok(Cow::Owned(serde_json::from_str(text)?)),
        None => Ok(value),
    }
}

fn read<A: Action>(id: ActionId, wire: &WireAction) -> Result<A, ImportError> {
    match A::from_wire(wire) {
        Some(action) => action.map_err(|error| ImportError::Action { id, error }),
        None => Err(ImportError::UnknownAction { id, kind: wire.kind.clone() }),
    }
}

fn check(wire: &WireHistory) -> Result<(), ImportError> {
    let staged = &wire.staged_action_ids;
    let is_once = staged.iter().collect::<BTreeSet<_>>().len() == staged.len();
    let contradiction = if staged.first() != Some(&ActionId::INIT) {
        "its first action is not 0"
    } else if !is_once {
        "an action stands in it twice"
    } else if !staged.iter().all(|id| wire.actions_by_id.contains_key(id)) {
        "one of its actions is missing"
    } else if wire.actions_by_id.keys().any(|id| *id >= wire.next_action_id) {
        "an action has a number that is still to come"
    } else if wire.next_action_id > LAST_ID {
        "its next number is none that JavaScript can count with"
    } else if wire.current_state_index >= staged.len() {
        "the state that it looks at is missing"
    } else if wire.skipped_action_ids.contains(&ActionId::INIT) {
        "its beginning is skipped"
    } else {
        return Ok(());
    };
    Err(ImportError::Inconsistent(contradiction))
}
