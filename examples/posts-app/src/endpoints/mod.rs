//! The endpoints of the blog's server, one a file.
//!
//! | Endpoint | What it shows |
//! |---|---|
//! | [`ListPosts`] | a query that provides a tag for each row, and one for the list |
//! | [`GetPost`] | a query with an argument, kept only briefly when nobody uses it |
//! | [`RenamePost`] | an optimistic update that is undone when the server refuses |
//! | [`RenamePostOrRefetch`] | an optimistic update that is replaced by the truth instead |
//! | [`EditPost`] | a pessimistic update: the cache gets what the server answered |
//! | [`CreatePost`] | an answer that is put into the cache of another endpoint |
//! | [`DeletePost`] | invalidation of all that shows the post |
//! | [`LikePost`] | a request for edits that were shown long before |

mod create_post;
mod delete_post;
mod edit_post;
mod get_post;
mod like_post;
mod list_posts;
mod rename_post;
mod rename_post_or_refetch;

pub use create_post::{CreatePost, NewPost};
pub use delete_post::{DeletePost, Deleted};
pub use edit_post::{EditPost, NewBody};
pub use get_post::{DETAIL_KEPT_FOR, GetPost};
pub use like_post::{LikePost, NewLikes};
pub use list_posts::ListPosts;
pub use rename_post::{NewTitle, RenamePost};
pub use rename_post_or_refetch::RenamePostOrRefetch;
