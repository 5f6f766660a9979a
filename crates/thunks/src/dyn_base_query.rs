//! A base query whose type is chosen when the store is built.

use std::fmt;
use std::sync::Arc;

use retake_store::{MaybeSend, MaybeSync};

use crate::base_query::{Answer, BaseQuery, Failure, RequestContext};
use crate::request::Request;
use crate::runtime::BoxFuture;

/// Any base query for requests of type `T`: what an api names whose requests go over HTTP in
/// the application and to a script in its tests.
///
/// Clones are one base query. A request costs one allocation more.
///
/// # Examples
/// ```
/// use retake_store::cache::{Api, ApiAction, ApiState};
/// # use retake_store::{Action, Changed, Reducer, State};
/// use retake_thunks::{Answer, BaseQuery, DynBaseQuery, Failure, Request, RequestContext};
/// # #[derive(Clone, Default)]
/// # struct App { posts: ApiState<PostsApi> }
/// # impl State for App {}
/// # impl<A: Action> Reducer<A> for App {
/// #     fn reduce(&mut self, action: &A) -> Changed { self.posts.reduce(action) }
/// # }
///
/// struct PostsApi;
/// impl Api for PostsApi {
///     const REDUCER_PATH: &'static str = "posts";
///     type State = App;
///     type Action = ApiAction<PostsApi>;
///     type BaseQuery = DynBaseQuery;
///     fn slice(app: &App) -> &ApiState<Self> { &app.posts }
/// }
///
/// struct Echo;
/// impl BaseQuery for Echo {
///     type Args = Request;
///     async fn run(&self, request: Request, _: RequestContext) -> Result<Answer, Failure> {
///         Ok(Answer::new(request.url.into()))
///     }
/// }
/// let base_query: <PostsApi as Api>::BaseQuery = DynBaseQuery::new(Echo);
/// assert!(format!("{base_query:?}").contains("Echo"));
/// ```
pub struct DynBaseQuery<T = Request>(Arc<dyn ErasedBaseQuery<T>>);

/// A [`BaseQuery`] as a trait object.
trait ErasedBaseQuery<T>: MaybeSend + MaybeSync {
    fn run(&self, args: T, cx: RequestContext) -> BoxFuture<'_, Result<Answer, Failure>>;
    fn type_name(&self) -> &'static str;
}

impl<Q: BaseQuery> ErasedBaseQuery<Q::Args> for Q {
    fn run(&self, args: Q::Args, cx: RequestContext) -> BoxFuture<'_, Result<Answer, Failure>> {
        Box::pin(BaseQuery::run(self, args, cx))
    }

    fn type_name(&self) -> &'static str {
        std::any::type_name::<Q>()
    }
}

impl<T> DynBaseQuery<T> {
    /// Returns `base_query` without its type.
    #[must_use]
    pub fn new(base_query: impl BaseQuery<Args = T>) -> Self {
        Self(Arc::new(base_query))
    }
}

impl<T: MaybeSend + 'static> BaseQuery for DynBaseQuery<T> {
    type Args = T;

    async fn run(&self, args: T, cx: RequestContext) -> Result<Answer, Failure> {
        self.0.run(args, cx).await
    }
}

impl<T> Clone for DynBaseQuery<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for DynBaseQuery<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynBaseQuery").field(&self.0.type_name()).finish()
    }
}
