//! The one form that every answer other than success has.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::db::TableError;

/// An answer other than success: a status and `{"message": ".."}`.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
}

#[derive(Serialize)]
struct RefusalBody {
    message: String,
}

impl Refusal {
    /// Returns a refusal with this status and message.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// Returns 404 for a post, whatever the path called it.
    pub(crate) fn no_post(id: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("post {id} does not exist"))
    }

    /// Returns 422 for a body that is understood and not wanted.
    pub(crate) fn unacceptable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(RefusalBody { message: self.message })).into_response()
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl From<TableError> for Refusal {
    fn from(error: TableError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}
