//! A pessimistic update.

use posts_app::App;
use posts_app::endpoints::{EditPost, NewBody};
use retake::prelude::*;

use super::{Job, cached_post, other_than};
use crate::error::RunError;

impl Job {
    /// Not shown before the server has accepted it; then its answer is shown.
    pub(super) async fn edit(&self, id: u32) -> Result<(), RunError> {
        self.heading("A pessimistic update: the cache gets what the server answers");
        let before = cached_body(&self.store.state(), id);
        let body =
            other_than(&before, "A value, and nothing else.", "A value that can be printed.");
        let new = NewBody { id, body };
        let edit = self.store.atomically(|store| {
            let edit = store.dispatch(EditPost.initiate(new));
            let during = cached_body(&store.state(), id);
            self.check("text while the request is under way", &during, &before)?;
            Ok::<_, RunError>(edit)
        })?;
        let expected = match self.accepted("the new text", edit.await)? {
            Some(answer) => answer.body.clone(),
            None => before,
        };
        let state = self.settle("the answer", |app| cached_body(app, id) == expected).await?;
        self.check("text afterwards", &cached_body(&state, id), &expected)?;
        self.check_requests(&["editPost"])
    }
}

fn cached_body(app: &App, id: u32) -> String {
    cached_post(app, id).map(|post| post.body.clone()).unwrap_or_default()
}
