//! An optimistic update that is replaced by the truth when the server refuses.

use retake::prelude::*;

use crate::api::post_tag;
use crate::endpoints::{GetPost, NewTitle};
use crate::{Post, PostsApi};

/// Renames a post as [`RenamePost`](super::RenamePost) does; if the server refuses, it asks
/// for the post again instead of undoing.
///
/// This is the better choice when several edits of one post can overlap: an undo knows only
/// what was there before its own edit, the server knows what is there now.
#[derive(Clone, Copy, Debug)]
pub struct RenamePostOrRefetch;

impl Mutation for RenamePostOrRefetch {
    type Api = PostsApi;
    type Arg = NewTitle;
    type Output = Post;
    const NAME: &'static str = "renamePostOrRefetch";

    fn query(&self, new: &NewTitle) -> Request {
        Request::patch(format!("posts/{}", new.id)).json(new)
    }

    async fn on_query_started(&self, NewTitle { id, title }: NewTitle, cx: MutationContext<Self>) {
        cx.dispatch(GetPost.update_query_data(id, |post| post.title = title));
        if cx.query_fulfilled().await.is_err() {
            cx.dispatch(PostsApi::invalidate_tags([post_tag(id)]));
        }
    }

    fn invalidates_tags(&self, outcome: MutationOutcome<'_, Self>, new: &NewTitle) -> Tags {
        if outcome.error.is_some() { Tags::none() } else { [post_tag(new.id)].into() }
    }
}
