//! Which route of a script a request takes, and what the script tells about the request.

use retake::prelude::*;
use retake_testing::Reply;
use serde_json::json;

use crate::app::{PostsApi, start};

/// Checks that `request` takes the route `expected` of `routes`; `None` is no route.
#[track_caller]
fn check(routes: &[&str], request: Request, expected: Option<&str>) {
    let (store, _) = start(|server| {
        for route in routes {
            server.on(route, Reply::ok(json!(route)));
        }
    });
    let ask = UntypedQuery::<PostsApi>::new("ask").query(move |_| Ok(request.clone())).build();
    let answer = store.run_until(store.dispatch(ask.initiate(None.into())));
    assert_eq!(answer.ok().as_deref(), expected.map(|route| json!(route)).as_ref());
}

#[test]
fn the_longest_route_that_fits_answers() {
    let page = || Request::get("posts").param("page", 2);
    let all = ["GET *", "GET posts", "GET posts*", "GET posts?page=*", "GET posts?page=2"];
    check(&all, page(), Some("GET posts?page=2"));
    check(&all, Request::get("posts").param("page", 20), Some("GET posts?page=*"));
    check(&all, page().param("q", "a"), Some("GET posts?page=*"));
    check(&all, Request::get("posts").param("q", "a"), Some("GET posts"));
    check(&all, Request::get("posts"), Some("GET posts"));
    check(&all, Request::get("posts/5").param("page", 2), Some("GET posts*"));
    check(&all, Request::get("users"), Some("GET *"));
    check(&all, Request::post("posts"), None);
    check(&["GET posts?page=3"], page(), None);
    check(&["GET posts?page=2"], Request::get("posts"), None);
}

#[test]
fn parameters_are_written_as_over_http() {
    let request = Request::get("posts").param("q", "two words").param("tag", "a&b=ü");
    check(
        &["GET posts?q=two+words&tag=a%26b%3D%C3%BC"],
        request,
        Some("GET posts?q=two+words&tag=a%26b%3D%C3%BC"),
    );
    let both = || Request::get("posts?sort=asc").param("page", 2);
    check(&["GET posts?sort=asc&page=2"], both(), Some("GET posts?sort=asc&page=2"));
    check(&["GET posts?sort=asc"], both(), Some("GET posts?sort=asc"));
    check(&["GET posts?page=2"], Request::get("posts?").param("page", 2), Some("GET posts?page=2"));
}

#[test]
fn a_sent_request_has_its_parameters_and_headers() {
    let (store, server) = start(|server| server.on("GET posts", Reply::ok(json!(null))));
    let ask = UntypedQuery::<PostsApi>::new("ask")
        .query(|_| Ok(Request::get("posts").param("page", 2).header("accept-language", "en")))
        .build();
    assert!(store.run_until(store.dispatch(ask.initiate(None.into()))).is_ok());

    let [sent] = &server.requests()[..] else { panic!("one request was sent") };
    assert_eq!((sent.url.as_str(), sent.method.as_str()), ("posts", "GET"));
    assert_eq!(sent.params, [("page".to_owned(), "2".to_owned())]);
    assert_eq!(sent.headers, [("accept-language".to_owned(), "en".to_owned())]);
}
