//! A server that speaks as that of Redux DevTools does, and a monitor behind it.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

/// No test waits that long unless it fails.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    listener: TcpListener,
    connections: usize,
    /// How long clients wait for it, in milliseconds.
    pub(crate) ping_timeout: u64,
}

/// A connection of an application.
pub(crate) struct Peer {
    socket: WebSocketStream<TcpStream>,
    pub(crate) id: String,
}

impl Server {
    pub(crate) async fn new() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            connections: 0,
            ping_timeout: 60_000,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// Waits for an application, and says nothing.
    pub(crate) async fn accept_silent(&mut self) -> Peer {
        self.connections += 1;
        let (stream, _) = timeout(PATIENCE, self.listener.accept()).await.unwrap().unwrap();
        let socket = accept_async(stream).await.unwrap();
        Peer { socket, id: format!("socket-{}", self.connections) }
    }

    /// Waits for an application, and for what it does first.
    pub(crate) async fn accept(&mut self) -> Peer {
        let mut peer = self.accept_silent().await;
        let handshake = json!({"event": "#handshake", "data": {"authToken": null}, "cid": 1});
        assert_eq!(peer.frame().await, handshake);
        let ping_timeout = self.ping_timeout;
        peer.send(&json!({"rid": 1, "data": {"id": peer.id, "pingTimeout": ping_timeout}})).await;
        assert_eq!(peer.frame().await, json!({"event": "login", "data": "master", "cid": 2}));
        peer.send(&json!({"rid": 2, "data": "respond"})).await;
        for (cid, channel) in [(3, "respond".to_owned()), (4, format!("sc-{}", peer.id))] {
            let subscribe =
                json!({"event": "#subscribe", "data": {"channel": channel}, "cid": cid});
            assert_eq!(peer.frame().await, subscribe);
            peer.send(&json!({ "rid": cid })).await;
        }
        assert_eq!(peer.message().await["type"], "START");
        peer
    }

    /// Waits for an application, and lets a monitor listen to it; returns its first state, too.
    pub(crate) async fn accept_monitored(&mut self) -> (Peer, Value) {
        let mut peer = self.accept().await;
        let state = peer.ask(json!({"type": "START"})).await;
        (peer, state)
    }
}

impl Peer {
    pub(crate) async fn text(&mut self) -> Option<String> {
        match timeout(PATIENCE, self.socket.next()).await.unwrap() {
            Some(Ok(Message::Text(text))) => Some(text.to_string()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => None,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn frame(&mut self) -> Value {
        let text = self.text().await.expect("the client closed the connection");
        serde_json::from_str(&text).unwrap()
    }

    /// Waits for what the application tells the monitors.
    pub(crate) async fn message(&mut self) -> Value {
        let mut frame = self.frame().await;
        assert_eq!(frame["event"], "log", "{frame}");
        let message = frame["data"].take();
        assert_eq!(message["id"], self.id.as_str());
        message
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn send(&mut self, packet: &Value) {
        self.send_text(&packet.to_string()).await;
    }

    /// Lets a monitor say `message`.
    pub(crate) async fn say(&mut self, message: Value) {
        let data = json!({"channel": format!("sc-{}", self.id), "data": message});
        self.send(&json!({"event": "#publish", "data": data})).await;
    }

    /// Lets a monitor say `message`, and waits for the answer.
    pub(crate) async fn ask(&mut self, message: Value) -> Value {
        self.say(message).await;
        self.message().await
    }

    /// Lets a monitor press a button, and waits for the answer.
    pub(crate) async fn press(&mut self, action: Value) -> Value {
        self.ask(json!({"type": "DISPATCH", "action": action})).await
    }
}
