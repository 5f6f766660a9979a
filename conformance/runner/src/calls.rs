//! Dispatches that steps and scripts have in common.

use retake::DispatchError;
use retake::store::cache::{Api, TagDescription};
use retake::store::patch::PatchError;
use retake::store::{WireAction, WireError};
use retake::thunks::{EndpointExists, UpdateError, upsert_query_entries};
use serde_json::Value;

use crate::app::{AppAction, AppStore, TestApi};
use crate::edit::NotAlone;
use crate::scenario::EntrySpec;
use crate::slot::Slot;
use crate::world::World;

/// Something that a step or a script asked for was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The scenario is wrong.
    #[error("{0}")]
    Scenario(String),
    /// The edit was refused, which a scenario can expect.
    #[error(transparent)]
    Update(#[from] UpdateError),
    /// A patch was refused, which a scenario can expect.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// The edits are no recipe.
    #[error(transparent)]
    NotAlone(#[from] NotAlone),
    /// The store refused the dispatch.
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
    /// The endpoint exists, which a scenario can expect.
    #[error(transparent)]
    Exists(#[from] EndpointExists),
    /// The action cannot be read.
    #[error(transparent)]
    Wire(#[from] WireError),
}

impl Refusal {
    /// Returns whether RTK Query can refuse this, too, so that it is part of the observation.
    pub(crate) fn is_observable(&self) -> bool {
        matches!(self, Self::Update(_) | Self::Patch(_) | Self::NotAlone(_) | Self::Exists(_))
    }
}

pub(crate) fn upsert_entries<N: Slot>(
    world: &World,
    store: &AppStore,
    entries: impl IntoIterator<Item = EntrySpec>,
) -> Result<(), Refusal> {
    let entries: Result<Vec<_>, Refusal> = entries
        .into_iter()
        .map(|entry| world.query::<N>(&entry.endpoint)?.upsert_entry(entry.arg, entry.value))
        .collect();
    Ok(store.try_dispatch(upsert_query_entries(entries?))?)
}

pub(crate) fn invalidate<N: Slot>(
    store: &AppStore,
    tags: impl IntoIterator<Item = TagDescription>,
) -> Result<(), Refusal> {
    Ok(store.try_dispatch(TestApi::<N>::invalidate_tags(tags))?)
}

/// Dispatches a plain action, given as JSON.
pub(crate) fn dispatch(world: &World, store: &AppStore, action: Value) -> Result<(), Refusal> {
    let mut wire: WireAction = serde_json::from_value(action)
        .map_err(|error| Refusal::Scenario(format!("the action cannot be read: {error}")))?;
    wire.kind = world.apis.inside(&wire.kind);
    Ok(store.try_dispatch(AppAction::read(&wire, &world.apis)?)?)
}
