//! How the server is made slow and unreliable.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::client::server_with;
use crate::server::{Server, ServerError, ServerOptions};

const WRITES: [&str; 4] =
    ["POST /posts", "PATCH /posts/1", "POST /posts/1/likes", "DELETE /posts/1"];

fn unreliable(fail_rate: f64, seed: u64) -> ServerOptions {
    ServerOptions { fail_rate, seed, ..ServerOptions::default() }
}

/// The statuses of 40 writes that a reliable server accepts.
async fn statuses(fail_rate: f64, seed: u64) -> Vec<u16> {
    let (_server, client) = server_with(unreliable(fail_rate, seed)).await;
    let mut statuses = Vec::new();
    for _ in 0..40 {
        let (status, _) = client.send_json("POST /posts/1/likes", json!({ "count": 1 })).await;
        statuses.push(status);
        // Reads neither fail nor count.
        assert_eq!(client.send("GET /posts/1").await.0, 200);
    }
    let accepted = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(client.send("GET /posts/1").await.1["likes"], accepted);
    statuses
}

#[tokio::test]
async fn a_fail_rate_of_one_refuses_every_write_and_no_read() {
    let (_server, client) = server_with(unreliable(1.0, 3)).await;
    let before = client.send("GET /posts").await;
    for request in WRITES {
        let (status, body) = client.send_json(request, json!({ "title": "x", "count": 1 })).await;
        assert_eq!(status, 503, "{request}");
        assert!(body["message"].as_str().unwrap().contains("refuse writes"), "{request}: {body}");
    }
    assert_eq!(client.send("GET /posts").await, before);
    assert_eq!(client.send("GET /health").await.0, 200);
    assert_eq!(client.send("POST /nowhere").await.0, 404);
}

#[tokio::test]
async fn a_fail_rate_of_zero_refuses_none() {
    assert_eq!(statuses(0.0, 3).await, [200; 40]);
}

#[tokio::test]
async fn the_seed_decides_which_writes_are_refused() {
    let refused = statuses(0.5, 1).await;
    assert_eq!(statuses(0.5, 1).await, refused);
    assert_ne!(statuses(0.5, 2).await, refused);
    assert!(refused.contains(&200) && refused.contains(&503), "{refused:?}");
}

#[tokio::test]
async fn a_fail_rate_that_is_no_share_is_refused() {
    for given in [-0.1, 1.1, f64::INFINITY, f64::NAN] {
        let error = Server::start(unreliable(given, 0)).await.unwrap_err();
        assert!(matches!(error, ServerError::FailRate { .. }), "{given}: {error}");
        assert!(error.to_string().contains("from 0"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_request_waits_for_the_latency() {
    let latency = Duration::from_secs(60);
    let (_server, client) =
        server_with(ServerOptions { latency, fail_rate: 1.0, ..ServerOptions::default() }).await;
    for (request, status) in
        [("GET /posts/1", 200), ("GET /nowhere", 404), ("DELETE /posts/1", 503)]
    {
        let sent_at = Instant::now();
        assert_eq!(client.send(request).await.0, status, "{request}");
        let waited = sent_at.elapsed();
        assert!(waited >= latency && waited < latency * 2, "{request}: {waited:?}");
    }
}
