//! An answer that is put into the cache of another endpoint.

use retake::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::list_tag;
use crate::endpoints::GetPost;
use crate::{Post, PostsApi};

/// A post that is to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPost {
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
}

/// Creates a post. The answer is the post with its id: as it is put into the cache of
/// [`GetPost`], opening the new post costs no request.
#[derive(Clone, Copy, Debug)]
pub struct CreatePost;

impl Mutation for CreatePost {
    type Api = PostsApi;
    type Arg = NewPost;
    type Output = Post;
    const NAME: &'static str = "createPost";

    fn query(&self, new: &NewPost) -> Request {
        Request::post("posts").json(new)
    }

    async fn on_query_started(&self, _: NewPost, cx: MutationContext<Self>) {
        if let Ok(answer) = cx.query_fulfilled().await {
            let post = Post::clone(&answer.data);
            cx.dispatch(GetPost.upsert_query_data(post.id, post));
        }
    }

    fn invalidates_tags(&self, outcome: MutationOutcome<'_, Self>, _: &NewPost) -> Tags {
        if outcome.error.is_some() { Tags::none() } else { [list_tag()].into() }
    }
}
