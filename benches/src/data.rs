//! Posts made from their ids.

use std::fmt::Write;

use retake::prelude::*;
use serde::{Deserialize, Serialize};

/// A post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Patchable)]
pub struct Post {
    /// The id.
    pub id: u32,
    /// 40 characters.
    pub title: String,
    /// 120 characters.
    pub body: String,
    /// Below 1,000.
    pub likes: u32,
    /// Three short words.
    pub tags: Vec<String>,
}

/// What posts are renamed to, in turns.
pub const TITLES: [&str; 2] =
    ["Updated title A 0123456789 0123456789 ab", "Updated title B 0123456789 0123456789 ab"];

/// Returns a number that looks random: MurmurHash3's finalizer over `id` and `key`.
pub(crate) fn mix(id: u32, key: u32) -> u32 {
    let mut hash = id.wrapping_mul(0x9e37_79b1).wrapping_add(key.wrapping_mul(0x85eb_ca6b));
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

/// Returns the post `id`.
#[must_use]
pub fn post(id: u32) -> Post {
    let body = (10..25).fold(String::with_capacity(120), |mut body, key| {
        // Writing to a `String` cannot fail.
        let _ = write!(body, "{:08x}", mix(id, key));
        body
    });
    Post {
        id,
        title: format!("Post title {id:08} {:08x}{:08x} end", mix(id, 1), mix(id, 2)),
        body,
        likes: mix(id, 40) % 1000,
        tags: [('t', 30), ('u', 31), ('v', 32)]
            .map(|(letter, key)| format!("{letter}{}", mix(id, key) % 100))
            .to_vec(),
    }
}
