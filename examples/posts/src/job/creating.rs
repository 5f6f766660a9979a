//! A post that is created, opened without a request, and deleted.

use std::sync::Arc;

use posts_app::Post;
use posts_app::endpoints::{CreatePost, DeletePost, GetPost, NewPost};
use retake::prelude::*;

use super::outcome::unanswered;
use super::{Job, cached_post, listed_title};
use crate::error::RunError;

impl Job {
    /// Returns the new post, if the server accepted it.
    pub(super) async fn create_and_open(&self) -> Result<Option<Arc<Post>>, RunError> {
        self.heading("A create: its answer is cached as the post, so that opening it is free");
        let new = NewPost { title: "Logs can be replayed".into(), body: "Like this one.".into() };
        let create = self.store.dispatch(CreatePost.initiate(new));
        let Some(created) = self.accepted("the new post", create.await)? else {
            self.check_requests(&["createPost"])?;
            return Ok(None);
        };
        let id = created.id;
        let is_cached = |app: &_| cached_post(app, id).is_some();
        self.wait_until("the answer in the cache", is_cached).await?;
        let open = self.store.dispatch(GetPost.initiate(id));
        let opened = (&open).await.map_err(|error| unanswered("opening the new post", &error))?;
        self.claim("the opened post is the created one", opened == created)?;
        let is_listed = |app: &_| listed_title(app, id).is_some();
        let state = self.settle("the list with the new post", is_listed).await?;
        self.check("title in the list", &listed_title(&state, id), &Some(created.title.clone()))?;
        self.check_requests(&["createPost", "listPosts"])?;
        open.unsubscribe();
        Ok(Some(created))
    }

    /// What shows the post is fetched again; what nobody looks at leaves the cache.
    pub(super) async fn delete(&self, post: Arc<Post>) -> Result<(), RunError> {
        self.heading("A delete: the list is fetched again, the post leaves the cache");
        let delete = self.store.dispatch(DeletePost.initiate(post.id));
        let (is_gone, requests) = match self.accepted("the delete", delete.await)? {
            Some(_) => (true, &["deletePost", "listPosts"][..]),
            None => (false, &["deletePost"][..]),
        };
        let is_reached = |app: &_| listed_title(app, post.id).is_none() == is_gone;
        let state = self.settle("the list without the post", is_reached).await?;
        let listed = (!is_gone).then(|| post.title.clone());
        self.check("title in the list", &listed_title(&state, post.id), &listed)?;
        if is_gone {
            self.claim("the post is not cached any more", cached_post(&state, post.id).is_none())?;
        }
        self.check_requests(requests)
    }
}
