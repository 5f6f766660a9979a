//! The server that the endpoints talk to.

use retake::prelude::*;

use crate::{App, AppAction};

/// The server of the blog; a program brings what speaks HTTP, and the tests bring a script.
#[derive(Clone, Copy, Debug)]
pub struct PostsApi;

impl Api for PostsApi {
    const REDUCER_PATH: &'static str = "posts";
    const TAG_TYPES: &'static [&'static str] = &["Post"];
    type State = App;
    type Action = AppAction;
    type BaseQuery = DynBaseQuery;

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
