//! The server that the endpoints talk to.

use retake::prelude::*;

use crate::{App, AppAction};

/// How requests are sent: over HTTP; in this crate's tests, by a script on virtual time.
#[cfg(not(test))]
type Transport = HttpBaseQuery;
#[cfg(test)]
type Transport = retake_testing::ScriptedBaseQuery;

/// The server of the blog.
#[derive(Clone, Copy, Debug)]
pub struct PostsApi;

impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "posts";
    const TAG_TYPES: &'static [&'static str] = &["Post"];
    type State = App;
    type Action = AppAction;
    type BaseQuery = Transport;

    fn slice(app: &App) -> &ApiState<Self> {
        &app.posts
    }
}

/// Returns the tag of one post: provided by whatever shows it.
pub(crate) fn post_tag(id: u32) -> Tag {
    tag("Post", id)
}

/// Returns the tag of the list itself: outdated when a post is added.
pub(crate) fn list_tag() -> Tag {
    tag("Post", "LIST")
}
