//! Keeping a panic of an endpoint's function from going further.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures::FutureExt;
use retake_store::cache::SerializedError;

fn error(what: &str, panic: &(dyn Any + Send)) -> SerializedError {
    let message = panic
        .downcast_ref::<&str>()
        .map(|message| (*message).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    tracing::error!(target: "retake", "{what} panicked: {message}");
    SerializedError::new("Panic", message)
}

/// Returns the result of `call`, with a panic as an error.
pub(crate) fn contain<T>(
    what: &str,
    call: impl FnOnce() -> Result<T, SerializedError>,
) -> Result<T, SerializedError> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| Err(error(what, &*panic)))
}

/// Returns the output of `future`, with a panic as an error.
pub(crate) async fn contain_future<T>(
    what: &str,
    future: impl Future<Output = T>,
) -> Result<T, SerializedError> {
    AssertUnwindSafe(future).catch_unwind().await.map_err(|panic| error(what, &*panic))
}
