//! The state of the application, and what can happen to it.

use retake::ConfigureStore;
use retake::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    Draft, DraftAction, DraftUndo, Filter, FilterAction, Likes, LikesAction, PostsApi, SendLikes,
};

/// The whole state. Serialised, it is what DevTools show and what a log begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
pub struct App {
    /// Which posts the user wants to see.
    pub filter: Filter,
    /// Likes that are shown and not sent yet.
    pub likes: Likes,
    /// The title that the user writes. Logs from before it was there still read.
    #[serde(default)]
    pub draft: Undoable<Draft>,
    /// What is known of the server. The field is named as the api's `REDUCER_PATH`.
    pub posts: ApiState<PostsApi>,
}

/// Everything that can happen. Each slice's action converts into it, so that
/// `store.dispatch(FilterAction::Cleared)` needs no wrapping.
#[derive(Clone, Debug, Action)]
pub enum AppAction {
    /// In the search field.
    Filter(FilterAction),
    /// To likes that are not sent yet.
    Likes(LikesAction),
    /// To the task that sends likes.
    SendLikes(AsyncThunkAction<SendLikes>),
    /// To the title that is being written.
    Draft(DraftAction),
    /// Undone there, and done again.
    DraftUndo(DraftUndo),
    /// To the cache of the server's data.
    Posts(ApiAction<PostsApi>),
}

/// The store: a handle, to be cloned wherever something is dispatched or read.
pub type AppStore = Store<App, AppAction>;

/// Returns the builder of a store whose requests go to `base_query`.
///
/// A program adds its middleware, and its runtime unless it builds the store inside tokio.
pub fn configure(base_query: impl BaseQuery<Args = Request>) -> ConfigureStore<App, AppAction> {
    configure_store().api(PostsApi, DynBaseQuery::new(base_query))
}
