//! Actions: plain data that says what happened.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::Debug;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::topic::Topic;

/// What happened, as data: the only way to change a [`Store`](crate::Store).
///
/// An application has one root action, an enum with one variant per slice. Each variant
/// wraps the action of that slice, and reducers look only at the innermost value, the
/// [`leaf`](Action::leaf). `#[derive(Action)]` writes the root, `#[slice]` the leaves.
///
/// An implementation keeps: [`from_wire`](Action::from_wire) of
/// [`to_wire`](Action::to_wire) gives an action that every reducer treats the same.
///
/// Source: Redux, [Flux Standard Action](https://github.com/redux-utilities/flux-standard-action).
pub trait Action: Clone + Debug + Send + Sync + 'static {
    /// Returns the Redux type string, such as `"filter/textChanged"`.
    fn action_type(&self) -> Cow<'_, str>;

    /// Returns the innermost action, the value that a slice's reducer downcasts to.
    ///
    /// A root enum returns the leaf of its variant's content; a leaf returns itself.
    fn leaf(&self) -> &dyn Any;

    /// Returns the JSON form `{type, payload?, meta?, error?}`.
    ///
    /// # Errors
    /// [`WireError`] when the payload has no JSON form (a map with keys that are not
    /// strings, for example).
    fn to_wire(&self) -> Result<WireAction, WireError>;

    /// Reads the JSON form back; `None` when the type string is not one of this action's.
    ///
    /// # Errors
    /// [`WireError`] inside the `Some` when the type is known and the content does not fit.
    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>>;

    /// Calls `visit` with each keyed part of the state that this action may change.
    ///
    /// Keyed subscriptions on other parts are not looked at. The topic of a slice stands for
    /// all of its entries. The default names none: that a slice changed is known from the
    /// reducers.
    fn affects(&self, visit: &mut dyn FnMut(Topic<'_>)) {
        let _ = visit;
    }
}

/// The JSON form of an action: `{"type":..,"payload"?,"meta"?,"error"?}`.
///
/// An absent member and a `null` member are different, as in JavaScript.
///
/// # Examples
/// ```
/// use retake_store::WireAction;
/// let wire: WireAction = serde_json::from_str(r#"{"type":"filter/cleared","payload":null}"#)?;
/// assert_eq!(wire.payload, Some(serde_json::Value::Null));
/// assert_eq!(serde_json::to_string(&wire)?, r#"{"type":"filter/cleared","payload":null}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WireAction {
    /// The Redux type string.
    #[serde(rename = "type")]
    pub kind: String,
    /// The content of the action.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
    /// What is known about the action beside its content.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// A serialised error.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
}

impl WireAction {
    /// Returns an action without payload.
    #[must_use]
    pub fn new(kind: impl Into<String>) -> Self {
        Self { kind: kind.into(), ..Self::default() }
    }

    /// Returns this action with `payload` in its JSON form.
    ///
    /// # Errors
    /// [`WireError`] when `payload` has no JSON form.
    pub fn with_payload<T: Serialize + ?Sized>(mut self, payload: &T) -> Result<Self, WireError> {
        let payload = serde_json::to_value(payload)
            .map_err(|error| WireError::new(&self.kind, "cannot be written as JSON", &error))?;
        self.payload = Some(payload);
        Ok(self)
    }

    /// Reads the payload as `T`; an absent payload reads as `null`.
    ///
    /// # Errors
    /// [`WireError`] when the payload is not a `T`.
    pub fn payload_as<T: for<'de> Deserialize<'de>>(&self) -> Result<T, WireError> {
        T::deserialize(self.payload.as_ref().unwrap_or(&Value::Null))
            .map_err(|error| WireError::new(&self.kind, "has an unexpected payload", &error))
    }

    /// Reads member `name` of an object payload as `T`; an absent member reads as `null`.
    ///
    /// # Errors
    /// [`WireError`] when the payload is not an object or its member is not a `T`.
    pub fn member_as<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Result<T, WireError> {
        let Some(Value::Object(members)) = &self.payload else {
            return Err(WireError::new(
                &self.kind,
                "has an unexpected payload",
                &"an object is needed",
            ));
        };
        T::deserialize(members.get(name).unwrap_or(&Value::Null)).map_err(|error| {
            WireError::new(&self.kind, &format!("has an unexpected member `{name}`"), &error)
        })
    }
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// An action and its JSON form do not fit each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("action `{kind}` {reason}; correct the action, or add an upcaster for its older form")]
pub struct WireError {
    /// The Redux type string of the action.
    pub kind: String,
    /// What does not fit.
    pub reason: String,
}

impl WireError {
    /// Returns an error about action `kind`: `what` is wrong, because of `cause`.
    #[must_use]
    pub fn new(kind: &str, what: &str, cause: &dyn std::fmt::Display) -> Self {
        Self { kind: kind.to_owned(), reason: format!("{what}: {cause}") }
    }
}
