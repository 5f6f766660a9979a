//! An entry as a row of a table.

use std::io::{self, Write};

use console::truncate_str;
use retake_store::WireAction;
use retake_store::log::{Content, Entry};
use serde::Serialize;
use serde_json::Value;

use crate::output::printable;

/// How many bytes of an entry's content a row keeps.
const GIST: usize = 400;

/// What a table shows of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The place of the entry in its log, from 1.
    pub(crate) seq: u64,
    /// When it happened, in milliseconds since the Unix epoch.
    pub(crate) at: u64,
    /// The Redux type string; of a change of the history, its type.
    pub(crate) kind: String,
    /// Whether it is a change of the history.
    pub(crate) is_lifted: bool,
    /// The endpoints that it is about.
    pub(crate) endpoints: Vec<String>,
    /// The cache keys that it is about; a mutation has none.
    pub(crate) keys: Vec<String>,
    /// The call, for a mutation: `renamePost({"id":5})`.
    call: String,
    /// What it carries, shortened.
    pub(crate) gist: String,
}

impl Row {
    /// Returns the row of `entry`.
    pub(crate) fn of(entry: &Entry) -> Self {
        let Entry { seq, at, .. } = *entry;
        let row = Self {
            seq,
            at,
            kind: String::new(),
            is_lifted: false,
            endpoints: Vec::new(),
            keys: Vec::new(),
            call: String::new(),
            gist: String::new(),
        };
        match &entry.content {
            Content::Action(action) => row.of_action(action),
            Content::Lifted(change) => row.of_change(serde_json::to_value(change).ok()),
        }
    }

    /// Returns the cache entries that it is about, or the call of a mutation.
    pub(crate) fn subject(&self) -> String {
        match self.keys.as_slice() {
            [] => self.call.clone(),
            keys => keys.join(", "),
        }
    }

    fn of_action(mut self, action: &WireAction) -> Self {
        self.kind = printable(&action.kind);
        let payload = action.payload.as_ref();
        if let Some(arg) = action.meta.as_ref().and_then(|meta| meta.get("arg")) {
            self.add_request(arg);
        }
        match payload {
            Some(Value::Array(items)) => items.iter().for_each(|item| {
                self.add_entry(item.get("queryDescription").unwrap_or(item));
            }),
            Some(payload) if self.endpoints.is_empty() => self.add_entry(payload),
            _ => {}
        }
        self.gist = gist(action);
        self
    }

    fn of_change(mut self, change: Option<Value>) -> Self {
        self.is_lifted = true;
        if let Some(Value::Object(mut members)) = change {
            let kind = members.remove("type");
            self.kind = kind.as_ref().and_then(Value::as_str).map(printable).unwrap_or_default();
            self.gist = if members.is_empty() { String::new() } else { compact(&members) };
        }
        self
    }

    /// Adds what the `meta.arg` of a step of a request names.
    fn add_request(&mut self, arg: &Value) {
        let Some(endpoint) = text(arg, "endpointName") else { return };
        match text(arg, "queryCacheKey") {
            Some(key) => self.keys.push(key),
            None => {
                let args = arg.get("originalArgs").map(compact).unwrap_or_default();
                self.call = format!("{endpoint}({args})");
            }
        }
        self.endpoints.push(endpoint);
    }

    /// Adds the cache entry that a payload names.
    fn add_entry(&mut self, payload: &Value) {
        let Some(key) = text(payload, "queryCacheKey") else { return };
        let named = || key.strip_suffix(')')?.split_once('(').map(|(name, _)| name.to_owned());
        let endpoint = text(payload, "endpointName").or_else(named);
        self.endpoints.extend(endpoint.filter(|name| !self.endpoints.contains(name)));
        self.keys.push(key);
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(printable)
}

/// Returns what is interesting about an action beside its type and its cache entry.
fn gist(action: &WireAction) -> String {
    let payload = action.payload.as_ref();
    let meta = |name| action.meta.as_ref().and_then(|meta| meta.get(name));
    let has_tail = |tail| action.kind.ends_with(tail);
    if has_tail("/rejected") {
        if meta("condition") == Some(&Value::Bool(true)) {
            return "not needed".to_owned();
        }
        return payload.or(action.error.as_ref()).map(compact).unwrap_or_default();
    }
    if has_tail("/pending") {
        let arg = meta("arg").filter(|arg| arg.get("endpointName").is_none());
        return arg.map(compact).unwrap_or_default();
    }
    match payload {
        Some(payload) if has_tail("/queryResultPatched") => {
            payload.get("patches").map(patches).unwrap_or_default()
        }
        Some(Value::Array(entries)) if has_tail("/updateProvidedBy") => {
            let tags = entries.iter().filter_map(|entry| entry.get("providedTags")?.as_array());
            tags.map(|it| self::tags(it)).collect::<Vec<_>>().join("; ")
        }
        Some(Value::Array(payload)) if has_tail("/invalidateTags") => tags(payload),
        // All that it says is which entry.
        _ if has_tail("/unsubscribeQueryResult") || has_tail("/removeQueryResult") => String::new(),
        Some(payload) => compact(payload),
        None => String::new(),
    }
}

/// Returns patches as `replace /title "new"; ..`.
fn patches(patches: &Value) -> String {
    let words = |patch: &Value| {
        let word = |name| text(patch, name).unwrap_or_default();
        let value = patch.get("value").map(|value| format!(" {}", compact(value)));
        let from = patch.get("from").map(|from| format!(" {} to", compact(from)));
        let (from, value) = (from.unwrap_or_default(), value.unwrap_or_default());
        format!("{}{from} {}{value}", word("op"), word("path"))
    };
    let patches = patches.as_array().map(Vec::as_slice).unwrap_or_default();
    cut(patches.iter().take(8).map(words).collect::<Vec<_>>().join("; "))
}

/// Returns tags as `Post 1, Post LIST`.
pub(crate) fn tags(tags: &[Value]) -> String {
    let words = |tag: &Value| match (tag.as_str(), text(tag, "type"), tag.get("id")) {
        (Some(kind), ..) => printable(kind),
        (None, Some(kind), None | Some(Value::Null)) => kind,
        (None, Some(kind), Some(Value::String(id))) => format!("{kind} {}", printable(id)),
        (None, Some(kind), Some(id)) => format!("{kind} {id}"),
        (None, None, _) => compact(tag),
    };
    cut(tags.iter().take(40).map(words).collect::<Vec<_>>().join(", "))
}

/// Returns the beginning of the JSON text of `value`, on one line.
pub(crate) fn compact<T: Serialize + ?Sized>(value: &T) -> String {
    let mut start = Start { text: Vec::new() };
    let is_whole = serde_json::to_writer(&mut start, value).is_ok();
    let mut text = printable(&String::from_utf8_lossy(&start.text));
    if !is_whole {
        // The cut may have gone through a character.
        text.truncate(text.trim_end_matches(char::REPLACEMENT_CHARACTER).len());
        text.push_str("..");
    }
    text
}

/// Takes the first bytes and refuses the rest, which then is not even serialised.
struct Start {
    text: Vec<u8>,
}

impl Write for Start {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let room = GIST - self.text.len();
        if room == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        let len = more.len().min(room);
        self.text.extend(&more[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn cut(text: String) -> String {
    shortened(text, GIST)
}

/// Returns `text` in so many columns: what is longer ends with `..`.
pub(crate) fn shortened(text: String, columns: usize) -> String {
    match truncate_str(&text, columns, "..") {
        std::borrow::Cow::Borrowed(whole) if whole.len() == text.len() => text,
        cut => cut.into_owned(),
    }
}
