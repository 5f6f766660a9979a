//! Timeouts and abortions.
//!
//! Servers say how far a request has come, and timers fire when the test says so: no test
//! depends on how fast anything is.

use std::time::Duration;

use retake_http::{FetchError, HttpBaseQuery, ResponseHandler};
use retake_thunks::Request;
use serde_json::json;

use crate::app::{Harness, error_of, meta_of};
use crate::server::{Watch, echo, endless, silent};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_timeout_before_the_answer() {
    let (server, Watch { reached, closed }) = silent().await;
    let harness = Harness::new(HttpBaseQuery::new(&server).timeout(SECOND));
    let request = harness.start("p".into());
    reached.await.unwrap();
    harness.timers.fire();
    let outcome = request.outcome().await;
    assert_eq!(
        error_of(outcome.clone()),
        json!({"status": "TIMEOUT_ERROR", "error": "the answer was not complete within 1s"})
    );
    let known = json!({"request": {"method": "GET", "url": format!("{server}/p")}});
    assert_eq!(meta_of(outcome), known);
    closed.await.unwrap();
}

#[tokio::test]
async fn a_timeout_while_the_body_is_read() {
    for handler in [ResponseHandler::Json, ResponseHandler::Text] {
        let (server, Watch { reached, closed }) = endless().await;
        let base_query = HttpBaseQuery::new(server).timeout(SECOND).response_handler(handler);
        let harness = Harness::new(base_query);
        let request = harness.start("p".into());
        reached.await.unwrap();
        harness.timers.fire();
        let outcome = request.outcome().await;
        assert_eq!(error_of(outcome.clone())["status"], "TIMEOUT_ERROR");
        assert_eq!(meta_of(outcome)["response"]["status"], 200);
        closed.await.unwrap();
    }
}

#[tokio::test]
async fn the_timeout_of_a_client_of_ones_own() {
    for (server, Watch { closed, .. }) in [silent().await, endless().await] {
        let client = retake_http::reqwest::Client::builder().no_proxy().timeout(SECOND / 20);
        let harness = Harness::with_client(HttpBaseQuery::new(server), client.build().unwrap());
        let error = error_of(harness.send("p".into()).await);
        assert_eq!(error["status"], "TIMEOUT_ERROR");
        closed.await.unwrap();
    }
}

#[tokio::test]
async fn a_request_goes_before_the_base_query() {
    let server = echo().await;
    let own = || Request::get("p").timeout(2 * SECOND);
    for (base_query, request, timers) in [
        (HttpBaseQuery::new(&server), Request::get("p"), vec![]),
        (HttpBaseQuery::new(&server).timeout(SECOND), Request::get("p"), vec![SECOND]),
        (HttpBaseQuery::new(&server), own(), vec![2 * SECOND]),
        (HttpBaseQuery::new(&server).timeout(SECOND), own(), vec![2 * SECOND]),
    ] {
        let harness = Harness::new(base_query);
        harness.send(request).await.unwrap();
        assert_eq!(harness.timers.durations(), timers);
    }
}

#[tokio::test]
async fn aborting_closes_the_connection() {
    for (server, Watch { reached, closed }) in [silent().await, endless().await] {
        let harness = Harness::new(HttpBaseQuery::new(server));
        let request = harness.start("p".into());
        reached.await.unwrap();
        request.handle.abort();
        closed.await.unwrap();
        let entry = request.handle.settled().await;
        let error = entry.error.unwrap();
        assert_eq!(error.value()["name"], "AbortError");
        assert!(error.decode::<FetchError>().is_err());
    }
}

#[tokio::test]
async fn zero_is_no_limit() {
    let base_query = HttpBaseQuery::new(echo().await).timeout(SECOND);
    let harness = Harness::new(base_query);
    harness.send(Request::get("p").timeout(Duration::ZERO)).await.unwrap();
    assert!(harness.timers.durations().is_empty());
}

#[tokio::test]
async fn preparing_headers_counts_for_the_timeout_and_can_be_aborted() {
    let base_query = HttpBaseQuery::new(echo().await)
        .timeout(SECOND)
        .prepare_headers_async(|_, _, _| std::future::pending());
    let harness = Harness::new(base_query);
    let request = harness.start("p".into());
    harness.timers.fire();
    let expected = FetchError::Timeout { error: "the answer was not complete within 1s".into() };
    assert_eq!(request.outcome().await, Err(expected.into()));

    let request = harness.start("q".into());
    request.handle.abort();
    assert_eq!(request.handle.settled().await.error.unwrap().value()["name"], "AbortError");
}
