//! A post, what clients send about one, and which of that is acceptable.

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;

/// The longest acceptable title, in characters.
const TITLE_LIMIT: usize = 80;

/// The most likes that one request may add.
const LIKES_LIMIT: u32 = 1000;

/// A post as the interface returns it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Post {
    /// Never given to another post, not even after this one is deleted.
    pub(crate) id: u32,
    /// One to 80 characters, not all of them blank.
    pub(crate) title: String,
    /// The text, which may be empty.
    pub(crate) body: String,
    /// How often it was liked.
    pub(crate) likes: u32,
}

/// The body of `POST /posts`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewPost {
    /// The title of the post to create.
    pub(crate) title: String,
    /// Its text, empty when left out.
    #[serde(default)]
    pub(crate) body: String,
}

impl NewPost {
    /// Returns the post to create, if it is acceptable.
    ///
    /// # Errors
    /// 422 for an empty or too long title.
    pub(crate) fn accepted(self) -> Result<Self, Refusal> {
        check_title(&self.title)?;
        Ok(self)
    }
}

/// The body of `PATCH /posts/{id}`: what is left out stays as it is.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PostChanges {
    /// The next title.
    pub(crate) title: Option<String>,
    /// The next text.
    pub(crate) body: Option<String>,
}

impl PostChanges {
    /// Returns the changes, if they are acceptable.
    ///
    /// The title `forbidden`, and any that starts with `!`, is refused, so that a client can
    /// provoke a refusal whenever it wants to see one.
    ///
    /// # Errors
    /// 422 for an empty, too long or forbidden title.
    pub(crate) fn accepted(self) -> Result<Self, Refusal> {
        if let Some(title) = &self.title {
            check_title(title)?;
            if title == "forbidden" || title.starts_with('!') {
                return Err(Refusal::unacceptable(format!("the title {title:?} is forbidden")));
            }
        }
        Ok(self)
    }
}

/// The body of `POST /posts/{id}/likes`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct NewLikes {
    /// How many likes to add.
    pub(crate) count: u32,
}

impl NewLikes {
    /// Returns how many likes to add, if that is acceptable.
    ///
    /// # Errors
    /// 422 for no like, and for more than a thousand at once.
    pub(crate) fn accepted(self) -> Result<u32, Refusal> {
        match self.count {
            1..=LIKES_LIMIT => Ok(self.count),
            count => Err(Refusal::unacceptable(format!(
                "the count is {count}: it must be from 1 to {LIKES_LIMIT}"
            ))),
        }
    }
}

fn check_title(title: &str) -> Result<(), Refusal> {
    if title.trim().is_empty() {
        return Err(Refusal::unacceptable("the title is empty"));
    }
    match title.chars().count() {
        ..=TITLE_LIMIT => Ok(()),
        length => Err(Refusal::unacceptable(format!(
            "the title has {length} characters: at most {TITLE_LIMIT} are allowed"
        ))),
    }
}
