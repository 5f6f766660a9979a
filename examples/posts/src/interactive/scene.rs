//! What is to be seen of the state: a value, so that drawing it needs no store.

use std::sync::Arc;

use posts_app::endpoints::{GetPost, ListPosts};
use posts_app::{App, AppAction, AppStore, Post, PostList, visible_posts};
use retake::Action;
use retake::prelude::*;
use retake::store::cache::QueryStatus;
use retake::store::history::{ActionId, LiftedState};

use super::session::LAST_WRITE;

/// What is on the screen, but for the cursor.
#[derive(Debug)]
pub(super) struct Scene {
    /// The posts that the filter lets through.
    pub(super) posts: PostList,
    /// Whether the list is asked for and has never been there.
    pub(super) is_loading: bool,
    /// The text of the filter.
    pub(super) filter: String,
    /// The title that is being written.
    pub(super) draft: String,
    /// Whether a change of it can be undone, and done again.
    pub(super) can_undo: bool,
    pub(super) can_redo: bool,
    /// What became of the last write.
    pub(super) notice: Option<Notice>,
    /// Where in the history one looks.
    pub(super) time: Time,
    app: Arc<App>,
}

/// What became of a write.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// The server has not answered yet.
    UnderWay(Arc<str>),
    /// It refused, or did not answer at all.
    Failed(String),
}

/// A place in the history.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Time {
    /// The place of the state that is looked at; 0 is the beginning.
    pub(super) place: usize,
    /// The place of the last state.
    pub(super) last: usize,
    /// The type of the action that led to it.
    pub(super) action: String,
    /// Those of the actions before and after.
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// Makes scenes; remembers what it derived from the last state.
pub(super) struct Scenes {
    visible_posts: Box<dyn Fn(&App) -> PostList + Send + Sync>,
}

impl Scenes {
    /// Returns what has made no scene yet.
    pub(super) fn new() -> Self {
        Self { visible_posts: Box::new(visible_posts()) }
    }

    /// Returns what is to be seen of the state that `store` shows.
    pub(super) fn of(&self, store: &AppStore) -> Scene {
        // One copy: the state and its place belong together.
        let history = store.history();
        let app = history.as_ref().map_or_else(|| store.state(), |it| Arc::clone(it.state()));
        let list = ListPosts.select(&())(&app);
        Scene {
            posts: (self.visible_posts)(&app),
            is_loading: list.data.is_none(),
            filter: app.filter.text.clone(),
            draft: app.draft.title.clone(),
            can_undo: app.draft.can_undo(),
            can_redo: app.draft.can_redo(),
            notice: notice(&app),
            time: history.as_ref().map_or_else(Time::only_now, Time::of),
            app,
        }
    }
}

impl Scene {
    /// Returns the post `id` as it is cached, which may be newer than its row in the list: an
    /// edit that the server has not answered yet is there.
    pub(super) fn post(&self, id: u32) -> Option<Arc<Post>> {
        GetPost.select(&id)(&self.app).data
    }
}

fn notice(app: &App) -> Option<Notice> {
    let write = app.posts.mutations().get(LAST_WRITE)?;
    match (write.status, &write.error) {
        (QueryStatus::Pending, _) => Some(Notice::UnderWay(Arc::clone(&write.endpoint_name))),
        (QueryStatus::Rejected, Some(error)) => {
            let message = error.data().and_then(|data| data.get("message")?.as_str());
            let reason = message.map_or_else(|| error.to_string(), str::to_owned);
            Some(Notice::Failed(format!("{}: {reason}", write.endpoint_name)))
        }
        _ => None,
    }
}

impl Time {
    fn only_now() -> Self {
        Self { place: 0, last: 0, action: String::new(), before: None, after: None }
    }

    fn of(history: &LiftedState<App, AppAction>) -> Self {
        let place = history.current_state_index();
        let named = |place: usize| Some(name(history, history.steps().nth(place)?.0));
        Self {
            place,
            last: history.steps().len() - 1,
            action: named(place).unwrap_or_default(),
            before: place.checked_sub(1).and_then(named),
            after: named(place + 1),
        }
    }

    /// Returns whether the present is looked at.
    pub(super) fn is_live(&self) -> bool {
        self.place == self.last
    }
}

fn name(history: &LiftedState<App, AppAction>, id: ActionId) -> String {
    let action = history.action(id).and_then(|staged| staged.action.as_ref());
    action.map_or_else(|| "the beginning".to_owned(), |it| it.action_type().into_owned())
}
