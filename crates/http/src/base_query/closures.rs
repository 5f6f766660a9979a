//! The functions that a base query can be given.

use std::future::Future;
use std::sync::Arc;

use reqwest::header::HeaderMap;
use retake_store::{MaybeSend, MaybeSync};
use retake_thunks::{BoxFuture, Failure, Request, RequestContext};
use serde_json::Value;

macro_rules! closures {
    ($($name:ident: fn($($arg:ident: $ty:ty),*) $(-> $out:ty)?;)+) => {
        $(
            pub(super) trait $name: MaybeSend + MaybeSync {
                fn call(&self, $($arg: $ty),*) $(-> $out)?;
            }
            impl<F: Fn($($ty),*) $(-> $out)? + MaybeSend + MaybeSync> $name for F {
                fn call(&self, $($arg: $ty),*) $(-> $out)? {
                    self($($arg),*)
                }
            }
        )+
    };
}

closures! {
    PrepareNow: fn(headers: &mut HeaderMap, request: &Request, cx: &RequestContext);
    PrepareLater: fn(headers: HeaderMap, request: Request, cx: RequestContext) -> Prepared;
    SerializeParams: fn(params: &[(String, String)]) -> String;
    IsJson: fn(headers: &HeaderMap) -> bool;
    ReplaceJson: fn(body: Value) -> Value;
}

pub(super) type Prepared = BoxFuture<'static, Result<HeaderMap, Failure>>;

/// What completes the headers of every request.
#[derive(Clone)]
pub(super) enum PrepareHeaders {
    Now(Arc<dyn PrepareNow>),
    Later(Arc<dyn PrepareLater>),
}

impl PrepareHeaders {
    pub(super) fn later<F, T>(prepare: F) -> Self
    where
        F: Fn(HeaderMap, Request, RequestContext) -> T + MaybeSend + MaybeSync + 'static,
        T: Future<Output = Result<HeaderMap, Failure>> + MaybeSend + 'static,
    {
        Self::Later(Arc::new(move |headers, request, cx| -> Prepared {
            Box::pin(prepare(headers, request, cx))
        }))
    }

    pub(super) async fn call(
        &self,
        mut headers: HeaderMap,
        request: &Request,
        cx: &RequestContext,
    ) -> Result<HeaderMap, Failure> {
        match self {
            Self::Now(prepare) => {
                prepare.call(&mut headers, request, cx);
                Ok(headers)
            }
            Self::Later(prepare) => prepare.call(headers, request.clone(), cx.clone()).await,
        }
    }
}
