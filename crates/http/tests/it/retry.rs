//! Retries of requests over HTTP.

use std::sync::{Arc, Mutex};

use retake_http::HttpBaseQuery;
use retake_http::reqwest::Client;
use retake_thunks::{BaseQuery, Fetched, JsonArg, Query, Request, UntypedQuery, retry};
use serde_json::Value;

use crate::app::{Harness, Server};
use crate::server::reply;

/// Headers of the answer are at hand where it is decided whether and when to send again.
#[tokio::test]
async fn a_server_can_say_when_to_come_back() {
    let server = reply(503, &[("Retry-After", "7")], "\"busy\"").await;
    let client = Client::builder().no_proxy().build().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = Arc::clone(&seen);
    let patient = retry(HttpBaseQuery::new(server).client(client)).retry_condition(move |failed| {
        let meta = failed.meta().unwrap();
        let method = failed.args::<Request>().unwrap().method.clone();
        let after = meta["response"]["headers"]["retry-after"].as_str().unwrap().to_owned();
        sees.lock().unwrap().push((failed.error().unwrap()["status"].clone(), method, after));
        false
    });
    let patient = Arc::new(patient);
    let endpoint = UntypedQuery::<Server>::new("patient").query_fn(move |_, cx| {
        let patient = Arc::clone(&patient);
        async move {
            let answer = patient.run(Request::get("p"), cx.request().clone()).await?;
            Ok(Fetched { data: answer.data, meta: answer.meta })
        }
    });
    let harness = Harness::new(HttpBaseQuery::new("http://unused"));
    let query = harness.store.dispatch(endpoint.build().initiate(JsonArg::Absent));
    assert_eq!(query.await.unwrap_err().status(), Some(503));
    assert_eq!(*seen.lock().unwrap(), [(Value::from(503), "GET".to_owned(), "7".to_owned())]);
}
