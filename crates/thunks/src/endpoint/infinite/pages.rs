//! What an infinite query knows of its pages.

use std::cell::Cell;
use std::fmt;

use retake_store::cache::{InfiniteData, InfiniteQueryDirection};

use crate::endpoint::InfiniteQuery;

/// The page at an end of the list, and all others: what decides which page is beyond it.
///
/// Source: RTK Query, the arguments of `getNextPageParam` and `getPreviousPageParam`.
pub struct InfinitePages<'a, E: InfiniteQuery> {
    /// The last page, or the first one for the page before it.
    pub page: &'a E::Page,
    /// The parameter of that page.
    pub page_param: &'a E::PageParam,
    /// All pages.
    pub data: &'a InfiniteData<E::Page, E::PageParam>,
    /// The argument of the query.
    pub arg: &'a E::Arg,
    /// Is set by the default of `get_previous_page_param`.
    has_no_rule: &'a Cell<bool>,
}

impl<E: InfiniteQuery> InfinitePages<'_, E> {
    /// Says that the endpoint has no rule for previous pages.
    pub(in crate::endpoint) fn none_before(&self) -> Option<E::PageParam> {
        self.has_no_rule.set(true);
        None
    }
}

impl<E: InfiniteQuery> Clone for InfinitePages<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: InfiniteQuery> Copy for InfinitePages<'_, E> {}

impl<E: InfiniteQuery> fmt::Debug for InfinitePages<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pages = self.data.pages.len();
        f.debug_struct("InfinitePages").field("pages", &pages).finish_non_exhaustive()
    }
}

/// Which page is beyond an end.
pub(super) struct Beyond<P> {
    /// The parameter of the page, if there is one.
    pub(super) page_param: Option<P>,
    /// Whether the endpoint has no rule for this end at all.
    pub(super) has_no_rule: bool,
}

/// Returns which page is beyond the end of `data` that `direction` names.
///
/// Without a page there, or without its parameter, there is none. Neither is a page whose
/// parameter is `null`, as in RTK Query.
pub(super) fn beyond<E: InfiniteQuery>(
    endpoint: &E,
    direction: InfiniteQueryDirection,
    data: &InfiniteData<E::Page, E::PageParam>,
    arg: &E::Arg,
) -> Beyond<E::PageParam> {
    let InfiniteData { pages, page_params } = data;
    let index = match direction {
        InfiniteQueryDirection::Forward => pages.len().saturating_sub(1),
        InfiniteQueryDirection::Backward => 0,
    };
    let has_no_rule = Cell::new(false);
    let edge = pages.get(index).zip(page_params.get(index));
    let page_param = edge.and_then(|(page, page_param)| {
        let has_no_rule = &has_no_rule;
        let pages = InfinitePages { page: &**page, page_param, data, arg, has_no_rule };
        match direction {
            InfiniteQueryDirection::Forward => endpoint.get_next_page_param(pages),
            InfiniteQueryDirection::Backward => endpoint.get_previous_page_param(pages),
        }
    });
    let page_param = page_param.filter(|page_param| !is_null(page_param));
    Beyond { page_param, has_no_rule: has_no_rule.get() }
}

/// Returns whether the JSON form is `null`, which names no page.
pub(super) fn is_null<T: serde::Serialize>(page_param: &T) -> bool {
    matches!(serde_json::to_value(page_param), Ok(serde_json::Value::Null))
}
