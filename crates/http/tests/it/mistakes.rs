//! Requests that cannot be made: they are rejected without a value, and nothing panics.

use retake_http::{HttpBaseQuery, Part};
use retake_thunks::{Failure, Request};
use serde::ser::{Error, Serialize, Serializer};

use crate::app::Harness;
use crate::server::echo;

async fn check(base_query: HttpBaseQuery, request: Request, name: &str, part: &str) {
    let harness = Harness::new(base_query);
    let failure = harness.send(request.clone()).await.unwrap_err();
    let Failure::Unhandled(error) = failure else { panic!("{failure:?}") };
    assert_eq!(error.name.as_deref(), Some(name));
    assert!(error.to_string().contains(part), "{error}");
    let entry = harness.query(request).await.unwrap_err();
    assert_eq!(entry.value()["name"], name);
}

#[tokio::test]
async fn addresses() {
    check(HttpBaseQuery::new(""), "posts".into(), "UrlError", "`posts` is no absolute URL").await;
    check(
        HttpBaseQuery::new("localhost:3000"),
        "posts".into(),
        "UrlError",
        "does not start with http://",
    )
    .await;
    check(HttpBaseQuery::new("http://["), "posts".into(), "UrlError", "is no absolute URL").await;
}

#[tokio::test]
async fn headers_do_not_show_their_values() {
    let base = HttpBaseQuery::new(echo().await);
    let part = "the value of the header `x-a` holds characters";
    check(base.clone().header("x-a", "top\nsecret"), "p".into(), "HeaderError", part).await;
    check(base.clone(), Request::get("p").header("x-a", "a\0"), "HeaderError", part).await;
    let part = "\"x a\" is no name of a header";
    check(base.clone().header("x a", "1"), "p".into(), "HeaderError", part).await;
    check(base.clone(), Request::get("p").header("x a", "1"), "HeaderError", part).await;
    let first = base.header("x a", "1").header("", "2");
    check(first, "p".into(), "HeaderError", part).await;
}

#[tokio::test]
async fn methods() {
    let base = HttpBaseQuery::new(echo().await);
    check(base, Request::new("GE T", "p"), "RequestError", "\"GE T\" is no method").await;
}

#[tokio::test]
async fn bodies_without_a_json_form() {
    struct Unwritable;
    impl Serialize for Unwritable {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("unwritable"))
        }
    }
    let base = HttpBaseQuery::new(echo().await);
    let request = Request::post("p").json(&Unwritable);
    check(base, request, "BodyError", "the body of POST p has no JSON form: unwritable").await;
}

#[tokio::test]
async fn content_types() {
    let base = HttpBaseQuery::new(echo().await);
    let part = "the value of the header `content-type` holds characters";
    check(base.clone().json_content_type("a/b\n"), "p".into(), "HeaderError", part).await;
    let file = Part::bytes("file", "x").content_type("what?");
    let request = Request::post("p").multipart([file]);
    check(base, request, "BodyError", "\"what?\" is no content type").await;
}

#[test]
fn debug_output_has_no_secrets() {
    let base_query = HttpBaseQuery::new("http://h").header("authorization", "Bearer t0p-secret");
    let text = format!("{base_query:?}");
    assert!(text.contains("http://h") && !text.contains("t0p-secret"), "{text}");
}
