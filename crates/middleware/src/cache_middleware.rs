//! The middleware of an api.

use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::sync::Arc;

use retake_store::cache::{Api, ApiAction, CacheAction, CacheState, WindowAction};
use retake_store::{Action, Middleware, Next, Topic};
use retake_thunks::Engine;

use crate::driver::Driver;
use crate::handlers::default_handlers;

/// Makes the cache of the api `P` live: invalidation, collection, lifecycles.
///
/// `configure_store` of the facade adds it. It passes every action on, and reacts to those
/// of its api inside the dispatch, after the reducer.
///
/// Source: RTK Query, `api.middleware`.
pub struct CacheMiddleware<P> {
    driver: Arc<Driver>,
    api: PhantomData<fn() -> P>,
}

impl<P: Api> CacheMiddleware<P> {
    /// Returns the middleware of the api behind `engine`.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { driver: Driver::new(engine, default_handlers()), api: PhantomData }
    }
}

/// Returns what `action` is to the api `P`, if it concerns it.
fn cache_action<P: Api>(action: &P::Action) -> Option<Arc<CacheAction>> {
    let leaf = action.leaf();
    if let Some(action) = leaf.downcast_ref::<ApiAction<P>>() {
        return Some(Arc::clone(action.action()));
    }
    if let Some(action) = leaf.downcast_ref::<WindowAction>() {
        return Some(Arc::new(CacheAction::Window(*action)));
    }
    let saved = P::extract_rehydration_info(action)?;
    Some(Arc::new(CacheAction::Rehydrate(saved.clone())))
}

/// Tells the handlers of an action that was not reduced; forgotten when it was.
struct Abandon<'a> {
    driver: &'a Driver,
    action: &'a CacheAction,
}

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        self.driver.abandon(self.action);
    }
}

impl<P: Api> Middleware<P::State, P::Action> for CacheMiddleware<P> {
    fn handle(&self, action: P::Action, next: Next<'_, P::State, P::Action>) {
        let Some(cache_action) = cache_action::<P>(&action) else { return next.run(action) };
        if let CacheAction::Rehydrate(saved) = &*cache_action
            && let Some(path) = saved.reducer_path().filter(|path| *path != P::REDUCER_PATH)
        {
            tracing::error!(
                target: "retake",
                "a slice that the api `{path}` saved is none of the api `{}`: nothing came back",
                P::REDUCER_PATH
            );
            return next.run(action);
        }
        let before = next.store().peek(|state| CacheState::clone(P::slice(state)));
        let abandon = Abandon { driver: &self.driver, action: &cache_action };
        let store = next.store();
        next.run(action);
        mem::forget(abandon);
        if let CacheAction::Rehydrate(_) = &*cache_action {
            // An action of the application does not name the entries that it brings back.
            store.touch(&Topic::slice(P::REDUCER_PATH));
        }
        if let Ok(before) = before {
            self.driver.run(&cache_action, &before);
        }
    }
}

impl<P> fmt::Debug for CacheMiddleware<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheMiddleware").field("driver", &self.driver).finish()
    }
}
