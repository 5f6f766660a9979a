//! What is known of a request and its answer beside the data: plain JSON without secrets.
//!
//! It goes into actions, and so into logs. Headers of the request and both bodies stay out,
//! and of the address the user name and the password.

use std::sync::Arc;

use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, StatusCode, Url};
use serde_json::{Map, Value, json};

/// The first half of an answer.
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

/// Returns what is known of a request.
pub(crate) fn request(method: &Method, url: &Url) -> Value {
    let mut url = url.clone();
    // Both fail for addresses without a host only, which have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    json!({"method": method.as_str(), "url": url.as_str()})
}

/// Returns what is known of a request and its answer.
pub(crate) fn meta(request: Value, response: Option<&Head>) -> Arc<Value> {
    let mut meta = Map::new();
    meta.insert("request".to_owned(), request);
    if let Some(head) = response {
        let response = json!({"status": head.status.as_u16(), "headers": headers(&head.headers)});
        meta.insert("response".to_owned(), response);
    }
    Arc::new(Value::Object(meta))
}

/// Returns `headers` by name, several values of one name with commas in between.
///
/// Cookies are left out, as browsers leave them out. Source: WHATWG Fetch, "forbidden
/// response-header name".
fn headers(headers: &HeaderMap) -> Value {
    let visible = headers.keys().filter(|name| **name != SET_COOKIE && *name != "set-cookie2");
    let members = visible.map(|name| {
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values.map(|it| String::from_utf8_lossy(it.as_bytes())).collect();
        (name.as_str().to_owned(), Value::from(values.join(", ")))
    });
    Value::Object(members.collect())
}
