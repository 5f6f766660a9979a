//! The steps of a scenario.

use std::collections::BTreeMap;
use std::ops::Deref;

use retake::store::cache::{SubscriptionOptions, TagDescription};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::scenario::{
    AgeSpec, EditSpec, EndpointSpec, EntrySpec, InitiateSpec, PatchSpec, present,
};

/// A step, and the api that it concerns.
#[derive(Clone, Debug)]
pub struct ApiStep {
    /// The reducer path of the api; the first one without it.
    pub api: Option<String>,
    /// What happens.
    pub step: Step,
}

impl Deref for ApiStep {
    type Target = Step;

    fn deref(&self) -> &Step {
        &self.step
    }
}

impl<'de> Deserialize<'de> for ApiStep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        let api = members.remove("api").map(String::deserialize).transpose();
        let step = Step::deserialize(Value::Object(members)).map_err(Error::custom)?;
        Ok(Self { api: api.map_err(Error::custom)?, step })
    }
}

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
    #[serde(rename_all = "camelCase")]
    InjectEndpoints {
        endpoints: BTreeMap<String, EndpointSpec>,
        override_existing: Option<OverrideSpec>,
    },
    #[serde(rename_all = "camelCase")]
    EnhanceEndpoints {
        #[serde(default)]
        add_tag_types: Vec<String>,
        #[serde(default)]
        endpoints: BTreeMap<String, Map<String, Value>>,
    },
    RunningQuery {
        endpoint: String,
        #[serde(default, deserialize_with = "present")]
        arg: Option<Value>,
    },
    #[serde(rename_all = "camelCase")]
    RunningMutation {
        endpoint: String,
        handle: Option<String>,
        fixed_cache_key: Option<String>,
    },
    RunningQueries,
    RunningMutations,
}

/// What an injection does with endpoints that exist.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum OverrideSpec {
    Is(bool),
    When(OverrideCase),
}

/// The case of [`OverrideSpec`] that is no boolean.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum OverrideCase {
    Throw,
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
            Self::InjectEndpoints { .. } => "injectEndpoints",
            Self::EnhanceEndpoints { .. } => "enhanceEndpoints",
            Self::RunningQuery { .. } => "runningQuery",
            Self::RunningMutation { .. } => "runningMutation",
            Self::RunningQueries => "runningQueries",
            Self::RunningMutations => "runningMutations",
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
            Self::SelectMutation { handle, .. } | Self::RunningMutation { handle, .. } => {
                handle.as_deref()
            }
            _ => None,
        }
    }
}
