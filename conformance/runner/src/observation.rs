//! Observations: what a run writes down, step by step (FORMAT 3 and 4).

use retake::store::cache::CacheState;
use serde_json::{Map, Value, json};

use crate::apis::Apis;
use crate::journal::{Events, Reduced};
use crate::scenario::Step;

/// The members of `meta` that an action of the api keeps in any case.
const META_ALWAYS: [&str; 4] = ["arg", "requestId", "requestStatus", "timestamp"];

/// Returns `reduced` as an observation has it; `None` for what RTK Query does not let through.
fn observe(reduced: &Reduced, apis: &Apis) -> Option<Value> {
    let action = &reduced.action;
    let (kind, own) = apis.outside(&action.kind);
    let meta = action.meta.as_ref();
    match own {
        Some(kind) if kind.starts_with("subscriptions/") => return None,
        Some("executeQuery/rejected") if is_swallowed_hit(meta) => return None,
        _ => {}
    }
    let mut observed = json!({"at": reduced.at, "type": kind});
    if let Some(payload) = &action.payload {
        observed["payload"] = payload.clone();
    }
    let meta = match (own, meta) {
        (Some(_), Some(Value::Object(meta))) => Some(trim(meta)),
        (None, Some(meta)) => Some(meta.clone()),
        _ => None,
    };
    if let Some(meta) = meta.filter(|meta| meta.as_object().is_none_or(|meta| !meta.is_empty())) {
        observed["meta"] = meta;
    }
    if let Some(error) = &action.error {
        observed["error"] = error.clone();
    }
    if own == Some("queries/queryResultPatched") {
        observed["rfc6902"] = observed["payload"]["patches"].clone();
    }
    Some(observed)
}

/// Whether this is a cache hit of a subscriber, which RTK Query keeps from the reducers.
fn is_swallowed_hit(meta: Option<&Value>) -> bool {
    let is_set = |pointer| meta.and_then(|meta| meta.pointer(pointer)) == Some(&Value::Bool(true));
    is_set("/condition") && is_set("/arg/subscribe")
}

fn trim(meta: &Map<String, Value>) -> Value {
    let of_status: &[&str] = match meta.get("requestStatus").and_then(Value::as_str) {
        Some("pending") => &["startedTimeStamp", "direction"],
        Some("fulfilled") => &["fulfilledTimeStamp"],
        Some("rejected") => &["rejectedWithValue", "condition", "aborted"],
        _ => &[],
    };
    let kept = META_ALWAYS.iter().chain(of_status);
    kept.filter_map(|name| Some(((*name).to_owned(), meta.get(*name)?.clone()))).collect()
}

/// What a step did, to be written down.
pub(crate) struct StepResult<'a> {
    pub(crate) result: Option<Value>,
    pub(crate) threw: Option<Value>,
    pub(crate) events: Events,
    pub(crate) now: u64,
    /// The slices of the apis, in their order.
    pub(crate) slices: &'a [CacheState],
    pub(crate) user: Option<Value>,
}

/// Returns the record of the step `index`.
pub(crate) fn record(
    index: usize,
    step: &Step,
    done: StepResult<'_>,
    apis: &Apis,
) -> Result<Value, serde_json::Error> {
    let StepResult { result, threw, mut events, now, slices, user } = done;
    let (state, subscriptions) = apis.observed(slices)?;
    let actions: Vec<_> = events.actions.iter().filter_map(|it| observe(it, apis)).collect();
    let mut record = json!({
        "i": index,
        "op": step.op(),
        "now": now,
        "actions": actions,
        "state": state,
        "subscriptions": subscriptions,
    });
    let mut set = |name: &str, member: Option<Value>| {
        if let Some(member) = member {
            record[name] = member;
        }
    };
    let list = |list: Vec<Value>| (!list.is_empty()).then_some(Value::Array(list));
    events.lifecycle.sort_by_key(|line| (line.at, line.script));
    events.settled.sort_by(|one, two| (&one.0, one.1).cmp(&(&two.0, two.1)));
    set("requests", list(events.requests));
    set("aborts", list(events.aborts));
    set("lifecycle", list(events.lifecycle.into_iter().map(|it| it.content.into()).collect()));
    set("schemaFailures", list(events.schema_failures));
    set("settled", list(events.settled.into_iter().map(settled).collect()));
    set("result", result);
    set("threw", threw);
    set("user", user);
    Ok(record)
}

fn settled((handle, via, mut outcome): (String, &'static str, Value)) -> Value {
    outcome["handle"] = handle.into();
    outcome["via"] = via.into();
    outcome
}
