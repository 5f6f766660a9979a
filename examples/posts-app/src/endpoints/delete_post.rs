//! Invalidation of all that shows a post.

use retake::prelude::*;
use serde::{Deserialize, Serialize};

use crate::PostsApi;
use crate::api::post_tag;

/// What the server answers when a post is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Patchable)]
pub struct Deleted {
    /// The post.
    pub id: u32,
}

/// Deletes a post. What is still looked at is fetched again, what is not leaves the cache.
#[derive(Clone, Copy, Debug)]
pub struct DeletePost;

impl Mutation for DeletePost {
    type Api = PostsApi;
    type Arg = u32;
    type Output = Deleted;
    const NAME: &'static str = "deletePost";

    fn query(&self, id: &u32) -> Request {
        Request::delete(format!("posts/{id}"))
    }

    fn invalidates_tags(&self, outcome: MutationOutcome<'_, Self>, id: &u32) -> Tags {
        if outcome.error.is_some() { Tags::none() } else { [post_tag(*id)].into() }
    }
}
