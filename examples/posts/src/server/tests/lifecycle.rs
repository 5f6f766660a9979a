//! How a server starts and stops.

use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::client::{Client, server, server_with};
use crate::server::{Database, Server, ServerError, ServerOptions};

fn port(server: &Server) -> u16 {
    server.url().rsplit(':').next().unwrap().parse().unwrap()
}

fn on(port: u16) -> ServerOptions {
    ServerOptions { port, ..ServerOptions::default() }
}

/// A server on a port that the system never hands out by itself, so that nothing takes the port
/// between the end of this server and the moment a test looks.
async fn server_on_a_quiet_port() -> (Server, Client) {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    // Apart for each process, since several may test at once.
    let first = 20_000 + (process::id() % 500) as u16 * 20;
    loop {
        match Server::start(on(first + TRIED.fetch_add(1, Ordering::Relaxed))).await {
            Ok(server) => {
                let client = Client::of(&server);
                return (server, client);
            }
            Err(ServerError::PortTaken { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn the_url_names_the_loopback_device_and_the_chosen_port() {
    let (server, _client) = server().await;
    assert_ne!(port(&server), 0);
    assert_eq!(server.url(), format!("http://127.0.0.1:{}", port(&server)));
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_says_what_to_do() {
    let (server, client) = server().await;
    let taken = port(&server);
    let error = Server::start(on(taken)).await.unwrap_err();
    assert!(matches!(error, ServerError::PortTaken { port } if port == taken), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!(
            "port {taken} on 127.0.0.1 is taken: stop the program that listens there, choose \
             another port, or pass 0 for a free one"
        )
    );
    assert_eq!(client.send("GET /health").await.0, 200);
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_an_error_that_names_it() {
    let path = PathBuf::from("/nowhere/at/all/posts.sqlite");
    let database = Database::File(path);
    let error =
        Server::start(ServerOptions { database, ..ServerOptions::default() }).await.unwrap_err();
    assert!(matches!(error, ServerError::Database { .. }), "{error:?}");
    assert!(error.to_string().contains("/nowhere/at/all/posts.sqlite"), "{error}");
}

#[tokio::test]
async fn a_stopped_server_has_freed_its_port() {
    let (server, client) = server_on_a_quiet_port().await;
    let freed = port(&server);
    assert_eq!(client.send("GET /health").await.0, 200);
    server.stop().await;
    assert!(TcpStream::connect(&client.authority).await.is_err());

    let (again, client) = server_with(on(freed)).await;
    assert_eq!(port(&again), freed);
    assert_eq!(client.send("GET /health").await.0, 200);
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let (server, client) = server_on_a_quiet_port().await;
    let mut idle = keep_alive(&client).await;
    drop(server);
    // The server closes idle connections as it stops, and the port soon before or after.
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"");
    for _ in 0..100 {
        if TcpStream::connect(&client.authority).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the port is still open");
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_server_stops() {
    let (server, client) = server().await;
    let (mut asking, body) = request_under_way(&client).await;
    let stopped = tokio::spawn(server.stop());
    tokio::task::yield_now().await;
    assert!(!stopped.is_finished());
    asking.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    asking.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("\"likes\":5"), "{answer}");
    stopped.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_ends_delays_the_stop_for_a_limited_time() {
    let (server, client) = server_on_a_quiet_port().await;
    let (asking, _) = request_under_way(&client).await;
    let asked_at = Instant::now();
    server.stop().await;
    let waited = asked_at.elapsed();
    assert!(waited > Duration::from_secs(4) && waited < Duration::from_secs(6), "{waited:?}");
    assert!(TcpStream::connect(&client.authority).await.is_err());
    drop(asking);
}

/// A connection whose request is being handled, and the body for which the handler waits.
async fn request_under_way(client: &Client) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(&client.authority).await.unwrap();
    let body = json!({ "count": 5 }).to_string();
    let request = format!(
        "POST /posts/1/likes HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // The server asks for the body once a handler reads it.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    (stream, body)
}

/// A connection that has had one answer and waits for the next request.
async fn keep_alive(client: &Client) -> TcpStream {
    let mut stream = TcpStream::connect(&client.authority).await.unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"{\"ok\":true}") {
        answer.push(stream.read_u8().await.unwrap());
    }
    stream
}
