//! Infinite queries: lists that are fetched page by page.

mod as_query;
mod cache;
mod fetching;
mod replaced;
mod rules;

use std::sync::Arc;
use std::time::Duration;

use retake::InfiniteQueryHandle;
use retake::prelude::*;
use retake_testing::{Reply, ScriptedBaseQuery, TestStore};
use serde_json::{Value, json};

use crate::app::{App, AppAction, Post, PostsApi, start};

const MS: Duration = Duration::from_millis(1);

type Page = im::Vector<Arc<Post>>;
type Feed = InfiniteData<Page, i32>;

/// Pages of posts from -1 to 3, by number.
struct Posts {
    max_pages: Option<usize>,
}

const POSTS: Posts = Posts { max_pages: None };

impl InfiniteQuery for Posts {
    type Api = PostsApi;
    type Arg = String;
    type PageParam = i32;
    type Page = Page;
    const NAME: &'static str = "posts";
    fn query(&self, topic: &String, page: &i32) -> Request {
        Request::get(format!("{topic}?page={page}"))
    }
    fn transform_error_response(
        &self,
        error: Value,
        _: Option<&Value>,
        topic: &String,
    ) -> Result<Value, SerializedError> {
        Ok(json!({"status": error["status"], "topic": topic}))
    }
    fn initial_page_param(&self) -> i32 {
        0
    }
    fn get_next_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<i32> {
        (!pages.page.is_empty() && *pages.page_param < 3).then(|| pages.page_param + 1)
    }
    fn get_previous_page_param(&self, pages: InfinitePages<'_, Self>) -> Option<i32> {
        (*pages.page_param > -1).then(|| pages.page_param - 1)
    }
    fn max_pages(&self) -> Option<usize> {
        self.max_pages
    }
    fn provides_tags(&self, outcome: QueryOutcome<'_, Paged<Self>>, _: &String) -> Tags {
        let pages = outcome.data.into_iter().flat_map(|data| data.pages.iter());
        pages.flat_map(|page| page.iter().map(|post| tag("Post", post.id))).collect()
    }
}

/// The page with `number`, in its version `version`.
fn page(number: i32, version: u32) -> Value {
    json!([{"id": number + 10, "title": format!("v{version}")}])
}

fn feed(pages: &[(i32, u32)]) -> Feed {
    let mut feed = Feed::default();
    for (number, version) in pages {
        let posts: Page = serde_json::from_value(page(*number, *version)).unwrap();
        feed.add_page(InfiniteQueryDirection::Forward, posts, *number, None);
    }
    feed
}

/// Returns a store whose server has two versions of each page, after 10 ms.
fn paged_server() -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    start(|server| {
        for number in -1..4 {
            for version in 1..3 {
                let reply = Reply::ok(page(number, version)).after(10 * MS);
                server.on(&format!("GET rust?page={number}"), reply);
            }
        }
    })
}

fn urls(server: &ScriptedBaseQuery) -> Vec<String> {
    server.requests().into_iter().map(|request| request.url).collect()
}

#[track_caller]
fn check_pages(handle: &InfiniteQueryHandle<Posts>, pages: &[(i32, u32)]) {
    assert_eq!(*handle.state().into_result().unwrap(), feed(pages));
}
