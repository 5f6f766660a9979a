//! What the blog consists of.

use std::sync::Arc;

use retake::prelude::*;
use serde::{Deserialize, Serialize};

/// A post, as the server returns it.
///
/// `Patchable` says how two posts differ: this is what optimistic updates and the action log
/// are made of. `Eq` lets selectors compare shared rows by pointer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Patchable)]
pub struct Post {
    /// Never given to another post.
    pub id: u32,
    /// What the list shows.
    pub title: String,
    /// The text.
    pub body: String,
    /// How often it was liked.
    pub likes: u32,
}

/// The posts, by ascending id.
pub type PostList = im::Vector<Arc<Post>>;
