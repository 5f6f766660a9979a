//! What the user asks for, dispatched.

use posts_app::endpoints::{
    CreatePost, DeletePost, GetPost, ListPosts, NewPost, NewTitle, RenamePost,
};
use posts_app::{AppStore, DraftAction, DraftUndo, FilterAction, like};
use retake::QueryHandle;
use retake::prelude::*;
use retake::store::history::LiftedAction;

use super::ui::Intent;

/// The key that all writes of the screen share: what became of the last one stands there.
pub(super) const LAST_WRITE: &str = "screen";

/// A store, and what the screen is subscribed to.
#[derive(Debug)]
pub(super) struct Session {
    store: AppStore,
    list: QueryHandle<ListPosts>,
    post: Option<QueryHandle<GetPost>>,
}

impl Session {
    /// Asks for the posts.
    pub(super) fn start(store: AppStore) -> Self {
        let list = store.dispatch(ListPosts.initiate(()));
        Self { store, list, post: None }
    }

    /// Returns the store.
    pub(super) fn store(&self) -> &AppStore {
        &self.store
    }

    /// Dispatches what `intent` says, or travels. Nothing is waited for: what comes of it is in
    /// the state.
    pub(super) fn perform(&mut self, intent: Intent) {
        let store = &self.store;
        match intent {
            // The old handle goes when the new one is there, and with it the subscription.
            Intent::Open(id) => self.post = Some(store.dispatch(GetPost.initiate(id))),
            Intent::Refresh => drop(self.list.refetch()),
            Intent::Filter(text) => store.dispatch(FilterAction::TextChanged(text)),
            Intent::ClearFilter => store.dispatch(FilterAction::Cleared),
            Intent::Begin(title) => store.dispatch(DraftAction::Begun(title)),
            Intent::Write(title) => store.dispatch(DraftAction::Typed(title)),
            Intent::Undo => store.dispatch(DraftUndo::undo()),
            Intent::Redo => store.dispatch(DraftUndo::redo()),
            Intent::Rename(id) => {
                let rename = RenamePost.initiate(NewTitle { id, title: self.title() });
                drop(store.dispatch(rename.fixed_cache_key(LAST_WRITE)));
            }
            Intent::Like(id) => store.dispatch(like(id)),
            Intent::Create => {
                let create =
                    CreatePost.initiate(NewPost { title: self.title(), body: String::new() });
                drop(store.dispatch(create.fixed_cache_key(LAST_WRITE)));
            }
            Intent::Delete(id) => {
                drop(store.dispatch(DeletePost.initiate(id).fixed_cache_key(LAST_WRITE)));
            }
            // A place that is gone meanwhile, since the history forgets its oldest states, is
            // not looked at.
            Intent::LookAt(index) => drop(store.travel(LiftedAction::JumpToState { index })),
        }
    }

    /// Returns the title that was written.
    fn title(&self) -> String {
        self.store.head().draft.title.clone()
    }
}
