//! Servers: one that answers with what it was asked, and some that misbehave.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::Response;
use futures::channel::oneshot;
use futures::stream;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// Runs `router` until the test ends and returns its address.
pub(crate) async fn serve(router: Router) -> String {
    let (listener, url) = listen().await;
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Starts a server that answers with what it was asked.
pub(crate) async fn echo() -> String {
    async fn answer(request: Request) -> axum::Json<Value> {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let mut headers = Map::new();
        for (name, value) in &head.headers {
            let values = headers.entry(name.as_str()).or_insert_with(|| json!([]));
            values.as_array_mut().unwrap().push(json!(value.to_str().unwrap()));
        }
        axum::Json(json!({
            "method": head.method.as_str(),
            "target": head.uri.to_string(),
            "headers": headers,
            "body": String::from_utf8_lossy(&body),
        }))
    }
    serve(Router::new().fallback(answer)).await
}

/// Starts a server that gives the same answer to everything.
pub(crate) async fn reply(
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: impl Into<Bytes>,
) -> String {
    let body = body.into();
    let answer = move || async move {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(Body::from(body)).unwrap()
    };
    serve(Router::new().fallback(answer)).await
}

/// Starts a server that says `answer`, byte for byte, and hangs up.
pub(crate) async fn say(answer: &'static str) -> String {
    let (listener, url) = listen().await;
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            asked.push(connection.read_u8().await.unwrap());
        }
        connection.write_all(answer.as_bytes()).await.unwrap();
    });
    url
}

/// Returns an address that nobody listens at.
pub(crate) async fn nobody() -> String {
    listen().await.1
}

/// What a server that never finishes sees of its only request.
pub(crate) struct Watch {
    /// Is ready when the request has come, and a body has been read for a while.
    pub(crate) reached: oneshot::Receiver<()>,
    /// Is ready when the connection is closed.
    pub(crate) closed: oneshot::Receiver<()>,
}

/// Says that it was dropped.
struct OnDrop(Option<oneshot::Sender<()>>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.take().unwrap().send(());
    }
}

struct Watched {
    reached: Option<oneshot::Sender<()>>,
    _closed: OnDrop,
}

impl Watched {
    fn reach(&mut self) {
        let _ = self.reached.take().unwrap().send(());
    }
}

fn watch() -> (Arc<Mutex<Option<Watched>>>, Watch) {
    let (reached, was_reached) = oneshot::channel();
    let (closed, was_closed) = oneshot::channel();
    let watched = Watched { reached: Some(reached), _closed: OnDrop(Some(closed)) };
    (Arc::new(Mutex::new(Some(watched))), Watch { reached: was_reached, closed: was_closed })
}

/// Starts a server that never answers.
pub(crate) async fn silent() -> (String, Watch) {
    let (watched, watch) = watch();
    let answer = move || async move {
        let mut watched = watched.lock().unwrap().take().unwrap();
        watched.reach();
        std::future::pending::<()>().await;
        drop(watched);
    };
    (serve(Router::new().fallback(answer)).await, watch)
}

/// Starts a server whose answer has a body without an end.
///
/// It says that it is reached when it has sent more than the buffers on the way can hold:
/// by then the client is reading the body.
pub(crate) async fn endless() -> (String, Watch) {
    const CHUNK: usize = 256 * 1024;
    const CHUNKS: usize = 256;
    let (watched, watch) = watch();
    let answer = move || async move {
        let watched = watched.lock().unwrap().take().unwrap();
        let body = stream::unfold((watched, 0), |(mut watched, sent)| async move {
            if sent == CHUNKS {
                watched.reach();
                std::future::pending::<()>().await;
            }
            Some((Ok::<_, std::io::Error>(vec![b' '; CHUNK]), (watched, sent + 1)))
        });
        Body::from_stream(body)
    };
    (serve(Router::new().fallback(answer)).await, watch)
}
