//! Likes: shown at once, sent together.

use posts_app::endpoints::{GetPost, LikePost};
use posts_app::{App, LIKES_QUIET};
use retake::prelude::*;
use retake::store::cache::QueryStatus;

use super::events::on_key;
use super::outcome::unanswered;
use super::{Job, cached_post};
use crate::error::RunError;

/// How often the user likes the post.
const LIKES: u32 = 5;

impl Job {
    /// Five likes are five edits of the cache and one request.
    pub(super) async fn like_rapidly(&self, id: u32) -> Result<(), RunError> {
        let quiet = LIKES_QUIET.as_millis();
        self.heading(&format!(
            "{LIKES} rapid likes: shown at once, sent together when none came for {quiet} ms"
        ));
        let before = cached_likes(&self.store.state(), id);
        // In one step: on the slowest machine, too, these likes come rapidly.
        let shown: Vec<_> = self.store.atomically(|store| {
            let like = |_| {
                on_key(store, 'l', id);
                cached_likes(&store.state(), id)
            };
            (0..LIKES).map(like).collect()
        });
        let expected: Vec<_> = (1..=LIKES).map(|count| before.saturating_add(count)).collect();
        self.check("likes after each key", &shown, &expected)?;

        let is_sent = |app: &App| !like_requests(app).is_empty();
        let state = self.settle("the request with the likes", is_sent).await?;
        let statuses = like_requests(&state);
        if !self.is_reliable && statuses == [QueryStatus::Rejected] {
            return self.likes_are_gone(id, before).await;
        }
        self.check("requests for likes", &statuses, &vec![QueryStatus::Fulfilled])?;
        self.check_requests(&[LikePost::NAME])?;
        let fetch = GetPost.initiate(id).force_refetch(true);
        let post = self.store.dispatch(fetch).await;
        let post = post.map_err(|error| unanswered("asking for the likes", &error))?;
        self.check("likes on the server", &post.likes, &before.saturating_add(LIKES))?;
        self.check_requests(&["getPost"])
    }

    /// The server refused: its count is fetched wherever the likes were shown.
    async fn likes_are_gone(&self, id: u32, before: u32) -> Result<(), RunError> {
        let is_back = |app: &App| cached_likes(app, id) == before;
        let state = self.settle("the likes without the refused ones", is_back).await?;
        self.check("likes after the refusal", &cached_likes(&state, id), &before)?;
        self.check_requests(&[LikePost::NAME, "getPost", "listPosts"])
    }
}

/// Returns how the requests with likes stand.
fn like_requests(app: &App) -> Vec<QueryStatus> {
    let requests = app.posts.mutations().values();
    let requests = requests.filter(|entry| &*entry.endpoint_name == LikePost::NAME);
    requests.map(|entry| entry.status).collect()
}

fn cached_likes(app: &App, id: u32) -> u32 {
    cached_post(app, id).map(|post| post.likes).unwrap_or_default()
}
