//! How a request is sent, and its answer read.

use std::pin::pin;

use futures::future::{Either, select};
use reqwest::{Client, Method};
use retake_store::cache::SerializedError;
use retake_thunks::{Answer, BaseQuery, Failure, Request, RequestContext};
use serde_json::Value;

use super::HttpBaseQuery;
use crate::error::{FetchError, describe};
use crate::headers::{complete, is_json, merge};
use crate::meta::{self, Head};
use crate::response::text;
use crate::url::{append_params, append_query, resolve};

impl BaseQuery for HttpBaseQuery {
    type Args = Request;

    async fn run(&self, request: Request, cx: RequestContext) -> Result<Answer, Failure> {
        let client = self.shared_client()?;
        let timeout = request.timeout.or(self.timeout);
        let request = self.prepare(client, request, &cx)?;
        let known = meta::request(request.method(), request.url());

        let mut seen = None;
        let outcome = {
            let transfer = pin!(self.transfer(client, request, &mut seen));
            match timeout {
                None => transfer.await,
                // An answer that is there goes before the timeout: it is polled first.
                Some(timeout) => match select(transfer, cx.runtime().sleep(timeout)).await {
                    Either::Left((outcome, _)) => outcome,
                    Either::Right(_) => Err(FetchError::Timeout {
                        error: format!("the answer was not complete within {timeout:?}"),
                    }),
                },
            }
        };
        let meta = Some(meta::meta(known, seen.as_ref()));
        match outcome {
            Ok(data) => Ok(Answer { data, meta }),
            Err(error) => Err(error.into_failure(meta)),
        }
    }
}

impl HttpBaseQuery {
    fn shared_client(&self) -> Result<&Client, SerializedError> {
        let client = self.client.get_or_init(|| {
            Client::builder()
                .build()
                .map_err(|error| SerializedError::new("ClientError", describe(error)))
        });
        client.as_ref().map_err(Clone::clone)
    }

    /// Returns what to send for `request`.
    fn prepare(
        &self,
        client: &Client,
        request: Request,
        cx: &RequestContext,
    ) -> Result<reqwest::Request, SerializedError> {
        if let Some(mistake) = request.error.or_else(|| self.mistake.clone()) {
            return Err(mistake);
        }
        let error = |message: String| SerializedError::new("RequestError", message);
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| error(format!("{:?} is no method", request.method)))?;

        let mut url = resolve(&self.base_url, &request.url)?;
        match &self.params_serializer {
            Some(serialize) if !request.params.is_empty() => {
                append_query(&mut url, &serialize.call(&request.params));
            }
            _ => append_params(&mut url, &request.params),
        }

        let mut headers = merge(&self.headers, &request.headers)?;
        if let Some(prepare) = &self.prepare_headers {
            prepare.call(&mut headers, cx);
        }
        complete(&mut headers, request.body.as_ref(), self.response_handler);

        let body = match request.body {
            Some(Value::String(text)) if !is_json(&headers) => Some(text),
            Some(value) => Some(value.to_string()),
            None => None,
        };
        let mut builder = client.request(method, url).headers(headers);
        if let Some(body) = body {
            builder = builder.body(body);
        }
        builder.build().map_err(|reason| error(describe(reason)))
    }

    /// Sends `request` and reads the answer; `seen` is set when its first half has come.
    async fn transfer(
        &self,
        client: &Client,
        request: reqwest::Request,
        seen: &mut Option<Head>,
    ) -> Result<Value, FetchError> {
        let response = client.execute(request).await.map_err(|error| {
            if error.is_timeout() {
                FetchError::Timeout { error: describe(error) }
            } else {
                FetchError::Fetch { error: describe(error) }
            }
        })?;
        let head =
            seen.insert(Head { status: response.status(), headers: response.headers().clone() });
        let status = head.status.as_u16();
        let unreadable = |data, error| FetchError::Parsing { original_status: status, data, error };

        let body = response.bytes().await.map_err(|error| {
            if error.is_timeout() {
                FetchError::Timeout { error: describe(error) }
            } else {
                unreadable(String::new(), describe(error))
            }
        })?;
        let text = text(&body);
        let data = self
            .response_handler
            .read(&head.headers, &text)
            .map_err(|error| unreadable(text.into_owned(), error))?;

        let is_valid = match &self.validate_status {
            Some(validate) => validate.call(status, &data),
            None => head.status.is_success(),
        };
        if is_valid { Ok(data) } else { Err(FetchError::Status { status, data }) }
    }
}
