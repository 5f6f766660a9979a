//! Event handlers, as a user interface would call them, and what they dispatch.

use posts_app::endpoints::ListPosts;
use posts_app::{AppStore, FilterAction, append_to_titles, like, visible_posts};
use retake::prelude::*;

use super::Job;
use crate::console;
use crate::error::RunError;

/// Handles a key that the user pressed while the post `id` was selected.
///
/// There is nothing special about the places that dispatch: plain actions, thunks and edits
/// of the cache go through the one `dispatch`.
pub(super) fn on_key(store: &AppStore, key: char, id: u32) {
    match key {
        'l' => store.dispatch(like(id)),
        'c' => store.dispatch(FilterAction::Cleared),
        // What is dropped here is a handle that could undo the edit.
        '!' => drop(store.dispatch(append_to_titles("!"))),
        _ => {}
    }
}

impl Job {
    /// An edit of all cached titles, which the server knows nothing of.
    pub(super) fn edit_from_an_event_handler(&self, id: u32) -> Result<(), RunError> {
        self.heading("An edit of the cache from a plain event handler");
        let expected: Vec<_> = self.titles().iter().map(|title| format!("{title}!")).collect();
        on_key(&self.store, '!', id);
        self.check("titles after the key", &self.titles(), &expected)?;
        self.check_requests(&[])
    }

    /// A plain slice, and a selector that combines it with the cache.
    pub(super) fn filter(&self, id: u32) -> Result<(), RunError> {
        self.heading("A plain slice: the filter, and a selector of what it leaves");
        let visible = visible_posts();
        let all = visible(&self.store.state()).len();
        self.store.dispatch(FilterAction::TextChanged("STATE".into()));
        let shown = visible(&self.store.state());
        for post in &shown {
            console::say(format_args!("     - visible: {:?}", post.title));
        }
        let matching = self.titles();
        let matching = matching.iter().filter(|title| title.to_lowercase().contains("state"));
        self.check("visible posts with the filter", &shown.len(), &matching.count())?;
        on_key(&self.store, 'c', id);
        self.check("visible posts without", &visible(&self.store.state()).len(), &all)?;
        self.check_requests(&[])
    }

    fn titles(&self) -> Vec<String> {
        let posts = ListPosts.select(&())(&self.store.state()).data;
        posts.iter().flat_map(|posts| posts.iter()).map(|post| post.title.clone()).collect()
    }
}
