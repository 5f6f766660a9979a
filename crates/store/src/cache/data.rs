//! The data of a cache entry: typed where an endpoint wrote it, JSON where a log did.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::patch::{Mode, PatchError, PatchOp, Patchable, Patches, Pointer, apply_patches, diff};

/// The data of a cache entry or of an action, with its type erased.
///
/// Data that an endpoint wrote keeps its type: a read is a downcast, and parts that several
/// versions have in common are in memory once. Data from a log, from rehydration or from a
/// tool is JSON and is decoded once, by the first typed read. It is written as JSON only
/// when somebody serialises it.
///
/// # Examples
/// ```
/// use retake_store::cache::CacheData;
/// let data = CacheData::new(5_u32);
/// assert_eq!(*data.get::<u32>()?, 5);
/// let read: CacheData = serde_json::from_str("5")?;
/// assert_eq!(*read.get::<u32>()?, 5);
/// assert_eq!(read, data);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct CacheData {
    value: Arc<dyn Any + Send + Sync>,
    ops: &'static Ops,
}

/// What can be done with the value without knowing its type.
struct Ops {
    json: fn(&CacheData) -> Result<Arc<Value>, PatchError>,
    diff: fn(&CacheData, &CacheData) -> Result<Patches, PatchError>,
    apply: fn(&CacheData, &[PatchOp], Mode) -> Result<CacheData, PatchError>,
    share: fn(CacheData, &CacheData) -> CacheData,
}

/// Data without a type, and what it was decoded to.
struct Json {
    value: Arc<Value>,
    decoded: OnceLock<CacheData>,
}

struct TypedOps<T>(std::marker::PhantomData<T>);

impl<T: Patchable> TypedOps<T> {
    const OPS: Ops = Ops {
        json: |data| {
            let value = typed::<T>(data)?;
            serde_json::to_value(&*value).map(Arc::new).map_err(|error| not_json::<T>(&error))
        },
        diff: |old, new| diff(&*typed::<T>(old)?, &*typed::<T>(new)?),
        apply: |base, patches, mode| {
            apply_patches(&*typed::<T>(base)?, patches, mode).map(CacheData::new)
        },
        share: |new, old| {
            let (Ok(value), Ok(old_value)) = (new.get::<T>(), old.get::<T>()) else { return new };
            drop(new);
            let mut value = Arc::unwrap_or_clone(value);
            if value.share_with(&old_value) { old.clone() } else { CacheData::new(value) }
        },
    };
}

fn typed<T: Patchable>(data: &CacheData) -> Result<Arc<T>, PatchError> {
    data.get().map_err(|error| PatchError::TypeMismatch {
        path: Pointer::root(),
        reason: error.to_string(),
    })
}

fn not_json<T>(error: &serde_json::Error) -> PatchError {
    PatchError::NotRepresentable {
        path: Pointer::root(),
        reason: format!("{} has no JSON form: {error}", std::any::type_name::<T>()),
    }
}

impl CacheData {
    /// Returns `value` as data.
    #[must_use]
    pub fn new<T: Patchable>(value: T) -> Self {
        Self::from_arc(Arc::new(value))
    }

    /// Returns `value` as data.
    #[must_use]
    pub fn from_arc<T: Patchable>(value: Arc<T>) -> Self {
        let value: Arc<dyn Any + Send + Sync> = value;
        match value.downcast::<Value>() {
            Ok(json) => Self::from_json(json),
            Err(value) => Self { value, ops: &TypedOps::<T>::OPS },
        }
    }

    /// Returns `value` as data whose type is not known yet.
    #[must_use]
    pub fn from_json(value: Arc<Value>) -> Self {
        let json = Json { value, decoded: OnceLock::new() };
        Self { value: Arc::new(json), ops: &TypedOps::<Value>::OPS }
    }

    /// Returns this data, sharing with `old` what the two have in common.
    ///
    /// When they are equal throughout, it is `old` itself. Nothing is serialised.
    ///
    /// Source: RTK Query, `structuralSharing`.
    #[must_use]
    pub fn share_with(self, old: &Self) -> Self {
        let share = self.ops.share;
        share(self, old)
    }

    /// Returns the value as a `T`.
    ///
    /// JSON data is decoded by the first read and kept; later reads share the result.
    ///
    /// # Errors
    /// [`DecodeError`] when the JSON form is not that of a `T`.
    pub fn get<T: Patchable>(&self) -> Result<Arc<T>, DecodeError> {
        if let Ok(value) = Arc::clone(&self.value).downcast::<T>() {
            return Ok(value);
        }
        let Some(json) = self.value.downcast_ref::<Json>() else {
            let json = self.to_json().map_err(|error| DecodeError::new::<T>(&error))?;
            return decode(&json).map(Arc::new);
        };
        if TypeId::of::<T>() == TypeId::of::<Value>() {
            let value: Arc<dyn Any + Send + Sync> = Arc::clone(&json.value) as _;
            if let Ok(value) = value.downcast::<T>() {
                return Ok(value);
            }
        }
        if let Some(decoded) = json.decoded.get()
            && let Ok(value) = Arc::clone(&decoded.value).downcast::<T>()
        {
            return Ok(value);
        }
        let value = Arc::new(decode::<T>(&json.value)?);
        // Another type may have been decoded before; then this one is decoded at every read.
        let _ = json.decoded.set(Self::from_arc(Arc::clone(&value)));
        Ok(value)
    }

    /// Returns the JSON form.
    ///
    /// # Errors
    /// [`PatchError::NotRepresentable`] when the value has none.
    pub fn to_json(&self) -> Result<Arc<Value>, PatchError> {
        match self.value.downcast_ref::<Json>() {
            Some(json) => Ok(Arc::clone(&json.value)),
            None => (self.ops.json)(self),
        }
    }

    /// Returns whether the two are one value in memory.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.value, &other.value)
    }

    /// Returns whether this is JSON, whose type is not known.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.value.is::<Json>()
    }

    /// Returns the patches from this data to `new`, and back.
    ///
    /// Where only one of them is typed they are compared as JSON: decoding may add or drop
    /// members, and whoever applies the patches to JSON has to get the same.
    pub(crate) fn diff(&self, new: &Self) -> Result<Patches, PatchError> {
        if self.is_json() == new.is_json() {
            (new.ops.diff)(self, new)
        } else {
            diff(&*self.to_json()?, &*new.to_json()?)
        }
    }

    /// Returns this data with `patches` applied.
    ///
    /// # Errors
    /// [`PatchError`] when a patch does not apply.
    pub fn apply(&self, patches: &[PatchOp], mode: Mode) -> Result<Self, PatchError> {
        (self.ops.apply)(self, patches, mode)
    }
}

fn decode<T: Patchable>(json: &Value) -> Result<T, DecodeError> {
    T::deserialize(json).map_err(|error| DecodeError::new::<T>(&error))
}

impl PartialEq for CacheData {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other)
            || matches!((self.to_json(), other.to_json()), (Ok(one), Ok(two)) if one == two)
    }
}

impl fmt::Debug for CacheData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_json() {
            Ok(json) => json.fmt(f),
            Err(error) => write!(f, "<{error}>"),
        }
    }
}

impl Serialize for CacheData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CacheData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self::from_json(Arc::new(value)))
    }
}

/// Cached data is not of the type that an endpoint reads it as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the cached data is no `{type_name}`: {reason}; correct the endpoint's `Output`, or its \
     `transform_response`"
)]
pub struct DecodeError {
    /// The type that was asked for.
    pub type_name: &'static str,
    /// Why the data is not of it.
    pub reason: String,
}

impl DecodeError {
    fn new<T>(error: &dyn fmt::Display) -> Self {
        Self { type_name: std::any::type_name::<T>(), reason: error.to_string() }
    }
}
