//! The steps of a scenario.

use retake::store::cache::{SubscriptionOptions, TagDescription};
use serde::Deserialize;
use serde_json::Value;

use crate::scenario::{AgeSpec, EditSpec, EntrySpec, InitiateSpec, PatchSpec, present};

/// A step of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum Step {
    Advance {
        ms: u64,
    },
    Initiate {
        #[serde(rename = "as")]
        name: Option<String>,
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
        #[serde(default)]
        options: InitiateSpec,
    },
    #[serde(rename_all = "camelCase")]
    Refetch {
        handle: String,
        #[serde(rename = "as")]
        name: Option<String>,
        refetch_cached_pages: Option<bool>,
    },
    FetchNextPage {
        handle: String,
        #[serde(rename = "as")]
        name: Option<String>,
    },
    FetchPreviousPage {
        handle: String,
        #[serde(rename = "as")]
        name: Option<String>,
    },
    Unsubscribe {
        handle: String,
    },
    UpdateSubscriptionOptions {
        handle: String,
        options: SubscriptionOptions,
    },
    #[serde(rename_all = "camelCase")]
    Mutate {
        #[serde(rename = "as")]
        name: Option<String>,
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
        track: Option<bool>,
        fixed_cache_key: Option<String>,
    },
    ResetMutation {
        handle: String,
    },
    Abort {
        handle: String,
        reason: Option<String>,
    },
    Await {
        handle: String,
    },
    Unwrap {
        handle: String,
    },
    #[serde(rename_all = "camelCase")]
    Prefetch {
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
        force: Option<bool>,
        if_older_than: Option<AgeSpec>,
    },
    #[serde(rename_all = "camelCase")]
    UpdateQueryData {
        #[serde(rename = "as")]
        name: Option<String>,
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
        edits: Vec<EditSpec>,
        update_provided: Option<bool>,
    },
    UpsertQueryData {
        #[serde(rename = "as")]
        name: Option<String>,
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
        value: Value,
    },
    UpsertQueryEntries {
        entries: Vec<EntrySpec>,
    },
    #[serde(rename_all = "camelCase")]
    PatchQueryData {
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
        patches: Option<Vec<PatchSpec>>,
        forward_of: Option<String>,
        inverse_of: Option<String>,
        #[serde(default)]
        update_provided: bool,
    },
    Undo {
        patch: String,
    },
    InvalidateTags {
        tags: Vec<TagDescription>,
    },
    ResetApiState,
    Focus,
    Unfocus,
    Online,
    Offline,
    SelectInvalidatedBy {
        tags: Vec<TagDescription>,
    },
    SelectCachedArgsForQuery {
        endpoint: String,
    },
    Select {
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
    },
    #[serde(rename_all = "camelCase")]
    SelectMutation {
        endpoint: String,
        handle: Option<String>,
        fixed_cache_key: Option<String>,
    },
    Dispatch {
        action: Value,
    },
}

impl Step {
    /// Returns the name of the operation.
    #[must_use]
    pub fn op(&self) -> &'static str {
        match self {
            Self::Advance { .. } => "advance",
            Self::Initiate { .. } => "initiate",
            Self::Refetch { .. } => "refetch",
            Self::FetchNextPage { .. } => "fetchNextPage",
            Self::FetchPreviousPage { .. } => "fetchPreviousPage",
            Self::Unsubscribe { .. } => "unsubscribe",
            Self::UpdateSubscriptionOptions { .. } => "updateSubscriptionOptions",
            Self::Mutate { .. } => "mutate",
            Self::ResetMutation { .. } => "resetMutation",
            Self::Abort { .. } => "abort",
            Self::Await { .. } => "await",
            Self::Unwrap { .. } => "unwrap",
            Self::Prefetch { .. } => "prefetch",
            Self::UpdateQueryData { .. } => "updateQueryData",
            Self::UpsertQueryData { .. } => "upsertQueryData",
            Self::UpsertQueryEntries { .. } => "upsertQueryEntries",
            Self::PatchQueryData { .. } => "patchQueryData",
            Self::Undo { .. } => "undo",
            Self::InvalidateTags { .. } => "invalidateTags",
            Self::ResetApiState => "resetApiState",
            Self::Focus => "focus",
            Self::Unfocus => "unfocus",
            Self::Online => "online",
            Self::Offline => "offline",
            Self::SelectInvalidatedBy { .. } => "selectInvalidatedBy",
            Self::SelectCachedArgsForQuery { .. } => "selectCachedArgsForQuery",
            Self::Select { .. } => "select",
            Self::SelectMutation { .. } => "selectMutation",
            Self::Dispatch { .. } => "dispatch",
        }
    }

    /// Returns the name of the handle that the step works on.
    #[must_use]
    pub fn handle(&self) -> Option<&str> {
        match self {
            Self::Refetch { handle, .. }
            | Self::FetchNextPage { handle, .. }
            | Self::FetchPreviousPage { handle, .. }
            | Self::Unsubscribe { handle }
            | Self::UpdateSubscriptionOptions { handle, .. }
            | Self::ResetMutation { handle }
            | Self::Abort { handle, .. }
            | Self::Await { handle }
            | Self::Unwrap { handle } => Some(handle),
            Self::SelectMutation { handle, .. } => handle.as_deref(),
            _ => None,
        }
    }

    /// Returns the subscription options that the step sets.
    #[must_use]
    pub fn subscription_options(&self) -> Option<&SubscriptionOptions> {
        match self {
            Self::Initiate { options, .. } => options.subscription_options.as_ref(),
            Self::UpdateSubscriptionOptions { options, .. } => Some(options),
            _ => None,
        }
    }
}
