//! What the server refuses, how, and that a refused request changes nothing.

use serde_json::{Value, json};

use super::client::server;

#[track_caller]
fn check(request: &str, (status, body): (u16, Value), expected: u16, message: &str) {
    let text = body["message"].as_str().unwrap_or_default();
    assert_eq!(status, expected, "{request}: {body}");
    assert!(text.contains(message), "{request}: {body}");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{request}: {body}");
}

#[tokio::test]
async fn what_does_not_exist_is_404() {
    let (_server, client) = server().await;
    for (request, message) in [
        ("GET /posts/9", "post 9 does not exist"),
        ("GET /posts/0", "post 0 does not exist"),
        ("GET /posts/4294967296", "post 4294967296 does not exist"),
        ("GET /posts/first", "post first does not exist"),
        ("GET /posts/%ff", "does not exist"),
        ("DELETE /posts/9", "post 9 does not exist"),
        ("DELETE /posts/-1", "post -1 does not exist"),
        ("GET /", "nothing at /"),
        ("GET /posts/1/comments", "nothing at /posts/1/comments"),
        ("POST /users", "nothing at /users"),
    ] {
        check(request, client.send(request).await, 404, message);
    }
    for (request, body) in [
        ("PATCH /posts/9", json!({ "title": "x" })),
        ("POST /posts/9/likes", json!({ "count": 1 })),
    ] {
        check(request, client.send_json(request, body).await, 404, "post 9 does not exist");
    }
}

#[tokio::test]
async fn what_is_not_acceptable_is_422() {
    let (_server, client) = server().await;
    let before = client.send("GET /posts").await;
    let long = "é".repeat(81);
    for (request, body, message) in [
        ("POST /posts", json!({ "title": "" }), "title is empty"),
        ("POST /posts", json!({ "title": " \t" }), "title is empty"),
        ("POST /posts", json!({ "title": long }), "81 characters"),
        ("POST /posts", json!({ "body": "no title" }), "missing field `title`"),
        ("POST /posts", json!({ "title": 5 }), "title: invalid type"),
        ("PATCH /posts/1", json!({ "title": "" }), "title is empty"),
        ("PATCH /posts/1", json!({ "title": long }), "81 characters"),
        ("PATCH /posts/1", json!({ "title": "forbidden" }), "\"forbidden\" is forbidden"),
        ("PATCH /posts/1", json!({ "title": "!x", "body": "b" }), "\"!x\" is forbidden"),
        ("PATCH /posts/1", json!({ "body": 5 }), "body: invalid type"),
        ("POST /posts/1/likes", json!({ "count": 0 }), "from 1 to 1000"),
        ("POST /posts/1/likes", json!({ "count": 1001 }), "from 1 to 1000"),
        ("POST /posts/1/likes", json!({ "count": -1 }), "count: invalid value"),
        ("POST /posts/1/likes", json!({ "count": 1.5 }), "count: invalid type"),
        ("POST /posts/1/likes", json!({}), "missing field `count`"),
    ] {
        check(request, client.send_json(request, body).await, 422, message);
    }
    assert_eq!(client.send("GET /posts").await, before);
}

#[tokio::test]
async fn a_body_that_is_not_json_is_400() {
    let (_server, client) = server().await;
    let before = client.send("GET /posts").await;
    for request in ["POST /posts", "PATCH /posts/1", "POST /posts/1/likes"] {
        for body in
            ["", "{", "{\"title\": \"x\",}", "title=x", "{\"title\": \"x\", \"count\": 1} {}"]
        {
            check(request, client.send_text(request, body).await, 400, "JSON");
        }
    }
    assert_eq!(client.send("GET /posts").await, before);
}

#[tokio::test]
async fn a_body_that_is_not_called_json_is_415() {
    let (_server, client) = server().await;
    for headers in ["", "content-type: text/plain\r\n"] {
        let answer = client.exchange("POST /posts", headers, "{\"title\":\"x\"}").await;
        check("POST /posts", answer, 415, "application/json");
    }
}

#[tokio::test]
async fn a_method_that_the_route_lacks_is_405() {
    let (_server, client) = server().await;
    for request in ["PUT /posts/1", "DELETE /posts", "GET /posts/1/likes", "POST /health"] {
        check(request, client.send(request).await, 405, "is not possible at");
    }
}
