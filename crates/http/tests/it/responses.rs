//! What is made of an answer.

use retake_http::{HeaderMap, HttpBaseQuery, Request, Response, ResponseHandler};
use serde_json::{Value, json};

use crate::app::{Harness, error_of};
use crate::server::reply;

type Headers = &'static [(&'static str, &'static str)];

const PNG: Headers = &[("content-type", "image/png"), ("x-id", "7")];
const JSON: Headers = &[("content-type", "application/json; charset=utf-8")];
const PROBLEM: Headers = &[("content-type", "Application/Problem+JSON")];
const TEXT: Headers = &[("content-type", "text/plain")];
const NONE: Headers = &[];

/// With `handler`, an answer with this body is this data.
async fn check(handler: ResponseHandler, headers: Headers, body: &'static str, data: Value) {
    let base_query =
        HttpBaseQuery::new(reply(200, headers, body).await).response_handler(handler.clone());
    let answer = Harness::new(base_query).send("p".into()).await;
    assert_eq!(answer.unwrap().data, data, "{handler:?} of {headers:?} {body:?}");
}

/// With `handler`, an answer with this body is this error.
async fn check_error(handler: ResponseHandler, status: u16, body: &'static [u8], error: Value) {
    let base_query = HttpBaseQuery::new(reply(status, JSON, body).await).response_handler(handler);
    assert_eq!(error_of(Harness::new(base_query).send("p".into()).await), error);
}

#[tokio::test]
async fn json_whatever_the_content_type() {
    for headers in [JSON, TEXT, NONE] {
        check(ResponseHandler::Json, headers, r#" {"a":[1,null]} "#, json!({"a": [1, null]})).await;
    }
    check(ResponseHandler::Json, JSON, "null", Value::Null).await;
    check(ResponseHandler::Json, JSON, "\u{feff}1", json!(1)).await;
}

#[tokio::test]
async fn an_empty_body_is_null_or_an_empty_string() {
    for (handler, headers, data) in [
        (ResponseHandler::Json, JSON, Value::Null),
        (ResponseHandler::Json, NONE, Value::Null),
        (ResponseHandler::ContentType, JSON, Value::Null),
        (ResponseHandler::ContentType, NONE, json!("")),
        (ResponseHandler::Text, JSON, json!("")),
    ] {
        check(handler, headers, "", data).await;
    }
    let no_content = HttpBaseQuery::new(reply(204, NONE, "").await);
    assert_eq!(Harness::new(no_content).send("p".into()).await.unwrap().data, Value::Null);
}

#[tokio::test]
async fn text_is_a_string() {
    check(ResponseHandler::Text, TEXT, "hello, é", json!("hello, é")).await;
    check(ResponseHandler::Text, JSON, r#"{"a":1}"#, json!(r#"{"a":1}"#)).await;
}

#[tokio::test]
async fn the_content_type_decides() {
    for (headers, data) in [
        (JSON, json!({"a": 1})),
        (PROBLEM, json!({"a": 1})),
        (TEXT, json!(r#"{"a":1}"#)),
        (NONE, json!(r#"{"a":1}"#)),
    ] {
        check(ResponseHandler::ContentType, headers, r#"{"a":1}"#, data).await;
    }
}

#[tokio::test]
async fn a_status_of_failure_is_an_error_with_the_body() {
    let not_found = json!({"status": 404, "data": {"message": "no such post"}});
    check_error(ResponseHandler::Json, 404, br#"{"message":"no such post"}"#, not_found).await;
    let crashed = json!({"status": 500, "data": "it crashed"});
    check_error(ResponseHandler::Text, 500, b"it crashed", crashed).await;
    let empty = json!({"status": 400, "data": null});
    check_error(ResponseHandler::Json, 400, b"", empty).await;
    let unchanged = json!({"status": 304, "data": null});
    check_error(ResponseHandler::Json, 304, b"", unchanged).await;
}

#[tokio::test]
async fn a_body_that_is_not_json_is_an_error_whatever_the_status() {
    for status in [200, 500] {
        let error = json!({
            "status": "PARSING_ERROR",
            "originalStatus": status,
            "data": "it crashed",
            "error": "expected value at line 1 column 1",
        });
        check_error(ResponseHandler::Json, status, b"it crashed", error.clone()).await;
        check_error(ResponseHandler::ContentType, status, b"it crashed", error).await;
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_shown_with_marks() {
    check_error(
        ResponseHandler::Json,
        200,
        b"\xff1",
        json!({
            "status": "PARSING_ERROR",
            "originalStatus": 200,
            "data": "\u{fffd}1",
            "error": "expected value at line 1 column 1",
        }),
    )
    .await;
}

#[tokio::test]
async fn json_that_is_nested_too_deeply_is_an_error() {
    let base_query = HttpBaseQuery::new(reply(200, JSON, "[".repeat(100_000)).await);
    let error = error_of(Harness::new(base_query).send("p".into()).await);
    assert_eq!(error["status"], "PARSING_ERROR");
    assert_eq!(error["error"], "recursion limit exceeded at line 1 column 128");
}

#[tokio::test]
async fn validate_status_decides_from_the_status_and_the_body() {
    let validate = |answer: &Response, body: &Value| answer.status == 418 || body["ok"] == true;
    for (status, body, outcome) in [
        (200, r#"{"ok":true}"#, Ok(json!({"ok": true}))),
        (500, r#"{"ok":true}"#, Ok(json!({"ok": true}))),
        (418, "null", Ok(Value::Null)),
        (200, r#"{"ok":false}"#, Err(json!({"status": 200, "data": {"ok": false}}))),
    ] {
        let base_query = HttpBaseQuery::new(reply(status, JSON, body).await);
        let answer = Harness::new(base_query.validate_status(validate)).send("p".into()).await;
        match outcome {
            Ok(data) => assert_eq!(answer.unwrap().data, data),
            Err(error) => assert_eq!(error_of(answer), error),
        }
    }
}

#[tokio::test]
async fn validate_status_of_a_request_goes_before() {
    let never = HttpBaseQuery::new(reply(200, PNG, "1").await).validate_status(|_, _| false);
    let harness = Harness::new(never);
    assert_eq!(error_of(harness.send("p".into()).await), json!({"status": 200, "data": 1}));
    let own = Request::get("p").validate_status(|answer, body| {
        assert_eq!((answer.header("X-Id"), answer.body.as_slice()), (Some("7"), &b"1"[..]));
        body == 1
    });
    assert_eq!(harness.send(own).await.unwrap().data, 1);
}

#[tokio::test]
async fn a_handler_of_ones_own_gets_the_bytes() {
    let summary = ResponseHandler::new(|answer| {
        let kind = answer.header("content-type").ok_or("no content type")?;
        Ok(json!([answer.status, kind, answer.body.len(), answer.body.last()]))
    });
    for status in [200, 500] {
        let base_query = HttpBaseQuery::new(reply(status, PNG, &b"\x89\0\xff"[..]).await);
        let data = json!([status, "image/png", 3, 255]);
        let global = base_query.clone().response_handler(summary.clone());
        let of_request = Request::get("p").response_handler(summary.clone());
        for answer in [
            Harness::new(global).send("p".into()).await,
            Harness::new(base_query).send(of_request).await,
        ] {
            match status {
                200 => assert_eq!(answer.unwrap().data, data),
                _ => assert_eq!(error_of(answer), json!({"status": 500, "data": data})),
            }
        }
    }
}

#[tokio::test]
async fn a_handler_of_ones_own_that_makes_nothing_of_the_body() {
    let picky = ResponseHandler::new(|_| Err("no picture".to_owned()));
    let error = json!({
        "status": "PARSING_ERROR",
        "originalStatus": 404,
        "data": "<p>\u{fffd}",
        "error": "no picture",
    });
    check_error(picky, 404, b"<p>\xff", error).await;
}

#[tokio::test]
async fn a_handler_that_panics_rejects_the_request() {
    let base_query = HttpBaseQuery::new(reply(200, NONE, "1").await)
        .response_handler(ResponseHandler::new(|_| panic!("no picture")));
    let error = Harness::new(base_query).query("p".into()).await.unwrap_err();
    assert_eq!(error.value()["name"], "Panic");
}

#[tokio::test]
async fn the_handler_of_a_request_goes_before() {
    let text =
        HttpBaseQuery::new(reply(200, JSON, "1").await).response_handler(ResponseHandler::Text);
    let harness = Harness::new(text);
    for (handler, data) in [
        (None, json!("1")),
        (Some(ResponseHandler::Json), json!(1)),
        (Some(ResponseHandler::ContentType), json!(1)),
        (Some(ResponseHandler::Text), json!("1")),
    ] {
        let mut request = Request::get("p");
        request.response_handler = handler;
        assert_eq!(harness.send(request).await.unwrap().data, data);
    }
}

#[tokio::test]
async fn what_json_is_can_be_said() {
    let by_name = |headers: &HeaderMap| headers.contains_key("x-id");
    for (headers, data) in [(PNG, json!(1)), (JSON, json!("1"))] {
        let base_query = HttpBaseQuery::new(reply(200, headers, "1").await)
            .response_handler(ResponseHandler::ContentType)
            .is_json_content_type(by_name);
        assert_eq!(Harness::new(base_query).send("p".into()).await.unwrap().data, data);
    }
}
