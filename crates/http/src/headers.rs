//! Headers of requests.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use retake_store::cache::SerializedError;

/// Returns `name` and `value` as a header; the error does not show the value, which may be a
/// secret.
pub(crate) fn header(
    name: &str,
    value: &str,
) -> Result<(HeaderName, HeaderValue), SerializedError> {
    let error = |message: String| SerializedError::new("HeaderError", message);
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| error(format!("{name:?} is no name of a header")))?;
    let value = HeaderValue::from_str(value).map_err(|_| {
        error(format!("the value of the header `{name}` holds characters that no header can have"))
    })?;
    Ok((parsed, value))
}

/// Returns `defaults` with the headers of a request, which replace those of the same name.
pub(crate) fn merge(
    defaults: &HeaderMap,
    request: &[(String, String)],
) -> Result<HeaderMap, SerializedError> {
    let mut own = HeaderMap::new();
    for (name, value) in request {
        let (name, value) = header(name, value)?;
        own.append(name, value);
    }
    let mut merged = defaults.clone();
    for name in own.keys() {
        merged.remove(name);
    }
    merged.extend(own);
    Ok(merged)
}

/// Returns whether the content type is JSON: `application/json` or `application/*+json`.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(content_type)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) else {
        return false;
    };
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type
        .strip_prefix("application/")
        .is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}
