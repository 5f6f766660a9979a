//! What is known of a request and its answer beside the data: plain JSON without secrets.
//!
//! It goes into actions, and so into logs. Headers of the request and both bodies stay out,
//! and of the address the user name and the password.

use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, StatusCode, Url};
use serde_json::{Map, Value, json};

/// The first half of an answer.
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

/// What is known of a request so far.
#[derive(Default)]
pub(crate) struct Known {
    request: Option<Value>,
    response: Option<Head>,
}

impl Known {
    pub(crate) fn set_request(&mut self, method: &Method, url: &Url) {
        let mut url = url.clone();
        // Both fail for addresses without a host only, which have neither.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        self.request = Some(json!({"method": method.as_str(), "url": url.as_str()}));
    }

    pub(crate) fn set_response(&mut self, head: Head) -> &Head {
        self.response.insert(head)
    }

    /// Returns what is known as JSON; `None` when nothing was sent.
    pub(crate) fn into_meta(self) -> Option<Value> {
        let mut meta = Map::new();
        meta.insert("request".to_owned(), self.request?);
        if let Some(Head { status, headers }) = self.response {
            let response = json!({"status": status.as_u16(), "headers": visible(&headers)});
            meta.insert("response".to_owned(), response);
        }
        Some(Value::Object(meta))
    }
}

/// Returns the names and values of `headers`, with a mark for what is no text.
pub(crate) fn headers_of(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    })
}

/// Returns `headers` by name, several values of one name with commas in between.
///
/// Cookies are left out, as browsers leave them out. Source: WHATWG Fetch, "forbidden
/// response-header name".
fn visible(headers: &HeaderMap) -> Value {
    let visible = headers.keys().filter(|name| **name != SET_COOKIE && *name != "set-cookie2");
    let members = visible.map(|name| {
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values.map(|it| String::from_utf8_lossy(it.as_bytes())).collect();
        (name.as_str().to_owned(), Value::from(values.join(", ")))
    });
    Value::Object(members.collect())
}
