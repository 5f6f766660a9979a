//! Which requests were sent.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use retake::prelude::*;

/// The endpoints whose requests were sent, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests(Arc<Mutex<Vec<String>>>);

impl Requests {
    /// Returns `base_query`, which notes its requests here from now on.
    ///
    /// Headers are prepared once for each request: the place to look at all of them.
    pub(super) fn counting(&self, base_query: HttpBaseQuery) -> HttpBaseQuery {
        let requests = self.clone();
        base_query.prepare_headers(move |_, _, cx| {
            let mut sent = requests.0.lock().unwrap_or_else(PoisonError::into_inner);
            sent.push(cx.endpoint().to_owned());
        })
    }

    /// Returns the requests since the last call.
    pub(super) fn take(&self) -> Vec<String> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
