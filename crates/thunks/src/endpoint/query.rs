//! Queries: endpoints that read.

use std::future::Future;
use std::sync::Arc;

use retake_store::cache::{Api, InfiniteQueryDirection, SerializedError, StateOf, Tags};
use retake_store::patch::{PatchOp, Patchable};
use retake_store::{Action, MaybeSend, MaybeSync, Topic};
use serde_json::Value;

use crate::base_query::{Answer, BaseQuery, Failure};
use crate::cache_thunks::{
    PatchQueryData, Prefetch, UpdateQueryData, UpsertEntry, UpsertQueryData,
};
use crate::endpoint::arg::{from_original_args, to_original_args};
use crate::endpoint::fetched::decode_response;
use crate::endpoint::matchers::{FulfilledAction, PendingAction, RejectedAction, query_request};
use crate::endpoint::{
    EndpointArg, Fetched, QueryContext, QueryEntryContext, QueryFnContext, QueryOptions,
    QueryOutcome,
};
use crate::enhance::EnhanceQuery;
use crate::extra_options::ExtraOptions;
use crate::initiate::InitiateQuery;
use crate::result::QueryState;
use crate::running::GetRunningQuery;
use crate::schema::Schemas;

/// What the base query of an endpoint's api is given.
pub type QueryArgs<P> = <<P as Api>::BaseQuery as BaseQuery>::Args;

/// An endpoint that reads: what it asks the server, and what it makes of the answer.
///
/// The engine calls these methods before it dispatches an action, never inside a reducer,
/// and puts what they return into the action. They may be called on any thread.
///
/// # Examples
/// ```
/// # use retake_store::cache::{tag, Api, ApiAction, ApiState, Tags};
/// # use retake_store::{Action, Changed, Reducer, State};
/// # use retake_thunks::{Answer, BaseQuery, Failure, RequestContext};
/// use retake_thunks::{Query, QueryOutcome, Request};
/// # #[derive(Clone, Default)]
/// # struct App { posts: ApiState<PostsApi> }
/// # impl State for App {}
/// # impl<A: Action> Reducer<A> for App {
/// #     fn reduce(&mut self, action: &A) -> Changed { self.posts.reduce(action) }
/// # }
/// # struct Http;
/// # impl BaseQuery for Http {
/// #     type Args = Request;
/// #     async fn run(&self, _: Request, _: RequestContext) -> Result<Answer, Failure> {
/// #         Ok(Answer::new(serde_json::Value::Null))
/// #     }
/// # }
/// # struct PostsApi;
/// # impl Api for PostsApi {
/// #     const REDUCER_PATH: &'static str = "posts";
/// #     type State = App;
/// #     type Action = ApiAction<PostsApi>;
/// #     type BaseQuery = Http;
/// #     fn slice(app: &App) -> &ApiState<Self> { &app.posts }
/// # }
///
/// struct GetTitle;
/// impl Query for GetTitle {
///     type Api = PostsApi;
///     type Arg = u32;
///     type Output = String;
///     const NAME: &'static str = "getTitle";
///     fn query(&self, id: &u32) -> Request {
///         Request::get(format!("posts/{id}/title"))
///     }
///     fn provides_tags(&self, _: QueryOutcome<'_, Self>, id: &u32) -> Tags {
///         [tag("Post", *id)].into()
///     }
/// }
/// assert_eq!(GetTitle.cache_key(&5)?, "getTitle(5)");
/// # Ok::<(), retake_store::cache::SerializedError>(())
/// ```
///
/// Source: RTK Query, `build.query`.
pub trait Query: Sized + MaybeSend + MaybeSync + 'static {
    /// The api that the endpoint belongs to.
    type Api: Api<BaseQuery: BaseQuery>;

    /// What the endpoint is asked for; `()` for nothing.
    type Arg: EndpointArg;

    /// The data in the cache.
    type Output: Patchable;

    /// The endpoint's name: part of cache keys, of actions and of logs.
    const NAME: &'static str;

    /// Returns the endpoint's name, when it is not known to the compiler.
    fn name(&self) -> &str {
        Self::NAME
    }

    /// Returns what to send for `arg`.
    ///
    /// # Panics
    /// Unless it is overridden, or [`query_fn`](Self::query_fn) is; the request is then
    /// rejected with this message.
    fn query(&self, arg: &Self::Arg) -> QueryArgs<Self::Api> {
        let _ = arg;
        panic!("the endpoint `{}` defines neither `query` nor `query_fn`", self.name())
    }

    /// Returns what to send for `arg`, or why there is nothing to send.
    ///
    /// # Errors
    /// As the endpoint sees fit: the request is then rejected without a value.
    fn try_query(&self, arg: &Self::Arg) -> Result<QueryArgs<Self::Api>, SerializedError> {
        Ok(self.query(arg))
    }

    /// Returns the data, in whatever way; by default with the base query and
    /// [`query`](Self::query).
    ///
    /// # Errors
    /// [`Failure`], as the base query's.
    fn query_fn(
        &self,
        arg: Self::Arg,
        cx: QueryFnContext<Self::Api>,
    ) -> impl Future<Output = Result<Fetched<Self::Output>, Failure>> + MaybeSend {
        async move {
            let args = self.try_query(&arg)?;
            match cx.checked_base_query(args).await {
                Ok(Answer { data, meta }) => {
                    let data = self.transform_response(data, meta.as_deref(), &arg)?;
                    Ok(Fetched { data, meta })
                }
                Err(Failure::Error { error, meta } | Failure::Final { error, meta }) => {
                    let arg = cx.given_arg(arg)?;
                    let error = self.transform_error_response(error, meta.as_deref(), &arg)?;
                    Err(Failure::Error { error, meta })
                }
                Err(failure) => Err(failure),
            }
        }
    }

    /// Returns the data of an answer; by default it is decoded.
    ///
    /// # Errors
    /// As the endpoint sees fit: the request is then rejected without a value.
    fn transform_response(
        &self,
        response: Value,
        meta: Option<&Value>,
        arg: &Self::Arg,
    ) -> Result<Self::Output, SerializedError> {
        let _ = (meta, arg);
        decode_response(self.name(), response)
    }

    /// Returns the error that the entry shows; by default that of the base query.
    ///
    /// # Errors
    /// As the endpoint sees fit: the request is then rejected without a value.
    fn transform_error_response(
        &self,
        error: Value,
        meta: Option<&Value>,
        arg: &Self::Arg,
    ) -> Result<Value, SerializedError> {
        let _ = (meta, arg);
        Ok(error)
    }

    /// Returns the tags that the entry provides after `outcome`; none by default.
    fn provides_tags(&self, outcome: QueryOutcome<'_, Self>, arg: &Self::Arg) -> Tags {
        let _ = (outcome, arg);
        Tags::none()
    }

    /// Returns `cached` with `incoming` merged into it; `None`, the default, to replace it.
    ///
    /// Called only when there is data; the first data is cached as it is.
    fn merge(
        &self,
        cached: &Self::Output,
        incoming: &Self::Output,
        arg: &Self::Arg,
    ) -> Option<Self::Output> {
        let _ = (cached, incoming, arg);
        None
    }

    /// Returns whether to fetch although there is data; `false` by default.
    fn force_refetch(&self, arg: &Self::Arg, cached: &QueryState<Self::Output>) -> bool {
        let _ = (arg, cached);
        false
    }

    /// Returns whether there is a page to fetch at an end of `cached`: one beyond its pages, or
    /// the first one; `false`, the default, of an endpoint that knows no pages.
    ///
    /// [`Paged`](crate::Paged) answers with the rules of its infinite query.
    fn has_page(
        &self,
        direction: InfiniteQueryDirection,
        cached: &Self::Output,
        arg: &Self::Arg,
    ) -> bool {
        let _ = (direction, cached, arg);
        false
    }

    /// Runs with every request of the endpoint, up to its first wait within the dispatch
    /// that starts the request.
    fn on_query_started(
        &self,
        arg: Self::Arg,
        cx: QueryContext<Self>,
    ) -> impl Future<Output = ()> + MaybeSend {
        let _ = (arg, cx);
        async {}
    }

    /// Runs with every entry of the endpoint, up to its first wait within the dispatch that
    /// adds the entry.
    ///
    /// It goes on when the entry is removed, so that it can clean up, and is dropped with the
    /// store.
    fn on_cache_entry_added(
        &self,
        arg: Self::Arg,
        cx: QueryEntryContext<Self>,
    ) -> impl Future<Output = ()> + MaybeSend {
        let _ = (arg, cx);
        async {}
    }

    /// Returns the schemas of the endpoint's values; none by default.
    ///
    /// Called once for each store, before the first request.
    fn schemas(&self) -> Schemas {
        Schemas::default()
    }

    /// Returns how the endpoint treats its entries.
    fn options(&self) -> QueryOptions {
        QueryOptions::default()
    }

    /// Returns what the base query is told of the endpoint's requests; nothing by default.
    fn extra_options(&self) -> ExtraOptions {
        ExtraOptions::new()
    }

    /// Returns the key of the entry for `arg`; by default the api's
    /// [`serialize_query_args`](Api::serialize_query_args) gives it.
    ///
    /// What an endpoint says here is the whole key, and the api is not asked.
    ///
    /// # Errors
    /// [`SerializedError`] when the argument has no JSON form.
    fn cache_key(&self, arg: &Self::Arg) -> Result<String, SerializedError> {
        let args = to_original_args(arg)?;
        Ok(Self::Api::serialize_query_args(self.name(), args.as_deref()))
    }

    /// Returns what to dispatch to fetch and subscribe.
    fn initiate(self, arg: Self::Arg) -> InitiateQuery<Self> {
        InitiateQuery::new(self, arg)
    }

    /// Returns what to dispatch to get at the request for `arg` that is under way, if there is
    /// one; see [`GetRunningQuery`].
    fn running_query(&self, arg: &Self::Arg) -> GetRunningQuery<Self> {
        GetRunningQuery::new(self.cache_key(arg))
    }

    /// Returns what to dispatch to change what the endpoint does in a store.
    fn enhance(self) -> EnhanceQuery<Self> {
        EnhanceQuery::new(self)
    }

    /// Returns what to dispatch to fetch without subscribing, unless there is data.
    fn prefetch(self, arg: Self::Arg) -> Prefetch<Self> {
        Prefetch::new(self, arg)
    }

    /// Returns what to dispatch to edit cached data; the dispatch returns a
    /// [`PatchHandle`](crate::PatchHandle) that can undo the edit.
    ///
    /// Without cached data nothing happens.
    fn update_query_data<F>(self, arg: Self::Arg, recipe: F) -> UpdateQueryData<Self, F>
    where
        F: FnOnce(&mut Self::Output),
    {
        UpdateQueryData::new(self, arg, recipe)
    }

    /// Returns what to dispatch to apply `patches` to cached data.
    fn patch_query_data(self, arg: Self::Arg, patches: Vec<PatchOp>) -> PatchQueryData<Self> {
        PatchQueryData::new(self, arg, patches)
    }

    /// Returns what to dispatch to put `value` into the cache as if it had been fetched.
    fn upsert_query_data(self, arg: Self::Arg, value: Self::Output) -> UpsertQueryData<Self> {
        UpsertQueryData::new(self, arg, value)
    }

    /// Returns an entry for [`upsert_query_entries`](crate::upsert_query_entries).
    fn upsert_entry(self, arg: Self::Arg, value: Self::Output) -> UpsertEntry<Self::Api> {
        UpsertEntry::new(self, arg, value)
    }

    /// Returns the topic of the entry for `arg`, to subscribe to it with
    /// [`Store::subscribe_to`](retake_store::Store::subscribe_to) and
    /// [`select`](Self::select).
    ///
    /// An argument without a JSON form has no entry: its topic is that of the whole slice.
    fn topic(&self, arg: &Self::Arg) -> Topic<'static> {
        let path = Self::Api::REDUCER_PATH;
        self.cache_key(arg).map_or_else(|_| Topic::slice(path), |key| Topic::entry(path, key))
    }

    /// Returns the selector of the entry for `arg`.
    fn select(
        &self,
        arg: &Self::Arg,
    ) -> impl Fn(&StateOf<Self::Api>) -> QueryState<Self::Output> + Clone + use<Self> {
        self.select_if(Some(arg))
    }

    /// Returns the selector of the entry for `arg`; without an argument, of none: it is
    /// uninitialized.
    ///
    /// Source: RTK Query, `select(skipToken)`.
    fn select_if(
        &self,
        arg: Option<&Self::Arg>,
    ) -> impl Fn(&StateOf<Self::Api>) -> QueryState<Self::Output> + Clone + use<Self> {
        let key: Option<Arc<str>> = arg.and_then(|arg| self.cache_key(arg).ok()).map(Arc::from);
        move |state| {
            let slice = Self::Api::slice(state);
            QueryState::of(key.as_ref().and_then(|key| slice.query(key)))
        }
    }

    /// Returns the selector of the arguments of the endpoint's entries, in order of the cache.
    ///
    /// Arguments that are no `Arg`, from a log of another version, are left out.
    ///
    /// Time: O(n): it looks at every entry of the api.
    ///
    /// Source: RTK Query, `selectCachedArgsForQuery`.
    fn select_cached_args(
        &self,
    ) -> impl Fn(&StateOf<Self::Api>) -> Vec<Self::Arg> + Clone + use<Self> {
        let name: Arc<str> = self.name().into();
        move |state| {
            let cached = Self::Api::slice(state).select_cached_args_for_query(&name);
            cached.iter().filter_map(|args| from_original_args(args.as_deref()).ok()).collect()
        }
    }

    /// Returns `action` if it says that a request of this endpoint started.
    fn match_pending<'a, A: Action>(&self, action: &'a A) -> Option<PendingAction<'a, Self::Arg>> {
        PendingAction::of(query_request::<Self::Api, A>(action, self.name())?)
    }

    /// Returns `action` if it says that a request of this endpoint succeeded.
    ///
    /// The action may be the application's or the api's: in a reducer, a middleware or a
    /// listener.
    fn match_fulfilled<'a, A: Action>(
        &self,
        action: &'a A,
    ) -> Option<FulfilledAction<'a, Self::Arg, Self::Output>> {
        FulfilledAction::of(query_request::<Self::Api, A>(action, self.name())?)
    }

    /// Returns `action` if it says that a request of this endpoint failed.
    ///
    /// A dispatch that used what is cached made no request, and does not match.
    fn match_rejected<'a, A: Action>(
        &self,
        action: &'a A,
    ) -> Option<RejectedAction<'a, Self::Arg>> {
        RejectedAction::of(query_request::<Self::Api, A>(action, self.name())?)
    }
}
