//! Actions of an application whose types are not there.

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::rehydrate;
use crate::action::{Action, WireAction, WireError};
use crate::cache::{CacheAction, Rehydration, wire as cache_wire};

/// An action of any application in its JSON form, with what it does to the apis' slices.
///
/// Every JSON action can be read as one. What is no action of an api, and rehydrates none,
/// does nothing. A clone is one value.
///
/// # Examples
/// ```
/// use retake_store::log::UntypedAction;
/// use retake_store::{Action, WireAction};
/// let action = UntypedAction::new(WireAction::new("posts/resetApiState"));
/// assert_eq!(action.reducer_path(), Some("posts"));
/// assert_eq!(action.action_type(), "posts/resetApiState");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct UntypedAction(Arc<Parts>);

#[derive(Debug, PartialEq)]
struct Parts {
    wire: WireAction,
    /// An action of another slice can look like one of an api: the state knows.
    own: Option<Result<CacheAction, WireError>>,
    rehydrate: Result<BTreeMap<String, Rehydration>, WireError>,
}

/// What an action does to the slice of one api.
pub(super) enum Effect<'a> {
    Cache(&'a CacheAction),
    Rehydrate(&'a Rehydration),
}

impl UntypedAction {
    /// Returns `wire` as an action.
    #[must_use]
    pub fn new(wire: WireAction) -> Self {
        let path = cache_wire::reducer_path(&wire.kind).unwrap_or_default();
        let own = cache_wire::from_wire(path, &wire);
        let rehydrate = rehydrate::read(&wire);
        Self(Arc::new(Parts { wire, own, rehydrate }))
    }

    /// Returns the JSON form.
    #[must_use]
    pub fn wire(&self) -> &WireAction {
        &self.0.wire
    }

    /// Returns the reducer path of the api whose action this is, judging by its type.
    ///
    /// Whether there is such an api, the state says: other slices can have actions whose
    /// types end in the same way.
    #[must_use]
    pub fn reducer_path(&self) -> Option<&str> {
        cache_wire::reducer_path(&self.0.wire.kind)
    }

    /// Returns what it says, if it is an action of the api of that
    /// [`reducer_path`](Self::reducer_path), or of all apis (what happens to the window).
    #[must_use]
    pub fn cache_action(&self) -> Option<&CacheAction> {
        self.0.own.as_ref()?.as_ref().ok()
    }

    /// Returns what it does to the slice of the api `path`.
    ///
    /// # Errors
    /// [`WireError`] when it is an action of that api and its content does not fit.
    pub(super) fn effect(&self, path: &str) -> Result<Option<Effect<'_>>, &WireError> {
        match &self.0.own {
            Some(Ok(action)) if self.reducer_path() == Some(path) || is_window(action) => {
                Ok(Some(Effect::Cache(action)))
            }
            Some(Err(error)) if self.reducer_path() == Some(path) => Err(error),
            _ => Ok(self.0.rehydrate.as_ref()?.get(path).map(Effect::Rehydrate)),
        }
    }
}

fn is_window(action: &CacheAction) -> bool {
    matches!(action, CacheAction::Window(_))
}

impl From<WireAction> for UntypedAction {
    fn from(wire: WireAction) -> Self {
        Self::new(wire)
    }
}

impl Action for UntypedAction {
    fn action_type(&self) -> Cow<'_, str> {
        self.0.wire.kind.as_str().into()
    }

    fn leaf(&self) -> &dyn Any {
        self
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        Ok(self.0.wire.clone())
    }

    /// Every JSON action is one.
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        Some(Ok(Self::new(wire.clone())))
    }
}
