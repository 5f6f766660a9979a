//! The application on a scripted server and virtual time.
//!
//! This is how an application's endpoints are tested: the base query is a script, the runtime
//! is virtual, and what is asserted is the data *and* the requests.

mod likes;
mod local;
mod recordings;
mod renames;
mod writes;

use std::time::Duration;

use retake::prelude::*;
use retake_testing::{ActionLog, Reply, ScriptedBaseQuery, TestStore};
use serde_json::{Value, json};

use crate::endpoints::{GetPost, ListPosts};
use crate::{App, AppAction, PostList, configure};

const MS: Duration = Duration::from_millis(1);

/// Returns a store on a server that has two posts and otherwise does as `script` says.
fn start(
    script: impl FnOnce(&ScriptedBaseQuery),
) -> (TestStore<App, AppAction>, ScriptedBaseQuery) {
    let mut server = None;
    let store = TestStore::new(|runtime, log: &ActionLog<AppAction>| {
        let base_query = ScriptedBaseQuery::new(runtime.clone());
        base_query.on("GET posts", Reply::ok(json!([post(1, "one", 0), post(2, "two", 0)])));
        base_query.on("GET posts/1", Reply::ok(post(1, "one", 0)));
        script(&base_query);
        server = Some(base_query.clone());
        configure(base_query).runtime(runtime.clone()).middleware(log.clone()).build().unwrap()
    });
    (store, server.unwrap())
}

/// Returns a post as the server sends it.
fn post(id: u32, title: &str, likes: u32) -> Value {
    json!({"id": id, "title": title, "body": "", "likes": likes})
}

/// Returns the requests that were sent behind the first `known` ones.
fn requests_since(server: &ScriptedBaseQuery, known: usize) -> Vec<String> {
    let requests = server.requests().into_iter().skip(known);
    requests.map(|request| format!("{} {}", request.method, request.url)).collect()
}

fn cached_title(app: &App) -> String {
    GetPost.select(&1)(app).data.unwrap().title.clone()
}

fn list(app: &App) -> PostList {
    PostList::clone(&ListPosts.select(&())(app).data.unwrap())
}

fn listed_titles(app: &App) -> Vec<String> {
    list(app).iter().map(|post| post.title.clone()).collect()
}
