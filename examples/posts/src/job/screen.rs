//! What a screen would show of the state.

use std::sync::{Arc, Mutex, PoisonError};

use posts_app::endpoints::{GetPost, ListPosts};
use posts_app::{App, Post, PostList, visible_posts};
use retake::prelude::*;
use serde::Serialize;

use super::outcome::unanswered;
use super::{Job, cached_post, first_post};
use crate::console;
use crate::error::RunError;
use crate::server::ServerError;

impl Job {
    /// Shows the list and the first post, again after every change, until ctrl-c.
    ///
    /// Nothing is dispatched for it: it looks at states, and so also sees those that a tool
    /// travels to.
    pub(super) async fn stay(&self) -> Result<(), RunError> {
        self.heading("A screen: what it shows whenever that changes; ctrl-c ends it");
        let list = self.store.dispatch(ListPosts.initiate(()));
        (&list).await.map_err(|error| unanswered("listing the posts", &error))?;
        let id = first_post(&list)?;
        let post = self.store.dispatch(GetPost.initiate(id));
        (&post).await.map_err(|error| unanswered("opening a post", &error))?;

        let screen = Arc::new(Screen::new(id));
        let shown = Arc::clone(&screen);
        let _subscription = self.store.subscribe(move |app| shown.draw(app));
        // Who sees the first line may press ctrl-c: it is listened for before.
        let draw = async { screen.draw(&self.store.state()) };
        let (received, ()) = tokio::join!(tokio::signal::ctrl_c(), draw);
        Ok(received.map_err(|cause| ServerError::CtrlC { cause })?)
    }
}

/// A screen that prints a line for each change of what is on it.
struct Screen {
    /// The post that is open.
    id: u32,
    visible_posts: Box<dyn Fn(&App) -> PostList + Send + Sync>,
    /// The last line.
    shown: Mutex<String>,
}

/// What is on the screen.
#[derive(Serialize)]
struct Content<'a> {
    filter: &'a str,
    titles: Vec<&'a str>,
    open: Option<Arc<Post>>,
}

impl Screen {
    /// Returns an empty screen for the list and the post `id`.
    fn new(id: u32) -> Self {
        Self { id, visible_posts: Box::new(visible_posts()), shown: Mutex::default() }
    }

    /// Prints what is to be seen of `app`, if that is something else than before.
    fn draw(&self, app: &App) {
        let posts = (self.visible_posts)(app);
        let content = Content {
            filter: &app.filter.text,
            titles: posts.iter().map(|post| post.title.as_str()).collect(),
            open: cached_post(app, self.id),
        };
        let line = serde_json::to_string(&content).unwrap_or_else(|error| error.to_string());
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown != line {
            console::say(format_args!("shows {line}"));
            *shown = line;
        }
    }
}
