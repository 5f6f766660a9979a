//! An optimistic update that is undone when the server refuses.

use retake::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::post_tag;
use crate::endpoints::GetPost;
use crate::{Post, PostsApi};

/// The next title of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTitle {
    /// The post.
    pub id: u32,
    /// Its next title.
    pub title: String,
}

/// Renames a post: the cache has the new title at once, and the old one again if the server
/// refuses it.
#[derive(Clone, Copy, Debug)]
pub struct RenamePost;

impl Mutation for RenamePost {
    type Api = PostsApi;
    type Arg = NewTitle;
    type Output = Post;
    const NAME: &'static str = "renamePost";

    fn query(&self, new: &NewTitle) -> Request {
        Request::patch(format!("posts/{}", new.id)).json(new)
    }

    async fn on_query_started(&self, NewTitle { id, title }: NewTitle, cx: MutationContext<Self>) {
        let patch = cx.dispatch(GetPost.update_query_data(id, |post| post.title = title));
        patch.undo_on_err(cx.query_fulfilled()).await;
    }

    fn invalidates_tags(&self, outcome: MutationOutcome<'_, Self>, new: &NewTitle) -> Tags {
        if outcome.error.is_some() { Tags::none() } else { [post_tag(new.id)].into() }
    }
}
