//! An application of posts by id, which are liked.

use std::sync::Arc;

use im::OrdMap;
use retake::prelude::*;
use serde::{Deserialize, Serialize};

use crate::data::{Post, post};

/// The posts by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Liked {
    /// In the order of their ids.
    pub entities: OrdMap<u32, Arc<Post>>,
}

#[slice(name = "posts")]
impl Liked {
    fn like(&mut self, id: u32) {
        if let Some(post) = self.entities.get_mut(&id) {
            Arc::make_mut(post).likes += 1;
        }
    }
}

/// The state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, State)]
pub struct LikeApp {
    /// The posts.
    pub posts: Liked,
}

/// The root action.
#[derive(Clone, Debug, Action)]
pub enum LikeAction {
    /// What happens to posts.
    Posts(LikedAction),
}

impl LikeApp {
    /// Returns the state with the first `count` posts.
    #[must_use]
    pub fn with_posts(count: u32) -> Self {
        Self { posts: Liked { entities: (0..count).map(|id| (id, Arc::new(post(id)))).collect() } }
    }
}
