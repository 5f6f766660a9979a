//! The WebSocket.

use std::io;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message, protocol::CloseFrame};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::client::address::Address;
use crate::transport::{LinkError, MAX_MESSAGE};

/// How long a connection may take, and how long a farewell.
const CONNECTING: Duration = Duration::from_secs(10);
const CLOSING: Duration = Duration::from_secs(1);

/// How long a server may not read.
const SENDING: Duration = Duration::from_secs(60);

/// Why there is no connection, or none any longer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    #[error("{url}: {error}")]
    Io { url: String, error: io::Error },
    #[error("{url}: there is no server within {CONNECTING:?}")]
    Timeout { url: String },
    #[error("{url}: {error}; is it the server of Redux DevTools, and does the path end as there?")]
    Handshake { url: String, error: Box<tungstenite::Error> },
    #[error(transparent)]
    Broken(#[from] Box<tungstenite::Error>),
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("the server closed the connection{0}")]
    Closed(String),
    #[error("nothing came from the server for {0:?}")]
    Silent(Duration),
    #[error("the server did not read for {SENDING:?}")]
    Deaf,
    #[error("the store or its handle was dropped")]
    Dropped,
}

impl From<tungstenite::Error> for Lost {
    fn from(error: tungstenite::Error) -> Self {
        Self::Broken(Box::new(error))
    }
}

pub(super) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub(super) async fn open(address: &Address) -> Result<Self, Lost> {
        let url = address.url.clone();
        match timeout(CONNECTING, Self::connect(address)).await {
            Ok(socket) => socket,
            Err(_) => Err(Lost::Timeout { url }),
        }
    }

    async fn connect(address: &Address) -> Result<Self, Lost> {
        let io = |error| Lost::Io { url: address.url.clone(), error };
        let found = address.resolve().await.map_err(io)?;
        let stream = TcpStream::connect(found.as_slice()).await.map_err(io)?;
        stream.set_nodelay(true).map_err(io)?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let socket = client_async_with_config(&address.url, stream, Some(config)).await;
        let (socket, _) = socket.map_err(|error| Lost::Handshake {
            url: address.url.clone(),
            error: Box::new(error),
        })?;
        Ok(Self(socket))
    }

    /// Waits for the next text; dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Result<String, Lost> {
        loop {
            match self.0.next().await {
                None => return Err(Lost::Closed(String::new())),
                Some(Err(error)) => return Err(error.into()),
                Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
                Some(Ok(Message::Close(frame))) => {
                    let why = frame.map(|it| format!(" ({} {})", u16::from(it.code), it.reason));
                    return Err(Lost::Closed(why.unwrap_or_default()));
                }
                Some(Ok(_)) => {}
            }
        }
    }

    pub(super) async fn send(&mut self, frames: Vec<String>) -> Result<(), Lost> {
        let send = async {
            for frame in frames {
                self.0.feed(Message::text(frame)).await?;
            }
            self.0.flush().await
        };
        match timeout(SENDING, send).await {
            Ok(sent) => Ok(sent?),
            Err(_) => Err(Lost::Deaf),
        }
    }

    /// Says goodbye, if the server listens.
    pub(super) async fn close(mut self, why: &Lost) {
        let code = match why {
            Lost::Silent(_) => CloseCode::from(4000),
            _ => CloseCode::Normal,
        };
        let frame = CloseFrame { code, reason: "".into() };
        // What becomes of it does not matter any longer.
        let _ = timeout(CLOSING, self.0.close(Some(frame))).await;
    }
}
