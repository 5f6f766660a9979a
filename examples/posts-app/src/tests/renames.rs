//! Optimistic updates.

use retake::prelude::*;
use retake::thunks::MutationHandle;
use retake_testing::Reply;
use serde_json::json;

use super::{MS, cached_title, listed_titles, post, requests_since, start};
use crate::endpoints::{GetPost, ListPosts, NewTitle, RenamePost, RenamePostOrRefetch};
use crate::{AppStore, Post, PostsApi};

/// What a rename shows before and after the answer, and what it asks for.
struct Case {
    answer: Reply,
    /// The title when the answer is there, before the server is asked again.
    answered: &'static str,
    /// The title when everything has settled.
    settled: &'static str,
    requests: &'static [&'static str],
}

fn new() -> NewTitle {
    NewTitle { id: 1, title: "new".into() }
}

#[track_caller]
fn check<M>(rename: impl FnOnce(&AppStore) -> MutationHandle<M>, case: Case)
where
    M: Mutation<Api = PostsApi, Output = Post>,
{
    let (store, server) = start(|server| {
        server.on("PATCH posts/1", case.answer.after(20 * MS));
        server.on("GET posts", Reply::ok(json!([post(1, "from server", 0)])).after(5 * MS));
        server.on("GET posts/1", Reply::ok(post(1, "from server", 0)).after(5 * MS));
    });
    let list = store.dispatch(ListPosts.initiate(()));
    let detail = store.dispatch(GetPost.initiate(1));
    store.run_until(&list).unwrap();
    store.run_until(&detail).unwrap();

    let rename = rename(&store);
    assert_eq!(cached_title(&store.state()), "new", "at once");
    assert_eq!(listed_titles(&store.state()), ["one", "two"]);
    let _ = store.run_until(rename);
    store.settle();
    assert_eq!(cached_title(&store.state()), case.answered);
    store.advance(5 * MS);
    assert_eq!(cached_title(&store.state()), case.settled);
    assert_eq!(requests_since(&server, 2), case.requests);
}

#[test]
fn a_refused_rename_is_undone() {
    let (answered, settled) = ("one", "one");
    let answer = Reply::status(422, json!({"message": "no"}));
    let case = Case { answer, answered, settled, requests: &["PATCH posts/1"] };
    check(|store| store.dispatch(RenamePost.initiate(new())), case);
}

#[test]
fn a_refused_rename_is_replaced_by_what_the_server_has() {
    let requests = &["PATCH posts/1", "GET posts", "GET posts/1"];
    let answer = Reply::status(422, json!({"message": "no"}));
    let case = Case { answer, answered: "new", settled: "from server", requests };
    check(|store| store.dispatch(RenamePostOrRefetch.initiate(new())), case);
}

#[test]
fn a_rename_without_an_answer_is_handled_like_a_refused_one() {
    let answer = || Reply::network_error("unplugged");
    let requests = &["PATCH posts/1"];
    let case = Case { answer: answer(), answered: "one", settled: "one", requests };
    check(|store| store.dispatch(RenamePost.initiate(new())), case);
    let requests = &["PATCH posts/1", "GET posts", "GET posts/1"];
    let case = Case { answer: answer(), answered: "new", settled: "from server", requests };
    check(|store| store.dispatch(RenamePostOrRefetch.initiate(new())), case);
}

#[test]
fn an_accepted_rename_is_fetched_wherever_it_is_shown() {
    let requests = &["PATCH posts/1", "GET posts", "GET posts/1"];
    let accepted = || Case {
        answer: Reply::ok(post(1, "new", 0)),
        answered: "new",
        settled: "from server",
        requests,
    };
    check(|store| store.dispatch(RenamePost.initiate(new())), accepted());
    check(|store| store.dispatch(RenamePostOrRefetch.initiate(new())), accepted());
}
