//! The browser extension of Redux DevTools, for applications on a page: the same conversation as
//! with the remote monitor, in other envelopes.

#[cfg(any(test, target_arch = "wasm32"))]
mod conversation;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::fmt;

use retake_store::{Action, Reducer, State, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::filter::PatternError;
use crate::options::Devtools;

/// The connection of a store with the browser extension. Dropping it disconnects.
#[must_use = "dropping it disconnects: keep it, or `detach` it"]
pub struct ExtensionConnection(Box<dyn Any>);

/// Why there is no connection to the extension.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExtensionError {
    /// There is no extension: it is not installed, or this is no page.
    #[error("there is no Redux DevTools extension here: install it in the browser")]
    Absent,
    /// The store keeps no history.
    #[error("the store keeps no history: build it with `.history(..)`")]
    NoHistory,
    /// A pattern is no regular expression.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The extension does not do what it is to do.
    #[error("the Redux DevTools extension refused to {verb}: {why}")]
    Refused {
        /// What it was to do.
        verb: &'static str,
        /// What it says.
        why: String,
    },
}

impl ExtensionConnection {
    /// Stays connected as long as the page is there.
    pub fn detach(self) {
        let _ = Box::leak(self.0);
    }
}

impl<S, A> Devtools<S, A>
where
    S: State + Reducer<A> + Serialize + DeserializeOwned,
    A: Action,
{
    /// Connects `store` with the extension of the browser that its page is in.
    ///
    /// The extension gets the whole history whenever it has changed, once for all dispatches of a
    /// task of the page: [`max_age`](Self::max_age) and sanitizers keep that small. It exports the
    /// lifted state in the place of [`Export::Actions`](crate::Export::Actions), its dispatcher takes
    /// actions as text, and action creators are not offered. Address, latency and reconnection are the
    /// remote monitor's.
    ///
    /// An application that runs without the extension goes on: that there is none is an error to be
    /// ignored, or shown to developers.
    ///
    /// # Errors
    /// [`ExtensionError::Absent`] when there is no extension, which is always so outside of a
    /// browser; [`ExtensionError::NoHistory`] and [`ExtensionError::Pattern`] for what is wrong
    /// with the arguments; [`ExtensionError::Refused`] for what the extension throws.
    ///
    /// # Examples
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/counter.rs"));
    /// # fn main() {
    /// use retake_devtools::{Devtools, ExtensionError};
    /// use retake_store::Store;
    /// use retake_store::history::HistoryOptions;
    ///
    /// let store = Store::builder(Counter { count: 0 })
    ///     .history(HistoryOptions::default().max_age(50), clock)
    ///     .build();
    /// match Devtools::new("counter").connect_extension(&store) {
    ///     Ok(extension) => extension.detach(),
    ///     Err(error) => assert!(matches!(error, ExtensionError::Absent)), // this is no page
    /// }
    /// # }
    /// ```
    ///
    /// Source: Redux DevTools, `connect` of the extension, lifted mode.
    pub fn connect_extension(
        self,
        store: &Store<S, A>,
    ) -> Result<ExtensionConnection, ExtensionError> {
        if store.history().is_none() {
            return Err(ExtensionError::NoHistory);
        }
        self.filter.check()?;
        #[cfg(target_arch = "wasm32")]
        return Ok(ExtensionConnection(Box::new(page::Link::new(store, self)?)));
        #[cfg(not(target_arch = "wasm32"))]
        Err(ExtensionError::Absent)
    }
}

impl fmt::Debug for ExtensionConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtensionConnection").finish_non_exhaustive()
    }
}
