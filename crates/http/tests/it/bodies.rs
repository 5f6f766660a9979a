//! Bodies that are sent, and their content types.

use retake_http::{HttpBaseQuery, Part};
use retake_thunks::Request;
use serde_json::{Value, json};

use crate::app::Harness;
use crate::server::echo;

/// A request with `request`'s body arrives with this body and content type.
async fn check(base_query: HttpBaseQuery, request: Request, body: &str, content_type: Value) {
    let what = format!("{request:?}");
    let seen = Harness::new(base_query).send(request).await.expect(&what).data;
    assert_eq!(seen["body"], body, "{what}");
    assert_eq!(seen["headers"]["content-type"], content_type, "{what}");
}

#[tokio::test]
async fn text_and_bytes_go_out_as_they_are() {
    let base = HttpBaseQuery::new(echo().await);
    let text = || Request::post("p").text("a=1&b=é");
    check(base.clone(), text(), "a=1&b=é", json!(["text/plain;charset=UTF-8"])).await;
    // Text may be JSON already.
    let json = text().header("content-type", "application/json");
    check(base.clone(), json, "a=1&b=é", json!(["application/json"])).await;

    let bytes = || Request::put("p").bytes(*b"\0\xff");
    check(base.clone(), bytes(), "\0\u{fffd}", Value::Null).await;
    let typed = bytes().header("content-type", "application/octet-stream");
    check(base.clone(), typed, "\0\u{fffd}", json!(["application/octet-stream"])).await;
    let seen = Harness::new(base).send(bytes()).await.unwrap().data;
    assert_eq!(seen["headers"]["content-length"], json!(["2"]));
}

#[tokio::test]
async fn a_json_type_for_every_request_does_not_fit_bytes() {
    let base = HttpBaseQuery::new(echo().await);
    let bytes = || Request::put("p").bytes("x");
    let json = base.clone().header("content-type", "application/json");
    check(json.clone(), bytes(), "x", Value::Null).await;
    check(json, Request::put("p").text("x"), "x", json!(["application/json"])).await;
    let csv = base
        .header("content-type", "text/csv")
        .is_json_content_type(|headers| headers["content-type"] == "text/csv");
    check(csv, bytes(), "x", Value::Null).await;
}

#[tokio::test]
async fn forms_are_encoded_and_named_as_forms() {
    let form = || Request::post("p").form([("b", "1 2"), ("a", "&é="), ("b", "")]);
    let encoded = "b=1+2&a=%26%C3%A9%3D&b=";
    let form_type = json!(["application/x-www-form-urlencoded"]);
    let base = HttpBaseQuery::new(echo().await);
    check(base.clone(), form(), encoded, form_type.clone()).await;
    let misnamed = form().header("content-type", "multipart/form-data");
    check(base.clone(), misnamed, encoded, form_type.clone()).await;
    check(base, Request::post("p").form([("n", 1)]), "n=1", form_type).await;
}

/// Returns the only value of the content type, and the body.
async fn sent(request: Request) -> (String, String) {
    let base = HttpBaseQuery::new(echo().await).header("content-type", "application/json");
    let seen = Harness::new(base).send(request).await.unwrap().data;
    let [content_type] = seen["headers"]["content-type"].as_array().unwrap().as_slice() else {
        panic!("not one content type: {seen}");
    };
    let string = |value: &Value| value.as_str().unwrap().to_owned();
    (string(content_type), string(&seen["body"]))
}

#[tokio::test]
async fn parts_are_fields_and_files() {
    let (content_type, body) = sent(Request::post("p").multipart([
        Part::text("title", "a cat"),
        Part::bytes("file", *b"\x89\r\n").file_name("é.png").content_type("image/png"),
    ]))
    .await;
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let expected = [
        "--BOUNDARY",
        "Content-Disposition: form-data; name=\"title\"",
        "",
        "a cat",
        "--BOUNDARY",
        "Content-Disposition: form-data; name=\"file\"; filename=\"é.png\"",
        "Content-Type: image/png",
        "",
        "\u{fffd}\r\n",
        "--BOUNDARY--",
        "",
    ];
    assert_eq!(body, expected.join("\r\n").replace("BOUNDARY", boundary));
}

#[tokio::test]
async fn names_of_parts_do_not_end_their_line() {
    let evil = "a\"\r\nx-evil: 1\r\n\r\n";
    let part = Part::text(evil, "").file_name(evil);
    let (_, body) = sent(Request::post("p").multipart([part])).await;
    let escaped = "a%22%0D%0Ax-evil: 1%0D%0A%0D%0A";
    let disposition = format!("form-data; name=\"{escaped}\"; filename=\"{escaped}\"\r\n");
    assert!(body.contains(&disposition), "{body}");
}

#[tokio::test]
async fn what_json_is_and_becomes_can_be_said() {
    let base = HttpBaseQuery::new(echo().await);
    let typed = base.clone().json_content_type("application/vnd.api+json");
    let post = || Request::post("p").json(&[1]);
    check(typed.clone(), post(), "[1]", json!(["application/vnd.api+json"])).await;
    let own = post().header("content-type", "application/json");
    check(typed, own, "[1]", json!(["application/json"])).await;

    let replaced = base.clone().json_replacer(|body| json!({"data": body}));
    check(replaced.clone(), post(), r#"{"data":[1]}"#, json!(["application/json"])).await;
    check(replaced, Request::post("p").text("[1]"), "[1]", json!(["text/plain;charset=UTF-8"]))
        .await;

    let csv = |request: Request| request.header("content-type", "text/csv");
    let string = || csv(Request::post("p").json("a,b"));
    check(base.clone(), string(), "a,b", json!(["text/csv"])).await;
    let is_csv = base.is_json_content_type(|headers| headers["content-type"] == "text/csv");
    check(is_csv, string(), r#""a,b""#, json!(["text/csv"])).await;
}
