//! Scripts: what runs with a request or an entry (FORMAT 2.7).

mod context;
mod interpreter;
mod stream;

pub(crate) use interpreter::start;

use serde::Deserialize;
use serde_json::Value;

use crate::scenario::{AgeSpec, EditSpec, EntrySpec, TagSpec, present};

/// An operation of a script.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", deny_unknown_fields)]
pub enum ScriptOp {
    #[serde(rename_all = "camelCase")]
    UpdateQueryData {
        api: Option<String>,
        #[serde(rename = "as")]
        name: Option<String>,
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
        edits: Vec<EditSpec>,
        update_provided: Option<bool>,
    },
    UpdateCachedData {
        #[serde(rename = "as")]
        name: Option<String>,
        edits: Vec<EditSpec>,
    },
    UpsertQueryData {
        api: Option<String>,
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
        value: Value,
    },
    UpsertQueryEntries {
        api: Option<String>,
        entries: Vec<EntrySpec>,
    },
    Undo {
        patch: String,
    },
    InvalidateTags {
        api: Option<String>,
        tags: Vec<TagSpec>,
    },
    #[serde(rename_all = "camelCase")]
    Prefetch {
        api: Option<String>,
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
        force: Option<bool>,
        if_older_than: Option<AgeSpec>,
    },
    Dispatch {
        action: Value,
    },
    Log {
        label: String,
        #[serde(default, deserialize_with = "present")]
        value: Option<Value>,
    },
    LogCacheEntry,
    Wait {
        ms: u64,
    },
    #[serde(rename_all = "camelCase")]
    AwaitQueryFulfilled {
        #[serde(default)]
        on_success: Vec<ScriptOp>,
        on_error: Option<Vec<ScriptOp>>,
    },
    #[serde(rename_all = "camelCase")]
    AwaitCacheDataLoaded {
        #[serde(default)]
        on_success: Vec<ScriptOp>,
        on_error: Option<Vec<ScriptOp>>,
    },
    AwaitCacheEntryRemoved,
    Stream {
        events: Vec<StreamEvent>,
    },
    CloseStream,
}

/// Something that a stream brings after some time: edits of the entry, or operations.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StreamEvent {
    after_ms: u64,
    #[serde(default)]
    edits: Vec<EditSpec>,
    ops: Option<Vec<ScriptOp>>,
}

impl ScriptOp {
    /// Returns the api that the operation addresses, if it is not the script's own.
    #[must_use]
    pub fn api(&self) -> Option<&str> {
        match self {
            Self::UpdateQueryData { api, .. }
            | Self::UpsertQueryData { api, .. }
            | Self::UpsertQueryEntries { api, .. }
            | Self::InvalidateTags { api, .. }
            | Self::Prefetch { api, .. } => api.as_deref(),
            _ => None,
        }
    }

    /// Returns the name of the operation.
    #[must_use]
    pub fn op(&self) -> &'static str {
        match self {
            Self::UpdateQueryData { .. } => "updateQueryData",
            Self::UpdateCachedData { .. } => "updateCachedData",
            Self::UpsertQueryData { .. } => "upsertQueryData",
            Self::UpsertQueryEntries { .. } => "upsertQueryEntries",
            Self::Undo { .. } => "undo",
            Self::InvalidateTags { .. } => "invalidateTags",
            Self::Prefetch { .. } => "prefetch",
            Self::Dispatch { .. } => "dispatch",
            Self::Log { .. } => "log",
            Self::LogCacheEntry => "logCacheEntry",
            Self::Wait { .. } => "wait",
            Self::AwaitQueryFulfilled { .. } => "awaitQueryFulfilled",
            Self::AwaitCacheDataLoaded { .. } => "awaitCacheDataLoaded",
            Self::AwaitCacheEntryRemoved => "awaitCacheEntryRemoved",
            Self::Stream { .. } => "stream",
            Self::CloseStream => "closeStream",
        }
    }
}
