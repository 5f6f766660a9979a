//! Redux DevTools beside the terminal.

use std::time::Duration;

use posts_app::AppStore;
use retake::devtools::{Connection, Devtools, Status};
use tokio::time::{sleep, timeout};

use crate::console;
use crate::error::RunError;

/// How long the connection is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lets the Redux DevTools at `url`, if any, show `store` for as long as the connection lives.
///
/// That nobody answers there is no error: it is said, and the connection is tried again.
pub(crate) async fn connect(
    url: Option<&str>,
    store: &AppStore,
) -> Result<Option<Connection>, RunError> {
    let Some(url) = url else { return Ok(None) };
    let connection = Devtools::new("posts").url(url).connect(store)?;
    let tried = async {
        while connection.status() == Status::Connecting {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let is_silent = timeout(PATIENCE, tried).await.is_err();
    if is_silent || connection.status() == Status::Waiting {
        let cause = connection.last_error().unwrap_or_else(|| "no answer yet".into());
        console::say(format_args!(
            "DevTools: nobody at {url} ({cause}); docs/src/devtools.md says how to start them"
        ));
    }
    Ok(Some(connection))
}
