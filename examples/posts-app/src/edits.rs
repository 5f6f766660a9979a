//! Edits of cached data, to be dispatched from anywhere.

use std::sync::Arc;

use retake::PatchHandle;
use retake::prelude::*;

use crate::endpoints::{GetPost, ListPosts};
use crate::{App, AppAction, AppStore, Post, PostList, PostsApi};

/// Returns what to dispatch to append `suffix` to every title in the cached list.
///
/// An edit of the cache needs no request and no endpoint of its own: any event handler can
/// dispatch it. The dispatch returns a handle that can undo the edit.
pub fn append_to_titles(
    suffix: &str,
) -> impl Dispatch<App, AppAction, Output = PatchHandle<PostsApi>> {
    ListPosts.update_query_data((), move |posts| {
        for post in posts.iter_mut() {
            Arc::make_mut(post).title.push_str(suffix);
        }
    })
}

/// Returns what to dispatch to `edit` a post wherever it is cached: as itself, and as a row.
///
/// Which tags the entries provide does not change, and so is not computed again.
pub(crate) fn edit_cached_post(
    id: u32,
    edit: impl Fn(&mut Post),
) -> impl Dispatch<App, AppAction, Output = ()> {
    thunk(move |store: &AppStore| {
        store.dispatch(GetPost.update_query_data(id, &edit).update_provided(false));
        let edit_row = |posts: &mut PostList| {
            if let Some(row) = posts.iter().position(|post| post.id == id) {
                edit(Arc::make_mut(&mut posts[row]));
            }
        };
        store.dispatch(ListPosts.update_query_data((), edit_row).update_provided(false));
    })
}
