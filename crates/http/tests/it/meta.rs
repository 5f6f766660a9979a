//! What is known beside the data, and what is kept out of it.

use retake_http::HttpBaseQuery;
use retake_thunks::Request;
use serde_json::json;

use crate::app::{Harness, meta_of};
use crate::server::{nobody, reply};

#[tokio::test]
async fn of_an_answer() {
    let headers = &[("X-One", "1"), ("x-two", "a"), ("x-two", "b"), ("content-type", "a/b")];
    let server = reply(200, headers, "[1]").await;
    let request = Request::post("p").param("a", 1).json(&1);
    let mut meta = meta_of(Harness::new(HttpBaseQuery::new(&server)).send(request).await);
    assert!(meta["response"]["headers"]["date"].take().is_string());
    assert_eq!(
        meta,
        json!({
            "request": {"method": "POST", "url": format!("{server}/p?a=1")},
            "response": {
                "status": 200,
                "headers": {
                    "content-length": "3",
                    "content-type": "a/b",
                    "date": null,
                    "x-one": "1",
                    "x-two": "a, b",
                },
            },
        })
    );
}

#[tokio::test]
async fn of_errors_with_an_answer() {
    for (status, body) in [(404, "1"), (200, "not JSON")] {
        let harness = Harness::new(HttpBaseQuery::new(reply(status, &[], body).await));
        let meta = meta_of(harness.send("p".into()).await);
        assert_eq!(meta["response"]["status"], status);
    }
}

#[tokio::test]
async fn of_errors_without_an_answer() {
    let server = nobody().await;
    let meta = meta_of(Harness::new(HttpBaseQuery::new(&server)).send("p".into()).await);
    assert_eq!(meta, json!({"request": {"method": "GET", "url": format!("{server}/p")}}));
}

#[tokio::test]
async fn without_secrets() {
    let headers = &[("set-cookie", "t0p-secret"), ("x-a", "1")];
    let server = reply(200, headers, r#""t0p-secret""#).await;
    let with_password = server.replace("http://", "http://ada:t0p-secret@");
    let base_query = HttpBaseQuery::new(with_password).header("authorization", "t0p-secret");
    let request = Request::post("p").header("x-key", "t0p-secret").json("t0p-secret");
    let meta = meta_of(Harness::new(base_query).send(request).await);
    assert!(!meta.to_string().contains("t0p-secret"), "{meta}");
    assert_eq!(meta["request"]["url"], format!("{server}/p"));
    assert_eq!(meta["response"]["headers"]["x-a"], "1");
}
