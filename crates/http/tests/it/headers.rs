//! Headers of requests: who sets them, and who goes first.

use retake_http::{FetchError, HeaderMap, HeaderValue, HttpBaseQuery, ResponseHandler};
use retake_thunks::{
    EndpointKind, ExtraOptions, Failure, JsonArg, Query, Request, RequestContext, UntypedQuery,
};
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
    let own = Request::get("p").response_handler(ResponseHandler::Json);
    check(text.clone(), own, "accept", json!(["application/json"])).await;
    let custom = ResponseHandler::new(|answer| Ok(answer.text().into()));
    let own = Request::get("p").response_handler(custom);
    check(text.clone(), own, "accept", json!(["*/*"])).await;
    let csv = Request::get("p").header("accept", "text/csv");
    check(text, csv, "accept", json!(["text/csv"])).await;
    check(base.header("Accept", "a/b"), "p".into(), "accept", json!(["a/b"])).await;
}

#[tokio::test]
async fn prepare_headers_reads_the_state() {
    let base = HttpBaseQuery::new(echo().await).prepare_headers(|headers, _, cx| {
        let store = cx.store::<Server>().unwrap();
        let bearer = format!("Bearer {}", store.state().token);
        headers.insert("authorization", HeaderValue::try_from(bearer).unwrap());
    });
    check(base, "p".into(), "authorization", json!(["Bearer t0p-secret"])).await;
}

#[tokio::test]
async fn prepare_headers_sees_what_is_set_and_has_the_last_word() {
    let base = HttpBaseQuery::new(echo().await).header("x-a", "default").prepare_headers(
        |headers: &mut HeaderMap, request, cx| {
            assert_eq!(headers["x-a"], "default");
            assert_eq!(headers["x-b"], "own");
            assert!(!headers.contains_key("accept") && !headers.contains_key("content-type"));
            assert_eq!((request.url.as_str(), cx.kind()), ("p", EndpointKind::Query));
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

#[tokio::test]
async fn a_header_without_a_value_is_not_sent() {
    let base = HttpBaseQuery::new(echo().await).header("x-a", "default");
    let request =
        Request::get("p").optional_header("x-a", None::<&str>).optional_header("x-b", Some("own"));
    check(base.clone(), request.clone(), "x-a", json!(["default"])).await;
    check(base, request, "x-b", json!(["own"])).await;
}

#[tokio::test]
async fn prepare_headers_knows_the_extra_options() {
    struct Tenant(&'static str);
    let base = HttpBaseQuery::new(echo().await).prepare_headers(|headers, _, cx| {
        let tenant = cx.extra_options().get::<Tenant>().map_or("none", |tenant| tenant.0);
        headers.insert("x-tenant", HeaderValue::from_static(tenant));
    });
    let harness = Harness::new(base);
    let endpoint = UntypedQuery::<Server>::new("query").query(|_| Ok("p".into())).build();
    let options = ExtraOptions::new().with(Tenant("north"));
    let north = endpoint.initiate(JsonArg::Absent).extra_options(options);
    let seen = harness.store.dispatch(north).await.unwrap();
    assert_eq!(seen["headers"]["x-tenant"], json!(["north"]));
}

#[tokio::test]
async fn headers_may_be_waited_for() {
    let base = HttpBaseQuery::new(echo().await).header("x-a", "default").prepare_headers_async(
        |mut headers, request, cx| async move {
            tokio::task::yield_now().await;
            let seen = format!("{:?} {} {}", headers["x-a"], request.url, cx.endpoint().len() > 1);
            headers.insert("x-a", HeaderValue::try_from(seen).unwrap());
            Ok(headers)
        },
    );
    check(base, "p".into(), "x-a", json!([r#""default" p true"#])).await;
}

#[tokio::test]
async fn the_last_preparation_counts() {
    let named = |name: &'static str| HeaderValue::from_static(name);
    let base = HttpBaseQuery::new(echo().await);
    let later = move |mut headers: HeaderMap, _, _| {
        headers.insert("x-a", named("later"));
        async { Ok(headers) }
    };
    let now = move |headers: &mut HeaderMap, _: &Request, _: &RequestContext| {
        headers.insert("x-a", named("now"));
    };
    let first = base.clone().prepare_headers(now).prepare_headers_async(later);
    check(first, "p".into(), "x-a", json!(["later"])).await;
    check(
        base.prepare_headers_async(later).prepare_headers(now),
        "p".into(),
        "x-a",
        json!(["now"]),
    )
    .await;
}

#[tokio::test]
async fn without_headers_nothing_is_sent() {
    let error = FetchError::Custom { error: "no token".to_owned(), data: None };
    let failure = Failure::from(error);
    let base = HttpBaseQuery::new(echo().await).prepare_headers_async({
        let failure = failure.clone();
        move |_, _, _| std::future::ready(Err(failure.clone()))
    });
    // No meta: there was no request.
    assert_eq!(Harness::new(base).send("p".into()).await, Err(failure));
}
