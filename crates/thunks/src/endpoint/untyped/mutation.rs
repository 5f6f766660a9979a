//! Untyped mutations.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use retake_store::cache::{Api, SerializedError, Tags};
use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

use super::closures::{
    Common, FnResult, MutationEntryAdded, MutationStarted, MutationTags, common_setters,
};
use crate::base_query::{BaseQuery, Failure};
use crate::endpoint::{
    Fetched, JsonArg, Mutation, MutationContext, MutationEntryContext, MutationOutcome, QueryArgs,
    QueryFnContext,
};
use crate::extra_options::ExtraOptions;
use crate::runtime::BoxFuture;
use crate::schema::Schemas;

/// A mutation that is known at run time only: JSON in and out.
///
/// Clones are one endpoint. Tools and tests use it; applications write a [`Mutation`].
pub struct UntypedMutation<P: Api<BaseQuery: BaseQuery>>(Arc<UntypedMutationBuilder<P>>);

impl<P: Api<BaseQuery: BaseQuery>> UntypedMutation<P> {
    /// Returns a builder of the mutation `name`.
    #[expect(clippy::new_ret_no_self, reason = "the builder is where every mutation starts")]
    pub fn new(name: impl Into<String>) -> UntypedMutationBuilder<P> {
        UntypedMutationBuilder {
            common: Common::new(name),
            invalidates_tags: None,
            on_query_started: None,
            on_cache_entry_added: None,
        }
    }
}

impl<P: Api<BaseQuery: BaseQuery>> Clone for UntypedMutation<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Api<BaseQuery: BaseQuery>> fmt::Debug for UntypedMutation<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedMutation").field("name", &self.0.common.name).finish_non_exhaustive()
    }
}

/// Puts an [`UntypedMutation`] together.
#[must_use = "a builder does nothing until `build`"]
pub struct UntypedMutationBuilder<P: Api<BaseQuery: BaseQuery>> {
    common: Common<P>,
    invalidates_tags: Option<Box<dyn MutationTags<P>>>,
    on_query_started: Option<Box<dyn MutationStarted<P>>>,
    on_cache_entry_added: Option<Box<dyn MutationEntryAdded<P>>>,
}

impl<P: Api<BaseQuery: BaseQuery>> fmt::Debug for UntypedMutationBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedMutationBuilder")
            .field("name", &self.common.name)
            .finish_non_exhaustive()
    }
}

impl<P: Api<BaseQuery: BaseQuery>> UntypedMutationBuilder<P> {
    common_setters!();

    /// Sets the tags that the mutation invalidates.
    pub fn invalidates_tags<F>(mut self, tags: F) -> Self
    where
        F: Fn(MutationOutcome<'_, UntypedMutation<P>>, &JsonArg) -> Tags
            + MaybeSend
            + MaybeSync
            + 'static,
    {
        self.invalidates_tags = Some(Box::new(tags));
        self
    }

    /// Sets what runs with every request.
    pub fn on_query_started<F, R>(mut self, started: F) -> Self
    where
        F: Fn(JsonArg, MutationContext<UntypedMutation<P>>) -> R + MaybeSend + MaybeSync + 'static,
        R: Future<Output = ()> + MaybeSend + 'static,
    {
        let boxed = move |arg: JsonArg,
                          cx: MutationContext<UntypedMutation<P>>|
              -> BoxFuture<'static, ()> { Box::pin(started(arg, cx)) };
        self.on_query_started = Some(Box::new(boxed));
        self
    }

    /// Sets what runs with every tracked entry.
    pub fn on_cache_entry_added<F, R>(mut self, added: F) -> Self
    where
        F: Fn(JsonArg, MutationEntryContext<UntypedMutation<P>>) -> R
            + MaybeSend
            + MaybeSync
            + 'static,
        R: Future<Output = ()> + MaybeSend + 'static,
    {
        let boxed = move |arg: JsonArg,
                          cx: MutationEntryContext<UntypedMutation<P>>|
              -> BoxFuture<'static, ()> { Box::pin(added(arg, cx)) };
        self.on_cache_entry_added = Some(Box::new(boxed));
        self
    }

    /// Returns the mutation.
    #[must_use]
    pub fn build(self) -> UntypedMutation<P> {
        UntypedMutation(Arc::new(self))
    }
}

impl<P: Api<BaseQuery: BaseQuery>> Mutation for UntypedMutation<P> {
    type Api = P;
    type Arg = JsonArg;
    type Output = Value;
    const NAME: &'static str = "untyped";

    fn name(&self) -> &str {
        &self.0.common.name
    }

    fn try_query(&self, arg: &JsonArg) -> Result<QueryArgs<P>, SerializedError> {
        self.0.common.request(arg)
    }

    async fn query_fn(
        &self,
        arg: JsonArg,
        cx: QueryFnContext<P>,
    ) -> Result<Fetched<Value>, Failure> {
        self.0.common.fetch(arg, None, cx).await
    }

    fn invalidates_tags(&self, outcome: MutationOutcome<'_, Self>, arg: &JsonArg) -> Tags {
        self.0.invalidates_tags.as_ref().map_or_else(Tags::none, |tags| tags.call(outcome, arg))
    }

    fn schemas(&self) -> Schemas {
        self.0.common.schemas.clone()
    }

    fn extra_options(&self) -> ExtraOptions {
        self.0.common.extra_options.clone()
    }

    async fn on_query_started(&self, arg: JsonArg, cx: MutationContext<Self>) {
        if let Some(started) = &self.0.on_query_started {
            started.call(arg, cx).await;
        }
    }

    async fn on_cache_entry_added(&self, arg: JsonArg, cx: MutationEntryContext<Self>) {
        if let Some(added) = &self.0.on_cache_entry_added {
            added.call(arg, cx).await;
        }
    }
}
