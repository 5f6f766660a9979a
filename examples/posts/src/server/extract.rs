//! Reads what a handler needs from a request; what cannot be read is a [`Refusal`] in JSON.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::refusal::Refusal;

/// The id in the path; text that is no id is the id of no post.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PostId(pub(crate) u32);

impl<S: Send + Sync> FromRequestParts<S> for PostId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Ok(Path(id)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(Refusal::no_post("with this id"));
        };
        id.parse().map(Self).map_err(|_| Refusal::no_post(id))
    }
}

/// The body, read as JSON.
#[derive(Clone, Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let Json(body) = Json::<T>::from_request(request, state).await?;
        Ok(Self(body))
    }
}
