//! A blog as an application with retake: its state, its slices and its endpoints.
//!
//! Nothing here opens a socket, reads a clock or draws: a program gives a base query and a
//! runtime to [`configure`], shows the state, and dispatches from its event handlers.
//!
//! - [`App`], [`AppAction`], [`AppStore`]: the state, what can happen to it, the store.
//! - [`Filter`] and [`Likes`]: plain slices. [`Draft`]: one whose changes can be undone.
//! - [`PostsApi`] with [`endpoints`]: the server, and what it is asked.
//! - [`like`] and [`append_to_titles`]: what event handlers dispatch, beside plain actions and
//!   endpoints.
//! - [`visible_posts`]: a memoised selector.
//!
//! # Trade-offs
//!
//! Lists are `im::Vector<Arc<Post>>`: an edit of one row copies that row and a path to it,
//! every other row keeps its identity, and a snapshot of the state is cheap.

mod api;
mod draft;
mod edits;
pub mod endpoints;
mod filter;
mod likes;
mod post;
mod selectors;
mod state;
#[cfg(test)]
mod tests;

pub use api::PostsApi;
pub use draft::{Draft, DraftAction, DraftUndo};
pub use edits::append_to_titles;
pub use filter::{Filter, FilterAction};
pub use likes::{LIKES_QUIET, Likes, LikesAction, SendLikes, like};
pub use post::{Post, PostList};
pub use selectors::visible_posts;
pub use state::{App, AppAction, AppStore, configure};
