//! How a store with everything is put together.

use std::fmt;
use std::sync::Arc;

use retake_middleware::{CacheMiddleware, RecordedApis};
use retake_store::cache::{Api, ApiAction, CacheAction};
use retake_store::history::HistoryOptions;
use retake_store::{Action, Extension, Middleware, Reducer, State, Store, StoreBuilder};
use retake_thunks::{BaseQuery, Engine, Environment, Extra, Runtime};
use serde::Serialize;
use serde_json::Value;

/// Returns a builder of a store with thunks, apis and middleware.
///
/// # Examples
/// See the crate's documentation.
///
/// Source: Redux Toolkit, `configureStore`.
pub fn configure_store<S, A>() -> ConfigureStore<S, A>
where
    S: State + Reducer<A> + Default,
    A: Action,
{
    ConfigureStore::new(S::default())
}

/// Puts a store together; see [`configure_store`].
#[must_use = "a builder does nothing until `build`"]
pub struct ConfigureStore<S, A> {
    state: S,
    runtime: Option<Arc<dyn Runtime>>,
    history: Option<HistoryOptions>,
    extra: Extra,
    apis: Vec<Box<dyn ApiSetup<S, A>>>,
    middleware: Vec<Box<dyn Middleware<S, A>>>,
}

/// An api that is to be part of the store.
trait ApiSetup<S, A> {
    fn path(&self) -> &'static str;
    fn check(&self, state: &mut S, slices: &Value) -> Result<(), BuildError>;
    fn set_up(self: Box<Self>, runtime: &Arc<dyn Runtime>, extra: &Extra) -> SetUp<S, A>;
}

/// An api with its engine.
struct SetUp<S, A> {
    engine: Arc<Engine>,
    middleware: Box<dyn Middleware<S, A>>,
    connect: fn(&Engine, &Store<S, A>),
    record: fn(&mut RecordedApis<A>),
}

struct WithBaseQuery<P: Api>(P, P::BaseQuery);

impl<P: Api<BaseQuery: BaseQuery>> ApiSetup<P::State, P::Action> for WithBaseQuery<P> {
    fn path(&self) -> &'static str {
        P::REDUCER_PATH
    }

    /// Checks what types cannot: that the api's slice stands under the api's path, and that
    /// the root reducer passes the api's actions to it.
    fn check(&self, state: &mut P::State, slices: &Value) -> Result<(), BuildError> {
        let path = P::REDUCER_PATH;
        let found = slices.get(path).and_then(|slice| slice.get("config")?.get("reducerPath"));
        if found.and_then(Value::as_str) != Some(path) {
            let slices = slices.as_object();
            let keys = slices.map(|slices| slices.keys().cloned().collect()).unwrap_or_default();
            return Err(BuildError::StateKey { path, keys });
        }
        let action = ApiAction::<P>::from(CacheAction::MiddlewareRegistered);
        let _ = state.reduce(&P::Action::from(action));
        if !P::slice(state).config().middleware_registered {
            return Err(BuildError::MissingReducer { path });
        }
        Ok(())
    }

    fn set_up(
        self: Box<Self>,
        runtime: &Arc<dyn Runtime>,
        extra: &Extra,
    ) -> SetUp<P::State, P::Action> {
        let engine = Engine::new(&self.0, self.1, Arc::clone(runtime), extra.clone());
        let middleware = Box::new(CacheMiddleware::<P>::new(Arc::clone(&engine)));
        SetUp {
            engine,
            middleware,
            connect: |engine, store| engine.connect::<P>(store),
            record: RecordedApis::add::<P>,
        }
    }
}

impl<S: State + Reducer<A>, A: Action> ConfigureStore<S, A> {
    /// Returns a builder of a store that starts with `state`.
    pub fn new(state: S) -> Self {
        Self {
            state,
            runtime: None,
            history: None,
            extra: Extra::default(),
            apis: Vec::new(),
            middleware: Vec::new(),
        }
    }
}

impl<S, A> ConfigureStore<S, A>
where
    S: State + Reducer<A> + Serialize,
    A: Action,
{
    /// Sets the state that the store starts with; by default it is the state's default.
    pub fn preloaded_state(mut self, state: S) -> Self {
        self.state = state;
        self
    }

    /// Adds an api, with the base query that sends its requests.
    pub fn api<P>(mut self, api: P, base_query: P::BaseQuery) -> Self
    where
        P: Api<State = S, Action = A, BaseQuery: BaseQuery>,
    {
        self.apis.push(Box::new(WithBaseQuery(api, base_query)));
        self
    }

    /// Adds `middleware` behind that of the apis and what was added before.
    pub fn middleware(mut self, middleware: impl Middleware<S, A> + 'static) -> Self {
        self.middleware.push(Box::new(middleware));
        self
    }

    /// Sets where time, ids and tasks come from; by default it is the tokio runtime that
    /// `build` is called in.
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(Arc::new(runtime));
        self
    }

    /// Lets the store keep its history, with the times of its runtime: see
    /// [`Store::travel`].
    pub fn history(mut self, options: HistoryOptions) -> Self {
        self.history = Some(options);
        self
    }

    /// Sets the value that thunks and endpoints get as `extra`.
    pub fn extra(mut self, extra: impl Extension) -> Self {
        self.extra = Extra::new(extra);
        self
    }

    /// Returns the store.
    ///
    /// # Errors
    /// [`BuildError`] when there is no runtime, the paths of two apis are the same or
    /// overlap, or an api and the state do not fit each other.
    pub fn build(self) -> Result<Store<S, A>, BuildError> {
        let mut state = self.state;
        let runtime = match self.runtime {
            Some(runtime) => runtime,
            None => current_runtime()?,
        };
        check(&self.apis, &mut state)?;
        let mut environment = Environment::new(Arc::clone(&runtime), self.extra.clone());
        let mut builder = StoreBuilder::new(state);
        if let Some(options) = self.history {
            let clock = Arc::clone(&runtime);
            builder = builder.history(options, move || clock.now());
        }
        let mut recorded_apis = RecordedApis::new();
        let mut connections = Vec::new();
        for api in self.apis {
            let SetUp { engine, middleware, connect, record } = api.set_up(&runtime, &self.extra);
            environment.add_api(Arc::clone(&engine));
            builder = builder.boxed_middleware(middleware);
            record(&mut recorded_apis);
            connections.push((engine, connect));
        }
        for middleware in self.middleware {
            builder = builder.boxed_middleware(middleware);
        }
        let store = builder.extension(environment).extension(recorded_apis).build();
        for (engine, connect) in connections {
            connect(&engine, &store);
        }
        Ok(store)
    }
}

fn check<S: Serialize, A>(
    apis: &[Box<dyn ApiSetup<S, A>>],
    state: &mut S,
) -> Result<(), BuildError> {
    if apis.is_empty() {
        return Ok(());
    }
    for (index, api) in apis.iter().enumerate() {
        if apis[..index].iter().any(|other| other.path() == api.path()) {
            return Err(BuildError::DuplicateApi { path: api.path() });
        }
        let lies_in =
            |outer: &str| api.path().strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        if let Some(outer) = apis.iter().map(|other| other.path()).find(|path| lies_in(path)) {
            return Err(BuildError::OverlappingApis { outer, inner: api.path() });
        }
    }
    let slices = serde_json::to_value(&*state)
        .map_err(|error| BuildError::State { reason: error.to_string() })?;
    apis.iter().try_for_each(|api| api.check(state, &slices))
}

#[cfg(not(target_arch = "wasm32"))]
fn current_runtime() -> Result<Arc<dyn Runtime>, BuildError> {
    Ok(Arc::new(retake_thunks::TokioRuntime::current()?))
}

#[cfg(target_arch = "wasm32")]
fn current_runtime() -> Result<Arc<dyn Runtime>, BuildError> {
    Err(BuildError::NoDefaultRuntime)
}

impl<S: fmt::Debug, A> fmt::Debug for ConfigureStore<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let apis: Vec<_> = self.apis.iter().map(|api| api.path()).collect();
        f.debug_struct("ConfigureStore")
            .field("state", &self.state)
            .field("history", &self.history)
            .field("apis", &apis)
            .field("middleware", &self.middleware.len())
            .finish_non_exhaustive()
    }
}

/// The store cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no runtime to take time and tasks from.
    #[cfg(not(target_arch = "wasm32"))]
    #[error(transparent)]
    Runtime(#[from] retake_thunks::NoRuntime),
    /// There is no default runtime on this target.
    #[error("give the builder a runtime with `.runtime(..)`: this target has no default")]
    NoDefaultRuntime,
    /// Two apis have the same path.
    #[error(
        "two apis have the REDUCER_PATH `{path}`: give one of them another, and its slice of the \
         state that name"
    )]
    DuplicateApi {
        /// The path.
        path: &'static str,
    },
    /// The path of one api begins with that of another.
    #[error(
        "the REDUCER_PATH `{inner}` begins with the REDUCER_PATH `{outer}`, and so would the types of \
         their actions: give one of the apis another, and its slice of the state that name"
    )]
    OverlappingApis {
        /// The path that the other begins with.
        outer: &'static str,
        /// The path that begins with the other.
        inner: &'static str,
    },
    /// The slice of an api does not stand under the api's path.
    #[error(
        "the api with the REDUCER_PATH `{path}` has no slice of that name in the state, which has \
         {keys:?}: name the `ApiState` field `{path}`, or rename it with `#[serde(rename)]`"
    )]
    StateKey {
        /// The path.
        path: &'static str,
        /// The names of the slices that there are.
        keys: Vec<String>,
    },
    /// The root reducer does not pass an api's actions to the api's slice.
    #[error(
        "the reducer of the state does not pass actions of the api `{path}` to its slice: derive \
         `State`, or call the slice's reducer in yours"
    )]
    MissingReducer {
        /// The path.
        path: &'static str,
    },
    /// The state has no JSON form.
    #[error("the state has no JSON form: {reason}; use string keys in maps and finite numbers")]
    State {
        /// Why.
        reason: String,
    },
}
