//! What a scenario says of the pages of an infinite query (FORMAT 2.9).

use serde::Deserialize;
use serde_json::Value;

/// The pages of an infinite query.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InfiniteSpec {
    /// The param of the first page.
    pub initial_page_param: Value,
    /// The page after the last one.
    pub next: PageRule,
    /// The page before the first one.
    pub previous: Option<PageRule>,
    /// How many pages are kept.
    pub max_pages: Option<usize>,
    /// Whether a refetch asks for all cached pages.
    pub refetch_cached_pages: Option<bool>,
}

/// How the param of a page follows from the page at the edge.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct PageRule {
    #[serde(flatten)]
    pub source: PageSource,
    #[serde(flatten)]
    pub end: PageEnd,
}

/// Where a param comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub enum PageSource {
    Pick(String),
    Add(f64),
    Template(Value),
}

/// When there is no further page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "FORMAT.md says it")]
pub struct PageEnd {
    pub limit: Option<usize>,
    pub while_any: Option<String>,
    pub min: Option<f64>,
    pub max: Option<f64>,
}
