//! A request for edits that were shown long before.

use retake::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::post_tag;
use crate::edits::edit_cached_post;
use crate::{Post, PostsApi};

/// Likes of a post, to be sent together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLikes {
    /// The post.
    pub id: u32,
    /// How many.
    pub count: u32,
}

/// Sends likes that the cache has shown already; [`like`](crate::like) is what to dispatch.
#[derive(Clone, Copy, Debug)]
pub struct LikePost;

impl Mutation for LikePost {
    type Api = PostsApi;
    type Arg = NewLikes;
    type Output = Post;
    const NAME: &'static str = "likePost";

    fn query(&self, new: &NewLikes) -> Request {
        Request::post(format!("posts/{}/likes", new.id)).json(new)
    }

    /// The server's count is right for everybody's likes but those that it does not know yet.
    async fn on_query_started(&self, NewLikes { id, .. }: NewLikes, cx: MutationContext<Self>) {
        if let Ok(answer) = cx.query_fulfilled().await {
            let likes = answer.data.likes.saturating_add(cx.state().likes.unsent(id));
            cx.dispatch(edit_cached_post(id, |post| post.likes = likes));
        }
    }

    /// Refused likes have to go from wherever they are shown: the server says how many are left.
    fn invalidates_tags(&self, outcome: MutationOutcome<'_, Self>, new: &NewLikes) -> Tags {
        if outcome.error.is_some() { [post_tag(new.id)].into() } else { Tags::none() }
    }
}
