//! Options of endpoints.

use retake_store::cache::KeepUnusedData;

/// How a query treats its entries.
///
/// Source: RTK Query, options of `build.query`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryOptions {
    /// How long an entry without subscribers stays cached; the api's choice if `None`.
    pub keep_unused_data_for: Option<KeepUnusedData>,
    /// Whether new data shares with the old what did not change; it does by default.
    pub structural_sharing: bool,
}

impl QueryOptions {
    /// Sets how long an entry without subscribers stays cached.
    #[must_use]
    pub fn keep_unused_data_for(mut self, time: impl Into<KeepUnusedData>) -> Self {
        self.keep_unused_data_for = Some(time.into());
        self
    }

    /// Sets whether new data shares with the old what did not change.
    #[must_use]
    pub fn structural_sharing(mut self, shares: bool) -> Self {
        self.structural_sharing = shares;
        self
    }
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self { keep_unused_data_for: None, structural_sharing: true }
    }
}
