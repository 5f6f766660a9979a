//! Likes: shown at once, collected, and sent together.

use std::time::Duration;

use im::OrdMap;
use retake::prelude::*;
use serde::{Deserialize, Serialize};

use crate::edits::edit_cached_post;
use crate::endpoints::{LikePost, NewLikes};
use crate::{App, AppAction, AppStore};

/// How long nobody must have liked a post before its likes are sent.
pub const LIKES_QUIET: Duration = Duration::from_millis(150);

/// Likes that are shown and not sent yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likes {
    /// How many, by post.
    unsent: OrdMap<u32, u32>,
}

#[slice(name = "likes")]
impl Likes {
    /// The user liked a post.
    fn added(&mut self, id: u32) {
        let count = self.unsent(id).saturating_add(1);
        self.unsent.insert(id, count);
    }

    /// The likes of a post are on their way.
    fn taken(&mut self, id: u32) {
        self.unsent.remove(&id);
    }

    /// Returns how many likes of the post `id` are not sent yet.
    pub fn unsent(&self, id: u32) -> u32 {
        self.unsent.get(&id).copied().unwrap_or_default()
    }
}

/// Returns what to dispatch when the user likes a post.
///
/// The cache shows the like at once; the first like of a burst starts the task that sends
/// them all.
pub fn like(id: u32) -> impl Dispatch<App, AppAction, Output = ()> {
    thunk(move |store: &AppStore| {
        store.dispatch(LikesAction::Added(id));
        store.dispatch(edit_cached_post(id, |post| post.likes = post.likes.saturating_add(1)));
        store.dispatch(SendLikes.with(id));
    })
}

/// The task that sends the likes of one post as one request, once the user has paused: after
/// [`LIKES_QUIET`] without a like, and at most twice that long after the last one.
///
/// The waiting is here, in an async thunk on the runtime's time: it can be aborted, it is in
/// the log, and a test lets the time pass as it wants.
#[derive(Clone, Copy, Debug)]
pub struct SendLikes;

impl AsyncThunk for SendLikes {
    type State = App;
    type Action = AppAction;
    type Arg = u32;
    type Output = ();
    type Error = QueryError;
    const TYPE_PREFIX: &'static str = "likes/send";

    /// The first like of a burst starts the task; it also sends those that come meanwhile.
    fn condition(&self, id: &u32, app: &App) -> bool {
        app.likes.unsent(*id) == 1
    }

    async fn run(&self, id: u32, cx: AsyncThunkContext<Self>) -> Result<(), Rejection<QueryError>> {
        let mut seen = 0;
        while cx.state().likes.unsent(id) > seen {
            seen = cx.state().likes.unsent(id);
            cx.runtime().sleep(LIKES_QUIET).await;
        }
        // As one step: a like of another thread comes before it or after it.
        let sending = cx.dispatch(thunk(|store: &AppStore| {
            let count = store.state().likes.unsent(id);
            store.dispatch(LikesAction::Taken(id));
            store.dispatch(LikePost.initiate(NewLikes { id, count }))
        }));
        sending.await.map(drop).map_err(Rejection::Value)
    }
}
