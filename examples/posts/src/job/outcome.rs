//! What the server made of a write.

use std::sync::Arc;

use retake::prelude::*;

use super::Job;
use crate::console;
use crate::error::RunError;

/// The statuses that refuse a write: an unacceptable value, and a server that cannot now.
const REFUSALS: [u16; 2] = [422, 503];

impl Job {
    /// Returns what the server answered; `None` when it refused the write.
    ///
    /// # Errors
    /// [`RunError::Request`] when it answered nothing of the two, [`RunError::Claim`] when it
    /// refused although it is reliable.
    pub(super) fn accepted<T>(
        &self,
        what: &str,
        result: Result<Arc<T>, QueryError>,
    ) -> Result<Option<Arc<T>>, RunError> {
        match result {
            Ok(answer) => {
                console::say("     - the server accepts");
                Ok(Some(answer))
            }
            Err(error) if is_refusal(&error) && !self.is_reliable => {
                console::say(format_args!("     - the server refuses: {}", reason(&error)));
                Ok(None)
            }
            Err(error) if is_refusal(&error) => Err(RunError::Claim {
                what: what.into(),
                expected: "acceptance".into(),
                got: reason(&error),
            }),
            Err(error) => Err(unanswered(what, &error)),
        }
    }

    /// Makes sure that the server refused a write.
    ///
    /// # Errors
    /// [`RunError::Claim`] when it accepted, [`RunError::Request`] when it did not answer.
    pub(super) fn refused<T>(
        &self,
        what: &str,
        result: Result<Arc<T>, QueryError>,
    ) -> Result<(), RunError> {
        match result {
            Ok(_) => Err(RunError::Claim {
                what: what.into(),
                expected: "a refusal".into(),
                got: "acceptance".into(),
            }),
            Err(error) if is_refusal(&error) => {
                console::say(format_args!("     - the server refuses: {}", reason(&error)));
                Ok(())
            }
            Err(error) => Err(unanswered(what, &error)),
        }
    }
}

fn is_refusal(error: &QueryError) -> bool {
    error.status().is_some_and(|status| REFUSALS.contains(&status))
}

/// Returns why there is no answer to `what`.
pub(super) fn unanswered(what: &str, error: &QueryError) -> RunError {
    RunError::Request { what: what.into(), reason: reason(error) }
}

/// Returns what the server, the network or the library says.
fn reason(error: &QueryError) -> String {
    let message = error.data().and_then(|data| data.get("message")?.as_str());
    match (message, error.decode::<FetchError>()) {
        (Some(message), Ok(error)) => format!("{error}: {message}"),
        (None, Ok(error)) => error.to_string(),
        (_, Err(_)) => error.to_string(),
    }
}
