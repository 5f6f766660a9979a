//! Headers of requests: who sets them, and who goes first.

use retake_http::{HeaderMap, HeaderValue, HttpBaseQuery, ResponseHandler};
use retake_thunks::{EndpointKind, Request};
use serde_json::{Value, json};

use crate::app::{Harness, Server};
use crate::server::echo;

/// The server sees these values of the header `name`.
async fn check(base_query: HttpBaseQuery, request: Request, name: &str, values: Value) {
    let what = format!("{name} of {request:?}");
    let seen = Harness::new(base_query).send(request).await.expect(&what).data;
    let seen = match &seen {
        Value::String(text) => serde_json::from_str(text).unwrap(),
        _ => seen,
    };
    assert_eq!(seen["headers"][name], values, "{what}");
}

#[tokio::test]
async fn a_request_goes_before_the_defaults() {
    let base = HttpBaseQuery::new(echo().await).header("X-A", "one").header("x-a", "two");
    check(base.clone(), "p".into(), "x-a", json!(["two"])).await;
    check(base.clone(), Request::get("p").header("X-a", "own"), "x-a", json!(["own"])).await;
    let twice = Request::get("p").header("x-a", "own").header("x-a", "more");
    check(base.clone(), twice, "x-a", json!(["own", "more"])).await;
    check(base, Request::get("p").header("x-b", "own"), "x-a", json!(["two"])).await;
}

#[tokio::test]
async fn accept_follows_from_the_handler_unless_it_is_set() {
    let base = HttpBaseQuery::new(echo().await);
    let text = base.clone().response_handler(ResponseHandler::Text);
    let any = base.clone().response_handler(ResponseHandler::ContentType);
    check(base.clone(), "p".into(), "accept", json!(["application/json"])).await;
    check(text.clone(), "p".into(), "accept", json!(["text/plain, text/html, */*"])).await;
    check(any, "p".into(), "accept", json!(["*/*"])).await;
    let csv = Request::get("p").header("accept", "text/csv");
    check(text, csv, "accept", json!(["text/csv"])).await;
    check(base.header("Accept", "a/b"), "p".into(), "accept", json!(["a/b"])).await;
}

#[tokio::test]
async fn prepare_headers_reads_the_state() {
    let base = HttpBaseQuery::new(echo().await).prepare_headers(|headers, cx| {
        let store = cx.store::<Server>().unwrap();
        let bearer = format!("Bearer {}", store.state().token);
        headers.insert("authorization", HeaderValue::try_from(bearer).unwrap());
    });
    check(base, "p".into(), "authorization", json!(["Bearer t0p-secret"])).await;
}

#[tokio::test]
async fn prepare_headers_sees_what_is_set_and_has_the_last_word() {
    let base = HttpBaseQuery::new(echo().await).header("x-a", "default").prepare_headers(
        |headers: &mut HeaderMap, cx| {
            assert_eq!(headers["x-a"], "default");
            assert_eq!(headers["x-b"], "own");
            assert!(!headers.contains_key("accept") && !headers.contains_key("content-type"));
            assert_eq!(cx.kind(), EndpointKind::Query);
            headers.remove("x-a");
            headers.insert("x-b", HeaderValue::from_static("prepared"));
            headers.insert("accept", HeaderValue::from_static("a/b"));
            headers.insert("content-type", HeaderValue::from_static("c/d"));
        },
    );
    let request = Request::post("p").header("x-b", "own").json(&1);
    check(base.clone(), request.clone(), "x-a", Value::Null).await;
    check(base.clone(), request.clone(), "x-b", json!(["prepared"])).await;
    check(base.clone(), request.clone(), "accept", json!(["a/b"])).await;
    check(base, request, "content-type", json!(["c/d"])).await;
}
