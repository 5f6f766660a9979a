//! Queries: a request, a subscription, and data that is shared.

use std::sync::Arc;

use posts_app::endpoints::{GetPost, ListPosts};
use retake::QueryHandle;
use retake::prelude::*;

use super::outcome::unanswered;
use super::{Job, cached_title};
use crate::console;
use crate::error::RunError;

impl Job {
    /// The list, with the handle that keeps it cached.
    pub(super) async fn list_posts(&self) -> Result<QueryHandle<ListPosts>, RunError> {
        self.heading("A query: the list of posts");
        let list = self.store.dispatch(ListPosts.initiate(()));
        let posts = (&list).await.map_err(|error| unanswered("listing the posts", &error))?;
        for post in posts.iter() {
            console::say(format_args!(
                "     - {}: {:?}, {} likes",
                post.id, post.title, post.likes
            ));
        }
        self.check_requests(&["listPosts"])?;
        Ok(list)
    }

    /// One post, twice: the second subscriber costs no request.
    pub(super) async fn open_post(&self, id: u32) -> Result<QueryHandle<GetPost>, RunError> {
        self.heading("A query with an argument: one post, for two subscribers");
        let post = self.store.dispatch(GetPost.initiate(id));
        let opened = (&post).await.map_err(|error| unanswered("opening a post", &error))?;
        let second = self.store.dispatch(GetPost.initiate(id));
        let shared = second.await.map_err(|error| unanswered("opening a post", &error))?;
        self.check("title in the cache", &cached_title(&self.store.state(), id), &opened.title)?;
        self.claim("both subscribers share one post", Arc::ptr_eq(&shared, &opened))?;
        self.check_requests(&["getPost"])?;
        Ok(post)
    }
}
