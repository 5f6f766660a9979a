//! How bodies are written, and which content type they get.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, multipart};
use retake_store::cache::SerializedError;
use retake_thunks::{Body, Part, ResponseHandler};
use serde_json::Value;

use super::HttpBaseQuery;
use crate::error::describe;
use crate::headers::is_json;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain;charset=UTF-8");

impl HttpBaseQuery {
    /// Adds what follows from the body and from what is expected back, unless it is set.
    ///
    /// Source: RTK Query, `fetchBaseQuery`: the client knows the type of forms, with its
    /// boundary, and a JSON type that was set for every request does not fit bytes.
    pub(super) fn complete(
        &self,
        headers: &mut HeaderMap,
        body: Option<&Body>,
        handler: &ResponseHandler,
    ) {
        match body {
            Some(Body::Json(_)) => set_default(headers, CONTENT_TYPE, &self.json_content_type),
            Some(Body::Text(_)) => set_default(headers, CONTENT_TYPE, &TEXT),
            Some(Body::Bytes(_)) if is_json(headers) || self.is_json(headers) => {
                headers.remove(CONTENT_TYPE);
            }
            Some(Body::Form(_) | Body::Multipart(_)) => {
                headers.remove(CONTENT_TYPE);
            }
            _ => {}
        }
        let accept = match handler {
            ResponseHandler::Json => "application/json",
            ResponseHandler::Text => "text/plain, text/html, */*",
            _ => return,
        };
        set_default(headers, ACCEPT, &HeaderValue::from_static(accept));
    }

    /// Returns whether these headers say that the body is JSON.
    pub(super) fn is_json(&self, headers: &HeaderMap) -> bool {
        match &self.is_json_content_type {
            Some(is_json) => is_json.call(headers),
            None => is_json(headers),
        }
    }

    /// Gives the request its body.
    pub(super) fn write(
        &self,
        builder: RequestBuilder,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<RequestBuilder, SerializedError> {
        Ok(match body {
            Body::Json(value) => {
                let value = match &self.json_replacer {
                    Some(replace) => replace.call(value),
                    None => value,
                };
                match value {
                    Value::String(text) if !self.is_json(headers) => builder.body(text),
                    value => builder.body(value.to_string()),
                }
            }
            Body::Text(text) => builder.body(text),
            Body::Bytes(bytes) => builder.body(bytes),
            Body::Form(fields) => builder.form(&fields),
            Body::Multipart(parts) => builder.multipart(form(parts)?),
            other => {
                let message = format!("this base query cannot send {other:?}");
                return Err(SerializedError::new("BodyError", message));
            }
        })
    }
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &HeaderValue) {
    headers.entry(name).or_insert_with(|| value.clone());
}

fn form(parts: Vec<Part>) -> Result<multipart::Form, SerializedError> {
    let mut form = multipart::Form::new();
    // Names as browsers send them.
    #[cfg(not(target_arch = "wasm32"))]
    {
        form = form.percent_encode_noop();
    }
    for part in parts {
        let mut field = multipart::Part::bytes(part.content);
        if let Some(name) = part.file_name {
            field = field.file_name(escape(&name));
        }
        if let Some(content_type) = part.content_type {
            field = field.mime_str(&content_type).map_err(|error| {
                let message = format!("{content_type:?} is no content type: {}", describe(error));
                SerializedError::new("BodyError", message)
            })?;
        }
        form = form.part(escape(&part.name), field);
    }
    Ok(form)
}

/// Returns `name` so that it does not end where it is quoted; browsers do it themselves.
///
/// Source: HTML, "multipart/form-data encoding algorithm".
fn escape(name: &str) -> String {
    if cfg!(target_arch = "wasm32") {
        return name.to_owned();
    }
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}
