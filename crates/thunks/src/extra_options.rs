//! Options that endpoints and dispatches have for the base query.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use retake_store::Extension;

/// Options for the base query, at most one of each type.
///
/// A base query reads the types that it knows from the
/// [`RequestContext`](crate::RequestContext::extra_options) and takes no notice of others. An
/// endpoint gives them with `extra_options`, a single dispatch with the `extra_options` of its
/// initiation; where both give one of a type, the dispatch's counts. They are no part of the
/// state: a refetch that follows from a tag has those of the endpoint.
///
/// # Examples
/// ```
/// use retake_thunks::{ExtraOptions, RetryOptions};
///
/// #[derive(Debug, PartialEq)]
/// struct Tenant(&'static str);
///
/// let options = ExtraOptions::new().with(Tenant("north")).with(RetryOptions::new());
/// assert_eq!(options.get::<Tenant>(), Some(&Tenant("north")));
/// assert!(options.get::<String>().is_none());
/// ```
///
/// Source: RTK Query, `extraOptions`, which is one value of the base query's type.
#[derive(Clone, Default)]
pub struct ExtraOptions(BTreeMap<TypeId, Arc<dyn Extension>>);

impl ExtraOptions {
    /// Returns no options.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `options`, in the place of others of their type.
    #[must_use]
    pub fn with<T: Extension>(mut self, options: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Arc::new(options));
        self
    }

    /// Returns the options of type `T`.
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&T> {
        (**self.0.get(&TypeId::of::<T>())?).as_any().downcast_ref()
    }

    /// Adds those of `defaults` whose type is not there.
    pub(crate) fn or(mut self, defaults: Self) -> Self {
        for (kind, options) in defaults.0 {
            self.0.entry(kind).or_insert(options);
        }
        self
    }
}

impl fmt::Debug for ExtraOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExtraOptions").field(&self.0.len()).finish()
    }
}
