//! The actions of an async thunk.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use retake_store::cache::SerializedError;
use retake_store::{Action, WireAction, WireError};
use serde::{Deserialize, Serialize};

use crate::async_thunk::{AsyncThunk, Rejection};

/// What happened to a run of the async thunk `T`.
///
/// JSON: `{"type": "<prefix>/pending" | "/fulfilled" | "/rejected", payload?, meta, error?}`,
/// with `meta` of `{arg, requestId, requestStatus, ..}`, as in Redux Toolkit.
pub struct AsyncThunkAction<T: AsyncThunk> {
    /// Which run it is.
    pub meta: AsyncThunkMeta<T::Arg>,
    /// What happened.
    pub step: AsyncThunkStep<T::Output, T::Error>,
}

/// Which run of an async thunk an action is about.
#[derive(Clone, Debug, PartialEq)]
pub struct AsyncThunkMeta<Arg> {
    /// What the thunk was given.
    pub arg: Arg,
    /// The id of the run.
    pub request_id: Arc<str>,
}

/// What happened to a run of an async thunk.
#[derive(Clone, Debug, PartialEq)]
pub enum AsyncThunkStep<T, E> {
    /// It started.
    Pending,
    /// It succeeded.
    Fulfilled(T),
    /// It failed, was aborted, or did not start.
    Rejected {
        /// What the thunk returned, if it returned an error.
        payload: Option<E>,
        /// What went wrong; with a payload, only that it was a rejection.
        error: SerializedError,
        /// Whether the run was aborted.
        aborted: bool,
        /// Whether the condition stopped it.
        condition: bool,
    },
}

impl<T: Clone, E: Clone> AsyncThunkStep<T, E> {
    pub(super) fn settled(result: Result<T, Rejection<E>>) -> Self {
        match result {
            Ok(output) => Self::Fulfilled(output),
            Err(Rejection::Value(payload)) => Self::Rejected {
                payload: Some(payload),
                error: SerializedError::rejected(),
                aborted: false,
                condition: false,
            },
            Err(Rejection::Error(error)) => Self::failed(error, false),
        }
    }

    pub(super) fn failed(error: SerializedError, aborted: bool) -> Self {
        Self::Rejected { payload: None, error, aborted, condition: false }
    }

    pub(super) fn by_condition() -> Self {
        let error = SerializedError::condition();
        Self::Rejected { payload: None, error, aborted: false, condition: true }
    }

    /// Returns how the run ended; `None` while it has not.
    pub(super) fn result(&self) -> Option<Result<T, Rejection<E>>> {
        match self {
            Self::Pending => None,
            Self::Fulfilled(output) => Some(Ok(output.clone())),
            Self::Rejected { payload: Some(payload), .. } => {
                Some(Err(Rejection::Value(payload.clone())))
            }
            Self::Rejected { error, .. } => Some(Err(Rejection::Error(error.clone()))),
        }
    }

    fn status(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Fulfilled(_) => "fulfilled",
            Self::Rejected { .. } => "rejected",
        }
    }
}

impl<T: AsyncThunk> Clone for AsyncThunkAction<T> {
    fn clone(&self) -> Self {
        Self { meta: self.meta.clone(), step: self.step.clone() }
    }
}

impl<T: AsyncThunk> fmt::Debug for AsyncThunkAction<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncThunkAction")
            .field("type", &self.action_type())
            .field("meta", &self.meta)
            .field("step", &self.step)
            .finish()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMeta<Arg> {
    arg: Arg,
    request_id: Arc<str>,
    request_status: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aborted: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    condition: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rejected_with_value: Option<bool>,
}

impl<T: AsyncThunk> Action for AsyncThunkAction<T> {
    fn action_type(&self) -> Cow<'_, str> {
        format!("{}/{}", T::TYPE_PREFIX, self.step.status()).into()
    }

    fn leaf(&self) -> &dyn Any {
        self
    }

    fn to_wire(&self) -> Result<WireAction, WireError> {
        let mut wire = WireAction::new(self.action_type());
        let mut meta = WireMeta {
            arg: &self.meta.arg,
            request_id: Arc::clone(&self.meta.request_id),
            request_status: self.step.status().into(),
            aborted: None,
            condition: None,
            rejected_with_value: None,
        };
        match &self.step {
            AsyncThunkStep::Pending => {}
            AsyncThunkStep::Fulfilled(output) => wire = wire.with_payload(output)?,
            AsyncThunkStep::Rejected { payload, error, aborted, condition } => {
                if let Some(payload) = payload {
                    wire = wire.with_payload(payload)?;
                }
                wire.error = Some(to_value(&wire.kind, error)?);
                meta.aborted = Some(*aborted);
                meta.condition = Some(*condition);
                meta.rejected_with_value = Some(payload.is_some());
            }
        }
        wire.meta = Some(to_value(&wire.kind, &meta)?);
        Ok(wire)
    }

    fn from_wire(wire: &WireAction) -> Option<Result<Self, WireError>> {
        let status = wire.kind.strip_prefix(T::TYPE_PREFIX)?.strip_prefix('/')?;
        matches!(status, "pending" | "fulfilled" | "rejected").then(|| read(status, wire))
    }
}

fn to_value<T: Serialize>(kind: &str, value: &T) -> Result<serde_json::Value, WireError> {
    serde_json::to_value(value)
        .map_err(|error| WireError::new(kind, "cannot be written as JSON", &error))
}

fn read<T: AsyncThunk>(status: &str, wire: &WireAction) -> Result<AsyncThunkAction<T>, WireError> {
    let unexpected = |error| WireError::new(&wire.kind, "has an unexpected meta", &error);
    let meta = wire.meta.as_ref().unwrap_or(&serde_json::Value::Null);
    let meta = WireMeta::<T::Arg>::deserialize(meta).map_err(unexpected)?;
    let step = match status {
        "pending" => AsyncThunkStep::Pending,
        "fulfilled" => AsyncThunkStep::Fulfilled(wire.payload_as()?),
        _ => AsyncThunkStep::Rejected {
            payload: if meta.rejected_with_value == Some(true) {
                Some(wire.payload_as()?)
            } else {
                None
            },
            error: match &wire.error {
                Some(error) => SerializedError::deserialize(error).map_err(unexpected)?,
                None => SerializedError::rejected(),
            },
            aborted: meta.aborted.unwrap_or(false),
            condition: meta.condition.unwrap_or(false),
        },
    };
    let meta = AsyncThunkMeta { arg: meta.arg, request_id: meta.request_id };
    Ok(AsyncThunkAction { meta, step })
}
