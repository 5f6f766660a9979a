//! Redux DevTools beside the terminal.

use posts_app::AppStore;
use retake::devtools::{Connection, Devtools};

use crate::error::RunError;

/// Lets the Redux DevTools at `url`, if any, show `store` for as long as the connection lives.
///
/// That nobody answers there is no error: the connection is tried again.
pub(crate) fn connect(url: Option<&str>, store: &AppStore) -> Result<Option<Connection>, RunError> {
    let connection = url.map(|url| Devtools::new("posts").url(url).connect(store));
    Ok(connection.transpose()?)
}
