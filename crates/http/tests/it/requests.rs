//! What the server is sent: method, target and body.

use retake_http::HttpBaseQuery;
use retake_thunks::Request;
use serde_json::{Value, json};

use crate::app::Harness;
use crate::server::echo;

/// Each request arrives with this target, body and content type.
async fn check(cases: Vec<(Request, &str, &str, Value)>) {
    let harness = Harness::new(HttpBaseQuery::new(echo().await));
    for (request, target, body, content_type) in cases {
        let what = format!("{request:?}");
        let seen = harness.send(request).await.expect(&what).data;
        let method_and_target = format!("{} {}", seen["method"].as_str().unwrap(), seen["target"]);
        assert_eq!(method_and_target.replace('"', ""), target, "{what}");
        assert_eq!(seen["body"], body, "{what}");
        assert_eq!(seen["headers"]["content-type"], content_type, "{what}");
    }
}

#[tokio::test]
async fn methods_and_bodies() {
    let is_json = || json!(["application/json"]);
    check(vec![
        ("posts".into(), "GET /posts", "", Value::Null),
        (Request::get("/posts/"), "GET /posts/", "", Value::Null),
        (Request::delete("posts/5"), "DELETE /posts/5", "", Value::Null),
        (
            Request::post("posts").json(&json!({"title": "a"})),
            "POST /posts",
            r#"{"title":"a"}"#,
            is_json(),
        ),
        (Request::patch("posts/5").json(&[1, 2]), "PATCH /posts/5", "[1,2]", is_json()),
        (Request::put("posts/5").json("a"), "PUT /posts/5", r#""a""#, is_json()),
        (Request::post("posts").json(&Value::Null), "POST /posts", "null", is_json()),
        (Request::new("PROPFIND", "posts"), "PROPFIND /posts", "", Value::Null),
    ])
    .await;
}

#[tokio::test]
async fn a_string_is_sent_as_it_is_when_the_content_type_is_not_json() {
    let body = |content_type: &str| {
        Request::post("p").json("a=1&b=2").header("Content-Type", content_type)
    };
    check(vec![
        (
            body("application/x-www-form-urlencoded"),
            "POST /p",
            "a=1&b=2",
            json!(["application/x-www-form-urlencoded"]),
        ),
        (body("text/plain"), "POST /p", "a=1&b=2", json!(["text/plain"])),
        (
            body("application/json; charset=utf-8"),
            "POST /p",
            r#""a=1&b=2""#,
            json!(["application/json; charset=utf-8"]),
        ),
        (
            body("application/vnd.api+json"),
            "POST /p",
            r#""a=1&b=2""#,
            json!(["application/vnd.api+json"]),
        ),
        (
            Request::post("p").json(&json!({"a": 1})).header("content-type", "text/plain"),
            "POST /p",
            r#"{"a":1}"#,
            json!(["text/plain"]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn params_are_appended_in_order_and_encoded() {
    check(vec![
        (Request::get("p").param("b", 2).param("a", 1), "GET /p?b=2&a=1", "", Value::Null),
        (Request::get("p?z=0").param("a", 1), "GET /p?z=0&a=1", "", Value::Null),
        (Request::get("p#top").param("a", 1), "GET /p?a=1", "", Value::Null),
        (Request::get("").param("a", true), "GET /?a=true", "", Value::Null),
        (
            Request::get("p").param("q", "a b&c=d/é").param("q", ""),
            "GET /p?q=a+b%26c%3Dd%2F%C3%A9&q=",
            "",
            Value::Null,
        ),
        (
            Request::get("p").optional_param("a", None::<u8>).optional_param("b", Some(1)),
            "GET /p?b=1",
            "",
            Value::Null,
        ),
        (
            Request::post("p").param("a", 1).json(&1),
            "POST /p?a=1",
            "1",
            json!(["application/json"]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_serializer_of_params_gets_them_all_and_none_without_params() {
    let base_query = HttpBaseQuery::new(echo().await).params_serializer(|params| {
        assert!(!params.is_empty());
        params.iter().map(|(name, value)| format!("{name}:{value};")).collect()
    });
    let harness = Harness::new(base_query);
    for (request, target) in [
        (Request::get("p").param("b", 2).param("a", 1), "/p?b:2;a:1;"),
        (Request::get("p?z=0").param("a", 1), "/p?z=0&a:1;"),
        (Request::get("p"), "/p"),
    ] {
        assert_eq!(harness.send(request).await.unwrap().data["target"], target);
    }
}

#[tokio::test]
async fn base_urls_and_absolute_urls() {
    let server = echo().await;
    for (base, path, target) in [
        (format!("{server}/api/"), "/posts".to_owned(), "/api/posts"),
        (format!("{server}/api"), "?a=1".to_owned(), "/api?a=1"),
        (format!("{server}/api"), String::new(), "/api"),
        ("http://elsewhere.invalid".to_owned(), format!("{server}/posts"), "/posts"),
        ("http://elsewhere.invalid".to_owned(), server.replace("http:", ""), "/"),
        (String::new(), format!("{server}/posts"), "/posts"),
    ] {
        let harness = Harness::new(HttpBaseQuery::new(base));
        assert_eq!(harness.send(path.into()).await.unwrap().data["target"], target);
    }
}

#[tokio::test]
async fn mutations_send_as_queries_do() {
    let harness = Harness::new(HttpBaseQuery::new(echo().await));
    let seen = harness.mutate(Request::patch("posts/5").json(&json!({"a": 1}))).await.unwrap();
    assert_eq!((&seen["method"], &seen["body"]), (&json!("PATCH"), &json!(r#"{"a":1}"#)));
}
