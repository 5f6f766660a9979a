//! Prints every action as it is dispatched: one line each.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use posts_app::{App, AppAction};
use retake::store::cache::{CacheAction, Request, Step, TagDescription, Tags};
use retake::{Action, Middleware, Next};
use serde_json::Value;

use crate::console;

/// A middleware that prints the actions it passes on.
///
/// It stands right before the recorder, and so counts as the log does.
#[derive(Debug)]
pub(crate) struct Printer {
    started_at: Instant,
    seq: AtomicU64,
}

impl Printer {
    /// Returns a printer whose time starts now.
    pub(crate) fn new() -> Self {
        Self { started_at: Instant::now(), seq: AtomicU64::new(0) }
    }
}

impl Middleware<App, AppAction> for Printer {
    fn handle(&self, action: AppAction, next: Next<'_, App, AppAction>) {
        let seq = self.seq.fetch_add(1, Ordering::Relaxed) + 1;
        let elapsed = self.started_at.elapsed().as_millis();
        let (kind, bits) = (action.action_type(), bits(&action));
        console::say(format_args!("{seq:>4} {elapsed:>5} ms  {kind:<42} {bits}"));
        next.run(action);
    }
}

/// Returns what is interesting about an action beside its type.
fn bits(action: &AppAction) -> String {
    match action {
        AppAction::Posts(action) => cache_bits(action.action()),
        AppAction::SendLikes(action) => format!("post {}", action.meta.arg),
        AppAction::Filter(_)
        | AppAction::Likes(_)
        | AppAction::Draft(_)
        | AppAction::DraftUndo(_) => {
            let payload = action.to_wire().ok().and_then(|wire| wire.payload);
            payload.map(|payload| payload.to_string()).unwrap_or_default()
        }
    }
}

fn cache_bits(action: &CacheAction) -> String {
    match action {
        CacheAction::Query(request) => {
            format!("{}{}", request.arg.query_cache_key, outcome(request))
        }
        CacheAction::Mutation(request) => {
            let arg = request.arg.original_args.as_deref().unwrap_or(&Value::Null);
            format!("{}({arg}){}", request.arg.endpoint_name, outcome(request))
        }
        CacheAction::QueryResultPatched { query_cache_key, patches } => {
            let patches = patches.patches().ok().and_then(|it| serde_json::to_string(it).ok());
            format!("{query_cache_key} {}", short(patches.unwrap_or_default()))
        }
        CacheAction::UpdateProvidedBy(entries) => {
            let entries = entries.iter();
            let entries =
                entries.map(|it| format!("{}: {}", it.query_cache_key, tags(&it.provided_tags)));
            short(entries.collect::<Vec<_>>().join("; "))
        }
        CacheAction::RemoveQueryResult { query_cache_key }
        | CacheAction::UnsubscribeQueryResult { query_cache_key, .. } => {
            query_cache_key.to_string()
        }
        CacheAction::InvalidateTags(tags) => {
            let tags = tags.iter().filter_map(TagDescription::to_tag);
            self::tags(&tags.collect())
        }
        _ => String::new(),
    }
}

/// Returns how a request ended, if it is worth saying.
fn outcome<T>(request: &Request<T>) -> String {
    match &request.step {
        Step::Rejected(rejected) if rejected.condition => ": cached already".into(),
        Step::Rejected(rejected) => match rejected.payload.as_deref() {
            Some(error) => short(format!(": {error}")),
            None => format!(": {}", rejected.error),
        },
        Step::Pending { .. } | Step::Fulfilled(_) => String::new(),
    }
}

fn tags(tags: &Tags) -> String {
    let tags = tags.iter().map(|tag| match &tag.id {
        Some(id) => format!("{} {id}", tag.kind),
        None => tag.kind.to_string(),
    });
    tags.collect::<Vec<_>>().join(", ")
}

/// Returns `text`, cut where a terminal's line ends.
fn short(text: String) -> String {
    const LENGTH: usize = 90;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text,
    }
}
