//! The smallest client: one request a connection, written and read by hand.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Server, ServerOptions};

/// A server that runs as the default says, and a client of it.
pub(super) async fn server() -> (Server, Client) {
    server_with(ServerOptions::default()).await
}

/// A server that runs as `options` say, and a client of it.
pub(super) async fn server_with(options: ServerOptions) -> (Server, Client) {
    let server = Server::start(options).await.unwrap();
    let client = Client::of(&server);
    (server, client)
}

/// Sends requests to one server.
#[derive(Clone)]
pub(super) struct Client {
    /// Host and port.
    pub(super) authority: String,
}

impl Client {
    pub(super) fn of(server: &Server) -> Self {
        let url = server.url();
        Self { authority: url.strip_prefix("http://").unwrap().to_owned() }
    }

    /// Sends a request without a body.
    pub(super) async fn send(&self, request: &str) -> (u16, Value) {
        self.exchange(request, "", "").await
    }

    /// Sends a request with a JSON body.
    pub(super) async fn send_json(&self, request: &str, body: Value) -> (u16, Value) {
        self.send_text(request, &body.to_string()).await
    }

    /// Sends a request whose body is called JSON, whatever it is.
    pub(super) async fn send_text(&self, request: &str, body: &str) -> (u16, Value) {
        self.exchange(request, "content-type: application/json\r\n", body).await
    }

    /// Sends a request such as `GET /posts`; returns the status and the body, which must be JSON.
    pub(super) async fn exchange(&self, request: &str, headers: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.authority).await.unwrap();
        let length = body.len();
        let text = format!(
            "{request} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
             content-length: {length}\r\n{headers}\r\n{body}",
            self.authority
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-type: application/json"), "{request}: {answer}");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }
}
