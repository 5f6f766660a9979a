//! What is changed about an endpoint that a store knows.

use std::any::Any;
use std::sync::Arc;

use retake_store::cache::{CacheData, QueryError, SerializedError, Tags};
use retake_store::{MaybeSend, MaybeSync};

use crate::endpoint::QueryOptions;
use crate::engine::lifecycle::Lifecycle;
use crate::engine::{Args, contain};
use crate::runtime::BoxFuture;

macro_rules! closures {
    ($($(#[$doc:meta])* $name:ident: fn($($arg:ident: $ty:ty),*) -> $out:ty;)+) => {
        $(
            $(#[$doc])*
            pub(crate) trait $name: MaybeSend + MaybeSync {
                fn call(&self, $($arg: $ty),*) -> $out;
            }
            impl<F: Fn($($ty),*) -> $out + MaybeSend + MaybeSync> $name for F {
                fn call(&self, $($arg: $ty),*) -> $out {
                    self($($arg),*)
                }
            }
        )+
    };
}

type Outcome = Result<(), SerializedError>;

closures! {
    ChangeOptions: fn(options: QueryOptions) -> QueryOptions;
    /// Changes the request in an `Option` of the api's request type.
    ChangeRequest: fn(request: &mut dyn Any, args: &Args) -> Outcome;
    ChangeTags: fn(
        tags: Tags,
        data: Option<&CacheData>,
        error: Option<&QueryError>,
        args: &Args
    ) -> Result<Tags, SerializedError>;
    Started: fn(args: Args, lifecycle: Lifecycle) -> BoxFuture<'static, ()>;
}

/// What is changed about an endpoint, in one go; the rest is as it was.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) options: Option<Box<dyn ChangeOptions>>,
    pub(crate) request: Option<Box<dyn ChangeRequest>>,
    pub(crate) tags: Option<Box<dyn ChangeTags>>,
    pub(crate) on_query_started: Option<Box<dyn Started>>,
}

/// The changes of an endpoint, and the argument that its requests are made for.
#[derive(Clone)]
pub(crate) struct RequestChanges {
    changes: Arc<[Arc<Changes>]>,
    args: Args,
}

impl RequestChanges {
    pub(crate) fn none() -> Self {
        Self::new(Arc::from([]), None)
    }

    pub(crate) fn new(changes: Arc<[Arc<Changes>]>, args: Args) -> Self {
        Self { changes, args }
    }

    /// Returns `request` with the changes made, in order.
    pub(crate) fn apply<T: 'static>(&self, request: T) -> Result<T, SerializedError> {
        let mut request = Some(request);
        for change in self.changes.iter().filter_map(|changes| changes.request.as_ref()) {
            contain("the change of `query`", || change.call(&mut request, &self.args))?;
        }
        request.ok_or_else(|| SerializedError::new("Panic", "a change of `query` lost the request"))
    }
}
