//! What the benchmarks measure: an application with a counter and one with posts.
//!
//! The data is the same in every run and in every language, so that other libraries can be
//! measured on it too.

mod counter;
mod data;
mod posts;

pub use counter::{Counter, CounterAction, PassOn};
pub use data::{Post, TITLES, post};
pub use posts::{
    App, AppAction, GetPage, GetPost, ListPosts, ListTaggedPosts, NoServer, PostList, PostsApi,
    PostsStore, Running,
};
