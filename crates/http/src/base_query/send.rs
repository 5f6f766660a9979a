//! How a request is sent, and its answer read.

use std::pin::pin;
use std::sync::Arc;

use futures::future::{Either, select};
use reqwest::{Client, Method};
use retake_store::cache::SerializedError;
use retake_thunks::{
    Answer, BaseQuery, Failure, Request, RequestContext, Response, ResponseHandler, ValidateStatus,
};
use serde_json::Value;

use super::HttpBaseQuery;
use crate::error::{FetchError, describe};
use crate::headers::merge;
use crate::meta::{Head, Known, headers_of};
use crate::url::{append_params, append_query, resolve};

impl BaseQuery for HttpBaseQuery {
    type Args = Request;

    async fn run(&self, request: Request, cx: RequestContext) -> Result<Answer, Failure> {
        let timeout = request.timeout.or(self.timeout).filter(|timeout| !timeout.is_zero());
        let mut known = Known::default();
        let outcome = {
            let exchange = pin!(self.exchange(request, &cx, &mut known));
            match timeout {
                None => exchange.await,
                // An answer that is there goes before the timeout: it is polled first.
                Some(timeout) => match select(exchange, cx.runtime().sleep(timeout)).await {
                    Either::Left((outcome, _)) => outcome,
                    Either::Right(_) => Err(Failure::from(FetchError::Timeout {
                        error: format!("the answer was not complete within {timeout:?}"),
                    })),
                },
            }
        };
        let meta = known.into_meta().map(Arc::new);
        match outcome {
            Ok(data) => Ok(Answer { data, meta }),
            Err(Failure::Error { error, meta: None }) => Err(Failure::Error { error, meta }),
            Err(failure) => Err(failure),
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

    /// Sends `request` and returns the data of its answer; `known` gets what comes of it.
    async fn exchange(
        &self,
        mut request: Request,
        cx: &RequestContext,
        known: &mut Known,
    ) -> Result<Value, Failure> {
        let handler = request.response_handler.take();
        let handler = handler.as_ref().unwrap_or(&self.response_handler);
        let validate = request.validate_status.take();
        let validate = validate.as_ref().unwrap_or(&self.validate_status);

        let client = self.shared_client()?;
        let request = self.prepare(client, request, handler, cx).await?;
        known.set_request(request.method(), request.url());
        Ok(self.transfer(client, request, handler, validate, known).await?)
    }

    /// Returns what to send for `request`.
    async fn prepare(
        &self,
        client: &Client,
        mut request: Request,
        handler: &ResponseHandler,
        cx: &RequestContext,
    ) -> Result<reqwest::Request, Failure> {
        if let Some(mistake) = request.error.take().or_else(|| self.mistake.clone()) {
            return Err(mistake.into());
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
            headers = prepare.call(headers, &request, cx).await?;
        }
        self.complete(&mut headers, request.body.as_ref(), handler);

        let mut builder = client.request(method, url).headers(headers.clone());
        if let Some(body) = request.body {
            builder = self.write(builder, &headers, body)?;
        }
        Ok(builder.build().map_err(|reason| error(describe(reason)))?)
    }

    /// Sends `request` and reads the answer.
    async fn transfer(
        &self,
        client: &Client,
        request: reqwest::Request,
        handler: &ResponseHandler,
        validate: &ValidateStatus,
        known: &mut Known,
    ) -> Result<Value, FetchError> {
        let response = client.execute(request).await.map_err(|error| {
            if error.is_timeout() {
                FetchError::Timeout { error: describe(error) }
            } else {
                FetchError::Fetch { error: describe(error) }
            }
        })?;
        let head = known
            .set_response(Head { status: response.status(), headers: response.headers().clone() });
        let status = head.status.as_u16();
        let unreadable = |data, error| FetchError::Parsing { original_status: status, data, error };

        let body = response.bytes().await.map_err(|error| {
            if error.is_timeout() {
                FetchError::Timeout { error: describe(error) }
            } else {
                unreadable(String::new(), describe(error))
            }
        })?;
        let mut response = Response::new(status, body);
        response.headers = headers_of(&head.headers).collect();

        let is_json = || self.is_json(&head.headers);
        let data = read(handler, &response, is_json)
            .map_err(|error| unreadable(response.text().into_owned(), error))?;
        if validate.is_valid(&response, &data) {
            Ok(data)
        } else {
            Err(FetchError::Status { status, data })
        }
    }
}

/// Returns what `handler` makes of a response, or why it can make nothing of it.
fn read(
    handler: &ResponseHandler,
    response: &Response,
    is_json: impl FnOnce() -> bool,
) -> Result<Value, String> {
    let text = match handler {
        ResponseHandler::Custom(handler) => return handler.data(response),
        ResponseHandler::Text => return Ok(Value::from(response.text())),
        ResponseHandler::ContentType if !is_json() => return Ok(Value::from(response.text())),
        _ => response.text(),
    };
    match &*text {
        "" => Ok(Value::Null),
        text => serde_json::from_str(text).map_err(|error| error.to_string()),
    }
}
