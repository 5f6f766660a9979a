//! Infinite queries: endpoints that read a list page by page.

mod paged;
mod pages;

use std::future::Future;
use std::sync::Arc;

use retake_store::cache::{Api, InfiniteData, SerializedError, StateOf, Tags};
use retake_store::patch::{PatchOp, Patchable};
use retake_store::{Action, MaybeSend, MaybeSync, Topic};
use serde_json::Value;

pub use paged::Paged;
pub use pages::InfinitePages;

use crate::base_query::{Answer, BaseQuery, Failure};
use crate::cache_thunks::{
    PatchQueryData, Prefetch, UpdateQueryData, UpsertEntry, UpsertQueryData,
};
use crate::endpoint::arg::to_original_args;
use crate::endpoint::fetched::decode_response;
use crate::endpoint::matchers::{FulfilledAction, PendingAction, RejectedAction, query_request};
use crate::endpoint::{
    EndpointArg, Fetched, Query, QueryArgs, QueryContext, QueryEntryContext, QueryFnContext,
    QueryOptions, QueryOutcome,
};
use crate::enhance::EnhanceQuery;
use crate::extra_options::ExtraOptions;
use crate::initiate::InitiateInfiniteQuery;
use crate::result::InfiniteQueryState;
use crate::running::GetRunningQuery;
use crate::schema::Schemas;

/// An endpoint that reads a list page by page: what it asks the server for a page, and which
/// page comes after it.
///
/// Its entry holds [`InfiniteData`], all pages in order. A page more is one request; fetching
/// again asks for all cached pages, one after the other, each with the parameter that the page
/// before it gives, and the entry changes once, when all have come.
///
/// The engine calls these methods before it dispatches an action, never inside a reducer, and
/// on any thread. [`Paged`] is the same endpoint as a [`Query`], which edits and matchers use.
///
/// # Examples
/// ```
/// # use retake_store::cache::{Api, ApiAction, ApiState};
/// # use retake_store::{Action, Changed, Reducer, State};
/// # use retake_thunks::{Answer, BaseQuery, Failure, RequestContext};
/// use retake_thunks::{InfinitePages, InfiniteQuery, Request};
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
/// struct Titles;
/// impl InfiniteQuery for Titles {
///     type Api = PostsApi;
///     type Arg = String;
///     type PageParam = u32;
///     type Page = Vec<String>;
///     const NAME: &'static str = "titles";
///     fn query(&self, topic: &String, page: &u32) -> Request {
///         Request::get(format!("titles?topic={topic}&page={page}"))
///     }
///     fn initial_page_param(&self) -> u32 {
///         1
///     }
///     fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<u32> {
///         (!pages.page.is_empty()).then(|| pages.page_param + 1)
///     }
/// }
/// assert_eq!(Titles.cache_key(&"rust".to_owned())?, r#"titles("rust")"#);
/// # Ok::<(), retake_store::cache::SerializedError>(())
/// ```
///
/// Source: RTK Query, `build.infiniteQuery`.
pub trait InfiniteQuery: Sized + MaybeSend + MaybeSync + 'static {
    /// The api that the endpoint belongs to.
    type Api: Api<BaseQuery: BaseQuery>;

    /// What the endpoint is asked for, the same for all pages; `()` for nothing.
    type Arg: EndpointArg;

    /// What tells one page from another: a number, a cursor. One that is `null` in JSON names
    /// a page only as the initial one.
    type PageParam: Patchable;

    /// One page of the data.
    type Page: Patchable;

    /// The endpoint's name: part of cache keys, of actions and of logs.
    const NAME: &'static str;

    /// Returns the endpoint's name, when it is not known to the compiler.
    fn name(&self) -> &str {
        Self::NAME
    }

    /// Returns what to send for one page.
    ///
    /// # Panics
    /// Unless it is overridden, or [`query_fn`](Self::query_fn) is; the request is then
    /// rejected with this message.
    fn query(&self, arg: &Self::Arg, page_param: &Self::PageParam) -> QueryArgs<Self::Api> {
        let _ = (arg, page_param);
        panic!("the endpoint `{}` defines neither `query` nor `query_fn`", self.name())
    }

    /// Returns what to send for one page, or why there is nothing to send.
    ///
    /// # Errors
    /// As the endpoint sees fit: the request is then rejected without a value.
    fn try_query(
        &self,
        arg: &Self::Arg,
        page_param: &Self::PageParam,
    ) -> Result<QueryArgs<Self::Api>, SerializedError> {
        Ok(self.query(arg, page_param))
    }

    /// Returns one page, in whatever way; by default with the base query and
    /// [`query`](Self::query).
    ///
    /// # Errors
    /// [`Failure`], as the base query's; it ends the whole request, and no page changes.
    fn query_fn(
        &self,
        arg: Self::Arg,
        page_param: Self::PageParam,
        cx: QueryFnContext<Self::Api>,
    ) -> impl Future<Output = Result<Fetched<Self::Page>, Failure>> + MaybeSend {
        async move {
            let args = self.try_query(&arg, &page_param)?;
            match cx.checked_base_query(args).await {
                Ok(Answer { data, meta }) => {
                    let page = self.transform_response(data, meta.as_deref(), &arg, &page_param)?;
                    Ok(Fetched { data: page, meta })
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

    /// Returns the page of an answer; by default it is decoded.
    ///
    /// # Errors
    /// As the endpoint sees fit: the request is then rejected without a value.
    fn transform_response(
        &self,
        response: Value,
        meta: Option<&Value>,
        arg: &Self::Arg,
        page_param: &Self::PageParam,
    ) -> Result<Self::Page, SerializedError> {
        let _ = (meta, arg, page_param);
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

    /// Returns the parameter of the first page that is fetched.
    fn initial_page_param(&self) -> Self::PageParam;

    /// Returns the parameter of the page after the last one, which `pages` shows; `None`
    /// when that is the end.
    fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<Self::PageParam>;

    /// Returns the parameter of the page before the first one, which `pages` shows; `None`,
    /// the default, when that is the beginning.
    fn get_previous_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<Self::PageParam> {
        pages.none_before()
    }

    /// Returns how many pages are kept at most; all of them by default.
    ///
    /// A page more than that drops the one at the other end. For it to be fetched again there
    /// has to be a [`get_previous_page_param`](Self::get_previous_page_param): a request of an
    /// endpoint without one is rejected as a `ConfigurationError`, and so is a limit of 0.
    fn max_pages(&self) -> Option<usize> {
        None
    }

    /// Returns whether fetching again asks for all cached pages, the default, or only for the
    /// first one, which then replaces all.
    fn refetch_cached_pages(&self) -> bool {
        true
    }

    /// Returns the tags that the entry provides after `outcome`, whose data is all pages; none
    /// by default.
    fn provides_tags(&self, outcome: QueryOutcome<'_, Paged<Self>>, arg: &Self::Arg) -> Tags {
        let _ = (outcome, arg);
        Tags::none()
    }

    /// Runs with every request of the endpoint, up to its first wait within the dispatch that
    /// starts the request; a request may fetch one page or several.
    fn on_query_started(
        &self,
        arg: Self::Arg,
        cx: QueryContext<Paged<Self>>,
    ) -> impl Future<Output = ()> + MaybeSend {
        let _ = (arg, cx);
        async {}
    }

    /// Runs with every entry of the endpoint, as that of a [`Query`] does: its data is all pages.
    fn on_cache_entry_added(
        &self,
        arg: Self::Arg,
        cx: QueryEntryContext<Paged<Self>>,
    ) -> impl Future<Output = ()> + MaybeSend {
        let _ = (arg, cx);
        async {}
    }

    /// Returns how the endpoint treats its entries.
    fn options(&self) -> QueryOptions {
        QueryOptions::default()
    }

    /// Returns the schemas of the endpoint's values; none by default. They see one page at a
    /// time, and `{"queryArg": .., "pageParam": ..}` as its argument.
    ///
    /// Called once for each store, before the first request.
    fn schemas(&self) -> Schemas {
        Schemas::default()
    }

    /// Returns what the base query is told of the endpoint's requests; nothing by default.
    fn extra_options(&self) -> ExtraOptions {
        ExtraOptions::new()
    }

    /// Returns the key of the entry for `arg`; by default the api's
    /// [`serialize_query_args`](Api::serialize_query_args) gives it.
    ///
    /// # Errors
    /// [`SerializedError`] when the argument has no JSON form.
    fn cache_key(&self, arg: &Self::Arg) -> Result<String, SerializedError> {
        let args = to_original_args(arg)?;
        Ok(Self::Api::serialize_query_args(self.name(), args.as_deref()))
    }

    /// Returns the endpoint as a [`Query`] whose output is all pages.
    fn paged(self) -> Paged<Self> {
        Paged::new(self)
    }

    /// Returns what to dispatch to fetch the first page and subscribe.
    fn initiate(self, arg: Self::Arg) -> InitiateInfiniteQuery<Self> {
        InitiateInfiniteQuery::new(self.paged(), arg)
    }

    /// Returns what to dispatch to get at the request for `arg` that is under way, whichever
    /// page it fetches; see [`GetRunningQuery`].
    fn running_query(&self, arg: &Self::Arg) -> GetRunningQuery<Paged<Self>> {
        GetRunningQuery::new(self.cache_key(arg))
    }

    /// Returns what to dispatch to change what the endpoint does in a store.
    fn enhance(self) -> EnhanceQuery<Paged<Self>> {
        self.paged().enhance()
    }

    /// Returns what to dispatch to fetch the first page without subscribing, unless there is
    /// data.
    fn prefetch(self, arg: Self::Arg) -> Prefetch<Paged<Self>> {
        self.paged().prefetch(arg)
    }

    /// Returns what to dispatch to edit cached pages; see [`Query::update_query_data`].
    fn update_query_data<F>(self, arg: Self::Arg, recipe: F) -> UpdateQueryData<Paged<Self>, F>
    where
        F: FnOnce(&mut InfiniteData<Self::Page, Self::PageParam>),
    {
        self.paged().update_query_data(arg, recipe)
    }

    /// Returns what to dispatch to apply `patches` to cached pages.
    fn patch_query_data(
        self,
        arg: Self::Arg,
        patches: Vec<PatchOp>,
    ) -> PatchQueryData<Paged<Self>> {
        self.paged().patch_query_data(arg, patches)
    }

    /// Returns what to dispatch to put `pages`, all there are, into the cache as if they had
    /// been fetched.
    fn upsert_query_data(
        self,
        arg: Self::Arg,
        pages: InfiniteData<Self::Page, Self::PageParam>,
    ) -> UpsertQueryData<Paged<Self>> {
        self.paged().upsert_query_data(arg, pages)
    }

    /// Returns an entry for [`upsert_query_entries`](crate::upsert_query_entries).
    fn upsert_entry(
        self,
        arg: Self::Arg,
        pages: InfiniteData<Self::Page, Self::PageParam>,
    ) -> UpsertEntry<Self::Api> {
        self.paged().upsert_entry(arg, pages)
    }

    /// Returns the topic of the entry for `arg`; see [`Query::topic`].
    fn topic(&self, arg: &Self::Arg) -> Topic<'static> {
        let path = Self::Api::REDUCER_PATH;
        self.cache_key(arg).map_or_else(|_| Topic::slice(path), |key| Topic::entry(path, key))
    }

    /// Returns the selector of the entry for `arg`.
    ///
    /// It takes the endpoint along, which says whether there are further pages, for a state
    /// knows no endpoints: if another one was injected in its place, ask the handle.
    fn select(
        self,
        arg: &Self::Arg,
    ) -> impl Fn(&StateOf<Self::Api>) -> InfiniteQueryState<Self::Page, Self::PageParam>
    + Clone
    + use<Self> {
        self.select_if(Some(arg))
    }

    /// Returns the selector of the entry for `arg`; without an argument, of none: it is
    /// uninitialized.
    fn select_if(
        self,
        arg: Option<&Self::Arg>,
    ) -> impl Fn(&StateOf<Self::Api>) -> InfiniteQueryState<Self::Page, Self::PageParam>
    + Clone
    + use<Self> {
        let key: Option<Arc<str>> = arg.and_then(|arg| self.cache_key(arg).ok()).map(Arc::from);
        let endpoint = self.paged();
        move |state| {
            let slice = Self::Api::slice(state);
            InfiniteQueryState::of(&endpoint, key.as_ref().and_then(|key| slice.query(key)))
        }
    }

    /// Returns `action` if it says that a request of this endpoint started.
    fn match_pending<'a, A: Action>(&self, action: &'a A) -> Option<PendingAction<'a, Self::Arg>> {
        PendingAction::of(query_request::<Self::Api, A>(action, self.name())?)
    }

    /// Returns `action` if it brings all pages, of a request of this endpoint that succeeded.
    fn match_fulfilled<'a, A: Action>(
        &self,
        action: &'a A,
    ) -> Option<FulfilledAction<'a, Self::Arg, <Paged<Self> as Query>::Output>> {
        FulfilledAction::of(query_request::<Self::Api, A>(action, self.name())?)
    }

    /// Returns `action` if it says that a request of this endpoint failed.
    fn match_rejected<'a, A: Action>(
        &self,
        action: &'a A,
    ) -> Option<RejectedAction<'a, Self::Arg>> {
        RejectedAction::of(query_request::<Self::Api, A>(action, self.name())?)
    }
}
