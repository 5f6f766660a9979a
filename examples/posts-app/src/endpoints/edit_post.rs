//! A pessimistic update: the cache changes when the server has answered.

use retake::prelude::*;
use serde::{Deserialize, Serialize};

use crate::edits::edit_cached_post;
use crate::{Post, PostsApi};

/// The next text of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBody {
    /// The post.
    pub id: u32,
    /// Its next text.
    pub body: String,
}

/// Changes the text of a post, and puts the post that the server answers with into the cache.
///
/// It invalidates nothing: the answer is all that there is to know.
#[derive(Clone, Copy, Debug)]
pub struct EditPost;

impl Mutation for EditPost {
    type Api = PostsApi;
    type Arg = NewBody;
    type Output = Post;
    const NAME: &'static str = "editPost";

    fn query(&self, new: &NewBody) -> Request {
        Request::patch(format!("posts/{}", new.id)).json(new)
    }

    async fn on_query_started(&self, NewBody { id, .. }: NewBody, cx: MutationContext<Self>) {
        if let Ok(answer) = cx.query_fulfilled().await {
            cx.dispatch(edit_cached_post(id, |post| post.clone_from(&answer.data)));
        }
    }
}
