//! Infinite queries: entries that hold pages.

use std::sync::Arc;

use im::Vector;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cache::entry::present;
use crate::patch::{Diff, Edit, PatchError, Patchable, Path};

/// At which end of the pages the next one is fetched.
///
/// Source: RTK Query, `InfiniteQueryDirection`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InfiniteQueryDirection {
    /// After the last page.
    Forward,
    /// Before the first page.
    Backward,
}

/// What an infinite query is asked beside its argument; nothing for other queries.
///
/// Source: RTK Query, the members of `meta.arg` that only infinite queries have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageArg {
    /// Where to fetch a page; `None`: all over again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<InfiniteQueryDirection>,
    /// A note of the caller; no request depends on it, in RTK Query neither.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub param: Option<Arc<Value>>,
    /// The parameter of the first page, instead of the endpoint's.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub initial_page_param: Option<Arc<Value>>,
    /// Whether all cached pages are fetched again or only the first one, instead of what the
    /// endpoint says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refetch_cached_pages: Option<bool>,
}

/// The data of an infinite query: its pages, and the parameter that each was fetched with.
///
/// Both lists are persistent and pages are shared, so that a page more costs O(log n). Edits
/// keep the two lists equally long: a page without its parameter has no next page.
///
/// # Examples
/// ```
/// use retake_store::cache::{InfiniteData, InfiniteQueryDirection};
/// let mut posts = InfiniteData::<String, u32>::default();
/// posts.add_page(InfiniteQueryDirection::Forward, "a".to_owned(), 1, None);
/// posts.add_page(InfiniteQueryDirection::Forward, "b".to_owned(), 2, None);
/// assert_eq!(
///     serde_json::to_value(&posts)?,
///     serde_json::json!({"pages": ["a", "b"], "pageParams": [1, 2]})
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Source: RTK Query, `InfiniteData`; the JSON form is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    bound(
        serialize = "Page: Serialize, PageParam: Serialize + Clone",
        deserialize = "Page: Deserialize<'de>, PageParam: Deserialize<'de> + Clone"
    )
)]
pub struct InfiniteData<Page, PageParam> {
    /// The pages, in order.
    pub pages: Vector<Arc<Page>>,
    /// What each page was fetched with.
    pub page_params: Vector<PageParam>,
}

impl<Page, PageParam> Default for InfiniteData<Page, PageParam> {
    fn default() -> Self {
        Self { pages: Vector::new(), page_params: Vector::new() }
    }
}

impl<Page, PageParam: Clone> InfiniteData<Page, PageParam> {
    /// Adds a page at the end that `direction` names; with more than `max_pages` then, the
    /// one at the other end is dropped. 0 is no limit.
    ///
    /// Time: O(log n).
    pub fn add_page(
        &mut self,
        direction: InfiniteQueryDirection,
        page: impl Into<Arc<Page>>,
        page_param: PageParam,
        max_pages: Option<usize>,
    ) {
        add(&mut self.pages, direction, page.into(), max_pages);
        add(&mut self.page_params, direction, page_param, max_pages);
    }
}

fn add<T: Clone>(
    items: &mut Vector<T>,
    direction: InfiniteQueryDirection,
    item: T,
    max: Option<usize>,
) {
    let is_over = max.is_some_and(|max| max > 0 && items.len() >= max);
    match direction {
        InfiniteQueryDirection::Forward => {
            items.push_back(item);
            if is_over {
                items.pop_front();
            }
        }
        InfiniteQueryDirection::Backward => {
            items.push_front(item);
            if is_over {
                items.pop_back();
            }
        }
    }
}

impl<Page: Patchable, PageParam: Patchable> Patchable for InfiniteData<Page, PageParam> {
    fn is_same(&self, other: &Self) -> bool {
        self.pages.is_same(&other.pages) && self.page_params.is_same(&other.page_params)
    }

    fn is_equal(&self, other: &Self) -> bool {
        self.pages.is_equal(&other.pages) && self.page_params.is_equal(&other.page_params)
    }

    fn share_with(&mut self, old: &Self) -> bool {
        let pages = self.pages.share_with(&old.pages);
        let page_params = self.page_params.share_with(&old.page_params);
        pages && page_params
    }

    fn diff_into(&self, next: &Self, diff: &mut Diff) -> Result<(), PatchError> {
        diff.member("pages", &self.pages, &next.pages)?;
        diff.member("pageParams", &self.page_params, &next.page_params)
    }

    fn apply_at(&mut self, path: Path<'_>, edit: Edit<'_>) -> Result<(), PatchError> {
        let Some((name, rest)) = path.split() else { return edit.assign(self, path) };
        match &*name {
            "pages" => self.pages.apply_at(rest, edit),
            "pageParams" => self.page_params.apply_at(rest, edit),
            _ => Err(rest.unresolved()),
        }
    }

    fn value_at(&self, path: Path<'_>) -> Result<Value, PatchError> {
        let Some((name, rest)) = path.split() else { return path.value(self) };
        match &*name {
            "pages" => self.pages.value_at(rest),
            "pageParams" => self.page_params.value_at(rest),
            _ => Err(rest.unresolved()),
        }
    }
}
