//! What the benchmarks measure: an application with a counter and one with posts.
//!
//! The data is the same in every run and in every language, so that other libraries can be
//! measured on it too.

mod counter;
mod data;
mod likes;
mod posts;
mod todos;

pub use counter::{Counter, CounterAction, PassOn};
pub use data::{Post, TITLES, post};
pub use likes::{LikeAction, LikeApp, Liked, LikedAction};
pub use posts::{
    App, AppAction, GetPage, GetPost, ListPosts, ListTaggedPosts, NoServer, PostList, PostsApi,
    PostsStore, Running,
};
pub use todos::{Mix, Todo, TodoApp, TodoAppAction, Todos, TodosAction, todo, todo_log};
