//! The list of posts.

use retake::prelude::*;

use crate::api::{list_tag, post_tag};
use crate::{PostList, PostsApi};

/// Asks for all posts.
#[derive(Clone, Copy, Debug)]
pub struct ListPosts;

impl Query for ListPosts {
    type Api = PostsApi;
    type Arg = ();
    type Output = PostList;
    const NAME: &'static str = "listPosts";

    fn query(&self, (): &()) -> Request {
        Request::get("posts")
    }

    /// The list is outdated when one of its rows is, or when a post is added. Without data it
    /// still provides its own tag: so a list that failed to load is loaded again, too.
    fn provides_tags(&self, outcome: QueryOutcome<'_, Self>, (): &()) -> Tags {
        let rows = outcome.data.into_iter().flatten().map(|post| post_tag(post.id));
        rows.chain([list_tag()]).collect()
    }
}
