//! Arguments of endpoints, and their JSON form.

use std::any::TypeId;
use std::fmt::Debug;
use std::sync::Arc;

use retake_store::cache::SerializedError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::endpoint::Query;
use crate::engine::{Args, contain};

/// What an endpoint is asked for: any type with a JSON form.
///
/// The JSON form stands in the state and in the cache key. `()` is no argument at all:
/// `name(undefined)`, and no `originalArgs`. `None` is `null`.
pub trait EndpointArg:
    Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static
{
}

impl<T> EndpointArg for T where
    T: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + 'static
{
}

/// The argument of an untyped endpoint: a JSON value, or none at all.
///
/// # Examples
/// ```
/// use retake_thunks::JsonArg;
/// assert_eq!(JsonArg::from(serde_json::json!(5)), JsonArg::Value(serde_json::json!(5)));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum JsonArg {
    /// No argument: JavaScript's `undefined`.
    #[default]
    Absent,
    /// This argument, which may be `null`.
    Value(Value),
}

impl JsonArg {
    /// Returns the value, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Absent => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl From<Value> for JsonArg {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<Option<Value>> for JsonArg {
    fn from(value: Option<Value>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

impl Serialize for JsonArg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonArg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::Value)
    }
}

/// Returns the JSON form of `arg`; `None` for no argument.
pub(crate) fn to_original_args<T: EndpointArg>(
    arg: &T,
) -> Result<Option<Arc<Value>>, SerializedError> {
    let any: &dyn std::any::Any = arg;
    if let Some(JsonArg::Absent) = any.downcast_ref() {
        return Ok(None);
    }
    if TypeId::of::<T>() == TypeId::of::<()>() {
        return Ok(None);
    }
    match serde_json::to_value(arg) {
        Ok(value) => Ok(Some(Arc::new(value))),
        Err(error) => Err(SerializedError::new(
            "ArgError",
            format!("the argument {arg:?} has no JSON form: {error}; use string keys in maps"),
        )),
    }
}

/// Returns the argument in its JSON form, and the key of its entry.
pub(crate) fn identity<E: Query>(
    endpoint: &E,
    arg: &E::Arg,
) -> Result<(Args, Arc<str>), SerializedError> {
    let args = to_original_args(arg)?;
    let key = contain("`cache_key`", || endpoint.cache_key(arg))?;
    Ok((args, key.into()))
}

/// Returns the JSON form of what one page of an infinite query is asked for.
///
/// Source: RTK Query, `InfiniteQueryCombinedArg`.
pub(crate) fn combined_arg<T: Serialize>(
    args: Option<&Value>,
    page_param: &T,
) -> Result<Value, SerializedError> {
    let page_param = serde_json::to_value(page_param).map_err(|error| {
        SerializedError::new("ArgError", format!("the page parameter has no JSON form: {error}"))
    })?;
    Ok(match args {
        Some(args) => serde_json::json!({"queryArg": args, "pageParam": page_param}),
        None => serde_json::json!({"pageParam": page_param}),
    })
}

/// Returns the argument with the JSON form `args`.
pub(crate) fn from_original_args<T: EndpointArg>(
    args: Option<&Value>,
) -> Result<T, SerializedError> {
    let absent: Box<dyn std::any::Any> = Box::new(JsonArg::Absent);
    if args.is_none()
        && TypeId::of::<T>() == TypeId::of::<JsonArg>()
        && let Ok(absent) = absent.downcast::<T>()
    {
        return Ok(*absent);
    }
    T::deserialize(args.unwrap_or(&Value::Null)).map_err(|error| {
        SerializedError::new(
            "ArgError",
            format!(
                "the cached argument is no `{}`: {error}; remove the entry, or correct the \
                 endpoint's `Arg`",
                std::any::type_name::<T>()
            ),
        )
    })
}
