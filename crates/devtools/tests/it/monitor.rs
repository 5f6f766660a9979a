//! What the monitor makes of messages: the rules of its reducer `instances`.

use serde_json::{Map, Value, json};

/// The lifted state of an instance, as the page has it.
///
/// Source: `@redux-devtools/app-core` 1 to 3, `reducers/instances` and `utils/updateState`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Monitor {
    pub(crate) lifted: Value,
}

impl Monitor {
    pub(crate) fn hear(&mut self, message: &Value) {
        match message["type"].as_str().unwrap() {
            "STATE" => self.lifted = text(&message["payload"]),
            "ACTION" => {
                let (action, state) = (text(&message["action"]), text(&message["payload"]));
                match action {
                    Value::Array(actions) => {
                        for (action, state) in actions.iter().zip(state.as_array().unwrap()) {
                            let next_id = self.lifted["nextActionId"].as_u64().unwrap() + 1;
                            self.perform(action, state, next_id, &message["maxAge"]);
                        }
                    }
                    action => {
                        let next_id = message["nextActionId"].as_u64().unwrap();
                        self.perform(&action, &state, next_id, &message["maxAge"]);
                    }
                }
            }
            "LIFTED" => {}
            _ => return,
        }
        if let Some(Value::Object(members)) = message.get("liftedState") {
            self.lifted.as_object_mut().unwrap().extend(members.clone());
        }
    }

    fn perform(&mut self, action: &Value, state: &Value, next_id: u64, max_age: &Value) {
        let last = self.list("stagedActionIds").len() - 1;
        if self.lifted["currentStateIndex"] == last {
            self.lifted["currentStateIndex"] = json!(last + 1);
        }
        self.list("stagedActionIds").push(json!(next_id - 1));
        self.lifted["actionsById"][(next_id - 1).to_string()] = action.clone();
        self.lifted["nextActionId"] = json!(next_id);
        self.list("computedStates").push(json!({ "state": state }));
        let max_age = usize::try_from(max_age.as_u64().unwrap()).unwrap();
        let excess = self.list("stagedActionIds").len().saturating_sub(max_age);
        if excess > 0 {
            self.commit(excess);
        }
    }

    fn commit(&mut self, excess: usize) {
        let gone: Vec<Value> = self.list("stagedActionIds").drain(1..=excess).collect();
        self.list("skippedActionIds").retain(|id| !gone.contains(id));
        for id in gone {
            self.actions().remove(&id.to_string());
        }
        self.list("computedStates").drain(..excess);
        self.lifted["committedState"] = self.lifted["computedStates"][0]["state"].clone();
        let current = self.lifted["currentStateIndex"].as_u64().unwrap();
        let current = usize::try_from(current).unwrap().saturating_sub(excess);
        self.lifted["currentStateIndex"] = json!(current);
    }

    /// Forgets the oldest actions, so that there is one state for each of `states`.
    pub(crate) fn shorten_to(&mut self, states: usize) {
        let excess = self.list("computedStates").len().saturating_sub(states);
        if excess > 0 {
            self.commit(excess);
        }
    }

    fn list(&mut self, name: &str) -> &mut Vec<Value> {
        self.lifted[name].as_array_mut().unwrap()
    }

    fn actions(&mut self) -> &mut Map<String, Value> {
        self.lifted["actionsById"].as_object_mut().unwrap()
    }
}

fn text(json: &Value) -> Value {
    serde_json::from_str(json.as_str().unwrap()).unwrap()
}
