//! The pages of infinite queries (FORMAT 2.9).

use retake::thunks::InfinitePages;
use serde::Deserialize;
use serde_json::{Number, Value};

use crate::endpoints::AnyInfiniteQuery;
use crate::slot::Slot;
use crate::template::{Scope, add, at, expand};

/// The pages of an infinite query.
#[derive(Clone, Debug, Default, Deserialize)]
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
#[derive(Clone, Debug, Default, Deserialize)]
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

impl Default for PageSource {
    fn default() -> Self {
        Self::Template(Value::Null)
    }
}

impl PageRule {
    /// Returns the param of the page beyond the one that `pages` shows.
    pub(crate) fn page_param<N: Slot>(
        &self,
        pages: InfinitePages<'_, AnyInfiniteQuery<N>>,
    ) -> Option<Value> {
        let PageEnd { limit, while_any, min, max } = &self.end;
        if limit.is_some_and(|limit| pages.data.pages.len() >= limit) {
            return None;
        }
        if let Some(pointer) = while_any {
            at(pages.page, pointer)?.as_array().filter(|rows| !rows.is_empty())?;
        }
        let param = match &self.source {
            PageSource::Pick(pointer) => at(pages.page, pointer).cloned(),
            PageSource::Add(by) => {
                Some(add(pages.page_param.as_number()?, &Number::from_f64(*by)?))
            }
            PageSource::Template(template) => {
                let scope = Scope {
                    result: Some(pages.page.clone()),
                    page: Some(pages.page_param.clone()),
                    ..Scope::of_arg(pages.arg.value().cloned())
                };
                expand(template, &scope)
            }
        }?;
        let is_outside = |limit: Option<f64>, is_inside: fn(f64, f64) -> bool| {
            limit.is_some_and(|limit| !param.as_f64().is_some_and(|it| is_inside(it, limit)))
        };
        let is_beyond =
            is_outside(*min, |it, min| it >= min) || is_outside(*max, |it, max| it <= max);
        (!is_beyond).then_some(param)
    }
}
