//! Errors: their JSON form, and those of the network.

use retake_http::{FetchError, HttpBaseQuery};
use retake_store::cache::QueryError;
use retake_thunks::Failure;
use serde_json::{Value, json};

use crate::app::{Harness, error_of};
use crate::server::{nobody, reply, say};

#[track_caller]
fn check(error: FetchError, json: Value, text: &str) {
    assert_eq!(serde_json::to_value(&error).unwrap(), json);
    assert_eq!(QueryError::new(json.clone()).decode::<FetchError>().unwrap(), error);
    assert_eq!(serde_json::from_str::<FetchError>(&json.to_string()).unwrap(), error);
    assert_eq!(error.to_string(), text);
    assert_eq!(Failure::from(error), Failure::error(json));
}

#[test]
fn the_json_form_is_that_of_rtk_query() {
    let error = || "why".to_owned();
    check(
        FetchError::Status { status: 404, data: json!({"a": 1}) },
        json!({"status": 404, "data": {"a": 1}}),
        "the server answered with status 404",
    );
    check(
        FetchError::Fetch { error: error() },
        json!({"status": "FETCH_ERROR", "error": "why"}),
        "no answer: why",
    );
    check(
        FetchError::Parsing { original_status: 200, data: "<p>".to_owned(), error: error() },
        json!({
            "status": "PARSING_ERROR", "originalStatus": 200, "data": "<p>", "error": "why",
        }),
        "the body of an answer with status 200 cannot be read: why",
    );
    check(
        FetchError::Timeout { error: error() },
        json!({"status": "TIMEOUT_ERROR", "error": "why"}),
        "timeout: why",
    );
    check(
        FetchError::Custom { error: error(), data: None },
        json!({"status": "CUSTOM_ERROR", "error": "why"}),
        "why",
    );
    check(
        FetchError::Custom { error: error(), data: Some(json!(1)) },
        json!({"status": "CUSTOM_ERROR", "error": "why", "data": 1}),
        "why",
    );
}

#[test]
fn what_javascript_leaves_out_is_null() {
    let error: FetchError = serde_json::from_value(json!({"status": 404})).unwrap();
    assert_eq!(error, FetchError::Status { status: 404, data: Value::Null });
}

#[test]
fn other_errors_do_not_decode() {
    for json in [
        json!({"name": "AbortError", "message": "Aborted"}),
        json!({"status": "OTHER_ERROR", "error": "why"}),
        json!({"status": 70_000, "data": null}),
        json!("why"),
    ] {
        assert!(QueryError::new(json.clone()).decode::<FetchError>().is_err(), "{json}");
    }
}

#[tokio::test]
async fn an_entry_holds_the_error() {
    let harness = Harness::new(HttpBaseQuery::new(reply(404, &[], "1").await));
    let error = harness.query("p".into()).await.unwrap_err();
    assert_eq!((error.status(), error.data()), (Some(404), Some(&json!(1))));
    assert_eq!(
        error.decode::<FetchError>().unwrap(),
        FetchError::Status { status: 404, data: json!(1) }
    );
}

#[tokio::test]
async fn nobody_listens() {
    let harness = Harness::new(HttpBaseQuery::new(nobody().await));
    let error = error_of(harness.send("p".into()).await);
    assert_eq!(error["status"], "FETCH_ERROR");
    let text = error["error"].as_str().unwrap();
    assert!(text.to_lowercase().contains("connection refused"), "{text}");
    assert!(!text.contains("127.0.0.1"), "{text}");
}

#[tokio::test]
async fn the_server_hangs_up_before_it_answers() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-", "what?\r\n\r\n"] {
        let harness = Harness::new(HttpBaseQuery::new(say(answer).await));
        let error = error_of(harness.send("p".into()).await);
        assert_eq!(error["status"], "FETCH_ERROR", "{answer:?}: {error}");
    }
}

#[tokio::test]
async fn the_body_breaks_off() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n[1,2]";
    let harness = Harness::new(HttpBaseQuery::new(say(answer).await));
    let error = error_of(harness.send("p".into()).await);
    assert_eq!(
        (&error["status"], &error["originalStatus"], &error["data"]),
        (&json!("PARSING_ERROR"), &json!(200), &json!(""))
    );
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn https_without_tls_says_what_to_do() {
    let harness = Harness::new(HttpBaseQuery::new(nobody().await.replace("http", "https")));
    let error = error_of(harness.send("p".into()).await);
    assert_eq!(error["status"], "FETCH_ERROR");
    assert!(error["error"].as_str().unwrap().contains("the feature `tls`"), "{error}");
}
