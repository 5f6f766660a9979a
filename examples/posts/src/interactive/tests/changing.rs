//! Renaming, liking, creating and deleting.

use std::time::Duration;

use posts_app::LIKES_QUIET;
use retake_testing::Reply;
use serde_json::json;

use super::{MS, post, start};

#[test]
fn a_new_title_is_seen_before_the_server_has_it() {
    let mut player = start(|server| {
        server.on("PATCH posts/1", Reply::ok(post(1, "State!")).after(20 * MS));
    });
    let known = player.server.requests().len();
    player.press(&["r"]);
    player.sees(&["title: State is plain data"]);
    " is plain data".chars().for_each(|_| player.press(&["back"]));
    player.write("!");
    assert_eq!(player.actions().len(), 1 + 14 + 1);
    player.press(&["enter"]);
    let expected = [
        "posts/executeMutation/pending",
        "posts/queries/queryResultPatched",
        "posts/invalidation/updateProvidedBy",
    ];
    assert_eq!(player.actions(), expected);
    player.sees(&["│State! ", "renamePost .."]);

    player.server.on("GET posts", Reply::ok(json!([post(1, "State!")])));
    player.server.on("GET posts/1", Reply::ok(post(1, "State!")));
    player.wait(20 * MS);
    player.wait(Duration::ZERO);
    player.sees(&["1 ♥ State!", "│State! "]);
    player.does_not_see("renamePost ..");
    assert_eq!(player.requests_since(known), ["PATCH posts/1", "GET posts", "GET posts/1"]);
}

#[test]
fn what_is_written_is_undone_word_by_word() {
    let mut player = start(|_| {});
    player.press(&["n"]);
    player.write("so it goes");
    player.does_not_see("does it again");
    for title in ["so it ", "so ", ""] {
        player.control("z");
        player.sees(&[format!("title: {title}").trim_end(), "ctrl-y does it again"]);
        assert_eq!(player.scene().draft, title);
    }
    player.control("z");
    player.control("y");
    player.control("y");
    player.write("is");
    assert_eq!((player.scene().draft.as_str(), player.scene().can_redo), ("so it is", false));
    player.press(&["esc", "n"]);
    assert_eq!((player.scene().draft.as_str(), player.scene().can_undo), ("", false));
    assert_eq!(player.requests_since(2), [""; 0], "nothing was sent");
}

#[test]
fn a_refused_title_is_taken_back_and_the_reason_is_seen() {
    let mut player = start(|server| {
        let refusal = json!({"message": "the title is forbidden"});
        server.on("PATCH posts/1", Reply::status(422, refusal).after(20 * MS));
    });
    player.press(&["r"]);
    player.write("?");
    player.press(&["enter"]);
    player.sees(&["│State is plain data? "]);
    player.wait(20 * MS);
    player.sees(&["│State is plain data ", "renamePost: the title is forbidden"]);
    player.does_not_see("data?");
}

#[test]
fn likes_are_seen_at_once_and_sent_together() {
    let mut player = start(|server| {
        let mut liked = post(2, "Reducers decide");
        liked["likes"] = json!(5);
        server.on("POST posts/2/likes", Reply::ok(liked));
    });
    player.press(&["down"]);
    player.wait(Duration::ZERO);
    let known = player.server.requests().len();
    player.press(&["l", "l", "l"]);
    player.sees(&[">   5 ♥ Reducers decide", "│5 ♥"]);
    player.wait(3 * LIKES_QUIET);
    player.wait(Duration::ZERO);
    player.sees(&[">   5 ♥ Reducers decide"]);
    assert_eq!(player.requests_since(known), ["POST posts/2/likes"]);
}

#[test]
fn a_post_is_created() {
    let mut player = start(|server| server.on("POST posts", Reply::ok(post(9, "New")).after(MS)));
    player.press(&["n"]);
    player.write("New");
    player.sees(&["a new post's title: New"]);
    let known = player.server.requests().len();
    player.server.on("GET posts", Reply::ok(json!([post(1, "State"), post(9, "New")])));
    player.press(&["enter"]);
    player.sees(&["createPost .."]);
    player.wait(MS);
    player.wait(Duration::ZERO);
    player.sees(&["9 ♥ New"]);
    player.press(&["down"]);
    player.sees(&[" post 9 ", "│New "]);
    assert_eq!(player.requests_since(known), ["POST posts", "GET posts"], "it is cached already");
}

#[test]
fn a_post_is_deleted_when_the_user_is_sure() {
    let mut player = start(|server| server.on("DELETE posts/1", Reply::ok(json!({"id": 1}))));
    let known = player.server.requests().len();
    player.press(&["d"]);
    player.sees(&["delete post 1?", "y deletes it"]);
    player.press(&["n"]);
    assert!(player.requests_since(known).is_empty());

    player.server.on("GET posts", Reply::ok(json!([post(2, "Reducers decide")])));
    player.server.on("GET posts/1", Reply::status(404, json!({})));
    player.press(&["d", "y"]);
    player.wait(Duration::ZERO);
    player.wait(Duration::ZERO);
    player.does_not_see("State is plain data");
    player.sees(&[">   2 ♥ Reducers decide", " post 2 ", "Some text."]);
    let requests = player.requests_since(known);
    assert_eq!(requests[0], "DELETE posts/1");
    assert_eq!(requests.last().unwrap(), "GET posts/2");
}

#[test]
fn without_posts_there_is_nothing_to_change() {
    let mut player = start(|_| {});
    player.press(&["/", "x", "x", "enter"]);
    player.wait(Duration::ZERO);
    player.actions();
    player.press(&["r", "l", "d", "y", "down", "up"]);
    player.sees(&[" 0 posts with \"xx\" "]);
    assert!(player.actions().is_empty());
}
