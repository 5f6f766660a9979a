//! The lines of a log behind the first one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::header::raw;
use crate::action::{Action, WireAction};
use crate::history::HistoryChange;
use crate::patch::PatchOp;

/// What one line of a log records.
///
/// # Examples
/// ```
/// use retake_store::log::{Content, Entry};
/// let line = r#"{"seq":1,"at":1700000000000,"action":{"type":"filter/cleared"}}"#;
/// let entry: Entry = serde_json::from_str(line)?;
/// assert!(matches!(&entry.content, Content::Action(action) if action.kind == "filter/cleared"));
/// assert_eq!(serde_json::to_string(&entry)?, line);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Entry {
    /// The place of the entry in its log, from 1.
    pub seq: u64,
    /// When it happened, in milliseconds since the Unix epoch.
    pub at: u64,
    /// What happened.
    pub content: Content,
    /// The hash of each slice of the state after it: see [`state_hashes`](super::state_hashes).
    pub hash: Option<BTreeMap<String, String>>,
    /// What it did to the serialised state.
    pub patch: Option<Vec<PatchOp>>,
    /// The state after it, as text.
    pub snapshot: Option<Box<RawValue>>,
}

impl Entry {
    /// Returns an entry that says nothing about the state.
    ///
    /// ```
    /// use retake_store::WireAction;
    /// use retake_store::log::{Content, Entry};
    /// let entry = Entry::new(1, 0, Content::Action(WireAction::new("filter/cleared")));
    /// assert!(entry.hash.is_none());
    /// ```
    #[must_use]
    pub fn new(seq: u64, at: u64, content: Content) -> Self {
        Self { seq, at, content, hash: None, patch: None, snapshot: None }
    }
}

/// What happened, as a log records it.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<A = WireAction> {
    /// An action was reduced.
    Action(A),
    /// The history was changed.
    Lifted(HistoryChange),
}

impl<A> Content<A> {
    /// Returns the action, if it is one.
    ///
    /// ```
    /// use retake_store::WireAction;
    /// use retake_store::log::Content;
    /// let content = Content::Action(WireAction::new("filter/cleared"));
    /// assert_eq!(content.action().map(|action| &*action.kind), Some("filter/cleared"));
    /// ```
    #[must_use]
    pub fn action(&self) -> Option<&A> {
        match self {
            Self::Action(action) => Some(action),
            Self::Lifted(_) => None,
        }
    }
}

impl<A: Action> Content<A> {
    /// Returns the type of the action, or of what was asked of the history.
    pub(super) fn action_type(&self) -> Cow<'_, str> {
        match self {
            Self::Action(action) => action.action_type(),
            Self::Lifted(change) => change.action_type().into(),
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    seq: u64,
    at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a WireAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifted: Option<&'a HistoryChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<&'a [PatchOp]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object with `seq`, `at` and `action` or `lifted`")]
struct Read {
    seq: u64,
    at: u64,
    action: Option<WireAction>,
    lifted: Option<HistoryChange>,
    hash: Option<BTreeMap<String, String>>,
    patch: Option<Vec<PatchOp>>,
    #[serde(default, deserialize_with = "raw")]
    snapshot: Option<Box<RawValue>>,
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (action, lifted) = match &self.content {
            Content::Action(action) => (Some(action), None),
            Content::Lifted(lifted) => (None, Some(lifted)),
        };
        Written {
            seq: self.seq,
            at: self.at,
            action,
            lifted,
            hash: self.hash.as_ref(),
            patch: self.patch.as_deref(),
            snapshot: self.snapshot.as_deref(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { seq, at, action, lifted, hash, patch, snapshot } =
            Read::deserialize(deserializer)?;
        let content = match (action, lifted) {
            (Some(action), None) => Content::Action(action),
            (None, Some(lifted)) => Content::Lifted(lifted),
            (None, None) => return Err(D::Error::custom("neither `action` nor `lifted` is there")),
            (Some(_), Some(_)) => {
                return Err(D::Error::custom("both `action` and `lifted` are there"));
            }
        };
        Ok(Self { seq, at, content, hash, patch, snapshot })
    }
}
