//! One post.

use std::time::Duration;

use retake::prelude::*;

use crate::api::post_tag;
use crate::{Post, PostsApi};

/// How long a post that nobody looks at stays cached.
///
/// A minute is the default. It is short here, so that a run of the example sees it happen.
pub const DETAIL_KEPT_FOR: Duration = Duration::from_millis(400);

/// Asks for one post.
#[derive(Clone, Copy, Debug)]
pub struct GetPost;

impl Query for GetPost {
    type Api = PostsApi;
    type Arg = u32;
    type Output = Post;
    const NAME: &'static str = "getPost";

    fn query(&self, id: &u32) -> Request {
        Request::get(format!("posts/{id}"))
    }

    fn provides_tags(&self, _: QueryOutcome<'_, Self>, id: &u32) -> Tags {
        [post_tag(*id)].into()
    }

    fn options(&self) -> QueryOptions {
        QueryOptions::default().keep_unused_data_for(DETAIL_KEPT_FOR)
    }
}
