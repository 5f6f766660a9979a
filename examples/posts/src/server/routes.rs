//! Which handler answers which request.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::db::PostTable;
use super::extract::{JsonBody, PostId};
use super::faults::{self, Faults};
use super::post::{NewLikes, NewPost, Post, PostChanges};
use super::refusal::Refusal;

type Answer<T> = Result<Json<T>, Refusal>;

/// Returns the whole interface, over `posts` and with `faults`.
pub(crate) fn router(posts: PostTable, faults: Arc<Faults>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/posts", get(list_posts).post(create_post))
        .route("/posts/{id}", get(show_post).patch(change_post).delete(delete_post))
        .route("/posts/{id}/likes", post(like_post))
        // Routes only: what is unknown stays unknown, however unreliable the server is.
        .route_layer(from_fn_with_state(Arc::clone(&faults), faults::refuse_some_writes))
        .fallback(unknown_route)
        .method_not_allowed_fallback(unknown_method)
        // The last layer is the outermost: refusals wait as well.
        .layer(from_fn_with_state(faults, faults::delay))
        .with_state(posts)
}

async fn health() -> Json<Value> {
    Json(json!({ "ok": true }))
}

async fn list_posts(State(posts): State<PostTable>) -> Answer<Vec<Post>> {
    Ok(Json(posts.all().await?))
}

async fn show_post(State(posts): State<PostTable>, PostId(id): PostId) -> Answer<Post> {
    posts.find(id).await?.map(Json).ok_or_else(|| Refusal::no_post(id))
}

async fn create_post(
    State(posts): State<PostTable>,
    JsonBody(post): JsonBody<NewPost>,
) -> Result<(StatusCode, Json<Post>), Refusal> {
    Ok((StatusCode::CREATED, Json(posts.insert(post.accepted()?).await?)))
}

async fn change_post(
    State(posts): State<PostTable>,
    PostId(id): PostId,
    JsonBody(changes): JsonBody<PostChanges>,
) -> Answer<Post> {
    let changed = posts.update(id, changes.accepted()?).await?;
    changed.map(Json).ok_or_else(|| Refusal::no_post(id))
}

async fn like_post(
    State(posts): State<PostTable>,
    PostId(id): PostId,
    JsonBody(likes): JsonBody<NewLikes>,
) -> Answer<Post> {
    let liked = posts.like(id, likes.accepted()?).await?;
    liked.map(Json).ok_or_else(|| Refusal::no_post(id))
}

async fn delete_post(State(posts): State<PostTable>, PostId(id): PostId) -> Answer<Value> {
    if posts.remove(id).await? { Ok(Json(json!({ "id": id }))) } else { Err(Refusal::no_post(id)) }
}

async fn unknown_route(uri: Uri) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

async fn unknown_method(method: Method, uri: Uri) -> Refusal {
    let message = format!("{method} is not possible at {}", uri.path());
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message)
}
