//! A base query over HTTP for retake, on reqwest.
//!
//! - [`HttpBaseQuery`]: sends a [`Request`] and reads the answer.
//! - [`ResponseHandler`]: what to make of the body of an answer.
//! - [`FetchError`]: why there is no data, with the JSON form of RTK Query's
//!   `FetchBaseQueryError`.
//!
//! The feature `tls` adds https. A [`Client`](reqwest::Client) of your own brings whatever
//! else reqwest can do: proxies, cookies, compression, certificates.
//!
//! # Trade-offs
//!
//! - A body is read as a whole before it is parsed, and nothing limits its size but a
//!   timeout: answers end up in the state, where there is no room for long ones anyway.
//! - A body is sent from memory, so that a request is data that can be compared and sent
//!   again. What streams from a disk is for a `query_fn` with reqwest.
//! - On native targets reqwest needs tokio around it, which the runtime `TokioRuntime`
//!   provides. The timeout is retake's own, so that a runtime with virtual time rules it.

mod base_query;
mod error;
mod headers;
mod meta;
mod url;

pub use base_query::HttpBaseQuery;
pub use error::FetchError;

pub use reqwest;
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use retake_thunks::{Body, Part, Request, Response, ResponseHandler};
