//! What untyped endpoints have in common.

use retake_store::cache::{Api, SerializedError, Tags};
use retake_store::{MaybeSend, MaybeSync};
use serde_json::Value;

use crate::base_query::{BaseQuery, Failure};
use crate::endpoint::arg::to_original_args;
use crate::endpoint::untyped::{UntypedInfiniteQuery, UntypedMutation, UntypedQuery};
use crate::endpoint::{
    Fetched, InfinitePages, JsonArg, MutationContext, MutationEntryContext, MutationOutcome, Paged,
    QueryArgs, QueryContext, QueryEntryContext, QueryFnContext, QueryOutcome,
};
use crate::extra_options::ExtraOptions;
use crate::result::QueryState;
use crate::runtime::BoxFuture;
use crate::schema::Schemas;

macro_rules! closures {
    ($($(#[$doc:meta])* $name:ident: fn($($arg:ident: $ty:ty),*) -> $out:ty;)+) => {
        $(
            $(#[$doc])*
            pub(super) trait $name<P: Api<BaseQuery: BaseQuery>>: MaybeSend + MaybeSync {
                fn call(&self, $($arg: $ty),*) -> $out;
            }
            impl<P, F> $name<P> for F
            where
                P: Api<BaseQuery: BaseQuery>,
                F: Fn($($ty),*) -> $out + MaybeSend + MaybeSync,
            {
                fn call(&self, $($arg: $ty),*) -> $out {
                    self($($arg),*)
                }
            }
        )+
    };
}

type Rejection = SerializedError;
pub(super) type FnResult = BoxFuture<'static, Result<Fetched<Value>, Failure>>;

closures! {
    MakeRequest: fn(arg: &JsonArg) -> Result<QueryArgs<P>, Rejection>;
    Transform: fn(value: Value, meta: Option<&Value>, arg: &JsonArg) -> Result<Value, Rejection>;
    QueryFn: fn(arg: JsonArg, cx: QueryFnContext<P>) -> FnResult;
    QueryTags: fn(outcome: QueryOutcome<'_, UntypedQuery<P>>, arg: &JsonArg) -> Tags;
    MutationTags: fn(outcome: MutationOutcome<'_, UntypedMutation<P>>, arg: &JsonArg) -> Tags;
    QueryStarted: fn(arg: JsonArg, cx: QueryContext<UntypedQuery<P>>) -> BoxFuture<'static, ()>;
    MutationStarted:
        fn(arg: JsonArg, cx: MutationContext<UntypedMutation<P>>) -> BoxFuture<'static, ()>;
    QueryEntryAdded:
        fn(arg: JsonArg, cx: QueryEntryContext<UntypedQuery<P>>) -> BoxFuture<'static, ()>;
    MutationEntryAdded:
        fn(arg: JsonArg, cx: MutationEntryContext<UntypedMutation<P>>) -> BoxFuture<'static, ()>;
    Merge: fn(cached: &Value, incoming: &Value, arg: &JsonArg) -> Option<Value>;
    ForceRefetch: fn(arg: &JsonArg, cached: &QueryState<Value>) -> bool;
    InfiniteQueryTags:
        fn(outcome: QueryOutcome<'_, Paged<UntypedInfiniteQuery<P>>>, arg: &JsonArg) -> Tags;
    InfiniteQueryStarted:
        fn(arg: JsonArg, cx: QueryContext<Paged<UntypedInfiniteQuery<P>>>) -> BoxFuture<'static, ()>;
    InfiniteQueryEntryAdded: fn(
        arg: JsonArg,
        cx: QueryEntryContext<Paged<UntypedInfiniteQuery<P>>>
    ) -> BoxFuture<'static, ()>;
    PageParam: fn(pages: InfinitePages<'_, UntypedInfiniteQuery<P>>) -> Option<Value>;
    MakeKey: fn(arg: &JsonArg) -> String;
}

/// What queries and mutations are made of alike.
pub(super) struct Common<P: Api<BaseQuery: BaseQuery>> {
    pub(super) name: String,
    pub(super) query: Option<Box<dyn MakeRequest<P>>>,
    pub(super) query_fn: Option<Box<dyn QueryFn<P>>>,
    pub(super) transform_response: Option<Box<dyn Transform<P>>>,
    pub(super) transform_error_response: Option<Box<dyn Transform<P>>>,
    pub(super) extra_options: ExtraOptions,
    pub(super) schemas: Schemas,
}

impl<P: Api<BaseQuery: BaseQuery>> Common<P> {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            query: None,
            query_fn: None,
            transform_response: None,
            transform_error_response: None,
            extra_options: ExtraOptions::new(),
            schemas: Schemas::default(),
        }
    }

    pub(super) fn request(&self, arg: &JsonArg) -> Result<QueryArgs<P>, SerializedError> {
        match &self.query {
            Some(query) => query.call(arg),
            None => Err(SerializedError::new(
                "ConfigurationError",
                format!("the endpoint `{}` defines neither `query` nor `query_fn`", self.name),
            )),
        }
    }

    /// Returns the key of the entry for `arg`: what `key` says, or else the api.
    pub(super) fn cache_key(
        &self,
        key: Option<&dyn MakeKey<P>>,
        arg: &JsonArg,
    ) -> Result<String, SerializedError> {
        match key {
            Some(key) => Ok(key.call(arg)),
            None => Ok(P::serialize_query_args(&self.name, to_original_args(arg)?.as_deref())),
        }
    }

    /// Fetches what `arg` asks for; errors are transformed with `error_arg`, if that is another.
    pub(super) async fn fetch(
        &self,
        arg: JsonArg,
        error_arg: Option<JsonArg>,
        cx: QueryFnContext<P>,
    ) -> Result<Fetched<Value>, Failure> {
        if let Some(query_fn) = &self.query_fn {
            return query_fn.call(arg, cx).await;
        }
        let answer = cx.checked_base_query(self.request(&arg)?).await;
        match (answer, &self.transform_response, &self.transform_error_response) {
            (Ok(answer), transform, _) => {
                let data = match transform {
                    Some(transform) => transform.call(answer.data, answer.meta.as_deref(), &arg)?,
                    None => answer.data,
                };
                Ok(Fetched { data, meta: answer.meta })
            }
            (
                Err(Failure::Error { error, meta } | Failure::Final { error, meta }),
                _,
                Some(transform),
            ) => {
                let arg = cx.given_arg(error_arg.unwrap_or(arg))?;
                let error = transform.call(error, meta.as_deref(), &arg)?;
                Err(Failure::Error { error, meta })
            }
            (Err(failure), ..) => Err(failure),
        }
    }
}

macro_rules! common_setters {
    () => {
        /// Sets what to send.
        pub fn query<F>(mut self, query: F) -> Self
        where
            F: Fn(&JsonArg) -> Result<QueryArgs<P>, SerializedError>
                + MaybeSend
                + MaybeSync
                + 'static,
        {
            self.common.query = Some(Box::new(query));
            self
        }

        /// Sets how to get the data without `query`.
        pub fn query_fn<F, R>(mut self, query_fn: F) -> Self
        where
            F: Fn(JsonArg, QueryFnContext<P>) -> R + MaybeSend + MaybeSync + 'static,
            R: Future<Output = Result<Fetched<Value>, Failure>> + MaybeSend + 'static,
        {
            let boxed = move |arg: JsonArg, cx: QueryFnContext<P>| -> FnResult {
                Box::pin(query_fn(arg, cx))
            };
            self.common.query_fn = Some(Box::new(boxed));
            self
        }

        /// Sets what to make of an answer.
        pub fn transform_response<F>(mut self, transform: F) -> Self
        where
            F: Fn(Value, Option<&Value>, &JsonArg) -> Result<Value, SerializedError>
                + MaybeSend
                + MaybeSync
                + 'static,
        {
            self.common.transform_response = Some(Box::new(transform));
            self
        }

        /// Sets what the base query is told of the endpoint's requests.
        pub fn extra_options(mut self, options: impl Into<ExtraOptions>) -> Self {
            self.common.extra_options = options.into();
            self
        }

        /// Sets what to make of an error.
        pub fn transform_error_response<F>(mut self, transform: F) -> Self
        where
            F: Fn(Value, Option<&Value>, &JsonArg) -> Result<Value, SerializedError>
                + MaybeSend
                + MaybeSync
                + 'static,
        {
            self.common.transform_error_response = Some(Box::new(transform));
            self
        }

        /// Sets the schemas of the endpoint's values.
        pub fn schemas(mut self, schemas: Schemas) -> Self {
            self.common.schemas = schemas;
            self
        }
    };
}

pub(super) use common_setters;
