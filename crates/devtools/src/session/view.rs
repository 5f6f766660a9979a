//! What a monitor shows of a history.

use std::collections::BTreeMap;
use std::sync::Arc;

use retake_store::history::{ActionId, Computed, LiftedState};
use retake_store::{Action, State};
use serde::Serialize;

use crate::options::Devtools;
use crate::protocol::Pointer;
use crate::session::text::{action_text, staged_text, state_text};

/// The last steps of a history, those that are not left out, with their texts.
pub(crate) struct View<S> {
    /// The beginning and what follows; never empty.
    pub(crate) steps: Vec<Step<S>>,
    pub(crate) skipped: Vec<ActionId>,
    pub(crate) pointer: Pointer,
    /// The number that a monitor gives to the next action. Later ones were perhaps given to actions
    /// that it does not know of.
    pub(crate) next_id: ActionId,
    /// The place in the history of what is shown as the beginning.
    pub(crate) start: usize,
    /// The number of the action behind that place, shown or not.
    pub(crate) origin: ActionId,
}

/// An action and the state after it.
pub(crate) struct Step<S> {
    pub(crate) id: ActionId,
    /// `PERFORM_ACTION` with the action.
    pub(crate) action: Arc<str>,
    /// Holding the state keeps its address its own.
    pub(crate) state: Arc<S>,
    pub(crate) json: Arc<str>,
    /// What the reducer panicked with, or why there is no JSON.
    pub(crate) error: Option<Arc<str>>,
    timestamp: u64,
}

impl<S> Clone for Step<S> {
    fn clone(&self) -> Self {
        Self {
            id: self.id,
            action: Arc::clone(&self.action),
            state: Arc::clone(&self.state),
            json: Arc::clone(&self.json),
            error: self.error.clone(),
            timestamp: self.timestamp,
        }
    }
}

impl<S> Step<S> {
    /// Returns whether both are the same action with the same state.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.has_action_of(other) && self.error == other.error && self.has_state(&other.state)
    }

    fn has_action_of(&self, other: &Self) -> bool {
        self.id == other.id && self.timestamp == other.timestamp
    }

    fn has_state(&self, state: &Arc<S>) -> bool {
        Arc::ptr_eq(&self.state, state)
    }
}

impl<S: State + Serialize> View<S> {
    /// Returns what `history` looks like; what `before` has as text is not serialised again.
    pub(crate) fn new<A: Action>(
        history: &LiftedState<S, A>,
        devtools: &Devtools<S, A>,
        before: Option<&Self>,
    ) -> Self {
        let known = Known::new(before);
        let len = history.steps().len();
        let first = len.saturating_sub(devtools.max_age);
        // From the last step to the first, so that the limits drop the oldest ones.
        let (mut steps, mut places, mut ids) = (Vec::<Step<S>>::new(), Vec::new(), Vec::new());
        let mut bytes = 0_usize;
        for (place, (id, computed)) in (first..len).rev().zip(history.steps().rev()) {
            let staged = history.action(id);
            let action = staged.and_then(|staged| staged.action.as_ref());
            let is_left_out =
                action.is_some_and(|action| !devtools.filter.shows(&computed.state, action));
            if place == first || !is_left_out {
                let timestamp = staged.map_or(0, |staged| staged.timestamp);
                let (json, error) = known.state(computed, steps.last(), devtools);
                let step = Step {
                    id,
                    action: known
                        .action(id, timestamp, computed)
                        .unwrap_or_else(|| action_text(id, action, timestamp, devtools)),
                    state: Arc::clone(&computed.state),
                    json,
                    error,
                    timestamp,
                };
                bytes = bytes.saturating_add(step.action.len() + step.json.len());
                if bytes > devtools.max_bytes && steps.len() >= 2 {
                    break;
                }
                places.push(place);
                steps.push(step);
            }
            ids.push(id);
        }
        steps.reverse();
        places.reverse();
        if let Some(first) = steps.first_mut().filter(|first| first.id != ActionId::INIT) {
            first.id = ActionId::INIT;
            first.action = staged_text(None, ActionId::INIT, first.timestamp);
        }
        let start = places.first().copied().unwrap_or_default();
        let looked_at = history.current_state_index();
        let next_id = history.next_action_id();
        let is_shown = |id: &ActionId| steps.iter().any(|step| step.id == *id);
        Self {
            skipped: history.skipped().iter().copied().filter(is_shown).collect(),
            pointer: Pointer {
                current_state_index: places.partition_point(|it| *it <= looked_at).max(1) - 1,
                is_locked: history.is_locked(),
                is_paused: history.is_paused(),
            },
            steps,
            next_id,
            start,
            origin: len.checked_sub(start + 2).and_then(|at| ids.get(at)).map_or(next_id, |id| *id),
        }
    }
}

/// What has a text already.
struct Known<'a, S> {
    steps: BTreeMap<ActionId, &'a Step<S>>,
    states: BTreeMap<*const S, &'a Step<S>>,
}

impl<'a, S: State + Serialize> Known<'a, S> {
    fn new(view: Option<&'a View<S>>) -> Self {
        let steps = || view.into_iter().flat_map(|view| &view.steps);
        Self {
            steps: steps().map(|step| (step.id, step)).collect(),
            states: steps().map(|step| (Arc::as_ptr(&step.state), step)).collect(),
        }
    }

    /// Returns the text of the action `id`, if it is the one that is known.
    fn action(&self, id: ActionId, timestamp: u64, computed: &Computed<S>) -> Option<Arc<str>> {
        let step = self.steps.get(&id)?;
        let is_same = step.timestamp == timestamp && step.has_state(&computed.state);
        is_same.then(|| Arc::clone(&step.action))
    }

    /// Returns the text of a state, and what is wrong with it.
    fn state<A: Action>(
        &self,
        computed: &Computed<S>,
        next: Option<&Step<S>>,
        devtools: &Devtools<S, A>,
    ) -> (Arc<str>, Option<Arc<str>>) {
        let next = next.filter(|next| next.has_state(&computed.state));
        let known = next.or_else(|| self.states.get(&Arc::as_ptr(&computed.state)).copied());
        let error = || computed.error.clone();
        match known {
            // An error of its own is not that of another step with the same state.
            Some(step) if step.json.len() > NULL.len() => (Arc::clone(&step.json), error()),
            _ => match state_text(&*computed.state, devtools) {
                Ok(json) => (json, error()),
                Err(unwritable) => (NULL.into(), Some(unwritable)),
            },
        }
    }
}

const NULL: &str = "null";

impl<S> View<S> {
    /// Returns what follows the beginning.
    pub(crate) fn actions(&self) -> &[Step<S>] {
        self.steps.get(1..).unwrap_or_default()
    }

    /// Returns the lifted state as Redux DevTools writes it.
    pub(crate) fn lifted(&self) -> String {
        let ids = || self.steps.iter().map(|step| step.id.to_string());
        let actions = self.steps.iter().map(|step| format!("\"{}\":{}", step.id, step.action));
        let states = self.steps.iter().map(|step| match &step.error {
            None => format!("{{\"state\":{}}}", step.json),
            Some(error) => {
                let error = serde_json::Value::from(&**error);
                format!("{{\"state\":{},\"error\":{error}}}", step.json)
            }
        });
        let committed = self.steps.first().map_or(NULL, |step| &step.json);
        format!(
            "{{\"monitorState\":{{}},\"nextActionId\":{},\"actionsById\":{{{}}},\
             \"stagedActionIds\":[{}],\"skippedActionIds\":[{}],\"committedState\":{committed},\
             \"currentStateIndex\":{},\"computedStates\":[{}],\"isLocked\":{},\"isPaused\":{}}}",
            self.next_id,
            joined(actions),
            joined(ids()),
            joined(self.skipped.iter().map(ActionId::to_string)),
            self.pointer.current_state_index,
            joined(states),
            self.pointer.is_locked,
            self.pointer.is_paused,
        )
    }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    let mut all = String::new();
    for item in items {
        if !all.is_empty() {
            all.push(',');
        }
        all.push_str(&item);
    }
    all
}
