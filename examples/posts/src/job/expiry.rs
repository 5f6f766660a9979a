//! What nobody looks at leaves the cache after a while.

use std::time::Instant;

use posts_app::endpoints::{DETAIL_KEPT_FOR, GetPost};
use retake::QueryHandle;

use super::{Job, cached_post};
use crate::error::RunError;

impl Job {
    /// Ends the subscription `post`, and waits until the post has left the cache.
    pub(super) async fn let_expire(
        &self,
        post: QueryHandle<GetPost>,
        id: u32,
    ) -> Result<(), RunError> {
        let kept = DETAIL_KEPT_FOR.as_millis();
        self.heading(&format!("Nobody looks at the post any more: it is kept for {kept} ms"));
        let unsubscribed_at = Instant::now();
        let is_cached = self.store.atomically(|store| {
            post.unsubscribe();
            cached_post(&store.state(), id).is_some()
        });
        self.claim("it is cached when the last subscriber leaves", is_cached)?;
        let is_gone = |app: &_| cached_post(app, id).is_none();
        self.wait_until("the removal", is_gone).await?;
        let elapsed = unsubscribed_at.elapsed();
        let what = format!("it has left the cache after {} ms", elapsed.as_millis());
        self.claim(&what, elapsed >= DETAIL_KEPT_FOR)?;
        self.check_requests(&[])
    }
}
