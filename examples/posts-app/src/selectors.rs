//! Values that are derived from the state.

use retake::prelude::*;

use crate::endpoints::ListPosts;
use crate::{App, PostList};

/// Returns a selector of the cached posts whose titles contain the filter's text.
///
/// It computes only when the list or the text changed since the last call; a view keeps one
/// and calls it as often as it likes.
pub fn visible_posts() -> impl Fn(&App) -> PostList + Send + Sync {
    let list = ListPosts.select(&());
    create_selector(
        (move |app: &App| list(app).data, |app: &App| app.filter.text.to_lowercase()),
        |posts, text| {
            let posts = posts.iter().flat_map(|posts| posts.iter());
            posts.filter(|post| post.title.to_lowercase().contains(text)).cloned().collect()
        },
    )
    .into_fn()
}
