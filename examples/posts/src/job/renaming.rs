//! Optimistic updates: undone, refetched, accepted.
//!
//! What the cache shows *while* the request is under way is looked at in the same step in
//! which the request is sent: within `atomically` no answer is reduced, however fast it is.

use posts_app::endpoints::{NewTitle, RenamePost, RenamePostOrRefetch};
use retake::prelude::*;

use super::{Job, cached_title, listed_title, other_than};
use crate::error::RunError;

impl Job {
    /// Shown at once, refused, undone.
    pub(super) async fn rename_and_undo(&self, id: u32) -> Result<(), RunError> {
        self.heading("An optimistic rename that the server refuses: it is undone");
        let before = cached_title(&self.store.state(), id);
        let new = NewTitle { id, title: "forbidden".into() };
        let rename = self.store.atomically(|store| {
            let rename = store.dispatch(RenamePost.initiate(new));
            let during = cached_title(&store.state(), id);
            self.check("title while the request is under way", &during, &"forbidden".into())?;
            Ok::<_, RunError>(rename)
        })?;
        self.refused("the forbidden title", rename.await)?;
        let state = self.settle("the undo", |app| cached_title(app, id) == before).await?;
        self.check("title after the undo", &cached_title(&state, id), &before)?;
        self.check_requests(&["renamePost"])
    }

    /// Shown at once, refused, replaced by what the server has.
    pub(super) async fn rename_and_refetch(&self, id: u32) -> Result<(), RunError> {
        self.heading("Another one that is refused: its tag is invalidated, the server asked");
        let before = cached_title(&self.store.state(), id);
        let new = NewTitle { id, title: "!never".into() };
        let rename = self.store.atomically(|store| {
            let rename = store.dispatch(RenamePostOrRefetch.initiate(new));
            let during = cached_title(&store.state(), id);
            self.check("title while the request is under way", &during, &"!never".into())?;
            Ok::<_, RunError>(rename)
        })?;
        self.refused("the title with an exclamation mark", rename.await)?;
        let state = self.settle("the refetch", |app| cached_title(app, id) == before).await?;
        self.check("title after the refetch", &cached_title(&state, id), &before)?;
        self.check_requests(&["renamePostOrRefetch", "getPost", "listPosts"])
    }

    /// Shown at once, accepted; the list is fetched again because of the tag.
    pub(super) async fn rename(&self, id: u32) -> Result<(), RunError> {
        self.heading("An optimistic rename that the server accepts: its tag refetches the list");
        let before = cached_title(&self.store.state(), id);
        let title = other_than(&before, "State is data", "State is plain data");
        let new = NewTitle { id, title: title.clone() };
        let rename = self.store.atomically(|store| {
            let rename = store.dispatch(RenamePost.initiate(new));
            let (during, listed) =
                (cached_title(&store.state(), id), listed_title(&store.state(), id));
            self.check("title while the request is under way", &during, &title)?;
            self.check("title in the list meanwhile", &listed, &Some(before.clone()))?;
            Ok::<_, RunError>(rename)
        })?;
        let (expected, requests) = match self.accepted("the new title", rename.await)? {
            Some(_) => (title, &["renamePost", "getPost", "listPosts"][..]),
            None => (before, &["renamePost"][..]),
        };
        let is_reached = |app: &_| {
            cached_title(app, id) == expected && listed_title(app, id).as_ref() == Some(&expected)
        };
        let state = self.settle("the refetch", is_reached).await?;
        self.check("title afterwards", &cached_title(&state, id), &expected)?;
        self.check("title in the list afterwards", &listed_title(&state, id), &Some(expected))?;
        self.check_requests(requests)
    }
}
