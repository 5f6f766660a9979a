//! What identifies an api.

use serde_json::Value;

use crate::action::Action;
use crate::cache::{
    ApiAction, ApiOptions, ApiState, CacheAction, Rehydration, RequestAction, SavedSlice,
    SchemaHooks, TagDescription, WindowAction, cache_key,
};
use crate::reducer::Reducer;
use crate::state::State;
use crate::store::Store;

/// A server that endpoints talk to, with its own slice of the state.
///
/// The api says where its slice is, under which key, and how requests are sent; endpoints
/// name the api they belong to. Several apis can live in one store.
///
/// # Examples
/// ```
/// use retake_store::cache::{Api, ApiAction, ApiState};
/// use retake_store::{Action, Changed, Reducer, State};
///
/// #[derive(Clone, Default)]
/// struct App { posts: ApiState<PostsApi> }
/// impl State for App {}
/// impl<A: Action> Reducer<A> for App {
///     fn reduce(&mut self, action: &A) -> Changed { self.posts.reduce(action) }
/// }
///
/// struct PostsApi;
/// impl Api for PostsApi {
///     const REDUCER_PATH: &'static str = "posts";
///     const TAG_TYPES: &'static [&'static str] = &["Post"];
///     type State = App;
///     type Action = ApiAction<PostsApi>;
///     type BaseQuery = ();
///     fn slice(app: &App) -> &ApiState<Self> { &app.posts }
/// }
///
/// let app = App::default();
/// assert_eq!(PostsApi::slice(&app).config().reducer_path, "posts");
/// ```
///
/// Source: RTK Query, `createApi`.
pub trait Api: Sized + Send + Sync + 'static {
    /// The key of the api's slice in the state, and the prefix of its action types.
    const REDUCER_PATH: &'static str;

    /// The tag types that endpoints of the api may use.
    const TAG_TYPES: &'static [&'static str] = &[];

    /// The state of the application.
    type State: State + Reducer<Self::Action>;

    /// The root action of the application.
    type Action: Action + From<ApiAction<Self>>;

    /// How requests are sent; endpoints need it to be a base query.
    type BaseQuery;

    /// Returns the api's slice of the state.
    fn slice(state: &Self::State) -> &ApiState<Self>;

    /// Returns how the api treats its cache.
    #[must_use]
    fn options() -> ApiOptions {
        ApiOptions::default()
    }

    /// Returns what is done when a value does not fit the schema of an endpoint; nothing by
    /// default.
    ///
    /// Called once for each store, when it is built, on the api that the store is built with.
    ///
    /// Source: RTK Query, `onSchemaFailure`, `catchSchemaFailure` and `skipSchemaValidation`
    /// of `createApi`.
    #[must_use]
    fn schema_hooks(&self) -> SchemaHooks {
        SchemaHooks::default()
    }

    /// Returns the key of the entry of `endpoint` with the argument `arg`, for endpoints that
    /// do not say it themselves; `None` is no argument.
    ///
    /// It is the whole key: put the endpoint's name into it, for two endpoints with one key
    /// share an entry. The same argument has to give the same key always.
    ///
    /// Source: RTK Query, `serializeQueryArgs` of `createApi`.
    #[must_use]
    fn serialize_query_args(endpoint: &str, arg: Option<&Value>) -> String {
        cache_key(endpoint, arg)
    }

    /// Returns the saved slice of this api that `action` carries, if it does.
    ///
    /// An action of the application can bring entries back, with whatever else it does. Its
    /// reducers and the api's middleware ask this of every action that is not the api's own.
    /// All that can be returned is a part of the action: what has to be read or converted, and
    /// may fail, is done before there is an action, with [`Rehydration::from_json`] for
    /// example. So a log of the action leads to the same state.
    ///
    /// Source: RTK Query, `extractRehydrationInfo` of `createApi`.
    #[must_use]
    fn extract_rehydration_info(action: &Self::Action) -> Option<&Rehydration> {
        let _ = action;
        None
    }

    /// Returns the action that brings `saved` entries back: those that were fulfilled or
    /// rejected, and of mutations those with a fixed cache key.
    ///
    /// They take the place of what is cached. Entries that nobody subscribes to leave the
    /// cache after their time, counted from now. What was saved by another api, and says so,
    /// changes nothing, and this is logged; [`Rehydration::of_api`] finds it out before.
    ///
    /// # Examples
    /// See [`SavedSlice`] and the guide.
    #[must_use]
    fn rehydrate(saved: impl SavedSlice<Self>) -> ApiAction<Self> {
        CacheAction::Rehydrate(saved.into_rehydration()).into()
    }

    /// Returns the action that invalidates `tags`: entries that provide one of them are
    /// fetched again if anybody subscribes to them, and removed if not.
    ///
    /// Source: RTK Query, `api.util.invalidateTags`.
    #[must_use]
    fn invalidate_tags<T: Into<TagDescription>>(
        tags: impl IntoIterator<Item = T>,
    ) -> ApiAction<Self> {
        CacheAction::InvalidateTags(tags.into_iter().map(Into::into).collect()).into()
    }

    /// Returns the action that puts the slice back to its beginning and aborts what is
    /// under way.
    ///
    /// Source: RTK Query, `api.util.resetApiState`.
    #[must_use]
    fn reset_api_state() -> ApiAction<Self> {
        CacheAction::ResetApiState.into()
    }

    /// Returns `action` if it is a step of a request of any endpoint of this api, query or
    /// mutation.
    ///
    /// The action may be the application's or the api's: in a reducer, a middleware or a
    /// listener. One endpoint's requests, with its types, are found by its own matchers.
    ///
    /// # Examples
    /// ```
    /// # use retake_store::cache::{Api, ApiAction, ApiState};
    /// # use retake_store::{Action, Changed, Reducer, State};
    /// # #[derive(Clone, Default)]
    /// # struct App { posts: ApiState<PostsApi> }
    /// # impl State for App {}
    /// # impl<A: Action> Reducer<A> for App {
    /// #     fn reduce(&mut self, action: &A) -> Changed { self.posts.reduce(action) }
    /// # }
    /// # struct PostsApi;
    /// # impl Api for PostsApi {
    /// #     const REDUCER_PATH: &'static str = "posts";
    /// #     type State = App;
    /// #     type Action = ApiAction<PostsApi>;
    /// #     type BaseQuery = ();
    /// #     fn slice(app: &App) -> &ApiState<Self> { &app.posts }
    /// # }
    /// fn failure(action: &ApiAction<PostsApi>) -> Option<String> {
    ///     let request = PostsApi::match_request(action)?;
    ///     let rejected = request.rejected().filter(|rejected| !rejected.aborted)?;
    ///     Some(format!("{}: {}", request.endpoint_name(), rejected.to_error()))
    /// }
    /// assert_eq!(failure(&PostsApi::reset_api_state()), None);
    /// ```
    ///
    /// Source: Redux Toolkit, `isPending`, `isFulfilled`, `isRejected`, `isRejectedWithValue`.
    fn match_request<A: Action>(action: &A) -> Option<RequestAction<'_>> {
        let action = action.leaf().downcast_ref::<ApiAction<Self>>()?;
        RequestAction::of(action.action())
    }

    /// Returns the action that says what happened to the window or the network.
    ///
    /// Every api of the store reacts to it, whichever of them it was made by.
    ///
    /// Source: RTK Query, `onFocus`, `onFocusLost`, `onOnline`, `onOffline`.
    #[must_use]
    fn window(action: WindowAction) -> ApiAction<Self> {
        CacheAction::Window(action).into()
    }
}

/// The state of the application that the api `P` belongs to.
pub type StateOf<P> = <P as Api>::State;

/// The root action of the application that the api `P` belongs to.
pub type ActionOf<P> = <P as Api>::Action;

/// The store of the application that the api `P` belongs to.
pub type StoreOf<P> = Store<StateOf<P>, ActionOf<P>>;
